"""The whole configuration as a form that the engine's declarations make."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.theme.spacing import MARGIN
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.field_state import field_states, form_intro
from workbench.viewmodels.recipes.form import form_of
from workbench.views.recipes.form_section import FormSection
from workbench.views.recipes.setting_field import SettingField
from workbench.widgets.labels import Quiet


class SettingsForm(QWidget):
    """Shows a draft's settings and changes them."""

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._intro = Quiet()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        column.addWidget(self._intro)
        self.sections: list[FormSection] = []
        for group in form_of(draft.values):
            section = FormSection(group)
            section.field_made.connect(self._on_field_made)
            self.sections.append(section)
            column.addWidget(section)
        self._on_draft_changed()
        draft.changed.connect(self._on_draft_changed)
        draft.estimate_changed.connect(self._on_draft_changed)

    def field(self, path: str) -> SettingField:
        """The field of a setting. Raises KeyError when it does not exist now."""
        return next(section.fields[path] for section in self.sections if path in section.fields)

    def _on_field_made(self, field: SettingField) -> None:
        field.edited.connect(self._draft.set_value)
        field.reset_wanted.connect(self._draft.reset_value)
        field.mend_wanted.connect(self._draft.mend)

    def _on_draft_changed(self) -> None:
        states = field_states(self._draft)
        self._intro.setText(form_intro(self._draft))
        self._intro.setVisible(bool(self._intro.text()))
        for section, group in zip(self.sections, form_of(self._draft.values), strict=True):
            section.show_group(group)
            section.show_states(states)
