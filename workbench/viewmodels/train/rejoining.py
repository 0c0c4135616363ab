"""A run that waited in the queue and goes on: its earlier history is read while it prepares."""

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from engine.events import RunEvent
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.runs import HistoryPlace, Runs
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.histories import tidy_samples
from workbench.viewmodels.training_queue import TrainingQueue


class Rejoining(QObject):
    """Gives a run that goes on without its history the whole of it, so that its curves go on."""

    rejoined = Signal(object)  # ActiveRun

    def __init__(self, runs: Runs, queue: TrainingQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._run: ActiveRun | None = None
        self._events: list[RunEvent] = []
        queue.run_began.connect(self._on_run_began)

    def _on_run_began(self, run: ActiveRun) -> None:
        self._let_go()
        if not run.request.resume_run or run.history.started is not None:
            return
        self._run = run
        run.event_happened.connect(self._on_event_happened)
        before = RunHistory()

        def finish(_: HistoryPlace) -> None:
            self._join(run, before)

        def give_up(_: Failure) -> None:
            if self._run is run:
                self._let_go()

        try:
            self._runs.read_history(run.request.resume_run, before.add, finish, give_up)
        except TextloomError:  # the curve begins where the run goes on
            self._let_go()

    def _join(self, run: ActiveRun, before: RunHistory) -> None:
        """Add what happened meanwhile. Where the files had it already, the run's second start takes it out again."""
        if self._run is not run:
            return
        for event in self._events:
            before.add(event)
        tidy_samples(before)
        run.history = before
        self._let_go()
        self.rejoined.emit(run)

    def _let_go(self) -> None:
        if self._run is not None:
            self._run.event_happened.disconnect(self._on_event_happened)
        self._run, self._events = None, []

    def _on_event_happened(self, event: RunEvent) -> None:
        self._events.append(event)
