"""The clipping threshold of a run: what it is, how often it clips, and what a hand that drags it does."""

import math

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.picture import Threshold
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.remedies import settings_now
from workbench.viewmodels.workbench import Workbench
from workbench.words import percent, significant, tr

FIELD = "training.clip_norm"
DEFAULT = 1.0
BOUNDS = (1e-4, 1e4)
LATELY = 100  # reports


class ClippingThreshold(QObject):
    """Reads the threshold of the run on show, and changes it while the run trains in this window."""

    changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = workbench.notices
        self._history = RunHistory()
        self._run: ActiveRun | None = None
        self._entry: RunEntry | None = None
        self._wanted: tuple[float, int] | None = None  # until the run says that it did so: value, changes before

    def show_run(self, history: RunHistory, run: ActiveRun | None, entry: RunEntry | None) -> None:
        """Tell of another run, or of what is known of it now."""
        if history is not self._history:
            self._wanted = None
        self._history, self._run, self._entry = history, run, entry

    @property
    def can_change(self) -> bool:
        """Whether the run trains in this window."""
        return self._run is not None and self._run.is_running and self._run.state != "stopping"

    @property
    def value(self) -> float:
        """The threshold now; 0 when nothing is clipped."""
        if self._wanted is not None and self.can_change and self._wanted[1] == self._num_changes():
            return self._wanted[0]
        tables = self._entry.configuration if self._entry is not None else {}
        if not tables and self._run is not None:
            tables = self._run.request.tables
        value = settings_now(tables, self._history.changes).get("training", {}).get("clip_norm", DEFAULT)
        return float(value) if isinstance(value, int | float) else DEFAULT

    @property
    def threshold(self) -> Threshold | None:
        """The line that can be dragged; None when the run is over or nothing is clipped."""
        if not self.can_change or self.value <= 0:
            return None
        return Threshold(self.value, tr("clipping threshold"), BOUNDS)

    @property
    def past_line(self) -> list[tuple[str, float]]:
        """The line of a run that is over, which promises no grip."""
        return [] if self.can_change or self.value <= 0 else [(tr("clipping threshold"), self.value)]

    def sentence(self) -> str:
        """How often it clips, in words."""
        if self.value <= 0:
            return tr("Nothing is clipped.")
        known = [share for share in self._history.training["clipped_share"][-LATELY:] if not math.isnan(share)]
        if not known:
            return tr("Clips at {value}.", value=significant(self.value, 3))
        share = sum(known) / len(known)
        if share == 0:
            return tr("No step clipped lately.")
        return tr("{percent} of the steps clipped lately.", percent=percent(share, 0 if share >= 0.01 else 1))

    def sentence_for(self, value: float) -> str:
        """What another threshold would mean."""
        norms = [norm for norm in self._history.training["gradient_norm"][-LATELY:] if not math.isnan(norm)]
        if not norms:
            return tr("Clips at {value}.", value=significant(value, 3))
        share = sum(norm > value for norm in norms) / len(norms)
        return tr("{percent} of the newest norms lie above.", percent=percent(share))

    def change(self, value: float) -> None:
        """Clip at another length from the next step on; a notice leads back."""
        before = self.value
        if not self.can_change or value == before:
            return
        self._apply(value)
        sentence = tr("Gradients are clipped at {value} from the next step on.", value=significant(value, 3))
        run = self._run
        self._notices.say(sentence, tr("Undo"), lambda: self._undo(run, before))

    def _undo(self, run: ActiveRun | None, value: float) -> None:
        if run is not None and run is self._run and self.can_change:
            self._apply(value)
        elif run is not None and run.is_running:
            run.change(FIELD, value)

    def _apply(self, value: float) -> None:
        assert self._run is not None
        self._wanted = (value, self._num_changes())
        self._run.change(FIELD, value)
        self.changed.emit()

    def _num_changes(self) -> int:
        return sum(change.field == FIELD for change in self._history.changes)
