"""Recipes of the library, and the presets, for the window."""

from dataclasses import replace
from pathlib import Path

from engine.config.recipes import Recipe, preset, preset_names, read_recipe, recipe_as_toml
from engine.errors import BadInput, TextloomError
from engine.library.files import write_text
from engine.library.library import Library
from engine.library.recipes import list_recipes, recipe_path, save_recipe
from workbench.bridge.protocols.recipes import RecipeEntry


class LibraryRecipes:
    """See the protocol `Recipes`."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._presets: list[RecipeEntry] = []

    def entries(self) -> list[RecipeEntry]:
        """Presets in their order, then the person's own by title. Raises TextloomError for the folder alone."""
        if not self._presets:
            self._presets = [_entry(preset(name)) for name in preset_names()]
        own = []
        for entry in list_recipes(self._library):
            recipe = RecipeEntry(
                id=entry.id, title=entry.title, is_preset=False, path=entry.path, problem=entry.problem
            )
            own.append(recipe if entry.problem else _filled(recipe, entry.path))
        return self._presets + sorted(own, key=lambda recipe: recipe.title.casefold())

    def save(self, recipe: RecipeEntry, recipe_id: str = "") -> RecipeEntry:
        """Keep a recipe, a new one unless `recipe_id` names one of the person's own. Raises TextloomError."""
        if not recipe.title.strip():
            raise BadInput("A recipe needs a name. Give it one.")
        path = save_recipe(self._library, _plain(recipe), recipe_id or None)
        return _entry(read_recipe(path), path)

    def trash(self, recipe_id: str) -> Path:
        """Move one of the person's own recipes to the trash; returns its place there. Raises TextloomError."""
        return self._library.trash(recipe_path(self._library, recipe_id))

    def restore(self, place: Path) -> None:
        """Bring something back from the trash. Raises TextloomError."""
        self._library.restore(place)

    def export(self, recipe: RecipeEntry, path: Path) -> None:
        """Write a recipe as a TOML file; an existing file is replaced. Raises TextloomError."""
        write_text(path, recipe_as_toml(_plain(recipe)))

    def read(self, path: Path) -> RecipeEntry:
        """Take a TOML file into the library as a recipe. Raises TextloomError."""
        return self.save(_entry(read_recipe(path)))


def _plain(recipe: RecipeEntry) -> Recipe:
    tables = {section: dict(table) for section, table in recipe.tables.items() if section not in ("format", "recipe")}
    return Recipe(recipe.id, recipe.title.strip(), recipe.about.strip(), tables, recipe.is_planned)


def _entry(recipe: Recipe, path: Path | None = None) -> RecipeEntry:
    return RecipeEntry(
        id=path.stem if path else recipe.name, title=recipe.title, about=recipe.about, tables=recipe.tables,
        is_planned=recipe.is_planned, is_preset=path is None, path=path,
    )  # fmt: skip


def _filled(entry: RecipeEntry, path: Path) -> RecipeEntry:
    """The entry with what its file says; a file that went away or broke since the listing is a problem of the entry."""
    try:
        recipe = read_recipe(path)
    except TextloomError as error:
        return replace(entry, problem=error.message)
    return replace(entry, about=recipe.about, tables=recipe.tables, is_planned=recipe.is_planned)
