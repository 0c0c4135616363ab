"""Histories of runs that this window does not train: read on a thread, kept for a while, followed while they grow."""

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError
from engine.events import RunEvent
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.runs import HistoryPlace, Runs
from workbench.viewmodels.run_history import RunHistory

NUM_KEPT = 6
FOLLOW_MILLISECONDS = 1000


class Histories(QObject):
    """Loads one history at a time; a newer wish drops the older one."""

    loaded = Signal(str, object)  # run id, RunHistory
    failed = Signal(str, object)  # run id, Failure

    def __init__(self, runs: Runs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._kept: OrderedDict[str, tuple[RunHistory, str]] = OrderedDict()
        self._job: Job | None = None

    def keep(self, run_id: str, history: RunHistory, stamp: str) -> None:
        """Keep what is known anyway. stamp: how the run ended, so that one that went on is read again."""
        self._kept[run_id] = (history, stamp)
        self._kept.move_to_end(run_id)
        while len(self._kept) > NUM_KEPT:
            self._kept.popitem(last=False)

    def kept(self, run_id: str, stamp: str) -> RunHistory | None:
        """A history that is there at once."""
        history, known = self._kept.get(run_id, (None, ""))
        return history if known == stamp else None

    def load(self, run_id: str, stamp: str) -> None:
        """Read a history; `loaded` or `failed` follows."""
        self.drop()
        history = RunHistory()

        def finish(_: HistoryPlace) -> None:
            tidy_samples(history)
            self.keep(run_id, history, stamp)
            self.loaded.emit(run_id, history)

        try:
            self._job = self._runs.read_history(run_id, history.add, finish, self._failed(run_id))
        except TextloomError as error:
            self.failed.emit(run_id, Failure(error.message))

    def drop(self) -> None:
        """Hear nothing more of what is being read."""
        if self._job is not None:
            self._job.drop()
            self._job = None

    def _failed(self, run_id: str) -> Callable[[Failure], None]:
        return lambda failure: self.failed.emit(run_id, failure)


class Follower(QObject):
    """Reads on in the files of a run that another process trains."""

    grown = Signal()
    failed = Signal(object)  # Failure

    def __init__(self, runs: Runs, run_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._run_id = run_id
        self.history = RunHistory()
        self._place = HistoryPlace()
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)

    def start(self) -> None:
        """Read what is there, then look again every second."""
        self._timer.start()
        self.read_on()

    def stop(self) -> None:
        """Read no further."""
        self._timer.stop()
        if self._job is not None:
            self._job.drop()
            self._job = None

    def read_on(self) -> None:
        """Read what is new, unless a look is under way."""
        if self._job is not None:
            return
        # The shown history belongs to this thread; the first part of it may be long, and is made up on the other one.
        first = RunHistory() if not self.history.version else None
        events: list[RunEvent] = []

        def finish(place: HistoryPlace) -> None:
            self._job = None
            self._place = place
            self._grow(first, events)

        into = events.append if first is None else first.add
        try:
            self._job = self._runs.read_history(self._run_id, into, finish, self._on_failed, self._place)
        except TextloomError as error:
            self._on_failed(Failure(error.message))

    def _grow(self, first: RunHistory | None, events: list[RunEvent]) -> None:
        before = self.history.version
        if first is not None:
            self.history.become(first)
        for event in events:
            self.history.add(event)
        if self.history.version != before:
            tidy_samples(self.history)
            self.grown.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._job = None
        self.failed.emit(failure)

    def _on_timer_ticked(self) -> None:
        self.read_on()


def tidy_samples(history: RunHistory) -> None:
    """Drop samples of steps that were lost and done again: samples stand in a file of their own, in their order."""
    kept = []
    least = float("inf")
    for sample in reversed(history.samples):
        if sample.step <= least:
            kept.append(sample)
            least = sample.step
    history.samples[:] = reversed(kept)
