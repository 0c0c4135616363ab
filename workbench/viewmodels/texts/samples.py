"""The texts that come with Textloom, as they are offered."""

from collections.abc import Sequence

from workbench.words import tr


def sample_cards(titles: Sequence[str]) -> list[tuple[str, str]]:
    """Title and one sentence of each sample."""
    return [(title, _sentence(title)) for title in titles]


def _sentence(title: str) -> str:
    match title:
        case "Tales of Sallowmouth":
            return tr("Tales from a town by the sea, told plainly. 116,000 letters: learned in a few minutes.")
        case "The Ferry on Dry Land":
            return tr("A comedy in dialogue. Watch how soon the model learns who speaks. 83,000 letters.")
        case "Python manual":
            return tr("Dry prose and code side by side, with rules that show. 465,000 letters.")
        case _:
            return ""
