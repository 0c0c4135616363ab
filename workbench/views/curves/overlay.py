"""The curves of several runs over each other."""

from collections.abc import Sequence

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.overlay import OverlayCurves
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import Axis
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.drawing import PictureInPlot
from workbench.views.curves.head import CurvesHead
from workbench.views.curves.view_sheet import Plots
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.words import tr


class OverlayPanel(QWidget):
    """Brings itself up to date while it can be seen."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = OverlayCurves(workbench, self)
        self.plot = CurvePlot()
        self.plot.set_tells_name(False)
        self._picture = PictureInPlot(self.plot)
        self.head = CurvesHead(workbench, self._axis, self._plots)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.head)
        column.addWidget(self.plot, 1)
        for source in (self._model, Units.shared(workbench), CurveOptions.shared(workbench)):
            source.changed.connect(self.refresh)
        self.plot.menu_requested.connect(self._on_menu_requested)
        self.plot.visibility_changed.connect(self.refresh)

    def show_runs(self, run_ids: Sequence[str]) -> None:
        """Show these runs."""
        if self._model.show_runs(run_ids):
            self._picture.forget()
        self.refresh()

    def refresh(self) -> None:
        """Show what is known of the runs now."""
        if self.isVisible():
            self._picture.show(self._model.picture())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._model.set_seen(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._model.set_seen(False)

    def _axis(self) -> Axis:
        return self._model.picture().axis

    def _plots(self) -> Plots:
        return [(tr("Loss"), self.plot)]

    def _on_menu_requested(self) -> None:
        self.head.open_sheet(self.plot)
