"""All recipes to choose from, on one page."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID, MARGIN
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.shelf import RecipeEntry, RecipeShelf, is_chosen, time_words
from workbench.viewmodels.settings import Settings
from workbench.views.recipes.compare_view import CompareView
from workbench.views.recipes.recipe_card import OwnRecipeCard, RecipeCard
from workbench.widgets.buttons import QuietButton
from workbench.widgets.columns import ColumnsLayout
from workbench.widgets.fold import Fold
from workbench.widgets.labels import Quiet, Title
from workbench.words import tr

_NARROW, _WIDE = 160, 230


class RecipeChooser(QWidget):
    """Cards for every recipe; the one of the draft is marked. A click takes a recipe at once."""

    def __init__(self, draft: Draft, shelf: RecipeShelf, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._shelf, self._settings = draft, shelf, settings
        self.cards: list[RecipeCard] = []
        self.own_cards: list[OwnRecipeCard] = []
        self._own_area = QWidget()
        self._own = ColumnsLayout(self._own_area, min_width=_WIDE, keeps_width=True)
        self._no_own = Quiet(tr("None yet. Change settings under Details and save them, or import a file."))
        self.import_button = QuietButton(tr("Import…"), "open")
        self.import_button.clicked.connect(self._on_import_clicked)
        self.lectures = self._fold(
            "lectures", tr("From the lectures"), self._cards(shelf.from_lectures(), max_columns=2)
        )
        self.compare = self._fold("compare", tr("Compare two recipes"), CompareView(shelf))
        self._lay_out()
        self._on_shelf_changed()
        shelf.changed.connect(self._on_shelf_changed)
        draft.changed.connect(self._on_draft_changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addWidget(Title(tr("For your text")))
        column.addWidget(Quiet(tr("Chooses a model that fits your text and this machine, for the time you have.")))
        column.addWidget(self._time_cards())
        column.addSpacing(MARGIN - GRID)
        column.addWidget(Title(tr("The same for every text")))
        column.addWidget(self._cards(self._shelf.presets()))
        column.addSpacing(MARGIN - GRID)
        head = QHBoxLayout()
        head.addWidget(Title(tr("Your own")))
        head.addStretch()
        head.addWidget(self.import_button)
        column.addLayout(head)
        column.addWidget(self._no_own)
        column.addWidget(self._own_area)
        column.addSpacing(MARGIN - GRID)
        column.addWidget(self.lectures)
        column.addWidget(self.compare)
        column.addStretch()

    def _time_cards(self) -> QWidget:
        area = QWidget()
        layout = ColumnsLayout(area, min_width=_NARROW)
        for recipe in self._shelf.for_text():
            layout.addWidget(self._card(RecipeCard(recipe, *time_words(recipe))))
        return area

    def _cards(self, recipes: Sequence[RecipeEntry], max_columns: int = 0) -> QWidget:
        area = QWidget()
        layout = ColumnsLayout(area, min_width=_WIDE, max_columns=max_columns)
        for recipe in recipes:
            layout.addWidget(self._card(RecipeCard(recipe)))
        return area

    def _card(self, card: RecipeCard) -> RecipeCard:
        card.recipe_chosen.connect(self._draft.choose_recipe)
        self.cards.append(card)
        return card

    def _fold(self, name: str, title: str, content: QWidget) -> Fold:
        key = f"recipes/{name}_open"
        fold = Fold(title, content, self._settings.flag(key))
        fold.toggled.connect(lambda is_open: self._settings.set(key, is_open))
        return fold

    def _on_shelf_changed(self) -> None:
        for gone in self.own_cards:
            self._own.removeWidget(gone)
            self.cards.remove(gone.card)
            gone.hide()
            gone.deleteLater()
        self.own_cards = [OwnRecipeCard(recipe, self._shelf) for recipe in self._shelf.own()]
        for card in self.own_cards:
            self._own.addWidget(card)
            self._card(card.card)
        self._no_own.setVisible(not self.own_cards)
        self._on_draft_changed()

    def _on_draft_changed(self) -> None:
        for card in self.cards:
            card.setChecked(is_chosen(card.recipe, self._draft.recipe))

    def _on_import_clicked(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Import a recipe"), "", tr("Recipes (*.toml)"))
        if path:
            self._shelf.take_in(Path(path))
