"""What an import that is arranged says about refused files, changed lines and the beginning of the text."""

from workbench.viewmodels.texts.import_offer import ImportOffer, change_sentence
from workbench.words import plural, told, tr

_SHOWN_LINES = 200
_SHOWN_CHARACTERS = 900
_INVISIBLE = {sign: chr(0x2400 + sign) for sign in range(0x20) if sign not in (0x09, 0x0A)}
_INVISIBLE |= {0x7F: "\u2421", 0xFEFF: "[BOM]"} | {sign: f"[{sign:02X}]" for sign in range(0x80, 0xA0)}


def refused_rows(offer: ImportOffer) -> list[tuple[str, str]]:
    """Name and reason of the files that are left out."""
    return [(problem.name, told(problem.reason)) for problem in offer.refused]


def refused_title(offer: ImportOffer) -> str:
    """How many files are left out; of one alone, why."""
    refused = offer.refused
    if len(refused) == 1:
        return tr("{reason} It is left out.", reason=told(refused[0].reason))
    return tr("{count} files cannot be read and are left out.", count=len(refused))


def changed_rows(offer: ImportOffer) -> list[tuple[int, str, str]]:
    """Number, text before and text after of the lines that cleaning changes."""
    rows = []
    for preview in offer.preview.files:
        for change in preview.changed_lines:
            after = tr("(removed)") if change.after is None else visible(change.after)
            rows.append((change.line, visible(change.before), after))
    return rows[:_SHOWN_LINES]


def changes_title(offer: ImportOffer) -> str:
    """What cleaning changes, with counts."""
    count = sum(preview.num_changed_lines for preview in offer.preview.files)
    kinds = ", ".join(change_sentence(change) for change in offer.preview.changes)
    if not offer.preview.is_whole:
        return tr("Changed at the beginning: {kinds}", kinds=kinds)
    lines = plural("{count} changed line", "{count} changed lines", count)
    return tr("{lines}: {kinds}", lines=lines, kinds=kinds) if kinds else lines


def beginning(offer: ImportOffer) -> str:
    """The first lines of the text as it would be imported."""
    text = next((preview.beginning for preview in offer.preview.files if preview.beginning.strip()), "")
    text = text.strip("\n")
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS].rpartition(' ')[0]} …"


def visible(text: str) -> str:
    """A line with signs for what cannot be seen."""
    return text.translate(_INVISIBLE)
