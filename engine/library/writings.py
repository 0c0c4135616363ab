"""The folder of one document that a person writes with a model, and the strict reading of `document.json` in it."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from engine.errors import BadInput, DamagedFile, TextloomError, message
from engine.library.document import (
    MAX_CANDIDATE_CHARACTERS,
    MAX_CANDIDATES,
    MAX_EDIT_CHARACTERS,
    MAX_EDITS,
    MAX_TEXT_CHARACTERS,
    Author,
    Candidate,
    Document,
    Edit,
    Origin,
    Setting,
    Span,
    covers,
)
from engine.library.entries import Entry, subfolders
from engine.library.files import read_bytes, write_text
from engine.library.ids import utc_now
from engine.library.locks import folder_lock
from engine.library.strict_json import NotStrictJson, format_json, parse_json, without_surrogates
from engine.library.versions import VERSION_FIELDS, check_not_newer, is_newer_but_readable

DOCUMENT_NAME: Final = "document.json"
MAX_DOCUMENT_BYTES: Final = 64 * 2**20

_MAX_ITEMS: Final = 12_000_000
_MAX_WORDS: Final = 1_000  # characters of a title, an id, a file name, a setting
_BEGINNING: Final = 200

T = TypeVar("T")


class _Odd(ValueError):
    """A value is none that a document can have."""

    def __init__(self) -> None:
        super().__init__("no document has such a value")


class WritingFolder:
    """Paths of a document. Whoever has it open for writing holds `lock()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        self.document_path = path / DOCUMENT_NAME

    def lock(self) -> AbstractContextManager[None]:
        """Hold the document for writing. Raises `StorageFailed` when it is in use."""
        return folder_lock(self.path)

    def read(self) -> Document:
        """The document as it was saved last. Raises `DamagedFile`, `NewerFormat` or `StorageFailed`."""
        values = self._read_values()
        is_newer_but_readable(values, self.document_path)
        try:
            return _document(values)
        except ValueError as error:
            raise DamagedFile("{path} is damaged: it holds no document.", path=str(self.document_path)) from error

    def write(self, document: Document) -> None:
        """Save the document, atomically, with the present time as `changed` (and as `created`, if it has none).

        Raises `BadInput` when it is too large to be read again, `NewerFormat` when a newer version wrote what is
        there, `StorageFailed`; what was saved before is untouched then.
        """
        with suppress(DamagedFile):  # a missing or damaged one may go
            check_not_newer(self._read_values(), self.document_path)
        now = utc_now()
        dated = dataclasses.replace(document, created=document.created or now, changed=now)
        record = _record(dated)
        _document(record)  # a mistake of ours ends here, and what was saved before stays
        text = format_json(record)
        num_items = text.count(",") + text.count("[") + text.count("{")
        if len(text.encode("utf-8")) >= MAX_DOCUMENT_BYTES or num_items >= _MAX_ITEMS:
            raise BadInput("{title} is too large to be saved. Remove a part of it.", title=document.title)
        write_text(self.document_path, text + "\n")

    def _read_values(self) -> dict[str, object]:
        try:
            data = read_bytes(self.document_path, max_bytes=MAX_DOCUMENT_BYTES)
            values = parse_json(data, max_items=_MAX_ITEMS)
        except NotStrictJson as error:
            raise DamagedFile("{path} is damaged: {reason}.", path=str(self.document_path), reason=str(error)) from None
        if not isinstance(values, dict):
            raise DamagedFile("{path} is damaged: it holds no document.", path=str(self.document_path))
        return values


def list_writings(folder: Path) -> list[Entry]:
    """All documents, the one that was changed last first. Never raises for one of them; `StorageFailed` for the folder.

    `Entry.info` has "changed", "num_characters", "beginning" (up to 200 characters) and "model", its title.
    """
    entries = [_entry(WritingFolder(path)) for path in subfolders(folder)]
    return sorted(entries, key=lambda entry: (str(entry.info.get("changed", "")), entry.id), reverse=True)


def _entry(folder: WritingFolder) -> Entry:
    try:
        document = folder.read()
    except TextloomError as error:
        if folder.document_path.exists():
            return Entry(folder.id, folder.path, folder.id, problem=error.message)
        problem = message("{id} was never finished.", id=folder.id)
        return Entry(folder.id, folder.path, folder.id, problem=problem, is_unfinished=True)
    info = {
        "changed": document.changed,
        "num_characters": len(document.text),
        "beginning": document.text[:_BEGINNING],
        "model": document.origin.title,
    }
    return Entry(folder.id, folder.path, document.title or folder.id, document.created, info)


def _record(document: Document) -> dict[str, object]:
    return {
        **VERSION_FIELDS,
        "title": without_surrogates(document.title)[:_MAX_WORDS],
        "created": document.created,
        "changed": document.changed,
        "text": document.text,
        "spans": [_plain_span(span) for span in document.spans],
        "origin": {name: without_surrogates(text) for name, text in dataclasses.asdict(document.origin).items()},
        "settings": dict(document.settings),
        "candidates": [dataclasses.asdict(candidate) for candidate in document.candidates],
        "edits": [
            [edit.position, edit.removed, edit.inserted, edit.author, [*map(_plain_span, edit.removed_spans)]]
            for edit in document.edits
        ],
        "num_done": document.num_done,
    }


def _plain_span(span: Span) -> list[object]:
    return [span.start, span.stop, span.author]


def _document(values: Mapping[str, object]) -> Document:
    """Raises `ValueError` for anything that `_record` does not make."""
    text = _text(values.get("text"), MAX_TEXT_CHARACTERS)
    edits = _each(values.get("edits"), _edit, MAX_EDITS)
    num_done = _whole(values.get("num_done"))
    if sum(edit.size for edit in edits) > MAX_EDIT_CHARACTERS:
        raise _Odd
    document = Document(
        title=_text(values.get("title")),
        text=text,
        spans=_each(values.get("spans"), _span, len(text)),
        origin=_origin(values.get("origin")),
        settings=_settings(values.get("settings")),
        candidates=_each(values.get("candidates"), _candidate, MAX_CANDIDATES),
        edits=edits,
        num_done=num_done,
        created=_text(values.get("created")),
        changed=_text(values.get("changed")),
    )
    _check_history(document)
    return document


def _check_history(document: Document) -> None:
    """Whether the edits can follow one another: by the lengths alone, as undoing compares the characters."""
    length = len(document.text)
    for edit in reversed(document.edits[: document.num_done]):
        if edit.position + len(edit.inserted) > length:
            raise _Odd
        length += len(edit.removed) - len(edit.inserted)
    length = len(document.text)
    for edit in document.edits[document.num_done :]:
        if edit.position + len(edit.removed) > length:
            raise _Odd
        length += len(edit.inserted) - len(edit.removed)


def _edit(value: object) -> Edit:
    position, removed, inserted, author, spans = _row(value, 5)
    edit = Edit(
        position=_whole(position),
        removed=_text(removed, MAX_EDIT_CHARACTERS),
        inserted=_text(inserted, MAX_EDIT_CHARACTERS),
        author=_author(author),
        removed_spans=_each(spans, _span, MAX_EDIT_CHARACTERS),
    )
    if not covers(edit.removed_spans, len(edit.removed)):
        raise _Odd
    return edit


def _span(value: object) -> Span:
    start, stop, author = _row(value, 3)
    return Span(_whole(start), _whole(stop), _author(author))


def _author(value: object) -> Author:
    if value == "model" or value == "person":
        return value
    raise _Odd


def _origin(value: object) -> Origin:
    table = _table(value)
    return Origin(**{name: _text(table.get(name)) for name in ("run", "file", "title")})


def _candidate(value: object) -> Candidate:
    table = _table(value)
    temperature, is_starred = table.get("temperature"), table.get("is_starred")
    if type(temperature) not in (int, float) or not isinstance(is_starred, bool):
        raise _Odd
    return Candidate(
        text=_text(table.get("text"), MAX_CANDIDATE_CHARACTERS),
        prompt=_text(table.get("prompt"), MAX_CANDIDATE_CHARACTERS),
        seed=_whole(table.get("seed")),
        temperature=float(cast(float, temperature)),
        created=_text(table.get("created")),
        origin=_origin(table.get("origin")),
        is_starred=is_starred,
    )


def _settings(value: object) -> dict[str, Setting]:
    table = _table(value)
    if len(table) > _MAX_WORDS or not all(type(item) in (bool, int, float, str) for item in table.values()):
        raise _Odd
    return cast(dict[str, Setting], table)


def _each(value: object, read: Callable[[object], T], most: int) -> tuple[T, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise _Odd
    return tuple(read(item) for item in value)


def _row(value: object, length: int) -> Sequence[object]:
    if not isinstance(value, list) or len(value) != length:
        raise _Odd
    return value


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Odd
    return value


def _text(value: object, most: int = _MAX_WORDS) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise _Odd
    return value


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise _Odd
    return value
