"""The first look at a file: its fingerprint and its encoding, over every byte, before anything is written."""

import hashlib
import os
from collections.abc import Generator
from dataclasses import asdict, dataclass
from io import FileIO

from engine.errors import BadInput, Message
from engine.import_events import Problem
from engine.text.decoding import Decision, Utf8Check, changed, chunks, decide
from engine.text.readers.html import declared_encoding
from engine.text.sources import Source, open_source


@dataclass(frozen=True, kw_only=True)
class Identified:
    """A file as it was at the first look. decision: None for documents that say themselves how they are written."""

    source: Source
    size: int
    sha256: str
    modified_ns: int
    decision: Decision | None

    def as_json(self) -> dict[str, object]:
        """What corpus.json keeps about a source: its name without its place on the disk."""
        return {
            "name": self.source.name,
            "format": self.source.format,
            "bytes": self.size,
            "sha256": self.sha256,
            "decoding": None if self.decision is None else asdict(self.decision),
        }


def identify(source: Source, encoding: str | None) -> Generator[int, None, Identified]:
    """Read a file once, yielding the number of bytes after each piece (0 for a further look).

    Raises `BadInput` with the reason why it is no text that can be read.
    """
    with open_source(source.path, source.name) as file:
        status = os.fstat(file.fileno())
        if not status.st_size:
            raise BadInput("{name} is empty.", name=source.name)
        digest, check = hashlib.sha256(), Utf8Check()
        has_text = source.format in ("text", "html")
        for chunk in chunks(file, status.st_size, source.name):
            digest.update(chunk)
            if has_text:
                check.feed(chunk)
            yield len(chunk)
        check.feed(b"", is_last=True)
        decision = None
        if has_text:
            decision = yield from decision_of(file, status.st_size, source, check, encoding)
        return Identified(
            source=source,
            size=status.st_size,
            sha256=digest.hexdigest(),
            modified_ns=status.st_mtime_ns,
            decision=decision,
        )


def reopened(known: Identified) -> FileIO:
    """The file for the second look. Raises `BadInput` when it is gone."""
    return open_source(known.source.path, known.source.name)


def has_grown(file: FileIO, known: Identified) -> bool:
    """Whether a file got longer since the first look while the part that was read stayed the same.

    Raises `BadInput` when that part is not what it was.
    """
    status = os.fstat(file.fileno())
    if status.st_size == known.size and status.st_mtime_ns == known.modified_ns:
        return False
    digest = hashlib.sha256()
    for chunk in chunks(file, known.size, known.source.name):
        digest.update(chunk)
    if digest.hexdigest() != known.sha256:
        raise changed(known.source.name)
    return status.st_size > known.size


def decision_of(
    file: FileIO, size: int, source: Source, check: Utf8Check, encoding: str | None
) -> Generator[int, None, Decision]:
    """The encoding of the first `size` bytes of a text or web page, of which `check` has seen every one.

    encoding: chosen by the person. Yields 0 for every further look. Raises `BadInput` as `decide`.
    """
    declared = None
    if source.format == "html":
        file.seek(0)
        declared = declared_encoding(file.read(4096) or b"")
    looks = decide(file, size, source.name, check, chosen=encoding, declared=declared)
    while True:
        try:
            next(looks)
        except StopIteration as end:
            decision: Decision = end.value
            return decision
        yield 0  # no progress, as further looks were not planned for, but a chance to stop


def guessed(name: str, decision: Decision) -> Problem:
    """What a person is told of a guess: the encoding taken, and a line in which the next one differs."""
    taken, *others = decision.candidates
    template = "{name} says nothing of its encoding; it is read as {encoding}. Choose another if letters look wrong."
    values: dict[str, str | int] = {"name": name, "encoding": decision.encoding}
    if others and taken.lines:
        shown, other = taken.lines[0], others[0]
        template = (
            "{name} says nothing of its encoding; it is read as {encoding}, with {text!r} in line {line}. "
            "As {other} that would be {other_text!r}. Choose the encoding if that is right."
        )
        values |= {"line": shown.line, "text": shown.text.strip()}
        values |= {"other": other.encoding, "other_text": other.lines[0].text.strip()}
    return Problem(name=name, reason=Message(template, values), is_refused=False)
