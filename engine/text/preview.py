"""A look at the first files of an import, before anything is imported: how they are read and what cleaning changes."""

import codecs
import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from io import FileIO
from typing import Final, TypeVar

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, Cancelled, Message
from engine.import_events import FilePreview, ImportPreview
from engine.text.changes import ChangeLog
from engine.text.cleaning import Cleaner
from engine.text.decoding import Decision, Utf8Check, chunks, decoded, known_encoding
from engine.text.documents import read_document
from engine.text.identifying import decision_of
from engine.text.line_changes import line_changes
from engine.text.readers.html import html_text
from engine.text.sources import FoundTexts, Source, open_source

T = TypeVar("T")

_FILE_BYTES: Final = 2**18
_ALL_BYTES: Final = 2**21
_LEAST_BYTES: Final = 2**12  # of which to look at a further file
_SECONDS: Final = 3.0
_BEGINNING: Final = 2_000
_LARGEST_RTF: Final = 2**20  # its reader takes the whole document, slowly


def preview_import(
    texts: FoundTexts,
    cleaning: CleaningConfig | None = None,
    encoding: str | None = None,
    *,
    max_files: int = 20,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> ImportPreview:
    """What `import_texts` would make of the beginnings of the first files.

    Reads at most 256 KB of a file and 2 MB in all, and looks at no further file after 3 seconds. A file that cannot be
    read has its `problem`. Raises `BadInput` for an encoding that does not exist, and `Cancelled`.
    """
    if encoding is not None:
        known_encoding(encoding)
    job = _Preview(cleaning or CleaningConfig(), encoding, is_cancelled)
    files: list[FilePreview] = []
    for source in texts.sources[:max_files]:
        if files and job.is_over():
            break
        files.append(job.file(source))
        if is_cancelled():
            raise Cancelled
    return ImportPreview(
        files=tuple(files),
        num_files=len(texts.sources),
        num_bytes=sum(source.size for source in texts.sources),
        problems=texts.problems,
    )


@dataclass
class _Read:
    """The text of the beginning of a file."""

    text: str
    is_whole: bool
    decision: Decision | None = None
    notes: list[Message] = field(default_factory=list)


class _Preview:
    """Reads one file after the other until the room or the time for it is used up."""

    def __init__(self, cleaning: CleaningConfig, encoding: str | None, is_cancelled: Callable[[], bool]) -> None:
        self._cleaning = cleaning
        self._encoding = encoding
        self._is_cancelled = is_cancelled
        self._room = _ALL_BYTES
        self._until = time.monotonic() + _SECONDS

    def is_over(self) -> bool:
        """Whether no further file is looked at."""
        return self._room < _LEAST_BYTES or time.monotonic() > self._until

    def file(self, source: Source) -> FilePreview:
        """The preview of one file."""
        try:
            with open_source(source.path, source.name) as file:
                read = self._read(file, source)
        except BadInput as error:
            return FilePreview(name=source.name, format=source.format, size=source.size, problem=error.message)
        log = ChangeLog()
        cleaner = Cleaner(self._cleaning, source.name, log)
        cleaned = cleaner.feed(read.text) + cleaner.finish()
        lines = line_changes(read.text, self._cleaning)
        return FilePreview(
            name=source.name,
            format=source.format,
            size=source.size,
            encoding="" if read.decision is None else read.decision.encoding,
            how="" if read.decision is None else read.decision.how,
            candidates=() if read.decision is None else read.decision.candidates,
            changed_lines=lines.shown,
            num_changed_lines=lines.count,
            changes=log.changes(),
            beginning=cleaned[:_BEGINNING],
            is_whole=read.is_whole,
            notes=tuple(read.notes),
        )

    def _read(self, file: FileIO, source: Source) -> _Read:
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise BadInput("{name} is empty.", name=source.name)
        most = min(_FILE_BYTES, self._room)
        self._room -= min(size, most)
        if source.format in ("text", "html"):
            return self._plain(file, source, size, most)
        return self._document(file, source, size)

    def _plain(self, file: FileIO, source: Source, size: int, most: int) -> _Read:
        used = size if size <= most else _whole_lines(b"".join(chunks(file, most, source.name)))
        check = Utf8Check()
        for chunk in chunks(file, used, source.name):
            check.feed(chunk)
        check.feed(b"", is_last=True)
        decision = _returned(decision_of(file, used, source, check, self._encoding))
        text = "".join(piece for _, piece in decoded(file, used, source.name, decision))
        if source.format == "html":
            text = html_text(text, source.name)
        return _Read(text, used == size, decision)

    def _document(self, file: FileIO, source: Source, size: int) -> _Read:
        if source.format == "rtf" and size > _LARGEST_RTF:
            return _Read("", is_whole=False)

        def is_enough() -> bool:
            return self._is_cancelled() or time.monotonic() > self._until

        notes: list[Message] = []
        pieces = read_document(file, source.name, source.format, None, notes, is_enough, enough=_FILE_BYTES)
        text = "".join(pieces)
        return _Read(text[:_FILE_BYTES], is_whole=len(text) < _FILE_BYTES and not is_enough(), notes=notes)


def _whole_lines(data: bytes) -> int:
    """How many bytes of the beginning of a file are whole lines, in whatever encoding; else whole characters."""
    wide = (b"\n\0\0\0", b"\0\0\0\n", b"\n\0", b"\0\n") if b"\0" in data else ()
    for end in (*wide, b"\n"):
        at = data.rfind(end)
        while at % len(end) and at > 0:
            at = data.rfind(end, 0, at + len(end) - 1)
        if at > 0:
            return at + len(end)
    size = (len(data) - 4) // 4 * 4
    for mark, high_byte in ((codecs.BOM_UTF16_LE, size + 1), (codecs.BOM_UTF16_BE, size)):
        if data.startswith(mark):
            return size - 2 if data[high_byte] & 0xFC == 0xDC else size  # not between the halves of a character
    while size > len(data) - 8 and data[size] & 0xC0 == 0x80:
        size -= 1
    return size


def _returned(steps: Generator[object, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
