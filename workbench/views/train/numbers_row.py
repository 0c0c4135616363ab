"""Three big numbers, and quietly beside them step, speed and the last save."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.spacing import MARGIN
from workbench.viewmodels.train import figures
from workbench.viewmodels.train.shown_run import ShownRun
from workbench.viewmodels.train.wording import Figure, state_word
from workbench.viewmodels.window.status import STATE_ICONS
from workbench.widgets.buttons import QuietButton
from workbench.widgets.labels import Caption, StateLabel
from workbench.widgets.numbers import BigNumber
from workbench.words import tr


class NumbersRow(QWidget):
    """Guesses, validation, time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[BigNumber, Figure] = {}
        self.guesses = BigNumber(
            tr("Guesses right of 100 letters"),
            tr(
                "The model reads text that it never trains on and guesses what comes next, place by place. "
                "So often its first guess is right."
            ),
            can_shrink=True,
        )
        self.validation = BigNumber(
            tr("Validation"),
            tr(
                "How much text that it never trains on surprises the model. "
                "The lower, the better it has learned what holds in general."
            ),
            can_shrink=True,
        )
        self.time = BigNumber(
            tr("Time left"),
            tr(
                "How long the run trains, its validations, samples and saves included. Pauses do not count. "
                "The number of steps is fixed once, after the speed was measured."
            ),
            can_shrink=True,
        )
        self.state = StateLabel()
        self.quiet = Caption()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN)
        for figure in (self.guesses, self.validation, self.time):
            row.addWidget(figure, 3, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self._column.addWidget(self.state)
        self._column.addWidget(self.quiet)
        self._column.addStretch()
        row.addLayout(self._column, 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def add_way_on(self, text: str) -> QuietButton:
        """A button for what can follow a run that is over."""
        button = QuietButton(text)
        button.set_accented(True)
        self._column.insertWidget(self._column.count() - 1, button, alignment=Qt.AlignmentFlag.AlignLeft)
        return button

    def refresh(self, shown: ShownRun) -> None:
        """Show the newest numbers."""
        self._show(self.guesses, figures.guesses(shown))
        self._show(self.validation, figures.validation(shown))
        self._show(self.time, figures.time_left(shown))
        word = state_word(shown.state)
        if word != self.state.text:
            self.state.set_state(STATE_ICONS[shown.state], word, "quiet")
        self.refresh_quiet(shown)

    def refresh_quiet(self, shown: ShownRun) -> None:
        """Show what changes with the clock."""
        words = figures.quiet_words(shown)
        self.quiet.setVisible(bool(words))
        self.quiet.setText("\n".join(words))

    def _show(self, number: BigNumber, figure: Figure) -> None:
        if self._shown.get(number) != figure:
            self._shown[number] = figure
            number.set_caption(figure.caption)
            number.set_value(figure.text, extra=figure.extra)
            number.set_share(figure.share)
