"""Earlier runs pinned as quiet curves."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.curves.saved import SavedHistories
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.runs.differences import distinct_titles
from workbench.viewmodels.runs.rows import date_text, number_of
from workbench.viewmodels.workbench import Workbench
from workbench.words import tr

KEY = "curves/pinned"
MOST_PINS = 5
MOST_OFFERED = 50


@dataclass(frozen=True)
class Pinned:
    """A run whose curve stands behind the present one."""

    run_id: str
    title: str
    tokens: str
    history: RunHistory


@dataclass(frozen=True)
class Offer:
    """A run that can be pinned. facts: how good it became, and when it was made."""

    run_id: str
    title: str
    facts: str
    is_pinned: bool


class Pins(QObject):
    """Which runs are pinned, remembered as long as they exist; the run that this one began with is pinned by itself."""

    changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._saved = SavedHistories.shared(workbench)
        self._saved.changed.connect(self.changed)
        self._run_id = ""
        self._parent_id = ""
        self._is_parent_unwanted = False

    def show_run(self, run_id: str, entry: RunEntry | None) -> None:
        """Another run is on show, which is never behind itself."""
        parent_id = str(entry.parent.get("run", "")) if entry is not None else ""
        if parent_id != self._parent_id:
            self._is_parent_unwanted = False
        self._run_id, self._parent_id = run_id, parent_id

    @property
    def ids(self) -> list[str]:
        """The pinned runs that are there, without the one on show; the one it began with first."""
        ids = [*([] if self._is_parent_unwanted else [self._parent_id]), *self._workbench.settings.texts(KEY)]
        return [run_id for run_id in dict.fromkeys(ids) if run_id != self._run_id and self._entry(run_id) is not None]

    def toggle(self, run_id: str) -> None:
        """Pin a run, or take it away. One too many takes away the one that was pinned first."""
        is_pinned = run_id in self.ids
        remembered = [known for known in self._workbench.settings.texts(KEY) if self._entry(known) and known != run_id]
        if run_id == self._parent_id:
            self._is_parent_unwanted = is_pinned
        elif not is_pinned:
            remembered = [*remembered, run_id][-MOST_PINS:]
        self._workbench.settings.set(KEY, remembered)
        self.changed.emit()

    def offers(self, units: Units) -> list[Offer]:
        """Runs that have curves, newest first, without the one on show."""
        pinned = set(self.ids)
        entries = [entry for entry in self._workbench.runs.entries() if entry.best and entry.id != self._run_id]
        shown = entries[:MOST_OFFERED]
        titles = distinct_titles(shown)
        return [
            Offer(entry.id, title, _facts(entry, units), entry.id in pinned)
            for entry, title in zip(shown, titles, strict=True)
        ]

    def shown(self) -> list[Pinned]:
        """Pinned runs as far as their histories are read."""
        entries = [entry for entry in map(self._entry, self.ids) if entry is not None]
        found = []
        for entry, title in zip(entries, distinct_titles(entries), strict=True):
            history = self._saved.history(entry.id)
            if history is not None:
                found.append(Pinned(entry.id, title, entry.tokens, history))
        return found

    def _entry(self, run_id: str) -> RunEntry | None:
        return self._workbench.runs.entry(run_id) if run_id else None


def _facts(entry: RunEntry, units: Units) -> str:
    loss, bits = number_of(entry.best, "loss_nats"), number_of(entry.best, "bits_per_character")
    value, unit = units.text(loss, bits / loss if loss else loss)
    return tr("best {value} {unit}, {date}", value=value, unit=unit, date=date_text(entry.created))
