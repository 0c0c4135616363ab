"""One file as text, as it stands: for evaluation and scoring, where nothing is kept."""

from pathlib import Path

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput
from engine.import_events import Problem
from engine.text.changes import ChangeLog
from engine.text.identifying import Identified, identify
from engine.text.source_reading import SourceFailed, cleaned_pieces
from engine.text.sources import find_texts

_LARGEST_BYTES = 50 * 2**20
_AS_IT_STANDS = CleaningConfig(newlines="keep", control_characters="keep")


def read_text_file(path: Path) -> tuple[str, list[Problem]]:
    """The text of a file of any kind that can be imported, nothing cleaned, and what is remarkable about it.

    Raises BadInput for what cannot be read, for a folder, and for a file over 50 MB.
    """
    found = find_texts([path])
    if len(found.sources) != 1 or path.is_dir():
        raise BadInput("{path} is a folder. Give one file.", path=str(path))
    source = found.sources[0]
    if source.size > _LARGEST_BYTES:
        raise BadInput("{name} is larger than 50 MB. Give a part of it.", name=source.name)
    problems = [*found.problems]
    looks = identify(source, None)
    while True:
        try:
            next(looks)
        except StopIteration as end:
            known: Identified = end.value
            break
    try:
        pieces = cleaned_pieces(known, _AS_IT_STANDS, ChangeLog(), problems, lambda: False)
        return "".join(text for _, text in pieces), problems
    except SourceFailed as failure:
        raise BadInput("{reason}", reason=failure.problem.reason.text) from failure
