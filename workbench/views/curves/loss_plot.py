"""The loss of a run: training faint behind smoothed, validation as marks, reference values from the first second."""

from PySide6.QtWidgets import QWidget

from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.pins import Pins
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.units import Units
from workbench.views.curves.axes import axis_settings
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.words import tr


class LossPlot(CurvePlot):
    """Shows what `RunCurves` gives."""

    def __init__(self, units: Units, options: CurveOptions, pins: Pins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units, self._options, self._pins = units, options, pins
        self._pinned: dict[str, RunCurves] = {}
        self._axes_key: tuple[object, ...] = ()
        self.set_empty_text(tr("The curve appears with the first steps."))

    def refresh_all(self, curves: RunCurves) -> None:
        """Axes, references and pinned runs, then the numbers."""
        key = (curves.axis, self._units.unit, self._options.is_log("x"), self._options.is_log("loss"))
        if key != self._axes_key:
            self._axes_key = key
            name = self._units.name
            self.set_axes(
                **axis_settings(curves.axis), y_name=name[:1].upper() + name[1:], log_x=key[2], log_y=key[3]
            )
        self.set_references(curves.references())
        self._refresh_pins(curves)
        self.refresh_numbers(curves)

    def refresh_numbers(self, curves: RunCurves) -> None:
        """What is new since the last time."""
        raw = curves.losses()
        if raw[0]:
            self.set_curve(
                "raw", *raw, name=tr("training, as reported"), colour="training", faint=True, shows_latest=False,
                in_legend=False,
            )  # fmt: skip
            self.set_curve("training", *curves.smoothed_losses(), name=tr("training, smoothed"), colour="training")
        validations = curves.validations()
        if validations[0]:
            self.set_curve("validation", *validations, name=tr("validation"), colour="validation", marks=True)
        best = curves.best()
        if best is not None:
            self.set_best(best.x, best.y, best.text)
        else:
            self.clear_best()
        self.set_marks(curves.marks())

    def _refresh_pins(self, curves: RunCurves) -> None:
        shown = {entry.id: (entry, history) for entry, history in self._pins.shown()}
        for gone in [key for key in self.curve_keys() if key.startswith("pin ") and key[4:] not in shown]:
            self.remove_curve(gone)
        for index, (run_id, (entry, history)) in enumerate(shown.items()):
            if history is curves.history:
                continue
            pinned = self._pinned.setdefault(run_id, RunCurves(history, self._units, self._options))
            validations = pinned.history.validation
            if len(validations):
                self.set_curve(
                    f"pin {run_id}", validations[curves.axis], pinned.validations()[1],
                    name=entry.title, colour="quiet", dash=("dashed", "dotted")[index % 2], shows_latest=False,
                )  # fmt: skip
