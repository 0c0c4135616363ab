"""Histories of runs that are not the one on show: read on threads, kept for a while, read on while they grow."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from engine.events import RunEvent
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.runs import HistoryPlace, RunEntry
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.workbench import Workbench

MOST_KEPT = 30
MOST_BYTES = 64_000_000  # of what nobody looks at just now
IN_USE_SECONDS = 10.0  # since somebody asked: what is on show is not forgotten to be read again at once
READ_ON_SECONDS = 1.0
_SHARED = "saved_histories"


@dataclass
class _Kept:
    """stamp: what the folder said when it was read; job: while it is being read; asked_at: when it was last wanted."""

    history: RunHistory = field(default_factory=RunHistory)
    place: HistoryPlace = field(default_factory=HistoryPlace)
    stamp: tuple[object, ...] = ()
    job: Job | None = None
    read_at: float = 0.0
    asked_at: float = 0.0
    is_ready: bool = False


class SavedHistories(QObject):
    """What curves beside others need of runs: no samples, no norms of matrices, which are most of a history.

    changed: another history was read, or has grown.
    """

    changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    @classmethod
    def shared(cls, workbench: Workbench) -> "SavedHistories":
        """The ones of this window."""
        known = workbench.property(_SHARED)
        if isinstance(known, SavedHistories):
            return known
        histories = cls(workbench)
        workbench.setProperty(_SHARED, histories)
        return histories

    def history(self, run_id: str) -> RunHistory | None:
        """What happened in a run; None while it is read and when it is not there. `changed` follows."""
        run = self._workbench.queue.current
        if run is not None and run.run_id == run_id:
            return run.history
        entry = self._workbench.runs.entry(run_id)
        if entry is None:
            self._kept.pop(run_id, None)
            return None
        kept = self._kept.setdefault(run_id, _Kept())
        self._kept.move_to_end(run_id)
        kept.asked_at = time.monotonic()
        self._read_if_old(entry, kept)
        return kept.history if kept.is_ready else None

    def _read_if_old(self, entry: RunEntry, kept: _Kept) -> None:
        stamp = (entry.outcome, entry.step, entry.state)
        is_growing = entry.state == "training" and time.monotonic() - kept.read_at > READ_ON_SECONDS
        if kept.job is not None or (stamp == kept.stamp and not is_growing):
            return
        kept.stamp, kept.read_at = stamp, time.monotonic()
        try:
            kept.job = self._read_on(entry.id, kept) if kept.is_ready else self._read(entry.id, kept)
        except TextloomError:
            kept.is_ready = True  # there is nothing to draw

    def _read(self, run_id: str, kept: _Kept) -> Job:
        # Nobody sees it before it is read: it can be filled on the thread.
        history = RunHistory()

        def finish(place: HistoryPlace) -> None:
            kept.history = history
            self._finish(kept, place)

        return self._workbench.door.runs.read_history(run_id, history.add, finish, self._failed(kept))

    def _read_on(self, run_id: str, kept: _Kept) -> Job:
        events: list[RunEvent] = []

        def finish(place: HistoryPlace) -> None:
            for event in events:
                kept.history.add(event)
            self._finish(kept, place)

        return self._workbench.door.runs.read_history(run_id, events.append, finish, self._failed(kept), kept.place)

    def _finish(self, kept: _Kept, place: HistoryPlace) -> None:
        kept.place, kept.job, kept.is_ready = place, None, True
        kept.history.samples.clear()
        kept.history.matrix_norms.clear()
        self._forget_oldest()
        self.changed.emit()

    def _failed(self, kept: _Kept) -> Callable[[Failure], None]:
        def fail(_: Failure) -> None:
            kept.job, kept.is_ready = None, True
            self.changed.emit()

        return fail

    @property
    def num_bytes(self) -> int:
        """What the numbers of all of them take."""
        return sum(kept.history.num_bytes for kept in self._kept.values())

    def _forget_oldest(self) -> None:
        """Forget what nobody has asked for longest, as long as there are too many or they are too large."""
        unused = time.monotonic() - IN_USE_SECONDS
        while len(self._kept) > MOST_KEPT or self.num_bytes > MOST_BYTES:
            run_id, oldest = next(iter(self._kept.items()))
            if oldest.asked_at > unused:
                return
            del self._kept[run_id]
            if oldest.job is not None:
                oldest.job.drop()
