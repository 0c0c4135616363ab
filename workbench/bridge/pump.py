"""Brings what other threads have to say to the interface thread: one queue, drained on a timer."""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MILLISECONDS = 33
BUDGET_SECONDS = 0.012  # of each tick: what is left waits for the next one, so that painting is never starved


class Pump(QObject):
    """Any thread posts calls; the interface thread makes them, in their order, about 30 times a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)
        self._timer.start()

    def post(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Let the interface thread make this call soon. May be used from any thread."""
        self._calls.put((call, arguments))

    def drain(self, budget_seconds: float = BUDGET_SECONDS) -> None:
        """Make the calls that wait, for about so long."""
        until = time.perf_counter() + budget_seconds
        while True:
            try:
                call, arguments = self._calls.get_nowait()
            except Empty:
                return
            try:
                call(*arguments)
            except Exception:  # one bad call must not swallow the others
                logging.getLogger("textloom").exception("A call from the pump failed")
                from workbench.bridge.failures import unexpected_happened

                unexpected_happened()
            if time.perf_counter() > until:
                return

    def _on_timer_ticked(self) -> None:
        self.drain()
