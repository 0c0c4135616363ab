"""What is said and remembered when an import is done."""

from collections.abc import Sequence
from pathlib import Path

from workbench.bridge.protocols.texts import CorpusEntry
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.texts.amounts import letters
from workbench.words import plural, tr

RECENT_FILES = "recent/files"
_MOST_RECENT = 10


def done_sentence(new: Sequence[CorpusEntry | None], num_left_out: int) -> str:
    """What came of an import: the texts that are new, and how many files were left out."""
    if not new:
        return tr("You have this text already. Here it is.")
    if num_left_out:
        return plural("Imported. {count} file was left out.", "Imported. {count} files were left out.", num_left_out)
    if len(new) > 1:
        return plural("Imported {count} text.", "Imported {count} texts.", len(new))
    size = letters(new[0].num_characters) if new[0] is not None else ""
    return tr("Imported: {size}. Your file stays as it was.", size=size)


def remember_files(settings: Settings, paths: Sequence[Path]) -> None:
    """Keep the files and folders that were imported last, the newest first."""
    known = [*(str(path) for path in paths[:_MOST_RECENT]), *settings.texts(RECENT_FILES)]
    if paths:
        settings.set(RECENT_FILES, list(dict.fromkeys(known))[:_MOST_RECENT])
