"""Brings what other threads have to say to the interface thread: one queue, drained while there is something in it.

A timer that looked thirty times a second would take the cores from the training as often, and for nothing. So whoever
puts a call into an empty queue wakes the interface thread by one byte through a socket: no other thread touches an
object of Qt.
"""

import logging
import socket
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer

TICK_MILLISECONDS = 33
BUDGET_SECONDS = 0.012  # of each tick: what is left waits for the next one, so that painting is never starved


class Pump(QObject):
    """Any thread posts calls; the interface thread makes them, in their order, at most about 30 times a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        self._is_awake = False
        self._drained_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_ended)
        self._ear, self._bell = socket.socketpair()
        for end in (self._ear, self._bell):
            end.setblocking(False)
            weakref.finalize(self, end.close)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_bell_rung)

    def post(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Let the interface thread make this call soon. May be used from any thread."""
        self._calls.put((call, arguments))
        self._wake()

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

    def _wake(self) -> None:
        if self._is_awake:
            return
        self._is_awake = True  # two threads may both get here: a second byte does no harm
        with suppress(OSError):  # the window is gone, or so many bytes wait that it wakes anyway
            self._bell.send(b"\0")

    def _on_bell_rung(self) -> None:
        with suppress(OSError):
            self._ear.recv(4096)
        passed = 1000 * (time.monotonic() - self._drained_at)
        self._timer.start(max(0, round(TICK_MILLISECONDS - passed)))

    def _on_timer_ended(self) -> None:
        self._timer.start(TICK_MILLISECONDS)  # before the calls: one of them may open a dialog and stay in it
        self.drain()
        self._drained_at = time.monotonic()
        if self._calls.empty():
            self._fall_asleep()

    def _fall_asleep(self) -> None:
        self._timer.stop()
        self._is_awake = False
        if not self._calls.empty():  # posted at this very moment, by somebody who still saw it awake
            self._wake()
