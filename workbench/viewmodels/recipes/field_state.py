"""How each field of a draft's form stands: its value, whether it was changed, what is wrong with it."""

from dataclasses import dataclass

from workbench.viewmodels.recipes.declarations import declared_for, value_of
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.faults import Fault
from workbench.viewmodels.recipes.labels import label_of
from workbench.words import tr


@dataclass(frozen=True)
class FieldState:
    """One field. reset_text: the words for the way back, empty when the value is the recipe's."""

    value: object
    reset_text: str = ""
    fault: Fault | None = None


def field_states(draft: Draft) -> dict[str, FieldState]:
    """The states of all fields that exist now, by the path of their setting."""
    values, faults, planned = draft.values, draft.faults, draft.recipe.is_planned
    states = {}
    for path, setting in declared_for(values).items():
        words = ""
        if draft.is_changed(path):
            is_chosen = planned and value_of(draft.recipe.tables, path) is None
            words = _reset_words(label_of(setting), is_chosen)
        states[path] = FieldState(value_of(values, path), words, faults.get(path))
    return states


def form_intro(draft: Draft) -> str:
    """What one should know of the values in the form."""
    if not draft.recipe.is_planned:
        return ""
    if not draft.has_chosen:
        return tr("The recipe chooses these values for your text and this machine. What you change is kept.")
    return tr("Chosen for your text and this machine. Change a value, and the others are fitted to it.")


def _reset_words(label: str, is_chosen: bool) -> str:
    if is_chosen:
        return tr("{field}: let the recipe choose", field=label)
    return tr("{field}: back to the recipe", field=label)
