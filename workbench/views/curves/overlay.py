"""The curves of several runs over each other."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.overlays import band, seed_groups
from workbench.viewmodels.curves.pins import Pins
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.units import UNITS, Units, unit_name
from workbench.viewmodels.shelves import RunEntry
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.axes import axis_settings
from workbench.views.curves.terms import loss_term
from workbench.views.curves.view_button import ViewButton
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.plots.styles import series_style
from workbench.widgets.segmented import SegmentedControl
from workbench.words import tr

MOST_RUNS = 12


class OverlayPanel(QWidget):
    """Validation of every run with marks, its training quieter in the same colour."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._units = Units.shared(workbench)
        self._options = CurveOptions.shared(workbench)
        self._histories = Pins(workbench, self, is_remembered=False)
        self._ids: list[str] = []
        self._curves: dict[str, RunCurves] = {}
        self.plot = CurvePlot()
        self.plot.set_empty_text(tr("Select runs to compare their curves."))
        self.unit_switch = SegmentedControl([(unit, unit_name(unit)) for unit in UNITS])
        self.unit_switch.setAccessibleName(tr("Unit of the loss"))
        self.view = ViewButton(self._options, workbench.notices, self._plots_on_show)
        row = QHBoxLayout()
        row.addWidget(loss_term())
        row.addStretch()
        row.addWidget(self.unit_switch)
        row.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(row)
        layout.addWidget(self.plot, 1)
        self.unit_switch.changed.connect(self._units.set_unit)
        for source in (self._units, self._options, self._histories):
            source.changed.connect(self.refresh)

    def show_runs(self, run_ids: list[str]) -> None:
        """Show these runs, at most a dozen."""
        ids = run_ids[:MOST_RUNS]
        if ids != self._ids:
            self._ids = ids
            self.plot.clear()
            self._histories.show_only(ids)
        self.refresh()

    def refresh(self) -> None:
        """Draw what is known of the runs."""
        self.unit_switch.set_current(self._units.unit)
        shown = [(entry, history) for entry, history in self._histories.shown() if len(history.validation)]
        for entry, history in shown:
            known = self._curves.get(entry.id)
            if known is None or known.history is not history:
                self._curves[entry.id] = RunCurves(history, self._units, self._options)
        if shown:
            self._draw([entry for entry, _ in shown])

    def _draw(self, entries: list[RunEntry]) -> None:
        axis = max((self._curves[entry.id] for entry in entries), key=lambda curves: curves.num_points).axis
        name = self._units.name
        self.plot.set_axes(
            **axis_settings(axis), y_name=name[:1].upper() + name[1:], log_x=self._options.is_log("x"),
            log_y=self._options.is_log("loss"),
        )  # fmt: skip
        for index, group in enumerate(seed_groups(entries)):
            colour, dash = series_style(index)
            curves = [self._curves[entry.id] for entry in group]
            joint = band(curves, axis) if len(curves) > 1 else None
            if joint is not None:
                key = f"group {group[0].id}"
                title = tr("{title}, mean of {count} runs", title=group[0].title, count=len(group))
                self.plot.set_curve(key, joint.x, joint.mean, name=title, colour=colour, dash=dash)
                self.plot.set_band(key, joint.x, joint.low, joint.high, colour)
                continue
            for entry, curve in zip(group, curves, strict=True):
                x, y = curve.validations(axis)
                self.plot.set_curve(entry.id, x, y, name=entry.title, colour=colour, dash=dash, marks=len(x) < 60)

    def _plots_on_show(self) -> list[tuple[str, CurvePlot]]:
        return [(tr("Loss"), self.plot)]
