"""How the model writes: which one, how boldly, how much."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.write.controls import CANDIDATES, LARGEST_SEED, TEMPERATURES, WORDS, WritingControls
from workbench.viewmodels.write.models import ModelChoices
from workbench.widgets.buttons import IconButton
from workbench.widgets.fold import Fold
from workbench.widgets.inputs import ComboBox, SpinBox, Switch
from workbench.widgets.labels import Caption, Label, TermLabel
from workbench.widgets.slider import LabelledSlider
from workbench.words import tr

OPEN_FILE = "open"
SUFFIX = ".textloom"


class ModelChooser(QWidget):
    """The list of models, and what is known of the chosen one."""

    file_chosen = Signal(object)  # Path

    def __init__(self, models: ModelChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self.list = ComboBox()
        self.list.setAccessibleName(tr("Model"))
        self.list.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMinimumContentsLength(10)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._detail = Caption()
        self._detail.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for part in (Label(tr("Model")), self.list, self._detail):
            column.addWidget(part)
        self.list.activated.connect(self._on_model_activated)
        models.changed.connect(self._on_models_changed)
        models.current_changed.connect(self._on_models_changed)
        self._on_models_changed()

    def _on_models_changed(self) -> None:
        current = self._models.current
        if self.list.view().isVisible():  # not under the hand of somebody who chooses
            return
        self.list.blockSignals(True)
        self.list.clear()
        for choice in self._models.choices:
            self.list.addItem(choice.title, choice.key)
        self.list.insertSeparator(self.list.count())
        self.list.addItem(tr("Open a model file…"), OPEN_FILE)
        self.list.setCurrentIndex(self.list.findData(current.key) if current else -1)
        self.list.blockSignals(False)
        self.list.setToolTip(current.title if current else "")
        self._detail.setText(current.detail if current else "")
        self._detail.setVisible(bool(self._detail.text()))

    def _on_model_activated(self, index: int) -> None:
        key = self.list.itemData(index)
        if key != OPEN_FILE:
            self._models.choose(key)
            return
        self._on_models_changed()
        path = asked_model_file(self)
        if path is not None:
            self.file_chosen.emit(path)


class ControlsView(QWidget):
    """Model, temperature, length, and what is seldom needed behind More."""

    def __init__(self, models: ModelChoices, controls: WritingControls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self.chooser = ModelChooser(models)
        self.temperature = LabelledSlider(tr("safe"), tr("wild"), *TEMPERATURES, 0.05)
        self.temperature.setAccessibleName(tr("Temperature"))
        self.words = LabelledSlider(tr("a line"), tr("a page"), *WORDS, 10)
        self.words.setAccessibleName(tr("Length in words"))
        self.seed, self.keep, self.dice = _seed_box(), Switch(tr("Keep this seed")), IconButton("dice", tr("New seed"))
        self.stop = QLineEdit()
        self.stop.setAccessibleName(tr("Stop before this text"))
        self.candidates = SpinBox()
        self.candidates.setRange(*CANDIDATES)
        self.candidates.setAccessibleName(tr("Candidates at once"))
        self.more = Fold(tr("More"), self._made_more())
        self._arrange()
        self._connect()
        self._on_controls_loaded()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP + GRID // 2)
        column.addWidget(self.chooser)
        column.addWidget(_group(_temperature_term(), self.temperature))
        column.addWidget(_group(Label(tr("Length in words")), self.words))
        column.addWidget(self.more)
        column.addStretch(1)

    def _made_more(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(self.seed, 1)
        line.addWidget(self.dice)
        column.addWidget(_group(_seed_term(), row, self.keep))
        column.addWidget(_group(Label(tr("Stop before this text")), self.stop))
        column.addWidget(_group(Label(tr("Candidates at once")), self.candidates))
        return content

    def _connect(self) -> None:
        self.temperature.value_changed.connect(self._on_temperature_changed)
        self.words.value_changed.connect(self._on_words_changed)
        self.seed.valueChanged.connect(self._on_seed_changed)
        self.keep.toggled.connect(self._on_keep_toggled)
        self.dice.clicked.connect(self._controls.throw_dice)
        self.stop.editingFinished.connect(self._on_stop_edited)
        self.candidates.valueChanged.connect(self._on_candidates_changed)
        self._controls.loaded.connect(self._on_controls_loaded)
        self._controls.changed.connect(self._on_controls_loaded)

    def _on_controls_loaded(self) -> None:
        controls = self._controls
        self.temperature.set_value(controls.temperature)
        self.words.set_value(controls.num_words)
        for widget, value in ((self.seed, controls.seed), (self.candidates, controls.num_candidates)):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)
        self.keep.blockSignals(True)
        self.keep.setChecked(controls.is_seed_kept)
        self.keep.blockSignals(False)
        if not self.stop.hasFocus():
            self.stop.setText(controls.stop)

    def _on_temperature_changed(self, value: float) -> None:
        self._controls.set("temperature", value)

    def _on_words_changed(self, value: float) -> None:
        self._controls.set("num_words", round(value))

    def _on_seed_changed(self, value: int) -> None:
        self._controls.set("seed", value)

    def _on_keep_toggled(self, is_kept: bool) -> None:
        self._controls.set("is_seed_kept", is_kept)

    def _on_stop_edited(self) -> None:
        self._controls.set("stop", self.stop.text())

    def _on_candidates_changed(self, value: int) -> None:
        self._controls.set("num_candidates", value)


def asked_model_file(parent: QWidget) -> Path | None:
    """The exported model that the person chooses."""
    pattern = tr("Textloom models (*{suffix})", suffix=SUFFIX)
    name, _ = QFileDialog.getOpenFileName(parent, tr("Open a model file"), "", pattern)
    return Path(name) if name else None


def _seed_box() -> SpinBox:
    box = SpinBox()
    box.setRange(0, LARGEST_SEED)
    box.setGroupSeparatorShown(False)
    box.setAccessibleName(tr("Seed"))
    return box


def _temperature_term() -> TermLabel:
    explanation = tr(
        "How boldly the model chooses among the next letters or words. Low takes what it thinks likeliest and repeats "
        "itself; high takes unlikely ones more often, and makes more mistakes."
    )
    return TermLabel(tr("Temperature"), tr("Temperature"), explanation)


def _seed_term() -> TermLabel:
    explanation = tr(
        "The number from which chance begins. The same model writes the same text again from the same seed, beginning "
        "and settings."
    )
    return TermLabel(tr("Seed"), tr("Seed"), explanation)


def _group(head: QWidget, *parts: QWidget) -> QWidget:
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    for part in (head, *parts):
        column.addWidget(part)
    return group
