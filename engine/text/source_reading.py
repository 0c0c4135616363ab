"""The second look at a file: its text, cleaned, piece by piece."""

import os
from collections.abc import Callable, Iterator

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, Message, message
from engine.import_events import Problem
from engine.text.changes import ChangeLog
from engine.text.cleaning import Cleaner
from engine.text.decoding import changed, decoded
from engine.text.documents import read_document
from engine.text.identifying import Identified, has_grown, reopened


class SourceFailed(Exception):
    """A file broke after some of its text had been handed out."""

    def __init__(self, known: Identified, problem: Problem) -> None:
        super().__init__(known.source.name)
        self.known = known
        self.problem = problem


def cleaned_pieces(
    known: Identified,
    cleaning: CleaningConfig,
    log: ChangeLog,
    notes: list[Problem],
    is_cancelled: Callable[[], bool],
) -> Iterator[tuple[int, str]]:
    """Cleaned text, each piece with the number of bytes of the file it accounts for. Remarks are added to `notes`.

    Raises `BadInput` before the first piece for a file that is gone or a damaged document, and `SourceFailed` when a
    file changes or breaks later.
    """
    cleaner = Cleaner(cleaning, known.source.name, log)
    pieces = _plain_text(known, notes) if known.source.format == "text" else _document(known, notes, is_cancelled)
    for num_bytes, text in pieces:
        yield num_bytes, cleaner.feed(text)
    yield 0, cleaner.finish()


def _plain_text(known: Identified, notes: list[Problem]) -> Iterator[tuple[int, str]]:
    name = known.source.name
    assert known.decision is not None
    with reopened(known) as file:
        try:
            yield from decoded(file, known.size, name, known.decision)
            if has_grown(file, known):
                notes.append(_note(name, _grown(name, known.size)))
        except BadInput as error:
            raise SourceFailed(known, Problem(name=name, reason=error.message)) from error


def _document(known: Identified, notes: list[Problem], is_cancelled: Callable[[], bool]) -> Iterator[tuple[int, str]]:
    name = known.source.name
    remarks: list[Message] = []
    with reopened(known) as file:
        pieces = read_document(file, name, known.source.format, known.decision, remarks, is_cancelled)
        status = os.fstat(file.fileno())
        if (status.st_size, status.st_mtime_ns) != (known.size, known.modified_ns):
            raise changed(name)
    notes.extend(_note(name, remark) for remark in remarks)
    for index, piece in enumerate(pieces):
        yield known.size if index == 0 else 0, piece


def _note(name: str, reason: Message) -> Problem:
    return Problem(name=name, reason=reason, is_refused=False)


def _grown(name: str, size: int) -> Message:
    return message("{name} grew while it was being read: its first {size} bytes were imported.", name=name, size=size)
