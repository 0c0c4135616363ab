"""A person's own recipes: TOML files in the library, named by their id."""

import os
from datetime import UTC, datetime
from pathlib import Path

from engine.config.recipes import Recipe, read_recipe, recipe_as_toml
from engine.errors import TextloomError
from engine.library.entries import Entry
from engine.library.files import is_temporary, storage_failed, write_text
from engine.library.ids import checked_id, free_id, utc_text
from engine.library.library import Library

_SUFFIX = ".toml"


def list_recipes(library: Library) -> list[Entry]:
    """All recipes, the one that was saved last first. Never raises for one of them; `StorageFailed` for the folder.

    `Entry.path` is the file, for `read_recipe` and `Library.trash`; `Entry.info` has "about" and "is_planned".
    """
    try:
        files = [entry for entry in os.scandir(library.recipes_path) if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_failed(error, library.recipes_path) from error
    names = [file.name for file in files if file.name.endswith(_SUFFIX) and not is_temporary(file.name)]
    entries = [_entry(library.recipes_path / name) for name in names]
    return sorted(entries, key=lambda entry: (entry.created, entry.id), reverse=True)


def recipe_path(library: Library, recipe_id: str) -> Path:
    """The file of a recipe, which need not exist. Raises `BadInput` for what is no id."""
    return library.recipes_path / f"{checked_id(recipe_id)}{_SUFFIX}"


def save_recipe(library: Library, recipe: Recipe, recipe_id: str | None = None) -> Path:
    """Write a recipe over the one of this id, or, without an id, beside the others; returns its file.

    Raises `BadInput` when the recipe cannot be used, and `StorageFailed`; nothing was changed then.
    """
    library.check_writable()
    text = recipe_as_toml(recipe)
    if recipe_id is None:
        recipe_id = free_id(library.recipes_path, recipe.title or recipe.name, _SUFFIX)
    path = recipe_path(library, recipe_id)
    write_text(path, text)
    return path


def _entry(path: Path) -> Entry:
    try:
        saved = utc_text(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        recipe = read_recipe(path)
    except OSError as error:
        return Entry(path.stem, path, path.stem, problem=storage_failed(error, path).message)
    except TextloomError as error:
        return Entry(path.stem, path, path.stem, saved, problem=error.message)
    return Entry(path.stem, path, recipe.title, saved, {"about": recipe.about, "is_planned": recipe.is_planned})
