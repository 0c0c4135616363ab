"""What a draft shows beside its form: which texts there are, what was changed, and the network."""

from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.labels import recipe_title
from workbench.viewmodels.recipes.network import Network, network_of
from workbench.viewmodels.workbench import Workbench
from workbench.words import plural, told, tr


def text_choices(workbench: Workbench) -> list[tuple[str, str]]:
    """(id, title with size) of the texts that can be trained on, newest first."""
    return [
        (entry.id, _text_label(entry.title, entry.num_characters))
        for entry in workbench.texts.entries()
        if entry.problem is None
    ]


def _text_label(title: str, count: int) -> str:
    return plural("{title} ({count} character)", "{title} ({count} characters)", count, title=title)


def changes_text(draft: Draft) -> str:
    """How far a draft is from its recipe."""
    title = recipe_title(draft.recipe)
    if not draft.has_changes:
        return tr("All settings are those of “{recipe}”.", recipe=title)
    return plural(
        "{count} setting differs from “{recipe}”.",
        "{count} settings differ from “{recipe}”.",
        draft.num_changes,
        recipe=title,
    )


def warnings_text(draft: Draft) -> str:
    """What was cut to fit a short text."""
    return "\n".join(told(warning) for warning in draft.estimate.warnings) if draft.estimate is not None else ""


def network_of_draft(draft: Draft) -> Network | None:
    """What is drawn; None while a setting is not possible: then what was drawn before stays."""
    if draft.faults:
        return None
    return network_of(draft.values, draft.vocabulary_size, is_open=not draft.has_chosen)
