"""Mouse and keys on a plot."""

from enum import Enum, auto

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from workbench.widgets.plots.contents import Contents
from workbench.widgets.plots.reading_line import ReadablePlotCanvas

_ZOOM_PER_NOTCH = 1.2
_NOTCH = 120.0  # what Qt reports for one notch of a wheel
_KEY_ZOOM = 1.25
_KEY_PAN = 0.1
_SMALLEST_DRAG = 5.0
_KEY_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_LEAVES_HEIGHT = 16.0  # a hand that drags sideways is never quite level


class _Drag(Enum):
    PAN_X = auto()
    PAN_BOTH = auto()
    RECTANGLE = auto()


class InteractivePlotCanvas(ReadablePlotCanvas):
    """A plot that can be read, moved and zoomed."""

    whole_requested = Signal()

    def __init__(self, contents: Contents, parent: QWidget | None = None) -> None:
        super().__init__(contents, parent)
        self._drag: _Drag | None = None
        self._pressed_at = QPointF()
        self._last = QPointF()
        self.viewport().setMouseTracking(True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl: zoom around the mouse. Without: whoever scrolls around us gets it."""
        notches = event.angleDelta().y() / _NOTCH
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier or not notches:
            event.ignore()
            return
        geometry, at = self.geometry_now(), event.position()
        if at.x() < geometry.rect.left():
            self.framing.zoom_y(_ZOOM_PER_NOTCH**notches, geometry.y_position(at.y()))
        else:
            self.framing.zoom_x(_ZOOM_PER_NOTCH**notches, geometry.x_position(at.x()))
        event.accept()
        self.framing_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The left button begins to drag, with Shift to draw a rectangle."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._drag = _Drag.RECTANGLE if is_shifted else _Drag.PAN_X
        self._pressed_at = self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was begun, or read."""
        if self._drag is _Drag.RECTANGLE:
            self.set_selection(QRectF(self._pressed_at, event.position()).normalized() & self.plot_rect())
        elif self._drag is not None:
            self._pan_with_mouse(event.position())
        elif self.plot_rect().adjusted(-4, 0, 4, 0).contains(event.position()):
            self.read_pixel(event.position().x())
        else:
            self.clear_reading()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Zoom to the rectangle, if one was drawn."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        selection, self._drag = self.selection, None
        self.viewport().unsetCursor()
        self.set_selection(None)
        if selection is not None and min(selection.width(), selection.height()) >= _SMALLEST_DRAG:
            self._zoom_to(selection)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything, and the fitted view when everything is shown."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.whole_requested.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002
        """The reading line goes with the mouse."""
        self.clear_reading()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Whoever owns the plot has its menu; pyqtgraph's scene has none to offer."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus that came by a key: whoever clicked knows where they are."""
        super().focusInEvent(event)
        self.shows_focus = event.reason() in _KEY_REASONS
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A line that keys moved goes with the focus."""
        super().focusOutEvent(event)
        self.shows_focus = False
        self.clear_reading()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read, pan, zoom; everything else is for others."""
        self.shows_focus = True
        if self._reads(event) or self._pans(event) or self._zooms(event):
            event.accept()
        else:
            event.ignore()

    def zoom(self, factor: float) -> None:
        """Closer by a factor, around the reading line or the middle."""
        middle = (self.framing.x[0] + self.framing.x[1]) / 2
        anchor = self.contents.x_axis.position(self.reading.x) if self.reading is not None else middle
        self.framing.zoom_x(factor, anchor)
        self.framing_changed.emit()

    def _reads(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.read_next(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Home | Qt.Key.Key_End:
                self.read_end(event.key() == Qt.Key.Key_End)
            case Qt.Key.Key_Escape if self.reading is not None:
                self.clear_reading()
            case _:
                return False
        return True

    def _pans(self, event: QKeyEvent) -> bool:
        width, height = (high - low for low, high in (self.framing.x, self.framing.y))
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.framing.pan_x(_KEY_PAN * width * (1 if event.key() == Qt.Key.Key_Right else -1))
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.framing.pan_y(_KEY_PAN * height * (1 if event.key() == Qt.Key.Key_Up else -1))
            case _:
                return False
        self.framing_changed.emit()
        return True

    def _zooms(self, event: QKeyEvent) -> bool:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(_KEY_ZOOM)
            case Qt.Key.Key_Minus:
                self.zoom(1 / _KEY_ZOOM)
            case Qt.Key.Key_0:
                self.whole_requested.emit()
            case _:
                return False
        return True

    def _pan_with_mouse(self, at: QPointF) -> None:
        if self._drag is _Drag.PAN_X and abs(at.y() - self._pressed_at.y()) > _LEAVES_HEIGHT:
            self._drag = _Drag.PAN_BOTH
        geometry = self.geometry_now()
        moved = at - self._last
        self._last = at
        if moved.x():
            self.framing.pan_x(geometry.x_position(0) - geometry.x_position(moved.x()))
        if self._drag is _Drag.PAN_BOTH and moved.y():
            self.framing.pan_y(geometry.y_position(0) - geometry.y_position(moved.y()))
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.clear_reading()
        self.framing_changed.emit()

    def _zoom_to(self, selection: QRectF) -> None:
        geometry = self.geometry_now()
        self.framing.show_x(geometry.x_position(selection.left()), geometry.x_position(selection.right()))
        self.framing.show_y(geometry.y_position(selection.bottom()), geometry.y_position(selection.top()))
        self.framing_changed.emit()
