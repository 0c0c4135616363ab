"""The folder of one document that a person writes with a model."""

import dataclasses
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

from engine.errors import BadInput, DamagedFile, TextloomError, message
from engine.library.document import Document
from engine.library.document_record import document_of, record_of
from engine.library.entries import Entry, subfolders
from engine.library.files import read_bytes, write_text
from engine.library.ids import utc_now
from engine.library.locks import folder_lock
from engine.library.strict_json import NotStrictJson, format_json, parse_json
from engine.library.versions import VERSION_FIELDS, check_not_newer, is_newer_but_readable

DOCUMENT_NAME: Final = "document.json"
MAX_DOCUMENT_BYTES: Final = 64 * 2**20

_MAX_ITEMS: Final = 12_000_000
_BEGINNING: Final = 200


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
            return document_of(values)
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
        dated = dataclasses.replace(document.compacted(), created=document.created or now, changed=now)
        record = {**VERSION_FIELDS, **record_of(dated)}
        document_of(record)  # a mistake of ours ends here, and what was saved before stays
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
