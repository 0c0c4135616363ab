"""What runs reported last, read on a thread: once for those that are over, every second for those that train."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.bridge.protocols.jobs import Job
from workbench.bridge.protocols.runs import LastFigures, RunEntry, Runs

WAIT_MILLISECONDS = 200  # the page is painted first


class LastFiguresReader(QObject):
    """Reads what is missing, one look after the other."""

    changed = Signal()

    def __init__(self, runs: Runs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._known: dict[str, tuple[object, LastFigures]] = {}
        self._asked: Sequence[RunEntry] = ()
        self._reading: dict[str, RunEntry] = {}
        self._job: Job | None = None
        self._is_wished_again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MILLISECONDS)
        self._timer.timeout.connect(self._begin)

    def figures(self, run_id: str) -> LastFigures | None:
        """What is known of a run."""
        known = self._known.get(run_id)
        return known[1] if known is not None else None

    def read(self, entries: Sequence[RunEntry]) -> None:
        """Look, in a moment, at those of these runs that are new, have changed or train now."""
        self._asked = entries
        self._is_wished_again = self._job is not None
        if self._job is None and not self._timer.isActive():
            self._timer.start()

    def _begin(self) -> None:
        self._reading = {entry.id: entry for entry in self._asked if self._is_open(entry)}
        if self._reading:
            self._job = self._runs.read_last(list(self._reading), self._on_found, self._on_done)

    def _is_open(self, entry: RunEntry) -> bool:
        if entry.problem is not None:
            return False
        known = self._known.get(entry.id)
        return known is None or known[0] is not entry or entry.state == "training"

    def _on_found(self, found: Mapping[str, LastFigures]) -> None:
        self._known.update({run_id: (self._reading[run_id], figures) for run_id, figures in found.items()})
        self.changed.emit()

    def _on_done(self) -> None:
        self._job = None
        if self._is_wished_again:
            self.read(self._asked)
