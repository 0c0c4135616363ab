"""The loss of a run over one smaller instrument."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.clipping import BOUNDS, ClippingThreshold
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.pins import Pins
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.units import UNITS, Units, unit_name
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.shelves import RunEntry
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.instruments import GradientPlot, Instrument, MatricesPlot, RatePlot, SpeedPlot
from workbench.views.curves.loss_plot import LossPlot
from workbench.views.curves.terms import gradient_help, loss_term
from workbench.views.curves.view_button import ViewButton
from workbench.widgets.labels import ElidedLabel
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.segmented import SegmentedControl
from workbench.widgets.tabs import TabBar
from workbench.words import tr

SPLITTER_KEY = "curves/splitter"
TAB_KEY = "curves/tab"
LOSS_SHARE, INSTRUMENT_SHARE = 62, 38


class CurvesPanel(QWidget):
    """Loss plot and instrument of the run on show. Only what can be seen is brought up to date."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = workbench.settings
        self._units = Units.shared(workbench)
        self._options = CurveOptions.shared(workbench)
        self._pins = Pins(workbench, self)
        self.clipping = ClippingThreshold(workbench, self)
        self._curves: RunCurves | None = None
        self.loss = LossPlot(self._units, self._options, self._pins)
        self.instruments: dict[str, Instrument] = {
            "gradient": GradientPlot(self._options), "matrices": MatricesPlot(self._options),
            "rate": RatePlot(self._options), "speed": SpeedPlot(self._options),
        }  # fmt: skip
        self.unit_switch = SegmentedControl([(unit, unit_name(unit)) for unit in UNITS])
        self.unit_switch.setAccessibleName(tr("Unit of the loss"))
        self.view = ViewButton(self._options, workbench.notices, self._plots_on_show, self._pins)
        self.tabs, self.stack = self._made_tabs()
        self.clipped = ElidedLabel("")
        self.clipped.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.help = gradient_help()
        self._arrange()
        self._connect()

    def show_run(self, history: RunHistory, run: ActiveRun | None, entry: RunEntry | None) -> None:
        """Show another run."""
        self.clipping.show_run(history, run, entry)
        if self._curves is None or self._curves.history is not history:
            self._curves = RunCurves(history, self._units, self._options)
            for plot in (self.loss, *self.instruments.values()):
                plot.clear()
        self.view.run_id = entry.id if entry is not None else ""
        tokens = entry.tokens if entry is not None else str(_tables(run).get("corpus", {}).get("tokens", "char"))
        self._units.set_tokens(tokens)
        self._pins.show_parent_of(entry)
        self.refresh_all()

    def refresh(self) -> None:
        """Bring what is on show up to date with the run."""
        if self._curves is not None:
            # The axis may turn from time to steps once the plan is known; setting it again costs nothing.
            self.loss.refresh_all(self._curves)
            self._instrument().refresh_all(self._curves)
            self._refresh_threshold()

    def refresh_all(self) -> None:
        """After another choice of unit or view."""
        self.unit_switch.set_current(self._units.unit)
        self.refresh()

    def _instrument(self) -> Instrument:
        return list(self.instruments.values())[self.stack.currentIndex()]

    def _plots_on_show(self) -> list[tuple[str, CurvePlot]]:
        return [(tr("Loss"), self.loss), (self.tabs.tabText(self.tabs.currentIndex()), self._instrument())]

    def _refresh_threshold(self) -> None:
        plot = self.instruments["gradient"]
        name, value, is_live = tr("clipping threshold"), self.clipping.value, self.clipping.can_change
        # A line with a grip promises that it can be dragged: what is over is told as a quiet line.
        plot.set_threshold(value if is_live else None, name, bounds=BOUNDS)
        plot.set_references([(name, value)] if value is not None and not is_live else [])
        is_gradient = self._instrument() is plot
        self.help.setVisible(is_gradient)
        self.clipped.setText(self.clipping.sentence() if is_gradient else "")

    def _made_tabs(self) -> tuple[TabBar, QStackedWidget]:
        tabs, stack = TabBar(), QStackedWidget()
        names = {
            "gradient": tr("Gradient norm"), "matrices": tr("Per matrix"), "rate": tr("Learning rate"),
            "speed": tr("Speed"),
        }  # fmt: skip
        for key, plot in self.instruments.items():
            tabs.addTab(names[key])
            stack.addWidget(plot)
        tabs.setAccessibleName(tr("Instruments"))
        chosen = self._settings.text(TAB_KEY)
        if chosen in names:
            tabs.setCurrentIndex(list(names).index(chosen))
            stack.setCurrentIndex(tabs.currentIndex())
        return tabs, stack

    def _arrange(self) -> None:
        upper, lower = QWidget(), QWidget()
        head = QHBoxLayout()
        head.addWidget(loss_term())
        head.addStretch()
        head.addWidget(self.unit_switch)
        head.addWidget(self.view)
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self.loss, 1)
        row = QHBoxLayout()
        row.addWidget(self.tabs)
        row.addWidget(self.clipped, 1)
        row.addWidget(self.help)
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(lower)
        self.splitter.setStretchFactor(0, LOSS_SHARE)
        self.splitter.setStretchFactor(1, INSTRUMENT_SHARE)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.restoreState(self._settings.data(SPLITTER_KEY))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        self._units.changed.connect(self.refresh_all)
        self._options.changed.connect(self.refresh_all)
        self._pins.changed.connect(self.refresh_all)
        self.unit_switch.changed.connect(self._units.set_unit)
        self.tabs.currentChanged.connect(self._on_tab_chosen)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        self.instruments["gradient"].threshold_released.connect(self.clipping.change)

    def _on_tab_chosen(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self._settings.set(TAB_KEY, list(self.instruments)[index])
        self.refresh()

    def _on_splitter_moved(self) -> None:
        self._settings.set(SPLITTER_KEY, self.splitter.saveState())


def _tables(run: ActiveRun | None) -> dict[str, dict[str, object]]:
    return {key: dict(table) for key, table in run.request.tables.items() if isinstance(table, dict)} if run else {}
