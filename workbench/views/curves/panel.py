"""The loss of a run over one smaller instrument."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.instruments import tab_name
from workbench.viewmodels.curves.shown import ShownCurves
from workbench.viewmodels.run_history import Axis, RunHistory
from workbench.viewmodels.shelves import RunEntry
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.drawing import PictureInPlot
from workbench.views.curves.head import CurvesHead
from workbench.views.curves.instrument import InstrumentView
from workbench.views.curves.pin_sheet import PinSheet
from workbench.views.curves.view_sheet import Plots
from workbench.widgets.buttons import IconButton
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.popover import Popover
from workbench.words import tr

SPLITTER_KEY = "curves/splitter"
FOLD_KEY, OPEN = "curves/instrument", "open"  # where there is little room; elsewhere it is always open
LOSS_SHARE = 0.61
LOSS_HEIGHT = 240  # that the picture of the loss has wherever the instrument can spare it


class CurvesPanel(QWidget):
    """Brought up to date by `refresh`, and only while it can be seen."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = workbench.settings
        self._shown = ShownCurves(workbench, self)
        self.pins = self._shown.pins
        self.loss = CurvePlot()
        self.loss.set_tells_name(False)
        self._loss_picture = PictureInPlot(self.loss)
        self.instrument = InstrumentView(self._shown.clipping, self._shown.options, workbench.settings)
        self.head = CurvesHead(workbench, self._axis, self._plots)
        self.pin_button = IconButton("pin", tr("Pin earlier runs"))
        self.head.add_button(self.pin_button)
        self.pin_sheet: PinSheet | None = None
        self._place: tuple[int, str] | None = None
        self._below_loss: QWidget | None = None
        self.splitter = self._made_splitter()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._connect(workbench)

    def show_run(self, history: RunHistory, run: ActiveRun | None, entry: RunEntry | None) -> None:
        """Show a run, or what is known of it now."""
        if self._shown.show_run(history, run, entry):
            self._loss_picture.forget()
            self.instrument.show_run(self._shown.curves)
        self.refresh()

    def refresh(self) -> None:
        """Bring what can be seen up to date with the run."""
        if self.isVisible():
            picture = self._shown.loss_picture()
            marks = [*picture.marks, *self._shown.place_marks(self._place)]
            self._loss_picture.show(replace(picture, marks=marks))
            self.instrument.refresh()

    def show_place(self, step: int | None, words: str = "") -> None:
        """Draw a line at a step of the run, which the reading line tells by these words; None draws none."""
        place = None if step is None else (step, words)
        if place != self._place:
            self._place = place
            self.refresh()

    def add_below_loss(self, widget: QWidget) -> None:
        """Put something that is about the loss under it."""
        self._below_loss = widget
        self._upper_column.addWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.divide()

    def divide(self) -> None:
        """As long as the person did not choose, the loss has most of the room; where that is too little, nearly all."""
        is_chosen = not self._settings.data(SPLITTER_KEY).isEmpty()
        room = self.height() - self.splitter.handleWidth()
        around = self.head.sizeHint().height() + QFontMetrics(fonts.caption()).height() + 12
        if self._below_loss is not None and not self._below_loss.isHidden():
            around += self._below_loss.sizeHint().height() + self._upper_column.spacing()
        upper = max(round(LOSS_SHARE * room), LOSS_HEIGHT + around)
        is_tight = not is_chosen and room - upper < self.instrument.open_height()
        self.instrument.set_tight(is_tight, self._settings.text(FOLD_KEY) != OPEN)
        if self.instrument.is_folded:
            upper = room - self.instrument.folded_height()
        if not is_chosen:
            self.splitter.setSizes([upper, max(0, room - upper)])

    def _axis(self) -> Axis:
        return self._shown.curves.axis

    def _plots(self) -> Plots:
        small = [] if self.instrument.is_folded else [(tab_name(self.instrument.tab), self.instrument.plot)]
        return [(tr("Loss"), self.loss), *small]

    def _made_splitter(self) -> QSplitter:
        upper = QWidget()
        column = self._upper_column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(2)
        column.addWidget(self.head)
        column.addWidget(self.loss, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(upper)
        splitter.addWidget(self.instrument)
        splitter.restoreState(self._settings.data(SPLITTER_KEY))
        return splitter

    def _connect(self, workbench: Workbench) -> None:
        for source in (self._shown.units, self._shown.options, self._shown.pins, self._shown.clipping):
            source.changed.connect(self.refresh)
        workbench.runs.changed.connect(self._on_runs_changed)
        self.loss.visibility_changed.connect(self._shown.show_part)
        self.loss.menu_requested.connect(self._on_loss_menu_requested)
        self.instrument.menu_requested.connect(self._on_instrument_menu_requested)
        self.instrument.fold_wanted.connect(self._on_fold_wanted)
        self.pin_button.clicked.connect(self._on_pin_clicked)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)

    def _on_runs_changed(self) -> None:
        self._shown.renew()
        self.refresh()

    def _on_pin_clicked(self) -> None:
        popover = Popover(self.pin_button)
        self.pin_sheet = PinSheet(self._shown.pins, self._shown.units)
        popover.set_content(self.pin_sheet)
        popover.show_near(self.pin_button)

    def _on_fold_wanted(self, is_folded: bool) -> None:
        self._settings.set(FOLD_KEY, "" if is_folded else OPEN)
        self.divide()

    def _on_loss_menu_requested(self) -> None:
        self.head.open_sheet(self.loss)

    def _on_instrument_menu_requested(self) -> None:
        self.head.open_sheet(self.instrument.plot)

    def _on_splitter_moved(self) -> None:
        self._settings.set(SPLITTER_KEY, self.splitter.saveState())
