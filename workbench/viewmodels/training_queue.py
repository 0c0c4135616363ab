"""One run trains at a time; the others wait in an order that the person chooses."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.training import Training, TrainRequest
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory


class TrainingQueue(QObject):
    """What trains, and what waits. Nothing waiting begins by itself while `is_held`.

    changed: the order or what trains is another; run_started: a run got its folder (its id); run_ended: (ActiveRun).
    """

    changed = Signal()
    updated = Signal()  # of the run that trains, at most ten times a second
    run_began = Signal(object)  # ActiveRun, before its folder is there
    run_started = Signal(str)
    run_ended = Signal(object)  # ActiveRun
    run_failed = Signal(object, object)  # ActiveRun, Failure: there is no run

    def __init__(self, training: Training, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self.current: ActiveRun | None = None
        self.waiting: list[TrainRequest] = []
        self.is_held = False
        self.is_restored = False  # what waits is from an earlier life of the window, and nobody said Go on yet
        self.is_gentle = False
        self._taken: TrainRequest | None = None  # out of those that wait, to train now

    @property
    def is_busy(self) -> bool:
        """Whether a run trains now."""
        return self.current is not None and not self.current.is_over

    def start(self, request: TrainRequest, history: RunHistory | None = None) -> ActiveRun | None:
        """Train this now, or after what trains and waits; returns the run if it begins now.

        history: of a run that goes on, so that its curves are there at once.
        """
        if self.is_busy:
            self.add(request)
            return None
        # Without a parent, so that it goes when nobody shows it any more: a night of runs is not kept in memory.
        run = ActiveRun(replace(request, is_gentle=self.is_gentle), history)
        run.state_changed.connect(self.changed)
        run.updated.connect(self.updated)
        run.started.connect(self.run_started)
        run.ended.connect(self._on_run_ended)
        run.failed.connect(self._on_run_failed)
        self.current = run
        self.run_began.emit(run)
        run.begin(self._training)
        self.changed.emit()
        return run

    def add(self, request: TrainRequest) -> None:
        """Let this wait behind all others."""
        self.waiting.append(request)
        self.changed.emit()
        self.go_on()

    def move(self, index: int, to: int) -> None:
        """Give one that waits another place; `to` counts those that are left without it."""
        if index != to:
            self.waiting.insert(to, self.waiting.pop(index))
            self.changed.emit()

    def remove(self, index: int) -> TrainRequest:
        """Take one out that waits."""
        request = self.waiting.pop(index)
        self.is_restored = self.is_restored and bool(self.waiting)
        self.changed.emit()
        return request

    def insert(self, index: int, request: TrainRequest) -> None:
        """Put one back where it was."""
        self.waiting.insert(index, request)
        self.changed.emit()
        self.go_on()

    def hold(self, is_held: bool) -> None:
        """Let those that wait go on waiting, or not."""
        self.is_held = is_held
        self.is_restored = False
        self.changed.emit()
        self.go_on()

    def go_on(self) -> None:
        """Begin with the next one when nothing trains."""
        if self.waiting and not self.is_busy and not self.is_held:
            self._taken = self.waiting.pop(0)
            self.start(self._taken)

    def restore(self, requests: Sequence[TrainRequest]) -> None:
        """Let these wait that waited in an earlier life of the window; nothing begins before the person says so."""
        if requests:
            self.waiting[:0] = requests
            self.is_restored = self.is_held = True
            self.changed.emit()

    def _on_run_ended(self, _: object) -> None:
        run, self._taken = self.sender(), None
        self.run_ended.emit(run)
        self.changed.emit()
        self.go_on()

    def _on_run_failed(self, failure: Failure) -> None:
        run, taken = self.sender(), self._taken
        self._taken = None
        is_lasting = failure.is_storage or failure.is_text_gone
        if is_lasting and taken is not None:  # the others would fail like this one: let all wait for the person
            self.waiting.insert(0, taken)
            self.is_held = True
        self.run_failed.emit(run, failure)
        self.changed.emit()
        self.go_on()
