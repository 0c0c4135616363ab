"""A few quantities side by side, as bars with their numbers."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.widgets.painting import colour

Row = tuple[str, float, str]
_SHORTEST_BAR = 80


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
