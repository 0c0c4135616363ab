"""The instrument under the loss: one plot at a time, chosen by tabs, with a sentence beside it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.viewmodels.curves.clipping import ClippingThreshold
from workbench.viewmodels.curves.instruments import TABS, Tab, tab_name, tab_picture, tab_sentence
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.settings import Settings
from workbench.views.curves.drawing import PictureInPlot
from workbench.views.curves.terms import clipping_term, gradient_term
from workbench.widgets.buttons import IconButton
from workbench.widgets.labels import Caption, ElidedLabel, TermLabel
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.tabs import TabBar
from workbench.words import tr

TAB_KEY = "curves/tab"
QWIDGETSIZE_MAX = 16_777_215  # Qt's "as large as it likes"; PySide6 does not name it
MATRICES_MILLISECONDS = 300  # a dozen long curves, which nobody reads ten times a second


class InstrumentView(QWidget):
    """Only the plot that can be seen is brought up to date.

    Where room is tight it can be folded: then it is its row of tabs, and a tab opens it.
    """

    tab_changed = Signal()
    fold_wanted = Signal(bool)  # whether the person wants it folded
    menu_requested = Signal()

    def __init__(
        self, clipping: ClippingThreshold, options: CurveOptions, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clipping, self._options, self._settings = clipping, options, settings
        self._curves: RunCurves | None = None
        self.is_folded = False
        self.tabs, self._stack, self._body = TabBar(), QStackedWidget(), QWidget()
        self.tabs.setAccessibleName(tr("Instruments"))
        self.fold_button = IconButton("chevron-down", tr("Fold the instrument"), role="quiet")
        self.fold_button.hide()
        self.plots = {tab: self._made_plot(tab) for tab in TABS}
        self._pictures = {tab: PictureInPlot(plot) for tab, plot in self.plots.items()}
        self.gradient_term = TermLabel(tr("before clipping"), "", "", face=fonts.caption, colour="quiet")
        self.clipping_term = TermLabel(tr("clipping threshold"), "", "", face=fonts.caption, colour="quiet")
        self.sentence = _Sentence()
        self._rest = QTimer(self, singleShot=True, interval=MATRICES_MILLISECONDS)
        self._is_late = False
        self._lay_out()
        self._restore_tab()
        self._connect()
        self._on_theme_changed()

    @property
    def tab(self) -> Tab:
        """The tab on show."""
        return TABS[self.tabs.currentIndex()]

    @property
    def plot(self) -> CurvePlot:
        """The plot on show."""
        return self.plots[self.tab]

    def show_run(self, curves: RunCurves) -> None:
        """Show another run."""
        self._curves = curves
        self._rest.stop()
        for picture in self._pictures.values():
            picture.forget()

    def refresh(self) -> None:
        """Bring the plot on show up to date."""
        if self._curves is None or self.is_folded:
            return
        if self.tab == "matrices" and self._rest.isActive():
            self._is_late = True
            return
        self._is_late = False
        self._rest.start()
        self._pictures[self.tab].show(tab_picture(self.tab, self._curves, self._clipping, self._options))
        is_held = self.sentence.is_about_the_hand and self.tab == "gradient"
        if not is_held:
            self.sentence.tell(tab_sentence(self.tab, self._curves, self._clipping))

    def set_tight(self, is_tight: bool, is_folded: bool) -> None:
        """Whether there is so little room that it can be folded, and whether it then is."""
        is_folded = is_folded and is_tight
        self.fold_button.setVisible(is_tight)
        if is_folded == self.is_folded:
            return
        self.is_folded = is_folded
        self._body.setVisible(not is_folded)
        self.setMaximumHeight(self.folded_height() if is_folded else QWIDGETSIZE_MAX)
        self.fold_button.set_icon_name("chevron-right" if is_folded else "chevron-down")
        self.fold_button.set_name(tr("Open the instrument") if is_folded else tr("Fold the instrument"))
        self._rest.stop()
        self.refresh()

    def folded_height(self) -> int:
        """What the row of tabs takes."""
        return max(self.tabs.sizeHint().height(), self.fold_button.sizeHint().height())

    def open_height(self) -> int:
        """What it takes at least with a plot."""
        return self.folded_height() + 2 + self._body.minimumSizeHint().height()

    def _made_plot(self, tab: Tab) -> CurvePlot:
        plot = CurvePlot()
        plot.set_tells_name(False)
        plot.menu_requested.connect(self.menu_requested)
        self.tabs.addTab(tab_name(tab))
        self._stack.addWidget(plot)
        return plot

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setContentsMargins(GRID // 2, 0, 0, 0)
        words.setSpacing(GRID)
        words.addWidget(self.sentence, 1)
        words.addWidget(self.gradient_term)
        words.addWidget(self.clipping_term)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2)
        body.addLayout(words)
        body.addWidget(self._stack, 1)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.tabs, 1)
        head.addWidget(self.fold_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._body, 1)

    def _restore_tab(self) -> None:
        chosen = self._settings.text(TAB_KEY)
        self.tabs.setCurrentIndex(next((place for place, tab in enumerate(TABS) if tab == chosen), 0))
        self._show_tab()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab_chosen)
        self.tabs.tabBarClicked.connect(self._on_tab_clicked)
        self.fold_button.clicked.connect(self._on_fold_clicked)
        self.plots["gradient"].threshold_moving.connect(self._on_threshold_moving)
        self.plots["gradient"].threshold_released.connect(self._on_threshold_released)
        self._rest.timeout.connect(self._on_rest_ended)
        theme().changed.connect(self._on_theme_changed)

    def _show_tab(self) -> None:
        self._stack.setCurrentIndex(self.tabs.currentIndex())
        self.gradient_term.setVisible(self.tab == "gradient")
        self.clipping_term.setVisible(self.tab == "gradient")

    def _on_tab_chosen(self) -> None:
        self._show_tab()
        self._settings.set(TAB_KEY, self.tab)
        self._rest.stop()
        self.refresh()
        self.tab_changed.emit()

    def _on_tab_clicked(self, place: int) -> None:
        if self.is_folded and place >= 0:
            self.fold_wanted.emit(False)

    def _on_fold_clicked(self) -> None:
        self.fold_wanted.emit(not self.is_folded)

    def _on_rest_ended(self) -> None:
        if self._is_late:
            self.refresh()

    def _on_threshold_moving(self, value: float) -> None:
        self.sentence.tell_the_hand(self._clipping.sentence_for(value))

    def _on_threshold_released(self, value: float) -> None:
        self.sentence.is_about_the_hand = False
        self._clipping.change(value)
        self.refresh()

    def _on_theme_changed(self) -> None:
        if self.is_folded:
            self.setMaximumHeight(self.folded_height())
        self.gradient_term.set_explanation(*gradient_term())
        self.clipping_term.set_explanation(*clipping_term())


class _Sentence(ElidedLabel):
    """Says what the plot shows, or, while the threshold moves, what it would do."""

    colour = Caption.colour
    face = Caption.face
    is_about_the_hand = False

    def tell(self, text: str) -> None:
        """About the plot."""
        if text != self.text():
            self.setText(text)

    def tell_the_hand(self, text: str) -> None:
        """About the value in the hand."""
        self.is_about_the_hand = True
        self.tell(text)
