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
READ_ON_SECONDS = 1.0
_SHARED = "saved_histories"


@dataclass
class _Kept:
    """stamp: what the folder said when it was read; job: while it is being read."""

    history: RunHistory = field(default_factory=RunHistory)
    place: HistoryPlace = field(default_factory=HistoryPlace)
    stamp: tuple[object, ...] = ()
    job: Job | None = None
    read_at: float = 0.0
    is_ready: bool = False


class SavedHistories(QObject):
    """changed: another history was read, or has grown."""

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
        self._read_if_old(entry, kept)
        self._forget_oldest()
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
        self.changed.emit()

    def _failed(self, kept: _Kept) -> Callable[[Failure], None]:
        def fail(_: Failure) -> None:
            kept.job, kept.is_ready = None, True
            self.changed.emit()

        return fail

    def _forget_oldest(self) -> None:
        while len(self._kept) > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            if oldest.job is not None:
                oldest.job.drop()
