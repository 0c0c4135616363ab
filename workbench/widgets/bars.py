"""A few quantities side by side, as bars with their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.theme.theme import theme
from workbench.widgets.painting import colour

Row = tuple[str, float, str]
_SHORTEST_BAR = 80
_SWATCH = 18


class BarList(QWidget):
    """Rows of a label, a bar as long as its value, and the value in words."""

    def __init__(self, rows: Sequence[Row] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_rows(rows)
        theme().changed.connect(self._on_theme_changed)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these; the longest bar belongs to the largest value."""
        self._rows = list(rows)
        self.setAccessibleDescription("; ".join(f"{label}: {text}" for label, _, text in rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._labels_width() + _SHORTEST_BAR * 2 + self._texts_width() + 2 * GRID, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._labels_width() + _SHORTEST_BAR + self._texts_width() + 2 * GRID, self._height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        largest = max((value for _, value, _ in self._rows), default=0.0) or 1.0
        left = self._labels_width() + GRID
        room = max(1, self.width() - left - GRID - self._texts_width())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, (label, value, text) in enumerate(self._rows):
                line = QRect(0, place * self._line(), self.width(), self._line())
                self._paint_bar(painter, QRectF(left, line.center().y() - 4, room, 9), max(0.0, value) / largest)
                self._paint_words(painter, line, label, text)

    def _paint_bar(self, painter: QPainter, groove: QRectF, share: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("line", "surface", 0.5))
        painter.drawRoundedRect(groove, 3, 3)
        groove.setWidth(max(3.0, groove.width() * share))
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(groove, 3, 3)

    def _paint_words(self, painter: QPainter, line: QRect, label: str, text: str) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(fonts.body())
        painter.setPen(colour("text"))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, label)
        painter.setFont(fonts.tabular(fonts.body()))
        painter.setPen(colour("quiet"))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, text)

    def _line(self) -> int:
        return self.fontMetrics().height() + GRID

    def _height(self) -> int:
        return self._line() * len(self._rows)

    def _labels_width(self) -> int:
        return max((self.fontMetrics().horizontalAdvance(label) for label, _, _ in self._rows), default=0)

    def _texts_width(self) -> int:
        return max((self.fontMetrics().horizontalAdvance(text) for _, _, text in self._rows), default=0) + 2

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


@dataclass(frozen=True)
class PairedBar:
    """A label, a value before and after, the latter in words, and both in a sentence.

    is_named: the label names something and does not quote it.
    """

    label: str
    before: float
    after: float
    text: str
    tip: str
    is_named: bool = False


class PairedBars(QWidget):
    """Rows of a wide pale bar, how it was, and a narrow full one in it, how it has become; all of one scale.

    Its height is that of `num_rows` rows, also while there are fewer; further ones are not shown.
    """

    def __init__(self, num_rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._num_rows = num_rows
        self._rows: list[PairedBar] = []
        self._is_pale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    @property
    def rows(self) -> Sequence[PairedBar]:
        """What it shows."""
        return self._rows

    @property
    def num_rows(self) -> int:
        """For how many there is room."""
        return self._num_rows

    @property
    def row_height(self) -> int:
        """How high one of them is."""
        return QFontMetrics(fonts.caption()).height() + GRID // 2

    @property
    def is_pale(self) -> bool:
        """Whether newer values are on their way."""
        return self._is_pale

    def set_num_rows(self, num_rows: int) -> None:
        """Make room for so many."""
        if num_rows != self._num_rows:
            self._num_rows = num_rows
            self.updateGeometry()

    def set_rows(self, rows: Sequence[PairedBar]) -> None:
        """Show these."""
        self._rows = list(rows)
        self.setAccessibleDescription("; ".join(row.tip for row in rows))
        self.update()

    def set_pale(self, is_pale: bool) -> None:
        """Show that newer values are on their way."""
        if is_pale != self._is_pale:
            self._is_pale = is_pale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SHORTEST_BAR * 3, self.row_height * self._num_rows)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SHORTEST_BAR, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = event.pos().y() // self.row_height
            inside = 0 <= place < min(len(self._rows), self._num_rows)
            QToolTip.showText(event.globalPos(), self._rows[place].tip if inside else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        rows = self._rows[: self._num_rows]
        largest = max((max(row.before, row.after) for row in rows), default=0.0) or 1.0
        left, right = self._label_width(rows), self._text_width(rows)
        room = max(1, self.width() - left - right - 2 * GRID)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(0.55 if self._is_pale else 1.0)
            for place, row in enumerate(rows):
                line = QRect(0, place * self.row_height, self.width(), self.row_height)
                area = QRectF(left + GRID, line.top(), room, line.height())
                _paint_pair(painter, area, row.before / largest, row.after / largest)
                self._paint_row_words(painter, line, left, row)

    def _paint_row_words(self, painter: QPainter, line: QRect, label_width: int, row: PairedBar) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(_label_face(row))
        painter.setPen(colour("quiet" if row.is_named else "text"))
        place = QRect(line.left(), line.top(), label_width, line.height())
        shown = painter.fontMetrics().elidedText(row.label, Qt.TextElideMode.ElideRight, label_width)
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, shown)
        painter.setFont(fonts.tabular(fonts.caption()))
        painter.setPen(colour("quiet"))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, row.text)

    def _label_width(self, rows: Sequence[PairedBar]) -> int:
        widest = max((QFontMetrics(_label_face(row)).horizontalAdvance(row.label) + 2 for row in rows), default=0)
        return min(widest, round(self.width() * 0.4))

    def _text_width(self, rows: Sequence[PairedBar]) -> int:
        metrics = QFontMetrics(fonts.tabular(fonts.caption()))
        return max((metrics.horizontalAdvance(row.text) for row in rows), default=0) + 2

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class BarsLegend(QWidget):
    """What the wide pale bar is, and what the narrow full one; under each other where the room is scarce."""

    def __init__(self, before: str, after: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = ((before, (1.0, 0.0)), (after, (0.0, 1.0)))
        self.setAccessibleName(f"{before}, {after}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        fonts.follow(self, fonts.caption)

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + GAP, self._line())

    def minimumSizeHint(self) -> QSize:
        return QSize(max(self._widths()), self._line())

    def heightForWidth(self, width: int) -> int:
        return self._line() * (1 if self.sizeHint().width() <= width else 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        is_one_line = self.sizeHint().width() <= self.width()
        x, y = 0, 0
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for (words, shares), width in zip(self._names, self._widths(), strict=True):
                _paint_pair(painter, QRectF(x, y, _SWATCH, self._line()), *shares)
                painter.setPen(colour("quiet"))
                place = QRect(x + _SWATCH + GRID, y, width, self._line())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
                x, y = (x + width + GAP, y) if is_one_line else (x, y + self._line())

    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def _widths(self) -> list[int]:
        return [_SWATCH + GRID + self.fontMetrics().horizontalAdvance(words) + 2 for words, _ in self._names]


def _paint_pair(painter: QPainter, area: QRectF, before: float, after: float) -> None:
    """Two shares of an area's width."""
    middle = area.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    for share, height, paleness in ((before, 11.0, 0.33), (after, 5.0, 1.0)):
        if share > 0:
            painter.setBrush(colour("accent", "window", paleness))
            bar = QRectF(area.left(), middle - height / 2, max(1.5, area.width() * share), height)
            painter.drawRoundedRect(bar, 2, 2)


def _label_face(row: PairedBar) -> QFont:
    """What stands for itself is quoted as it is; a name of something invisible is slanted."""
    face = fonts.caption()
    face.setItalic(row.is_named)
    return face
