"""A run that a window trains or watches: its state, its history, and the buttons' wishes."""

import math
import time

from PySide6.QtCore import QObject, QTimer, Signal

from engine.control import SettingValue
from engine.events import (
    CheckpointSaved,
    PreparationProgressed,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
    StepCompleted,
    ValidationCompleted,
    ValidationStarted,
)
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.runs import RunState
from workbench.bridge.protocols.training import RunHandle, Training, TrainRequest
from workbench.viewmodels.pace import Pace
from workbench.viewmodels.run_history import RunHistory

VALIDATING_MILLISECONDS = 500  # a shorter validation is not told, or the state would flicker

END_STATES: dict[str, RunState] = {
    "completed": "finished", "stopped": "finished", "stopped_early": "stopped_early", "failed": "failed",
}  # fmt: skip


class ActiveRun(QObject):
    """One run that this window trains.

    state_changed: what it does, or how it ended; updated: when numbers are new, at most ten times a second and
    seldomer where showing them takes long from the training; event_happened: each event, for those who count them.
    """

    state_changed = Signal()
    updated = Signal()
    event_happened = Signal(object)
    started = Signal(str)  # id of the run, once it has a folder
    ended = Signal(object)  # RunEnded; None where it was cancelled before it began
    failed = Signal(object)  # Failure: there is no run

    def __init__(self, request: TrainRequest, history: RunHistory | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.request = request
        self.history = history or RunHistory()
        self.run_id = request.resume_run
        self.state: RunState = "waiting"
        self.failure: Failure | None = None
        self.saved_at: float | None = None  # of the monotonic clock
        self.is_over = False  # its thread has nothing more to do
        self.has_begun = False  # its training, after the preparation
        self._ended: RunEnded | None = None
        self._handle: RunHandle | None = None
        self._pace = Pace()
        self._validating = QTimer(self, singleShot=True, interval=VALIDATING_MILLISECONDS)
        self._validating.timeout.connect(self._on_validation_lasted)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timer_ended)

    def begin(self, training: Training) -> None:
        """Start to train."""
        self._set_state("preparing")
        self._handle = training.start(self.request, self._on_event_came, self._on_job_done, self._on_job_failed)

    @property
    def is_running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.state in ("preparing", "training", "validating", "pausing", "paused", "stopping")

    @property
    def can_pause(self) -> bool:
        """Whether Pause means something now."""
        return self.state in ("training", "validating")

    @property
    def part(self) -> str:
        """The part of the preparation that is going on."""
        return self.history.preparation.part if self.history.preparation else ""

    def pause(self) -> None:
        """Wait at the next step boundary."""
        if self._handle and self.can_pause:
            self._handle.pause()
            self._set_state("pausing")

    def resume(self) -> None:
        """Go on after a pause."""
        if self._handle and self.state in ("pausing", "paused"):
            self._handle.resume()
            if self.state == "pausing":
                self._set_state("training")

    def finish(self) -> None:
        """End the run and keep its best state."""
        if self._handle and self.is_running:
            self._handle.stop()
            self._set_state("stopping")

    def save_now(self) -> None:
        """Write a checkpoint soon."""
        if self._handle:
            self._handle.save_now()

    def sample_now(self) -> None:
        """Write a sample text soon."""
        if self._handle:
            self._handle.sample_now()

    def change(self, field: str, value: SettingValue) -> None:
        """Give a live setting another value."""
        if self._handle:
            self._handle.change(field, value)

    def abandon(self) -> None:
        """End as soon as possible; the last save stands."""
        if self._handle:
            self._handle.abandon()

    @property
    def has_thread(self) -> bool:
        """Whether its thread is still at work."""
        return self._handle is not None and self._handle.is_running

    def _on_event_came(self, event: RunEvent) -> None:
        self.history.add(event)
        if not self._timer.isActive():
            self._timer.start(0)
        match event:
            case PreparationProgressed():
                self.updated.emit()
            case RunStarted():
                self.run_id, self.has_begun = event.run, True
                self._go_to("training")
                self.started.emit(event.run)
            case ValidationStarted():
                self._validating.start()
            case ValidationCompleted() | StepCompleted():
                self._leave_validation()
            case RunPaused():
                self._go_to("paused")
            case RunResumed():
                self._go_to("training")
            case CheckpointSaved() if not event.is_milestone:
                self.saved_at = time.monotonic()
            case RunEnded():
                self._end(event)
            case _:
                pass
        self.event_happened.emit(event)

    def _on_validation_lasted(self) -> None:
        if self.state == "training":
            self._set_state("validating")

    def _leave_validation(self) -> None:
        self._validating.stop()
        if self.state == "validating":
            self._set_state("training")

    def _end(self, event: RunEnded) -> None:
        self._timer.stop()
        self._validating.stop()
        self._ended = event
        self._set_state(END_STATES[event.outcome])
        self.updated.emit()

    def _on_job_done(self) -> None:
        if self._ended is not None and not self.has_begun:  # the disk refused its first line
            self._on_job_failed(Failure(self._ended.reason))
            return
        self._timer.stop()
        self._validating.stop()
        self.is_over = True
        if self.is_running:  # cancelled: before it began, as a rule
            self._set_state("finished" if self.has_begun else "waiting")
        self.ended.emit(self._ended)

    def _on_job_failed(self, failure: Failure) -> None:
        self._timer.stop()
        self._validating.stop()
        self.is_over = True
        self.failure = failure
        self._set_state("failed")
        self.failed.emit(failure)

    def _go_to(self, state: RunState) -> None:
        """What the run says of itself, unless it was told to end."""
        if self.state != "stopping":
            self._set_state(state)

    def _set_state(self, state: RunState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()

    def _on_timer_ended(self) -> None:
        wait = self._pace.wait_seconds()
        if wait > 0:
            self._timer.start(math.ceil(1000 * wait))
        else:
            self._pace.begin_picture()
            self.updated.emit()
