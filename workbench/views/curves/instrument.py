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
from workbench.widgets.labels import Caption, ElidedLabel, TermLabel
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.tabs import TabBar
from workbench.words import tr

TAB_KEY = "curves/tab"
MATRICES_MILLISECONDS = 300  # a dozen long curves, which nobody reads ten times a second


class InstrumentView(QWidget):
    """Only the plot that can be seen is brought up to date."""

    tab_changed = Signal()
    menu_requested = Signal()

    def __init__(
        self, clipping: ClippingThreshold, options: CurveOptions, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clipping, self._options, self._settings = clipping, options, settings
        self._curves: RunCurves | None = None
        self.tabs, self._stack = TabBar(), QStackedWidget()
        self.tabs.setAccessibleName(tr("Instruments"))
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
        if self._curves is None:
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tabs)
        column.addLayout(words)
        column.addWidget(self._stack, 1)

    def _restore_tab(self) -> None:
        chosen = self._settings.text(TAB_KEY)
        self.tabs.setCurrentIndex(next((place for place, tab in enumerate(TABS) if tab == chosen), 0))
        self._show_tab()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab_chosen)
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
