"""The clipping threshold as the plot shows it and the person drags it."""

import math

from PySide6.QtCore import QObject

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.workbench import Workbench
from workbench.words import percent, significant, tr

FIELD = "training.clip_norm"
BOUNDS = (1e-4, 1e4)


class ClippingThreshold(QObject):
    """Reads the threshold of a run, and changes it while the run trains."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = workbench.notices
        self._history: RunHistory | None = None
        self._run: ActiveRun | None = None
        self._entry: RunEntry | None = None

    def show_run(self, history: RunHistory, run: ActiveRun | None, entry: RunEntry | None) -> None:
        """Tell of another run."""
        self._history, self._run, self._entry = history, run, entry

    @property
    def can_change(self) -> bool:
        """Whether the run trains in this window."""
        return self._run is not None and self._run.is_running

    @property
    def value(self) -> float | None:
        """The threshold now; None when nothing is clipped by norm."""
        value = float(self._configured())
        for change in self._history.changes if self._history else ():
            if change.field == FIELD:
                value = float(change.new)
        return value if value > 0 else None

    def sentence(self) -> str:
        """How often it clips, in words."""
        value = self.value
        if value is None:
            return tr("Nothing is clipped.")
        shares = self._history.training["clipped_share"] if self._history else ()
        recent = [share for share in shares[-20:] if not math.isnan(share)]
        if not recent:
            return tr("Longer gradients are shortened to {value}.", value=significant(value))
        share = sum(recent) / len(recent)
        if share == 0:
            return tr("No step was clipped lately.")
        return tr("Clipped lately: {share} of the steps.", share=percent(share, 0 if share > 0.01 else 1))

    def change(self, value: float) -> None:
        """Clip at another length from the next step on; a toast leads back."""
        before, run = self.value, self._run
        if run is None or not run.is_running:
            return
        rounded = float(f"{value:.2g}")
        run.change(FIELD, rounded)
        sentence = tr("Gradients are clipped at {value} from now on.", value=significant(rounded, 2))
        self._notices.say(sentence, tr("Undo"), lambda: run.change(FIELD, before or 0.0))

    def _configured(self) -> float:
        """The threshold at the start of the run."""
        for change in self._history.changes if self._history else ():
            if change.field == FIELD:
                return float(change.old)
        tables = self._entry.configuration if self._entry is not None else {}
        if not tables and self._run is not None:
            tables = self._run.request.tables
        value = tables.get("training", {}).get("clip_norm", 1.0)
        return float(value) if isinstance(value, int | float) else 1.0
