"""The run whose curves are on show, and what is known of it."""

import math

from PySide6.QtCore import QObject

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.clipping import ClippingThreshold
from workbench.viewmodels.curves.losses import loss_picture
from workbench.viewmodels.curves.options import PARTS, CurveOptions, Part, position
from workbench.viewmodels.curves.picture import MarkKind, Picture
from workbench.viewmodels.curves.pins import Pins
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.workbench import Workbench


class ShownCurves(QObject):
    """Puts together what the plots of one run need."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.units, self.options = Units.shared(workbench), CurveOptions.shared(workbench)
        self.pins = Pins(workbench, self)
        self.clipping = ClippingThreshold(workbench, self)
        self.curves = RunCurves(RunHistory(), self.options)
        self._run: ActiveRun | None = None
        self._entry: RunEntry | None = None

    def show_run(self, history: RunHistory, run: ActiveRun | None, entry: RunEntry | None) -> bool:
        """Show a run; whether its history is another one than before."""
        is_other = history is not self.curves.history
        if is_other:
            self.curves = RunCurves(history, self.options)
        self._run, self._entry = run, entry
        self.renew()
        return is_other

    def renew(self) -> None:
        """Look again at what the folder of the run says."""
        run_id = self._run.run_id if self._run is not None else (self._entry.id if self._entry is not None else "")
        self._entry = self._workbench.runs.entry(run_id) or self._entry if run_id else self._entry
        self.units.set_tokens(self.tokens)
        self.pins.show_run(run_id, self._entry)
        self.clipping.show_run(self.curves.history, self._run, self._entry)

    @property
    def tokens(self) -> str:
        """What the model reads: char, byte or word."""
        if self._entry is not None and self._entry.configuration:
            return self._entry.tokens
        tables = self._run.request.tables if self._run is not None else {}
        return str(tables.get("corpus", {}).get("tokens", "char"))

    def loss_picture(self) -> Picture:
        """What the plot of the loss shows."""
        return loss_picture(self.curves, self.tokens, self.pins.shown(), self.units, self.options)

    def place_marks(self, place: tuple[int, str] | None) -> list[tuple[float, str, MarkKind]]:
        """The mark of a step at which somebody looks, with these words; none where the axis does not know the step."""
        if place is None:
            return []
        x = position(self.curves.history.training, place[0], self.curves.axis)
        return [] if math.isnan(x) else [(x, place[1], "place")]

    def show_part(self, key: str, is_shown: bool) -> None:
        """The person switched a curve in the legend; what is one of the known parts is remembered."""
        part: Part | None = next((part for part in PARTS if part == key), None)
        if part is not None:
            self.options.show_part(part, is_shown)
