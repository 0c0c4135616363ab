"""The recipes to choose from: for the person's text, presets, from the lectures, and the person's own."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.recipes import RecipeEntry as RecipeEntry
from workbench.bridge.protocols.recipes import Recipes
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.recipes.labels import recipe_title
from workbench.words import told, tr

AUTO_MINUTES = (3.0, 5.0, 15.0, 480.0)
PLAIN_PRESETS = ("quick", "balanced", "best")


class RecipeShelf(QObject):
    """Keeps and changes recipes. What the engine refuses becomes a notice, and nothing was changed then."""

    changed = Signal()

    def __init__(self, recipes: Recipes, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recipes, self._notices = recipes, notices
        self._entries: list[RecipeEntry] = []
        self._read()

    def refresh(self) -> None:
        """Look at the folder again."""
        before = self._entries
        self._read()
        if before != self._entries:
            self.changed.emit()

    def for_text(self) -> list[RecipeEntry]:
        """The recipe `auto` for several lengths of time."""
        auto = next((entry for entry in self._entries if entry.is_preset and entry.is_planned), None)
        return [] if auto is None else [for_minutes(auto, minutes) for minutes in AUTO_MINUTES]

    def presets(self) -> list[RecipeEntry]:
        """The recipes made for this program."""
        return [entry for entry in self._entries if entry.is_preset and entry.id in PLAIN_PRESETS]

    def from_lectures(self) -> list[RecipeEntry]:
        """Published recipes."""
        return [
            entry for entry in self._entries
            if entry.is_preset and not entry.is_planned and entry.id not in PLAIN_PRESETS
        ]  # fmt: skip

    def own(self) -> list[RecipeEntry]:
        """The person's own, by title; those that cannot be used carry their problem."""
        return [entry for entry in self._entries if not entry.is_preset]

    def comparable(self) -> list[RecipeEntry]:
        """Those of which all settings are known beforehand, as `auto` chooses only with a text."""
        return [entry for entry in self._entries if not entry.is_planned and entry.problem is None]

    def is_free(self, title: str) -> bool:
        """Whether no other recipe of the person has this name."""
        return all(entry.title.casefold() != title.strip().casefold() for entry in self.own())

    def save(self, recipe: RecipeEntry, title: str) -> RecipeEntry | None:
        """Keep a configuration as a new recipe of the person; None when it was refused."""
        return self._kept(replace(recipe, title=title, is_preset=False))

    def update(self, recipe: RecipeEntry, tables: Mapping[str, Any]) -> RecipeEntry | None:
        """Give one of the person's own recipes other settings; None when it was refused."""
        return self._kept(replace(recipe, tables=tables), recipe.id)

    def rename(self, recipe: RecipeEntry, title: str) -> RecipeEntry | None:
        """Give one of the person's own recipes another name; None when it was refused."""
        return self._kept(replace(recipe, title=title), recipe.id)

    def duplicate(self, recipe: RecipeEntry) -> RecipeEntry | None:
        """Keep the same again under another name; None when it was refused."""
        return self.save(recipe, tr("Copy of {title}", title=recipe_title(recipe)))

    def export(self, recipe: RecipeEntry, path: Path) -> bool:
        """Write a recipe as a TOML file; whether it was done."""
        path = path if path.suffix else path.with_suffix(".toml")
        if not self._notices.attempt(lambda: self._recipes.export(recipe, path)):
            return False
        self._notices.say(tr("Exported as {name}.", name=path.name))
        return True

    def take_in(self, path: Path) -> RecipeEntry | None:
        """Take a TOML file as a recipe of the person; None when it was refused."""
        try:
            recipe = self._recipes.read(path)
        except TextloomError as error:
            self._notices.fail_with(error)
            return None
        self.refresh()
        self._notices.say(tr("Imported as “{title}”.", title=recipe.title))
        return recipe

    def trash(self, recipe: RecipeEntry) -> bool:
        """Move one of the person's own recipes to the trash, with a way back; whether it was done."""
        try:
            place = self._recipes.trash(recipe.id)
        except TextloomError as error:
            self._notices.fail_with(error)
            return False
        self.refresh()
        self._notices.say(tr("Deleted “{title}”.", title=recipe.title), tr("Undo"), lambda: self._restore(place))
        return True

    def _restore(self, place: Path) -> None:
        self._notices.attempt(lambda: self._recipes.restore(place))
        self.refresh()

    def _kept(self, recipe: RecipeEntry, recipe_id: str = "") -> RecipeEntry | None:
        try:
            kept = self._recipes.save(recipe, recipe_id)
        except TextloomError as error:
            self._notices.fail_with(error)
            return None
        self.refresh()
        return kept

    def _read(self) -> None:
        try:
            self._entries = self._recipes.entries()
        except TextloomError as error:
            self._notices.fail_with(error)


def export_name(recipe: RecipeEntry) -> str:
    """A file name for a recipe, from its title."""
    letters = "".join(sign if sign.isalnum() or sign in " -_," else "-" for sign in recipe.title).strip(" -")
    return f"{letters[:80] or 'recipe'}.toml"


def for_minutes(auto: RecipeEntry, minutes: float) -> RecipeEntry:
    """The recipe `auto` with so many minutes."""
    training = {**auto.tables.get("training", {}), "minutes": minutes}
    return replace(auto, tables={**auto.tables, "training": training})


def time_words(auto: RecipeEntry) -> tuple[str, str]:
    """What the card of `auto` with its minutes is called, and its sentence."""
    titles = {
        3.0: (tr("3 minutes"), tr("A first impression of what your text sounds like.")),
        5.0: (tr("5 minutes"), tr("Long enough to learn words and their order.")),
        15.0: (tr("15 minutes"), tr("A larger model that makes fewer mistakes.")),
        480.0: (tr("Overnight"), tr("Eight hours for the best that this machine can do.")),
    }
    return titles[auto.tables["training"]["minutes"]]


def is_chosen(recipe: RecipeEntry, chosen: RecipeEntry) -> bool:
    """Whether a recipe is the one that was chosen, however it was changed since."""
    return (recipe.id, recipe.is_preset, recipe.is_planned, recipe.tables) == (
        chosen.id, chosen.is_preset, chosen.is_planned, chosen.tables,
    )  # fmt: skip


def problem_text(recipe: RecipeEntry) -> str:
    """Why a recipe cannot be used; empty when it can."""
    return told(recipe.problem) if recipe.problem is not None else ""
