"""Earlier runs pinned as quiet curves."""

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.runs import HistoryPlace, RunEntry
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.workbench import Workbench

KEY = "curves/pinned"
MOST_PINS = 6


class Pins(QObject):
    """Which runs are pinned, and their histories once they are read."""

    changed = Signal()

    def __init__(
        self, workbench: Workbench, parent: QObject | None = None, *, is_remembered: bool = True
    ) -> None:
        """is_remembered: the pins are the person's, kept in the settings; else those of `show_only`."""
        super().__init__(parent)
        self._workbench = workbench
        self._only: list[str] | None = None if is_remembered else []
        self._histories: dict[str, RunHistory] = {}
        self._reading: set[str] = set()
        self._parent_run = ""

    @property
    def ids(self) -> list[str]:
        """Pinned runs that are still there, the parent of the run on show among them."""
        chosen = self._workbench.settings.texts(KEY) if self._only is None else self._only
        known = [run_id for run_id in chosen if self._workbench.runs.entry(run_id)]
        if self._parent_run and self._parent_run not in known and self._workbench.runs.entry(self._parent_run):
            known.append(self._parent_run)
        return known

    def show_parent_of(self, entry: RunEntry | None) -> None:
        """Pin the run whose best state this one began with, as long as it is on show."""
        parent = str(entry.parent.get("run", "")) if entry is not None else ""
        if parent != self._parent_run:
            self._parent_run = parent
            self._read_missing()
            self.changed.emit()

    def show_only(self, run_ids: list[str]) -> None:
        """Pin exactly these, without remembering it."""
        self._only = run_ids
        self._read_missing()

    def toggle(self, run_id: str) -> None:
        """Pin a run, or take it away again."""
        ids = [pinned for pinned in self.ids if pinned != self._parent_run]
        if run_id in ids:
            ids.remove(run_id)
        else:
            ids = [*ids, run_id][-MOST_PINS:]
        self._workbench.settings.set(KEY, ids)
        self._read_missing()
        self.changed.emit()

    def candidates(self, besides: str) -> list[RunEntry]:
        """Runs that can be pinned: those with figures, without the one on show."""
        return [entry for entry in self._workbench.runs.entries() if entry.best and entry.id != besides][:30]

    def shown(self) -> list[tuple[RunEntry, RunHistory]]:
        """Pinned runs with their histories, as far as these are read."""
        self._read_missing()
        found = []
        for run_id in self.ids:
            entry, history = self._workbench.runs.entry(run_id), self._histories.get(run_id)
            if entry is not None and history is not None:
                found.append((entry, history))
        return found

    def _read_missing(self) -> None:
        for run_id in self.ids:
            if run_id not in self._histories and run_id not in self._reading:
                self._reading.add(run_id)
                _Reading(self, self._workbench, run_id)

    def take(self, run_id: str, history: RunHistory | None) -> None:
        """A history was read, or could not be."""
        self._reading.discard(run_id)
        self._histories[run_id] = history or RunHistory()
        self.changed.emit()


class _Reading:
    """One history being read on a thread."""

    def __init__(self, pins: Pins, workbench: Workbench, run_id: str) -> None:
        self._pins, self._run_id = pins, run_id
        self._history = RunHistory()
        workbench.door.runs.read_history(run_id, self._history.add, self._on_done, self._on_failed)

    def _on_done(self, _: HistoryPlace) -> None:
        self._pins.take(self._run_id, self._history)

    def _on_failed(self, _: Failure) -> None:
        self._pins.take(self._run_id, None)
