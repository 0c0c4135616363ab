"""A quiet list of words under the caret. It never has the keyboard: the editor gives it the keys meant for it."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.widgets.painting import colour
from workbench.widgets.popover import SHADOW, paint_sheet
from workbench.words import tr

_PAD = GRID // 2


class SuggestionList(QWidget):
    """chosen: a word, by its place. entered: it has Up, Down and Enter."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self.words: list[tuple[str, str]] = []
        self.current = 0
        self.is_entered = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Suggestions"))
        self.hide()

    def show_words(self, words: list[tuple[str, str]], caret: QRect) -> None:
        """Show words with their probabilities under the caret, or above it where there is no room."""
        self.words, self.current, self.is_entered = words, 0, self.is_entered and bool(words)
        if not words:
            self.hide()
            return
        self.setAccessibleDescription(", ".join(word for word, _ in words))
        self.resize(self.sizeHint())
        self.move(self._place(caret))
        self.show()
        self.raise_()
        self.update()

    def enter(self) -> None:
        """Take Up, Down and Enter from now on."""
        self.is_entered = True
        self.update()

    def leave(self) -> None:
        """Leave all keys but Tab to the text."""
        self.is_entered, self.current = False, 0
        self.update()

    def move_on(self, by: int) -> None:
        """Mark another word."""
        self.current = (self.current + by) % len(self.words)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(fonts.body())
        left = max((metrics.horizontalAdvance(word) for word, _ in self.words), default=0)
        right = max((metrics.horizontalAdvance(share) for _, share in self.words), default=0)
        hint = QFontMetrics(fonts.caption()).horizontalAdvance(_key_name()) + 2 * GRID
        width = left + right + hint + 4 * GRID
        return QSize(width + 2 * (SHADOW + _PAD), self._row() * len(self.words) + 2 * (SHADOW + _PAD))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            paint_sheet(painter, QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW))
            for index, (word, share) in enumerate(self.words):
                self._paint_row(painter, index, word, share)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(event.position().toPoint())
        if index != self.current and index >= 0:
            self.current = index
            self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(event.position().toPoint())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(index)

    def row_area(self, index: int) -> QRect:
        """Where a word stands."""
        side = SHADOW + _PAD
        return QRect(side, side + index * self._row(), self.width() - 2 * side, self._row())

    def _paint_row(self, painter: QPainter, index: int, word: str, share: str) -> None:
        area, is_current = self.row_area(index), index == self.current
        if is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent", "raised", 0.2 if self.is_entered else 0.1))
            painter.drawRoundedRect(area, 5, 5)
        inner = area.adjusted(GRID, 0, -GRID, 0)
        painter.setFont(fonts.strong() if is_current and self.is_entered else fonts.body())
        painter.setPen(colour("text"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
        painter.setPen(colour("quiet"))
        key_width = QFontMetrics(fonts.caption()).horizontalAdvance(_key_name()) + 2 * GRID
        painter.setFont(fonts.tabular(fonts.caption()))
        rest = inner.adjusted(0, 0, -key_width, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, share)
        if is_current:
            self._paint_key(painter, inner.adjusted(inner.width() - key_width + GRID, 0, 0, 0))

    def _paint_key(self, painter: QPainter, area: QRect) -> None:
        """By which key the marked word is taken."""
        height = QFontMetrics(fonts.caption()).height() + 2
        key = QRectF(area.left() + 0.5, area.center().y() - height / 2 + 0.5, area.width() - 1, height)
        painter.setPen(colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(key, 4, 4)
        painter.setPen(colour("quiet"))
        painter.setFont(fonts.caption())
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, _key_name())

    def _row(self) -> int:
        return QFontMetrics(fonts.body()).height() + GRID

    def _row_at(self, place: QPoint) -> int:
        return next((index for index in range(len(self.words)) if self.row_area(index).contains(place)), -1)

    def _place(self, caret: QRect) -> QPoint:
        host = self._host
        x = min(max(0, caret.left() - SHADOW - _PAD - GRID), max(0, host.width() - self.width()))
        below = caret.bottom() + 2 - SHADOW + _PAD
        if below + self.height() - SHADOW <= host.height():
            return QPoint(x, below)
        return QPoint(x, max(0, caret.top() - self.height() + SHADOW - _PAD))


def _key_name() -> str:
    return tr("Tab")
