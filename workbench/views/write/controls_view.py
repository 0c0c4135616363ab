"""How the model writes: which one, how boldly, how much, and what that does to the next token."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.write.controls import TEMPERATURES, WORDS
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.settings_column import SettingsColumn
from workbench.views.write.distribution_view import DistributionView
from workbench.views.write.mix_view import MixView
from workbench.views.write.more_view import MoreView
from workbench.views.write.presets_view import PresetsView
from workbench.widgets.fold import Fold
from workbench.widgets.inputs import ComboBox
from workbench.widgets.labels import Caption, Label, TermLabel
from workbench.widgets.scroll import ScrollArea
from workbench.widgets.slider import LabelledSlider
from workbench.words import plural, tr

OPEN_FILE = "open"
SUFFIX = ".textloom"
PICTURE_SHARE = 0.3  # of the column's height that it may take when there is more to see than fits
HELP_LINES = 3


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
    """Model, preset, temperature, length, and all else behind More, which scroll; the live picture, which stays."""

    def __init__(self, column: SettingsColumn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column, self._controls = column, column.controls
        self.chooser = ModelChooser(column.models)
        self.presets = PresetsView(column.presets)
        self.temperature = LabelledSlider(tr("safe"), tr("wild"), *TEMPERATURES, 0.05)
        self.temperature.setAccessibleName(tr("Temperature"))
        self.words = LabelledSlider(tr("a line"), tr("a page"), *WORDS, 10)
        self.words.setAccessibleName(tr("Length in words"))
        self.options = MoreView(column.controls, column.style, MixView(column.mixing), column.settings)
        self.more = Fold(tr("More"), self.options)
        self.keep = self.options.seed.keep
        self.picture = DistributionView(column.picture)
        self.help = HelpLine()
        self._scroll = LowScroll(self._made_controls())
        self._arrange()
        self._connect()
        self._on_controls_loaded()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picture()

    def _made_controls(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID // 2, 0)
        column.setSpacing(GAP)
        column.addWidget(self.chooser)
        column.addWidget(self.presets)
        column.addWidget(_group(_temperature_term(), self.temperature))
        column.addWidget(_group(Label(tr("Length in words")), self.words))
        column.addWidget(self.more)
        return content

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._scroll, 1000)
        column.addWidget(self.help)
        column.addWidget(self.picture)
        column.addStretch(1)

    def _connect(self) -> None:
        self.temperature.value_changed.connect(self._on_temperature_changed)
        self.words.value_changed.connect(self._on_words_changed)
        self.more.toggled.connect(self._on_more_toggled)
        self._scroll.fitted.connect(self._fit_picture)
        self.options.explained.connect(self.help.setText)
        self.options.command_asked.connect(self._on_command_asked)
        self._controls.loaded.connect(self._on_controls_loaded)
        self._controls.changed.connect(self._on_controls_loaded)

    def _on_controls_loaded(self) -> None:
        controls = self._controls
        self.temperature.set_value(controls.temperature)
        self.words.set_value(controls.num_words)
        count = len(controls.changed_names)
        self.more.set_count(count, plural("{count} setting changed", "{count} settings changed", count))

    def _on_temperature_changed(self, value: float) -> None:
        self._controls.set("temperature", value)

    def _on_words_changed(self, value: float) -> None:
        self._controls.set("num_words", round(value))

    def _on_command_asked(self) -> None:
        QGuiApplication.clipboard().setText(self._column.command)
        self._column.tell_copied()

    def _on_more_toggled(self, is_open: bool) -> None:
        self.help.setVisible(is_open)
        self._fit_picture()
        if is_open and self.isVisible():
            self._scroll.show_top_of(self.more)

    def _fit_picture(self) -> None:
        """Controls need the room more than unlikely tokens do."""
        room = self.height() - self._scroll.sizeHint().height() - GAP
        if self.more.is_open:
            room = max(room, round(PICTURE_SHARE * self.height()))
        self.picture.fit(room)


class HelpLine(Caption):
    """What the option does that was touched last. Its height stays, so that nothing moves under the hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Choose an option, and here stands what it does."), parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HELP_LINES * self.fontMetrics().lineSpacing())

    def heightForWidth(self, width: int) -> int:
        return max(self.sizeHint().height(), super().heightForWidth(width))


class LowScroll(ScrollArea):
    """As high as its content where there is room, and no higher. fitted: its content has another height."""

    fitted = Signal()

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(content, parent=parent)
        self._inside = content
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 8 * GRID)

    def show_top_of(self, widget: QWidget) -> None:
        """Scroll until a part of the content is the first thing in view, or as far as there is something to scroll."""
        for part in (self._inside, self.widget(), self.parentWidget()):
            layout = part.layout() if part is not None else None
            if layout is not None:
                layout.activate()
        self.widget().resize(self.widget().width(), self._height())
        top = widget.mapTo(self.widget(), widget.rect().topLeft()).y()
        self.verticalScrollBar().setValue(top)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize) and watched is self.widget():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if self.maximumHeight() != self._height():
            self.setMaximumHeight(self._height())
            self.updateGeometry()
            self.fitted.emit()

    def _height(self) -> int:
        width = self.widget().width()
        height = self._inside.heightForWidth(width) if self._inside.hasHeightForWidth() else -1
        return max(height, self._inside.minimumSizeHint().height())


def asked_model_file(parent: QWidget) -> Path | None:
    """The exported model that the person chooses."""
    pattern = tr("Textloom models (*{suffix})", suffix=SUFFIX)
    name, _ = QFileDialog.getOpenFileName(parent, tr("Open a model file"), "", pattern)
    return Path(name) if name else None


def _temperature_term() -> TermLabel:
    explanation = tr(
        "How boldly the model chooses among the next letters or words. Low takes what it thinks likeliest and repeats "
        "itself; high takes unlikely ones more often, and makes more mistakes."
    )
    return TermLabel(tr("Temperature"), tr("Temperature"), explanation)


def _group(head: QWidget, *parts: QWidget) -> QWidget:
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    for part in (head, *parts):
        column.addWidget(part)
    return group
