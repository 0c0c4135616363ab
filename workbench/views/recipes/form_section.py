"""One group of the form: its common fields in columns, the others behind More."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.recipes.field_state import FieldState
from workbench.viewmodels.recipes.form import FormField, FormGroup
from workbench.views.recipes.setting_field import SettingField
from workbench.widgets.columns import ColumnsLayout
from workbench.widgets.fold import Fold
from workbench.widgets.labels import Title
from workbench.words import tr

_FIELD_WIDTH = 180


class FormSection(QWidget):
    """Shows a group and keeps the fields that are also in the next one, and with them the focus."""

    field_made = Signal(object)  # SettingField

    def __init__(self, group: FormGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, SettingField] = {}
        self._group: FormGroup | None = None
        self._common = ColumnsLayout(min_width=_FIELD_WIDTH, keeps_width=True)
        rest = QWidget()
        self._rest = ColumnsLayout(rest, min_width=_FIELD_WIDTH, keeps_width=True)
        self.more = Fold(tr("More"), rest)
        self.more.head.setAccessibleName(tr("More of “{group}”", group=group.title))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(Title(group.title))
        column.addLayout(self._common)
        column.addWidget(self.more)

    @property
    def fields(self) -> Mapping[str, SettingField]:
        """The fields by the path of their setting."""
        return self._fields

    def show_group(self, group: FormGroup) -> None:
        """Show these fields."""
        if group == self._group:
            return
        self._group = group
        paths = {field.path for field in group.fields}
        for path in [path for path in self._fields if path not in paths]:
            gone = self._fields.pop(path)
            gone.hide()
            gone.deleteLater()
        self._fill(self._common, group.common)
        self._fill(self._rest, group.rest)
        self.more.setVisible(bool(group.rest))
        self.more.set_summary(", ".join(field.label for field in group.rest))
        self._chain([self._fields[field.path] for field in group.fields])

    def show_states(self, states: Mapping[str, FieldState]) -> None:
        """Show values, ways back and faults; a fault behind More opens it."""
        for path, field in self._fields.items():
            field.show_state(states[path])
            if states[path].fault is not None and not field.field.is_common:
                self.more.set_open(True)

    def _fill(self, layout: QLayout, fields: tuple[FormField, ...]) -> None:
        while layout.takeAt(0) is not None:
            pass
        for field in fields:
            if field.path not in self._fields:
                self._fields[field.path] = SettingField(field)
                self.field_made.emit(self._fields[field.path])
            layout.addWidget(self._fields[field.path])

    def _chain(self, fields: list[SettingField]) -> None:
        """Let Tab go from field to field in the order in which they stand."""
        for before, after in pairwise(fields):
            if before.field.is_common == after.field.is_common:
                QWidget.setTabOrder(before.reset_button, after.name)
        for field in fields:
            QWidget.setTabOrder(field.name, field.editor)
            QWidget.setTabOrder(field.editor, field.reset_button)
