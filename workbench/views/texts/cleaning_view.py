"""The options of cleaning, made from their declarations."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.texts.cleaning_form import CleaningRow, cleaning_rows, is_needed
from workbench.widgets.inputs import ComboBox, SpinBox, Switch
from workbench.widgets.labels import Caption, Label


class CleaningView(QWidget):
    """A control and a line of help for each option. changed: name of the option and its value."""

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls: dict[str, ComboBox | SpinBox | Switch] = {}
        self._others: dict[str, list[QWidget]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GRID, 0, GRID, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(2, 1)
        for row in cleaning_rows():
            self._add(row)

    def show_values(self, cleaning: Any) -> None:
        """Show the values of a cleaning, without a signal."""
        for name, control in self.controls.items():
            value = getattr(cleaning, name)
            control.blockSignals(True)
            if isinstance(control, ComboBox):
                control.setCurrentIndex(control.findData(value))
            elif isinstance(control, SpinBox):
                control.setValue(value)
            else:
                control.setChecked(value)
            control.blockSignals(False)
            for widget in (control, *self._others[name]):
                widget.setVisible(is_needed(name, cleaning))

    def _add(self, row: CleaningRow) -> None:
        control = self._made_control(row)
        control.setAccessibleName(row.label)
        control.setAccessibleDescription(row.help)
        control.setProperty("option", row.name)
        label, note = Label("" if row.kind == "switch" else row.label), Caption(row.help)
        note.setWordWrap(True)
        self.controls[row.name], self._others[row.name] = control, [label, note]
        line = self._grid.rowCount()
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(control, line, 0 if row.kind == "switch" else 1, 1, 2 if row.kind == "switch" else 1)
        self._grid.addWidget(note, line + 1, 0, 1, 3)
        self._grid.setRowMinimumHeight(line + 2, GRID)

    def _made_control(self, row: CleaningRow) -> ComboBox | SpinBox | Switch:
        if row.kind == "switch":
            switch = Switch(row.label)
            switch.toggled.connect(self._on_switch_toggled)
            return switch
        if row.kind == "number":
            spin = SpinBox()
            spin.setRange(row.minimum, row.maximum)
            spin.setSuffix(f" {row.unit}" if row.unit else "")
            spin.valueChanged.connect(self._on_number_changed)
            return spin
        combo = ComboBox()
        for choice, text in row.choices:
            combo.addItem(text, choice)
        combo.activated.connect(self._on_choice_made)
        return combo

    def _on_switch_toggled(self, is_on: bool) -> None:
        self.changed.emit(self.sender().property("option"), is_on)

    def _on_number_changed(self, value: int) -> None:
        self.changed.emit(self.sender().property("option"), value)

    def _on_choice_made(self) -> None:
        combo = self.sender()
        if isinstance(combo, ComboBox):
            self.changed.emit(combo.property("option"), combo.currentData())
