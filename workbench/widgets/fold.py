"""Details that fold away."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.widgets.focus import HandPainted
from workbench.widgets.painting import colour


class Fold(QWidget):
    """A title that opens and closes what lies under it. Whoever owns it remembers whether it is open."""

    toggled = Signal(bool)

    def __init__(self, title: str, content: QWidget, is_open: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._head = _FoldHead(title)
        self._head.toggled.connect(self._on_head_toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._head)
        column.addWidget(content)
        content.setVisible(is_open)
        self._head.setChecked(is_open)

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self._head.isChecked()

    @property
    def head(self) -> QAbstractButton:
        """The line that is clicked."""
        return self._head

    def set_open(self, is_open: bool) -> None:
        """Show or hide the content."""
        self._head.setChecked(is_open)

    def set_summary(self, text: str) -> None:
        """What the closed fold says quietly beside its title."""
        self._head.set_summary(text)

    def set_count(self, count: int, words: str) -> None:
        """Mark the title with a dot and a number, and say in words what it counts; 0 takes the mark away."""
        self._head.set_count(count, words if count else "")

    def _on_head_toggled(self, is_open: bool) -> None:
        self._content.setVisible(is_open)
        self.toggled.emit(is_open)


class _FoldHead(HandPainted, QAbstractButton):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._summary = ""
        self._count = 0
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        fonts.follow(self, fonts.strong)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def set_summary(self, text: str) -> None:
        self._summary = text
        self.setAccessibleDescription(text)
        self.update()

    def set_count(self, count: int, words: str) -> None:
        self._count = count
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + icon_size() + 3 * GRID, metrics.height() + 2 * GRID)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint_face(self, painter: QPainter) -> None:
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("text", "window", 0.05))
            painter.drawRoundedRect(self.rect(), self.ring_corner, self.ring_corner)
        side = icon_size()
        arrow = pixmap("chevron-down" if self.isChecked() else "chevron-right", "quiet", side, self.devicePixelRatioF())
        painter.drawPixmap(GRID // 2, (self.height() - side) // 2, arrow)
        self._paint_words(painter, GRID + side)

    def _paint_words(self, painter: QPainter, left: int) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        area = self.rect().adjusted(left, 0, -GRID, 0)
        painter.setPen(colour("text"))
        painter.drawText(area, middle, self.text())
        if self._count:
            self._paint_count(painter, left + self.fontMetrics().horizontalAdvance(self.text()) + GRID)
        if self._summary and not self.isChecked():
            area.setLeft(left + self.fontMetrics().horizontalAdvance(self.text()) + 2 * GRID)
            painter.setFont(theme().font())
            painter.setPen(colour("quiet"))
            shown = painter.fontMetrics().elidedText(self._summary, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, middle, shown)

    def _paint_count(self, painter: QPainter, left: int) -> None:
        painter.setFont(fonts.tabular(fonts.caption()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        painter.drawEllipse(QRectF(left, self.height() / 2 - 3, 7, 7))
        painter.setPen(colour("accent"))
        area = self.rect().adjusted(left + GRID + 4, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, str(self._count))
