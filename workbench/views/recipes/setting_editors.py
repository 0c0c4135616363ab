"""The widgets in which one setting is changed, by the kind of its value. All share `shown` and `edited`."""

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QSizePolicy

from workbench.viewmodels.recipes.form import FormField
from workbench.widgets.inputs import ComboBox, DoubleSpinBox, SpinBox, Switch
from workbench.words import current_language, tr

# Beyond what any setting may be, so that what a person types is seen, refused and mended instead of cut silently.
_MOST_WHOLE = 2_147_483_647
_MOST = 1e16
_DECIMALS = 17  # the smallest number that a setting may be is 1e-16


class WholeEditor(SpinBox):
    """A whole number."""

    edited = Signal(object)

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self._field = field
        self.setRange(-_MOST_WHOLE, _MOST_WHOLE)
        self.setGroupSeparatorShown(False)
        self.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: object) -> None:
        """Show a value without telling it as an edit."""
        if isinstance(value, int) and value != self.value():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        return _steps(self.value(), self._field)

    def stepBy(self, steps: int) -> None:
        super().stepBy(steps)
        self.setValue(int(_inside(self.value(), self._field)))

    def _on_value_changed(self, value: int) -> None:
        self.edited.emit(value)


class NumberEditor(DoubleSpinBox):
    """A number; also a whole one that is too large for the other editor."""

    edited = Signal(object)

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self._field = field
        self.setDecimals(_DECIMALS)
        self.setRange(-_MOST, _MOST)
        self.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: object) -> None:
        """Show a value without telling it as an edit."""
        if isinstance(value, int | float) and value != self.value():
            self.blockSignals(True)
            self.setValue(float(value))
            self.blockSignals(False)

    def textFromValue(self, value: float) -> str:
        text = f"{Decimal(repr(value)):f}".removesuffix(".0")
        return text.replace(".", current_language().decimal)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        return _steps(self.value(), self._field)

    def stepBy(self, steps: int) -> None:
        super().stepBy(steps)
        self.setValue(_inside(self.value(), self._field))

    def _on_value_changed(self, value: float) -> None:
        is_whole = self._field.kind == "whole" and value.is_integer()
        self.edited.emit(int(value) if is_whole else value)


class ChoiceEditor(ComboBox):
    """One of a few words."""

    edited = Signal(object)

    def __init__(self, field: FormField) -> None:
        super().__init__()
        for word, label in field.choices:
            self.addItem(label, word)
        self.activated.connect(self._on_choice_made)

    def show_value(self, value: object) -> None:
        """Show a value without telling it as an edit."""
        self.setCurrentIndex(self.findData(value))

    def _on_choice_made(self, index: int) -> None:
        self.edited.emit(self.itemData(index))


class SwitchEditor(Switch):
    """On or off."""

    edited = Signal(object)

    def __init__(self, field: FormField) -> None:  # noqa: ARG002, all editors are made alike
        super().__init__("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._on_clicked)

    def show_value(self, value: object) -> None:
        """Show a value without telling it as an edit."""
        self.setChecked(value is True)
        self.setText(tr("On") if value is True else tr("Off"))

    def _on_clicked(self, is_on: bool) -> None:
        self.edited.emit(is_on)


class TextEditor(QLineEdit):
    """A short text."""

    edited = Signal(object)

    def __init__(self, field: FormField) -> None:  # noqa: ARG002, all editors are made alike
        super().__init__()
        self.textEdited.connect(self._on_text_edited)

    def show_value(self, value: object) -> None:
        """Show a value without telling it as an edit."""
        if isinstance(value, str) and value != self.text():
            self.setText(value)

    def _on_text_edited(self, text: str) -> None:
        self.edited.emit(text)


Editor = WholeEditor | NumberEditor | ChoiceEditor | SwitchEditor | TextEditor


def editor_for(field: FormField) -> Editor:
    """The editor of a field, named for those who hear the screen."""
    kinds: dict[str, type[Editor]] = {
        "whole": WholeEditor if field.maximum is not None and field.maximum < _MOST_WHOLE else NumberEditor,
        "number": NumberEditor,
        "choice": ChoiceEditor,
        "switch": SwitchEditor,
        "text": TextEditor,
    }
    editor = kinds[field.kind](field)
    editor.setAccessibleName(field.label)
    editor.setToolTip(field.help)
    editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    if not isinstance(editor, SwitchEditor):
        editor.setMinimumWidth(editor.fontMetrics().averageCharWidth() * 14)
    return editor


def _inside(value: float, field: FormField) -> float:
    least = value if field.minimum is None else field.minimum
    most = value if field.maximum is None else field.maximum
    return min(max(value, least), most)


def _steps(value: float, field: FormField) -> QAbstractSpinBox.StepEnabledFlag:
    flags = QAbstractSpinBox.StepEnabledFlag.StepNone
    if field.minimum is None or value > field.minimum:
        flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
    if field.maximum is None or value < field.maximum:
        flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
    return flags
