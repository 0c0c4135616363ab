"""The row over a plot of losses: what is measured, its unit, and how it is looked at."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.units import UNITS, Units, unit_name, unit_short_name, unit_title
from workbench.viewmodels.run_history import Axis
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.output import PlotOutput
from workbench.views.curves.terms import unit_term
from workbench.views.curves.view_sheet import Plots, ViewSheet
from workbench.widgets.buttons import QuietButton
from workbench.widgets.labels import TermLabel
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.popover import Popover
from workbench.widgets.segmented import SegmentedControl
from workbench.words import tr


class CurvesHead(QWidget):
    """Says it in fewer words where there is less room; the switch tells the unit in any case."""

    def __init__(self, workbench: Workbench, axis: Callable[[], Axis], plots: Callable[[], Plots]) -> None:
        """axis: the one on show; plots: those on show, with their names."""
        super().__init__()
        self._units, self._options = Units.shared(workbench), CurveOptions.shared(workbench)
        self._axis, self._plots = axis, plots
        self.output = PlotOutput(self, workbench.notices)
        self.title = TermLabel("", "", "", face=fonts.strong)
        self.units = SegmentedControl([(unit, unit_short_name(unit)) for unit in UNITS])
        self.units.setAccessibleName(tr("Unit of the loss"))
        for unit in UNITS:
            self.units.segment(unit).setToolTip(unit_name(unit))
            self.units.segment(unit).setAccessibleName(unit_name(unit))
        self.view_button = QuietButton(tr("View"), "view")
        self.view_button.setAccessibleName(tr("View"))
        self.sheet: ViewSheet | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._row.addWidget(self.title)
        self._row.addStretch(1)
        self._row.addWidget(self.units)
        self._row.addWidget(self.view_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._connect()
        self._show_unit()

    def add_button(self, button: QWidget) -> None:
        """Put a button before View."""
        self._row.insertWidget(self._row.count() - 1, button)

    def open_sheet(self, plot: CurvePlot | None = None) -> None:
        """Open the sheet of View, for one of the plots."""
        popover = Popover(self.view_button)
        self.sheet = ViewSheet(self._options, self._axis(), self._plots(), self.output, plot)
        self.sheet.done.connect(popover.close_now)
        popover.set_content(self.sheet)
        popover.show_near(self.view_button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _connect(self) -> None:
        self.units.changed.connect(self._units.set_unit)
        self._units.changed.connect(self._show_unit)
        self.view_button.clicked.connect(self._on_view_clicked)
        theme().changed.connect(self._show_unit)

    def _show_unit(self) -> None:
        unit = self._units.unit
        self.units.set_current(unit)
        self.title.set_explanation(*unit_term(unit))
        self._fit()

    def _fit(self) -> None:
        title, view = unit_title(self._units.unit), tr("View")
        for title_text, view_text in ((title, view), (title, ""), (tr("Loss"), view), (tr("Loss"), ""), ("", "")):
            self.title.setText(title_text)
            self.title.setVisible(bool(title_text))
            self.view_button.setText(view_text)
            if self._taken_width() <= self.width():
                break
        self.view_button.setToolTip("" if self.view_button.text() else view)

    def _taken_width(self) -> int:
        parts = [self._row.itemAt(place).widget() for place in range(self._row.count())]
        shown = [part for part in parts if part is not None and not part.isHidden()]
        return sum(part.sizeHint().width() + GRID for part in shown)

    def minimumSizeHint(self) -> QSize:
        """What is left when words have gone."""
        height = super().minimumSizeHint().height()
        return QSize(self.units.sizeHint().width() + 3 * height, height)

    def _on_view_clicked(self) -> None:
        self.open_sheet()
