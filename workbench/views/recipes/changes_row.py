"""How far a draft is from its recipe, and what can be done with that."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.draft_words import changes_text
from workbench.viewmodels.recipes.saving import can_update, save_as, update_recipe
from workbench.viewmodels.recipes.shelf import RecipeShelf
from workbench.views.recipes.name_dialog import NameDialog
from workbench.widgets.buttons import Button
from workbench.widgets.card import Card
from workbench.widgets.flow import FlowLayout
from workbench.widgets.labels import Label
from workbench.words import tr


class ChangesRow(QWidget):
    """Saves the changes as a recipe, or puts them aside."""

    def __init__(self, draft: Draft, shelf: RecipeShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._shelf = draft, shelf
        self.sentence = Label()
        self.save_button = Button(tr("Save"), "save")
        self.save_as_button = Button(tr("Save as a recipe…"), "duplicate")
        self.reset_button = Button(tr("Undo the changes"), "undo")
        buttons = QWidget()
        row = FlowLayout(buttons)
        for button in (self.reset_button, self.save_button, self.save_as_button):
            row.addWidget(button)
        card = Card()
        card.column.setContentsMargins(GRID * 3 // 2, GRID, GRID, GRID)
        card.column.addWidget(self.sentence)
        card.column.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        self.save_button.clicked.connect(self._on_save_clicked)
        self.save_as_button.clicked.connect(self._on_save_as_clicked)
        self.reset_button.clicked.connect(draft.reset_all)
        draft.changed.connect(self._on_draft_changed)
        self._on_draft_changed()

    def _on_draft_changed(self) -> None:
        self.sentence.setText(changes_text(self._draft))
        self.save_button.setVisible(can_update(self._draft))
        self.reset_button.setVisible(self._draft.has_changes)

    def _on_save_clicked(self) -> None:
        update_recipe(self._draft, self._shelf)

    def _on_save_as_clicked(self) -> None:
        name, is_free = self._draft.recipe_title, self._shelf.is_free
        NameDialog(tr("Save as a recipe"), tr("Save"), name, is_free, self._save_as, self.window()).open()

    def _save_as(self, name: str) -> None:
        save_as(self._draft, self._shelf, name)
