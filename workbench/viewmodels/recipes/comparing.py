"""What two recipes have in common is left out; the rest stands side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.bridge.protocols.recipes import RecipeEntry
from workbench.viewmodels.recipes.declarations import complete, declared_for, is_same, value_of
from workbench.viewmodels.recipes.labels import label_of, recipe_title, value_text
from workbench.viewmodels.recipes.shelf import RecipeShelf
from workbench.words import plural, tr


@dataclass(frozen=True)
class Comparison:
    """Two recipes: their names, rows of (setting, value here, value there), and one sentence about them."""

    one: str
    other: str
    rows: list[tuple[str, str, str]]
    sentence: str


def compared(shelf: RecipeShelf, one_key: str | None, other_key: str | None) -> Comparison:
    """Compare two recipes of the shelf, named by their keys."""
    known = {key_of(recipe): recipe for recipe in shelf.comparable()}
    one, other = known.get(one_key or ""), known.get(other_key or "")
    if one is None or other is None:
        return Comparison("", "", [], "")
    rows = differences(one, other)
    if not rows:
        sentence = (
            tr("Choose two different recipes.") if one.id == other.id else tr("They are the same in every setting.")
        )
    else:
        sentence = plural("They differ in {count} setting.", "They differ in {count} settings.", len(rows))
    return Comparison(recipe_title(one), recipe_title(other), rows, sentence)


def differences(one: RecipeEntry, other: RecipeEntry) -> list[tuple[str, str, str]]:
    """The settings in which two recipes differ; what only one of them has stands beside a dash."""
    tables = complete(one.tables), complete(other.tables)
    declared = {**declared_for(one.tables), **declared_for(other.tables)}
    return [
        (label_of(setting), _shown(tables[0], path), _shown(tables[1], path))
        for path, setting in declared.items()
        if not is_same(value_of(tables[0], path), value_of(tables[1], path))
    ]


def titles_of(recipes: list[RecipeEntry]) -> Iterator[tuple[str, str]]:
    """(key, name) of recipes, for a list to choose from."""
    for recipe in recipes:
        yield key_of(recipe), recipe_title(recipe)


def key_of(recipe: RecipeEntry) -> str:
    """Names a recipe among presets and the person's own, whose ids may be equal."""
    return f"{'preset' if recipe.is_preset else 'own'} {recipe.id}"


def _shown(tables: Mapping[str, Any], path: str) -> str:
    value = value_of(tables, path)
    return "–" if value is None else value_text(declared_for(tables)[path], value)
