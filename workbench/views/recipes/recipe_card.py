"""A recipe as a card; the person's own have a menu of what can be done with them."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.recipes.labels import recipe_about, recipe_title
from workbench.viewmodels.recipes.shelf import RecipeEntry, RecipeShelf, export_name, problem_text
from workbench.views.recipes.name_dialog import NameDialog
from workbench.widgets.buttons import IconButton
from workbench.widgets.card import ChoiceCard
from workbench.words import tr


class RecipeCard(ChoiceCard):
    """A recipe that can be chosen."""

    recipe_chosen = Signal(object)  # RecipeEntry

    def __init__(self, recipe: RecipeEntry, title: str = "", sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title or recipe_title(recipe), sentence or recipe_about(recipe), "", parent)
        self.recipe = recipe
        self.setAutoExclusive(False)  # the draft says which one is chosen, in whatever group it stands
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.recipe_chosen.emit(self.recipe)


class OwnRecipeCard(QWidget):
    """One of the person's own recipes: the card, and what can be done with it."""

    def __init__(self, recipe: RecipeEntry, shelf: RecipeShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recipe, self._shelf = recipe, shelf
        self.card = RecipeCard(recipe, sentence=problem_text(recipe))
        self.card.setEnabled(recipe.problem is None)
        self.more = IconButton("more", tr("More for “{title}”", title=recipe.title))
        self.menu = self._menu()
        self.more.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.card, 1)
        buttons = QVBoxLayout()
        buttons.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        buttons.addStretch()
        row.addLayout(buttons)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        if self.recipe.problem is None:
            menu.addAction(tr("Rename…"), self._on_rename_chosen)
            menu.addAction(tr("Duplicate"), self._on_duplicate_chosen)
            menu.addAction(tr("Export…"), self._on_export_chosen)
            menu.addSeparator()
        menu.addAction(tr("Delete"), self._on_delete_chosen)
        return menu

    def _on_rename_chosen(self) -> None:
        recipe, shelf = self.recipe, self._shelf
        dialog = NameDialog(
            tr("Rename “{title}”", title=recipe.title), tr("Rename"), recipe.title, shelf.is_free,
            lambda name: shelf.rename(recipe, name), self.window(),
        )  # fmt: skip
        dialog.open()

    def _on_duplicate_chosen(self) -> None:
        self._shelf.duplicate(self.recipe)

    def _on_export_chosen(self) -> None:
        title, kinds = tr("Export “{title}”", title=self.recipe.title), tr("Recipes (*.toml)")
        path, _ = QFileDialog.getSaveFileName(self, title, export_name(self.recipe), kinds)
        if path:
            self._shelf.export(self.recipe, Path(path))

    def _on_delete_chosen(self) -> None:
        self._shelf.trash(self.recipe)
