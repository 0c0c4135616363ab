"""The changes of a draft become a recipe."""

from dataclasses import replace

from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.shelf import RecipeShelf


def can_update(draft: Draft) -> bool:
    """Whether the changes can be written into the recipe itself: it is one of the person's own."""
    return draft.has_changes and not draft.recipe.is_preset and draft.recipe.path is not None


def update_recipe(draft: Draft, shelf: RecipeShelf) -> bool:
    """Write the changes into the recipe; whether it was done."""
    kept = shelf.update(draft.recipe, draft.tables)
    if kept is not None:
        draft.set_recipe(kept)
    return kept is not None


def save_as(draft: Draft, shelf: RecipeShelf, name: str) -> bool:
    """Keep recipe and changes as a new recipe, and go on with it; whether it was done."""
    kept = shelf.save(replace(draft.recipe, tables=draft.tables, about=""), name)
    if kept is not None:
        draft.set_recipe(kept)
    return kept is not None
