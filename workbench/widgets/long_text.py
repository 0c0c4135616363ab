"""A text of any length to read: only the part around the visible place is held, so that a gigabyte opens at once."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QScrollBar, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, max_text_width
from workbench.theme.theme import theme
from workbench.widgets.painting import colour

Reader = Callable[[int, int], str]
_HELD_BYTES = 2**17  # on each side of the visible place
_NEAR_EDGE = 0.15  # of what is held: then the next part is read
_LONGEST_BLOCK = 2_000  # characters: a paragraph of a megabyte would be laid out whole
_LARGEST_BAR = 2**30
_LONGEST_LINE = 110  # characters: longer lines are paragraphs
_CLEAN = {ord("\r"): " ", ord("\u2028"): " ", ord("\u2029"): " ", ord("\x85"): " ", 0: "\u2400", ord("\x0c"): " "}


class LongText(QFrame):
    """Shows what `read(start_byte, num_bytes)` gives: the characters that begin in these bytes.

    place_changed: another byte stands at the top.
    """

    place_changed = Signal(object)

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._num_bytes = 0
        self._read: Reader = lambda start, size: ""  # noqa: ARG005
        self._mark: tuple[int, str] | None = None
        self._is_following = False
        self.page = _Page()
        self.page.setAccessibleName(accessible_name)
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        self.setProperty("look", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        row.addWidget(self.page, 1)
        row.addWidget(self.bar)
        self.setFocusProxy(self.page)
        self.page.moved.connect(self._on_page_moved)
        self.page.end_asked.connect(self._on_end_asked)
        self.bar.valueChanged.connect(self._on_bar_moved)
        theme().changed.connect(self._on_theme_changed)

    def set_text(self, num_bytes: int, read: Reader) -> None:
        """Show another text from its beginning."""
        self._num_bytes, self._read, self._mark = num_bytes, read, None
        self._fit_bar()
        self._hold(0)
        self.show_byte(0)

    def set_mark(self, start_byte: int, words: str) -> None:
        """Draw a line with words before the character that begins at this byte."""
        self._mark = (start_byte, words)
        place, line = self.page.top_place()
        self._hold(place)
        self.page.show_place(place, line)

    def set_face(self, face: fonts.Face) -> None:
        """Read it in another face."""
        fonts.follow(self.page, face)

    def show_byte(self, start_byte: int) -> None:
        """Bring the line that holds this byte to the top."""
        start_byte = min(max(0, start_byte), self._num_bytes)
        if not self.page.holds(start_byte, self._num_bytes):
            self._hold(start_byte)
        self.page.show_place(start_byte)
        self._follow_page()

    def _hold(self, place: int) -> None:
        start = max(0, place - _HELD_BYTES)
        if self._num_bytes <= 2 * _HELD_BYTES:
            start = 0
        while 0 < start < place and not self._read(start, 1):  # in the middle of a character
            start += 1
        text = self._read(start, 2 * _HELD_BYTES)
        self.page.fill(*_blocks(text, start, self._mark))

    def _fit_bar(self) -> None:
        self._scale = max(1, -(-self._num_bytes // _LARGEST_BAR))
        page = 2_000
        self._is_following = True
        self.bar.setRange(0, max(0, self._num_bytes - page) // self._scale)
        self.bar.setPageStep(max(1, page // self._scale))
        self.bar.setSingleStep(max(1, page // 10 // self._scale))
        self._is_following = False
        is_small = self._num_bytes <= 2 * _HELD_BYTES
        self.bar.setVisible(not is_small)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_small else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.page.setVerticalScrollBarPolicy(policy)

    def _follow_page(self) -> None:
        place, _ = self.page.top_place()
        self._is_following = True
        is_end = self.page.is_at_end and self.page.stop >= self._num_bytes
        self.bar.setValue(self.bar.maximum() if is_end else place // self._scale)
        self._is_following = False
        self.place_changed.emit(place)

    def _on_page_moved(self) -> None:
        place, line = self.page.top_place()
        edge = self.page.edge
        if (edge < _NEAR_EDGE and self.page.start > 0) or (edge > 1 - _NEAR_EDGE and self.page.stop < self._num_bytes):
            self._hold(place)
            self.page.show_place(place, line)
        self._follow_page()

    def _on_bar_moved(self, value: int) -> None:
        if self._is_following:
            return
        if value == self.bar.maximum():
            self._on_end_asked(True)
        else:
            self.show_byte(value * self._scale)

    def _on_end_asked(self, is_end: bool) -> None:
        self.show_byte(self._num_bytes if is_end else 0)
        if is_end:
            self.page.show_end()
            self._follow_page()

    def _on_theme_changed(self) -> None:
        place, line = self.page.top_place()
        self._hold(place)
        self.page.show_place(place, line)


class _Page(QPlainTextEdit):
    """The part that is held, block by block, each with the byte at which it begins."""

    moved = Signal()
    end_asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("frame", False)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(GRID)
        self._bytes: list[int] = [0]
        self._marked = -1
        self._column_width = max_text_width(self.font())
        self._is_filling = False
        self.stop = 0
        fonts.follow(self, fonts.serif)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def start(self) -> int:
        """The first byte that is held."""
        return self._bytes[0]

    @property
    def edge(self) -> float:
        """Where in what is held the visible place is, from 0 to 1."""
        place, _ = self.top_place()
        return (place - self.start) / max(1, self.stop - self.start)

    @property
    def is_at_end(self) -> bool:
        """Whether the last line that is held can be seen."""
        return self.verticalScrollBar().value() >= self.verticalScrollBar().maximum()

    def holds(self, place: int, num_bytes: int) -> bool:
        """Whether a byte is held, with enough around it."""
        room = (self.stop - self.start) * _NEAR_EDGE
        is_after = place >= self.start + room or self.start == 0
        return is_after and (place <= self.stop - room or self.stop >= num_bytes) and place <= self.stop

    def fill(self, blocks: list[str], places: list[int], marked: int, stop: int) -> None:
        """Hold these blocks; the one at `marked` is a line that is drawn."""
        self._is_filling = True
        self._column_width = column_width(blocks[:500], self.font())
        self._fit_column()
        self.setPlainText("\n".join(blocks))
        self._bytes, self._marked, self.stop = places, marked, stop
        if marked >= 0:
            shape = QTextCharFormat()
            shape.setForeground(colour("accent"))
            shape.setFont(fonts.strong())
            cursor = QTextCursor(self.document().findBlockByNumber(marked))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(shape)
        self._is_filling = False

    def top_place(self) -> tuple[int, int]:
        """The byte at which the topmost block begins, and how many of its lines are above the edge."""
        block = self.firstVisibleBlock()
        number = min(max(0, block.blockNumber()), len(self._bytes) - 1)
        return self._bytes[number], max(0, self.verticalScrollBar().value() - block.firstLineNumber())

    def show_place(self, place: int, line: int = 0) -> None:
        """Bring the block that holds a byte to the top, so many of its lines above the edge."""
        number = max(0, bisect_right(self._bytes, place) - 1)
        if number == self._marked + 1 and number > 0 and line == 0:
            number -= 1  # the drawn line stands at the same byte as what follows it
        block = self.document().findBlockByNumber(number)
        self._is_filling = True
        self.document().documentLayout().blockBoundingRect(block)  # lays it out, so that its lines are known
        self.verticalScrollBar().setValue(block.firstLineNumber() + min(line, max(0, block.lineCount() - 1)))
        self._is_filling = False

    def show_end(self) -> None:
        """Bring the last line that is held to the foot."""
        self._is_filling = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self._is_filling = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(), Qt.Key.Key_Space: bar.pageStep(),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps:
            bar.setValue(bar.value() + steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.end_asked.emit(key == Qt.Key.Key_End)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the size of text is the window's
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_column()
        super().resizeEvent(event)

    def _fit_column(self) -> None:
        room = self.width() - self._column_width - 2 * GRID
        side = max(GAP, room // 2)
        self.setViewportMargins(side, GRID, side, GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        block = self.document().findBlockByNumber(self._marked) if self._marked >= 0 else QTextBlock()
        if not block.isValid() or not block.isVisible():
            return
        area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        if area.bottom() < 0 or area.top() > self.viewport().height():
            return
        with QPainter(self.viewport()) as painter:
            line = block.layout().lineAt(block.layout().lineCount() - 1)
            left = area.left() + line.naturalTextWidth() + 3 * GRID
            middle = area.top() + line.y() + line.height() / 2
            painter.fillRect(QRectF(left, middle, max(0.0, self.viewport().width() - left - GRID), 1), colour("accent"))

    def _on_scrolled(self) -> None:
        if not self._is_filling:
            self.moved.emit()


def column_width(lines: Sequence[str], font: QFont) -> int:
    """The width of 75 characters; more for a text with line ends of its own, so that it is not broken twice."""
    longest = sorted(lines, key=len, reverse=True)[:20]
    if not longest or len(longest[0]) > _LONGEST_LINE:
        return max_text_width(font)
    metrics = QFontMetrics(font)
    return max(max_text_width(font), *(metrics.horizontalAdvance(line) + GRID for line in longest))


def _blocks(text: str, start: int, mark: tuple[int, str] | None) -> tuple[list[str], list[int], int, int]:
    """The lines of a text cut into blocks, the byte at which each begins, which of them is the mark, and the end."""
    blocks: list[str] = []
    places: list[int] = []
    marked, place = -1, start
    lines = text.split("\n")
    for index, line in enumerate(lines):
        for piece in _pieces(line):
            size = len(piece.encode("utf-8", "surrogatepass"))
            if mark is not None and marked < 0 and place <= mark[0] < place + size + 1:
                before = piece.encode("utf-8", "surrogatepass")[: mark[0] - place].decode("utf-8", "ignore")
                if before:
                    blocks.append(before.translate(_CLEAN))
                    places.append(place)
                marked = len(blocks)
                blocks += [mark[1], piece[len(before) :].translate(_CLEAN)]
                places += [mark[0], mark[0]]
            else:
                blocks.append(piece.translate(_CLEAN))
                places.append(place)
            place += size
        place += index < len(lines) - 1
    return blocks, places, marked, place


def _pieces(line: str) -> list[str]:
    if len(line) <= _LONGEST_BLOCK:
        return [line]
    pieces = []
    while len(line) > _LONGEST_BLOCK:
        cut = line.rfind(" ", _LONGEST_BLOCK // 2, _LONGEST_BLOCK) + 1 or _LONGEST_BLOCK
        pieces.append(line[:cut])
        line = line[cut:]
    return [*pieces, line]
