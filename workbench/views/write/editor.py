"""The sheet on which person and model write: plain text in lines that are easy to read."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextEdit, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID, MARGIN, max_text_width
from workbench.theme.theme import theme
from workbench.theme.tokens import mix
from workbench.words import tr

LINE_HEIGHT = 150  # per cent of the face's own
WRITING_SIZE = 1.15  # of the system's font: this is read, not glanced at
_LINE_ENDS = {ord(sign): "\n" for sign in "\u2028\u2029\ufdd0\ufdd1"}

Ranges = Sequence[tuple[int, int]]


class Editor(QTextEdit):
    """Shows a text and tells what is done to it; whoever owns it keeps the text and its history.

    edited: by the person: position, units taken out, text put in, units of the whole text; caret_moved: position.
    """

    edited = Signal(int, int, str, int)
    caret_moved = Signal(int)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, model_ranges: Callable[[], Ranges], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_showing = False
        self._is_mono = False
        self.setProperty("frame", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Text"))
        self.document().setDocumentMargin(0)
        self.document().contentsChange.connect(self._on_contents_changed)  # before the tint, which needs the new spans
        self._tint = _Tint(self.document(), model_ranges)
        self.cursorPositionChanged.connect(self._on_caret_moved)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_text(self, text: str) -> None:
        """Show another text, the caret at its end."""
        self._is_showing = True
        self.setPlainText(text)
        self._space_lines()
        self._is_showing = False
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._on_caret_moved()

    def replace_text(self, position: int, num_removed: int, inserted: str) -> None:
        """Show what somebody else did to the text; the view follows the caret where it was in sight."""
        was_in_sight = self.viewport().rect().intersects(self.cursorRect())
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + num_removed, QTextCursor.MoveMode.KeepAnchor)
        self._is_showing = True
        cursor.insertText(inserted)
        self._is_showing = False
        if was_in_sight:
            self.ensureCursorVisible()

    def place_caret(self, position: int) -> None:
        """Put the caret somewhere and show it."""
        cursor = self.textCursor()
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def set_invitation(self, text: str) -> None:
        """What stands there while there is no text."""
        self.setPlaceholderText(text)

    def set_mono(self, is_mono: bool) -> None:
        """Show it letter by letter, as code is read, or as prose."""
        self._is_mono = is_mono
        self._on_theme_changed()

    def set_tinted(self, is_tinted: bool) -> None:
        """Show which parts the model wrote."""
        self._tint.set_shown(is_tinted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.InsertLineSeparator):
            self.textCursor().insertText("\n")  # there is one kind of line end here
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.textCursor().insertText(source.text())
            self.ensureCursorVisible()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.made_menu()
        menu.exec(event.globalPos())
        menu.deleteLater()

    def made_menu(self) -> QMenu:
        """What can be done here."""
        menu = QMenu(self)
        can_edit, has_selection = not self.isReadOnly(), self.textCursor().hasSelection()
        keys = QKeySequence.StandardKey
        for text, call, key, is_possible in (
            (tr("Undo"), self.undo_asked.emit, keys.Undo, can_edit),
            (tr("Redo"), self.redo_asked.emit, keys.Redo, can_edit),
            (tr("Cut"), self.cut, keys.Cut, can_edit and has_selection),
            (tr("Copy"), self.copy, keys.Copy, has_selection),
            (tr("Paste"), self.paste, keys.Paste, can_edit and self.canPaste()),
            (tr("Select all"), self.selectAll, keys.SelectAll, True),
        ):
            action = menu.addAction(text)
            action.setShortcut(QKeySequence(key))
            action.setEnabled(is_possible)
            action.triggered.connect(call)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._centre()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setCursorWidth(2)

    def _centre(self) -> None:
        """Lines of at most 75 characters, in the middle of the sheet."""
        room = self.width() - 2 * MARGIN
        side = MARGIN + max(0, (room - max_text_width(self.font())) // 2)
        margins = (side, MARGIN, side - GRID, 0)
        now = self.viewportMargins()
        if (now.left(), now.top(), now.right(), now.bottom()) != margins:
            self.setViewportMargins(*margins)
        # Qt lays out for the viewport as it was before these margins.
        if self.document().textWidth() != self.viewport().width():
            self.document().setTextWidth(self.viewport().width())

    def _space_lines(self) -> None:
        spacing = QTextBlockFormat()
        spacing.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spacing)

    def _inserted(self, position: int, num_added: int) -> str:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + num_added, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText().translate(_LINE_ENDS)

    def _on_contents_changed(self, position: int, num_removed: int, num_added: int) -> None:
        if self._is_showing:
            return
        # Qt counts the end of the text as a character where whole paragraphs were replaced.
        num_units = self.document().characterCount() - 1
        added = min(num_added, num_units - position)
        self.edited.emit(position, num_removed - (num_added - added), self._inserted(position, added), num_units)

    def _on_caret_moved(self) -> None:
        if not self._is_showing:
            cursor = self.textCursor()
            self.caret_moved.emit(cursor.selectionEnd())

    def _on_theme_changed(self) -> None:
        font = fonts.mono() if self._is_mono else fonts.serif()
        factor = 1.0 if self._is_mono else WRITING_SIZE
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * factor)
        else:
            font.setPixelSize(round(font.pixelSize() * factor))
        self._is_showing = True
        self.setFont(font)
        self._tint.take_colours()
        self._is_showing = False
        self._centre()


class _Tint(QSyntaxHighlighter):
    """The model's words in a tint of the accent and a dotted line beneath: colour is not the only sign."""

    def __init__(self, document: QTextDocument, ranges: Callable[[], Ranges]) -> None:
        super().__init__(document)
        self._ranges = ranges
        self._is_shown = True
        self._format = QTextCharFormat()

    def set_shown(self, is_shown: bool) -> None:
        if is_shown != self._is_shown:
            self._is_shown = is_shown
            self.rehighlight()

    def take_colours(self) -> None:
        tokens = theme().tokens
        self._format.setForeground(QColor(mix(tokens.accent, tokens.text, 0.4)))
        self._format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        self._format.setUnderlineColor(QColor(mix(tokens.accent, tokens.surface, 0.35)))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: ARG002
        if not self._is_shown:
            return
        block = self.currentBlock()
        start, stop = block.position(), block.position() + block.length() - 1
        ranges = self._ranges()
        for first, last in ranges[_first_behind(ranges, start) :]:
            if first >= stop:
                break
            self.setFormat(max(first, start) - start, min(last, stop) - max(first, start), self._format)


def _first_behind(ranges: Ranges, position: int) -> int:
    """The first range that ends behind a position."""
    low, high = 0, len(ranges)
    while low < high:
        middle = (low + high) // 2
        if ranges[middle][1] <= position:
            low = middle + 1
        else:
            high = middle
    return low
