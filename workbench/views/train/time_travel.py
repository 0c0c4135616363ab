"""Going back in a run: a slider over the states that were kept of it, and what each of them writes."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QSlider, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.viewmodels.train.time_travel import LARGEST_SEED, TimeTravel
from workbench.views.train.samples_view import SamplesView
from workbench.widgets.inputs import SpinBox, SteadyWheel
from workbench.widgets.labels import Caption, ElidedLabel, TermLabel
from workbench.widgets.notice import NoticeBar
from workbench.widgets.progress import ProgressRow
from workbench.words import tr


class TimeTravelBar(QWidget):
    """The slider, to stand under a curve. Hidden while there is nothing to travel between."""

    looked = Signal()  # the person moved it

    def __init__(self, travel: TimeTravel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._travel = travel
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Earlier state of the run"))
        self.slider.setPageStep(1)
        self.words = _Words()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(_term())
        row.addWidget(self.slider, 1)
        row.addWidget(self.words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderPressed.connect(self._on_slider_pressed)
        travel.steps_changed.connect(self._show_place)
        travel.changed.connect(self._show_place)
        self._show_place()

    def _show_place(self) -> None:
        self.setVisible(self._travel.is_possible)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(self._travel.steps) - 1))
        self.slider.setValue(self._travel.place)
        self.slider.blockSignals(False)
        step = self._travel.steps[self._travel.place] if self._travel.is_possible else 0
        words = tr("step {step}", step=step) if self._travel.is_looking else ""
        self.words.setText(words)
        self.slider.setAccessibleDescription(words)

    def _on_slider_moved(self, place: int) -> None:
        self._travel.look(place)
        self.looked.emit()

    def _on_slider_pressed(self) -> None:
        self._on_slider_moved(self.slider.value())


class TimeTravelView(QWidget):
    """What the state writes that is looked at, and with which prompt and seed."""

    def __init__(self, travel: TimeTravel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._travel = travel
        self._is_code = False
        self.prompt = QLineEdit()
        self.prompt.setAccessibleName(tr("Prompt"))
        self.prompt.setPlaceholderText(tr("a line end"))
        self.seed = SpinBox()
        self.seed.setRange(0, LARGEST_SEED)
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setKeyboardTracking(False)
        self.progress = ProgressRow(tr("The kept states write"))
        self.failure = NoticeBar("care")
        self.text = SamplesView()
        self.text.setAccessibleName(tr("What this state of the run writes"))
        self.text.setPlaceholderText(tr("This state writes in a moment."))
        self._arrange()
        self.prompt.editingFinished.connect(self._on_question_edited)
        self.seed.valueChanged.connect(self._on_question_edited)
        self.progress.cancelled.connect(travel.stop)
        travel.changed.connect(self._show)
        travel.steps_changed.connect(self._show)
        self._show()

    def set_code(self, is_code: bool) -> None:
        """Whether the run writes code."""
        if is_code != self._is_code:
            self._is_code = is_code
            self._show()

    def _arrange(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(GRID)
        for name, field, stretch in ((tr("Prompt"), self.prompt, 1), (tr("Seed"), self.seed, 0)):
            fields.addWidget(Caption(name))
            fields.addWidget(field, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(fields)
        column.addWidget(self.failure)
        column.addWidget(self.text, 1)
        column.addWidget(self.progress)

    def _show(self) -> None:
        travel = self._travel
        text = travel.text()
        self.text.show_texts([text] if text is not None else [], self._is_code, is_live=False)
        self.failure.setVisible(bool(travel.failure))
        self.failure.set_notice("care", travel.failure)
        self.progress.setVisible(travel.is_writing)
        self.progress.set_progress(travel.share_written)
        if not self.prompt.hasFocus():
            self.prompt.setText(travel.prompt)
        self.seed.blockSignals(True)
        self.seed.setValue(travel.seed)
        self.seed.blockSignals(False)

    def _on_question_edited(self) -> None:
        self._travel.ask(self.prompt.text(), self.seed.value())


class _Slider(SteadyWheel, QSlider):
    """The wheel turns it only while it has the focus."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.sliderPressed.emit()  # to look at the state at which it stands already
        else:
            super().keyPressEvent(event)


class _Words(ElidedLabel):
    """Takes the same room, whatever it says, so that the slider does not move under the hand."""

    colour = Caption.colour
    face = Caption.face

    def sizeHint(self) -> QSize:
        widest = self.fontMetrics().horizontalAdvance(tr("step {step}", step=8_888_888))
        return QSize(widest, super().sizeHint().height())


def _term() -> TermLabel:
    return TermLabel(
        tr("Earlier states"), tr("Earlier states"),
        tr(
            "At the steps 1, 2, 4, 8 and so on the weights of a run are kept: the first one and the last eleven. "
            "Move the slider, and each of them writes with the same prompt and the same seed."
        ),
        face=fonts.caption, colour="quiet",
    )  # fmt: skip
