"""The body of the page while it shows a run: numbers, curves, and what it writes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSplitter, QTabWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.train.deeds import Deeds
from workbench.viewmodels.train.requests import LONGER_MINUTES
from workbench.viewmodels.train.shown_run import ShownRun
from workbench.viewmodels.train.streams import HappeningStream, SampleStream
from workbench.viewmodels.train.time_travel import TimeTravel
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.viewmodels.train.wording import longer_text
from workbench.views.curves.panel import CurvesPanel
from workbench.views.train.history_list import HistoryList
from workbench.views.train.numbers_row import NumbersRow
from workbench.views.train.samples_view import SamplesView
from workbench.views.train.time_travel import TimeTravelBar, TimeTravelView
from workbench.widgets.buttons import Button, IconButton
from workbench.widgets.labels import Caption, Label
from workbench.words import tr

SPLITTER_KEY = "train/splitter"


class RunView(QWidget):
    """Binds the parts to the run that is shown."""

    def __init__(self, page: TrainViewModel, deeds: Deeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page, self._deeds = page, deeds
        self._stream, self._happenings = SampleStream(), HappeningStream()
        self.remedy = RemedyRow()
        self.remedy.chosen.connect(deeds.apply_remedy)
        self.numbers = NumbersRow()
        self.curves = CurvesPanel(page.workbench)
        self.travel = TimeTravel(page.workbench.door.writing, self)
        self.travel_bar = TimeTravelBar(self.travel)
        self.curves.add_below_loss(self.travel_bar)
        self.samples = SamplesView()
        self.earlier = TimeTravelView(self.travel)
        self.history = HistoryList()
        self.tabs = self._made_tabs()
        self.splitter = self._made_splitter()
        self._add_ways_on()
        self.travel_bar.looked.connect(self._on_earlier_looked)
        self.travel.steps_changed.connect(self._on_travel_steps_changed)
        self.travel.changed.connect(self._on_travel_changed)
        self._on_travel_steps_changed()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP - 4)
        for part in (self.remedy, self.numbers):
            column.addWidget(part)
        column.addWidget(self.splitter, 1)

    def bind(self, shown: ShownRun) -> None:
        """Show another run."""
        self.curves.show_run(shown.history, shown.run, shown.entry)
        self.travel.show_run(shown)
        self._on_tab_chosen()
        self.refresh_state(shown)
        self.refresh(shown)

    def refresh(self, shown: ShownRun) -> None:
        """Show the newest numbers."""
        self.numbers.refresh(shown)
        self.curves.refresh()
        self.samples.show_texts(self._stream.texts(shown), self._stream.is_code, is_live=shown.is_live)
        self.earlier.set_code(self._stream.is_code)
        self.history.show_lines(self._happenings.lines(shown))
        self.remedy.show_remedy(shown)

    def refresh_state(self, shown: ShownRun) -> None:
        """Show what the run does, or how it ended."""
        self.longer_button.setVisible(shown.can_train_longer)
        self.bigger_button.setVisible(shown.can_train_longer)
        self.travel.refresh()
        is_now = shown.is_live or shown.is_foreign
        self.tabs.setTabText(0, tr("What it writes now") if is_now else tr("What it wrote"))
        self.numbers.refresh(shown)

    def refresh_clock(self, shown: ShownRun) -> None:
        """Show what changes with the clock."""
        self.numbers.refresh_quiet(shown)
        if shown.is_live or shown.is_foreign:
            self.travel.refresh()

    def _made_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        tabs.addTab(self.samples, tr("What it writes now"))
        tabs.addTab(self.earlier, tr("Earlier states"))
        tabs.addTab(self.history, tr("History"))
        copy = IconButton("copy", tr("Copy the selected text, or the newest sample"))
        copy.clicked.connect(self._on_copy_clicked)
        tabs.currentChanged.connect(self._on_tab_chosen)
        tabs.setCornerWidget(copy, Qt.Corner.TopRightCorner)
        return tabs

    def _made_splitter(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        for part in (self.curves, self.tabs):
            splitter.addWidget(part)
            part.setMinimumWidth(240)
        splitter.setSizes([1000, 1000])
        splitter.restoreState(self._page.workbench.settings.data(SPLITTER_KEY))
        splitter.splitterMoved.connect(self._on_splitter_moved)
        return splitter

    def _add_ways_on(self) -> None:
        self.longer_button = self.numbers.add_way_on(tr("Train longer"))
        menu = QMenu(self.longer_button)
        for minutes in LONGER_MINUTES:
            menu.addAction(longer_text(minutes)).setData(minutes)
        menu.triggered.connect(self._on_longer_triggered)
        self.longer_button.setMenu(menu)
        self.longer_button.setToolTip(tr("A new run that begins with the best state of this one."))
        self.bigger_button = self.numbers.add_way_on(tr("Try a bigger one"))
        self.bigger_button.clicked.connect(self._deeds.try_bigger)
        self.bigger_button.setToolTip(tr("A draft with half as many units more and twice the time."))

    def _on_longer_triggered(self, action: object) -> None:
        self._deeds.train_longer(float(action.data()))  # type: ignore[attr-defined]

    def _on_earlier_looked(self) -> None:
        self.tabs.setCurrentWidget(self.earlier)

    def _on_travel_steps_changed(self) -> None:
        self.tabs.setTabVisible(self.tabs.indexOf(self.earlier), self.travel.is_possible)
        self.curves.divide()

    def _on_travel_changed(self) -> None:
        step = self.travel.step
        self.curves.show_place(step, self.travel.place_words() if step is not None else "")

    def _on_tab_chosen(self) -> None:
        if self.tabs.currentWidget() is self.earlier:
            self.travel.look(self.travel.place)
        elif self.tabs.currentWidget() is self.samples:
            self.travel.leave()

    def _on_copy_clicked(self) -> None:
        shown = self.earlier.text if self.tabs.currentWidget() is self.earlier else self.samples
        shown.copy_text()
        self._page.workbench.notices.say(tr("Copied."))

    def _on_splitter_moved(self) -> None:
        self._page.workbench.settings.set(SPLITTER_KEY, self.splitter.saveState())


class RemedyRow(QWidget):
    """A button that does something about what is going on, and beforehand what that changes."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = Button("")
        self.button.clicked.connect(self.chosen)
        self._reason, self._consequence = Label(), Caption()
        for label in (self._reason, self._consequence):
            label.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.button)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._reason)
        column.addWidget(self._consequence)
        row.addLayout(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_remedy(self, shown: ShownRun) -> None:
        """Offer the remedy of this run, if there is one."""
        remedy = shown.remedy()
        self.setVisible(remedy is not None)
        if remedy is not None:
            self.button.setText(remedy.text)
            self.button.setAccessibleDescription(remedy.consequence)
            self._consequence.setText(remedy.consequence)
            self._reason.setText(shown.remedy_reason())
            self._reason.setVisible(bool(shown.remedy_reason()))
