"""When a plot is drawn: at most ten times a second for data, at once for hands, never unseen."""

import math
import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

DATA_INTERVAL_MS = 100
HAND_INTERVAL_MS = 16
_BREATH_S = 0.008  # between two plots, so that the window can do something else


class Redraw(QObject):
    """Collects wishes to be drawn, and says when it is time."""

    due = Signal()
    _free_at = 0.0  # of all plots together

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._is_dirty = False
        self._drawn_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timer_ended)
        widget.installEventFilter(self)

    def request(self, interval_ms: int = DATA_INTERVAL_MS) -> None:
        """Something has changed; draw it when so much time has gone since the last picture."""
        self._is_dirty = True
        if not self._is_seen():
            return
        passed = (time.monotonic() - self._drawn_at) * 1000
        wait = max(0, round(interval_ms - passed))
        if not self._timer.isActive() or self._timer.remainingTime() > wait:
            self._timer.start(wait)

    def flush(self) -> None:
        """Draw now, seen or not, when anything has changed: somebody asks for the numbers or the picture."""
        if self._is_dirty:
            self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """What was unseen is drawn when it is shown again, also after the window was minimised."""
        if event.type() == QEvent.Type.Show and self._is_dirty:
            self.request()
        return False

    def _is_seen(self) -> bool:
        return self._widget.isVisible() and not self._widget.window().isMinimized()

    def _on_timer_ended(self) -> None:
        wait = Redraw._free_at - time.monotonic()
        if wait > 0:
            self._timer.start(math.ceil(wait * 1000))
        elif self._is_dirty and self._is_seen():
            self._draw()

    def _draw(self) -> None:
        self._is_dirty = False
        self._timer.stop()
        self._drawn_at = time.monotonic()
        self.due.emit()
        Redraw._free_at = time.monotonic() + _BREATH_S
