"""A small sheet that hangs at a widget, inside the window, and goes away by Escape or a click elsewhere."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import CORNER, GAP, GRID
from workbench.theme.theme import theme

SHADOW = 10  # pixels around a sheet in which its shadow is drawn
_FAREST = 52  # letters in a line of an explanation


class Popover(QWidget):
    """Made for one showing: it deletes itself when it closes and hands the focus back to where it was."""

    closed = Signal()

    def __init__(self, owner: QWidget) -> None:
        self._window = owner.window()
        super().__init__(self._window)
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box = QVBoxLayout(self)
        side = SHADOW + GAP
        self._box.setContentsMargins(side, side, side, side)
        self._box.setSpacing(GRID)
        self.hide()

    def set_content(self, content: QWidget) -> None:
        """Put a widget into the sheet."""
        self._box.addWidget(content)
        self.setAccessibleName(content.accessibleName())
        self.setAccessibleDescription(content.accessibleDescription())

    def show_near(self, widget: QWidget) -> None:
        """Show it under a widget, or above it where there is more room, never outside the window."""
        self._before = QApplication.focusWidget()
        self.ensurePolished()
        self.adjustSize()
        self.move(self._place(widget))
        self.raise_()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._application().installEventFilter(self)

    def close_now(self) -> None:
        """Close it, as Escape does."""
        if self.isHidden():
            return
        self._application().removeEventFilter(self)
        had_focus = self.hasFocus() or self.isAncestorOf(QApplication.focusWidget() or self.window())
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        is_elsewhere = isinstance(watched, QWidget) and watched is not self and not self.isAncestorOf(watched)
        is_window_resized = kind == QEvent.Type.Resize and watched is self._window
        if is_window_resized or (is_elsewhere and kind in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn)):
            self.close_now()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.close_now()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            paint_sheet(painter, QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW))

    @staticmethod
    def _application() -> QCoreApplication:
        application = QCoreApplication.instance()
        assert application is not None
        return application

    def _place(self, widget: QWidget) -> QPoint:
        window = self._window
        corner = widget.mapTo(window, QPoint(0, widget.height()))
        x = min(max(corner.x() - SHADOW, 0), max(0, window.width() - self.width()))
        below = corner.y() - SHADOW // 2
        if below + self.height() <= window.height():
            return QPoint(x, below)
        above = corner.y() - widget.height() - self.height() + SHADOW // 2
        return QPoint(x, max(0, above))


def paint_sheet(painter: QPainter, area: QRectF) -> None:
    """A raised sheet with a line around it and a soft shadow."""
    tokens = theme().tokens
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 8 if theme().is_dark else 2))
    for spread in range(SHADOW, 0, -1):
        below = min(spread + 2, SHADOW)
        painter.drawRoundedRect(area.adjusted(-spread, 2 - spread, spread, below), CORNER + spread, CORNER + spread)
    painter.setPen(QColor(tokens.line))
    painter.setBrush(QColor(tokens.raised))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)


def term_content(title: str, explanation: str, picture: QPixmap | None = None) -> QWidget:
    """What explains a technical word: its name, two sentences, a picture."""
    content = QWidget()
    content.setAccessibleName(title)
    content.setAccessibleDescription(explanation)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID)
    heading, text = QLabel(title), QLabel(explanation)
    fonts.follow(heading, fonts.strong)
    text.setWordWrap(True)
    text.setFixedWidth(text.fontMetrics().averageCharWidth() * _FAREST)
    for label in (heading, text):
        label.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(label)
    if picture is not None:
        shown = QLabel()
        shown.setPixmap(picture)
        column.addWidget(shown)
    return content
