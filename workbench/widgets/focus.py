"""A visible focus for those who use the keyboard, out of the way of those who use the mouse."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from workbench.theme.spacing import CORNER
from workbench.theme.theme import theme

_KEPT = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object


class KeyboardRing(_Widget):
    """Draws a ring around a widget that got the focus by the keyboard. Stands before the Qt class it is mixed into."""

    ring_corner = CORNER
    ring_colour = "accent"
    ring_inset = 1.0
    _has_ring = False

    @property
    def has_ring(self) -> bool:
        """Whether the ring is drawn now."""
        return self._has_ring

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _KEPT:
            is_clicked = QApplication.mouseButtons() != Qt.MouseButton.NoButton
            self._has_ring = event.reason() != Qt.FocusReason.MouseFocusReason and not is_clicked
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _KEPT:
            self._has_ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._has_ring and self.hasFocus():
            with QPainter(self) as painter:
                self._paint_ring(painter)

    def _paint_ring(self, painter: QPainter) -> None:
        inset = self.ring_inset
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(getattr(theme().tokens, self.ring_colour)), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = max(self.ring_corner - inset, 2)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)


class HandPainted(KeyboardRing):
    """Paints itself in `paint_face`, anew when the mouse comes and goes; the ring lies over that."""

    def paint_face(self, painter: QPainter) -> None:
        """Everything but the ring."""
        raise NotImplementedError

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_face(painter)
            if self.has_ring:
                painter.setOpacity(1.0)
                self._paint_ring(painter)
