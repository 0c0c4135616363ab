"""The texts a person names: files and folders, each looked at once, each refusal with its reason."""

import os
import re
import stat
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from engine.errors import BadInput, Message, message
from engine.import_events import Problem
from engine.text.sniffing import HEAD_BYTES, Format, recognise

_NUMBER = re.compile(r"(\d+)")
_MAX_DEPTH = 64

if sys.platform == "win32":
    _FLAGS = os.O_RDONLY | os.O_BINARY
else:
    _FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class Source:
    """One readable file: where it is, how it is named to the person, what it holds and how many bytes it had.

    encoding: chosen by the person for this file; None leaves it to the import.
    """

    path: Path
    name: str
    format: Format
    size: int
    encoding: str | None = None


@dataclass(frozen=True)
class FoundTexts:
    """What `find_texts` saw: the files to read, in order, and what was left out or is remarkable."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]


def find_texts(paths: Sequence[Path | str]) -> FoundTexts:
    """The readable texts among files and folders; folders are walked in natural order, links in them not followed.

    A file named twice is taken once. What cannot be read is listed with its reason and the rest goes on; raises
    `BadInput` when nothing is left.
    """
    looks = look_for_texts(paths)
    while True:
        try:
            next(looks)
        except StopIteration as end:
            found: FoundTexts = end.value
            return found


def look_for_texts(paths: Sequence[Path | str]) -> Generator[int, None, FoundTexts]:
    """As `find_texts`; yields before each file how many were looked at, so that a long search can be told and ended."""
    sources: list[Source] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, (path, found) in enumerate(_files(paths)):
        yield number
        if isinstance(found, Problem):
            problems.append(found)
            continue
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        try:
            source, note = _look_at(path, found)
        except BadInput as error:
            problems.append(Problem(name=found, reason=error.message))
            continue
        sources.append(source)
        if note is not None:
            problems.append(Problem(name=found, reason=note, is_refused=False))
    if not sources:
        raise nothing_left(problems)
    return FoundTexts(tuple(sources), tuple(problems))


def nothing_left(problems: Sequence[Problem]) -> BadInput:
    """The one sentence for an import in which no file could be read."""
    refused = [problem for problem in problems if problem.is_refused]
    if not refused:
        return BadInput("There is no text here. Name at least one file or a folder that holds some.")
    first = refused[0].reason
    if len(refused) == 1:
        return BadInput(first.template, **first.values)
    return BadInput("None of the {count} files can be read. The first: {reason}", count=len(refused), reason=first.text)


def open_source(path: Path, name: str) -> FileIO:
    """Open a regular file to read, unbuffered, never waiting at a FIFO. Raises `BadInput` with the reason."""
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise BadInput(*_unreadable(error), name=name) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise BadInput("{name} is {kind}, not a file. Name a file that holds the text.", name=name, kind=_kind(mode))
    return FileIO(descriptor, "rb")


def reading_failed(error: OSError, name: str) -> BadInput:
    """The sentence for what the system said while a source was being read."""
    return BadInput(
        "{name} could not be read to its end: {reason}.", name=name, reason=error.strerror or type(error).__name__
    )


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "part 2" before "part 10", and "a" beside "A"."""
    parts = _NUMBER.split(name.casefold())
    key = [(0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts if part]
    return (*key, (2, 0, name))


def shown(path: str | os.PathLike[str]) -> str:
    """A file name as it can be printed and stored: undecodable bytes become U+FFFD."""
    return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _files(paths: Iterable[Path | str]) -> Iterator[tuple[Path, str | Problem]]:
    for given in paths:
        path = Path(given)
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except (OSError, ValueError) as error:
            template = _unreadable(error)[0]
            yield path, Problem(name=shown(path), reason=message(template, name=shown(path)))
            continue
        if is_folder:
            yield from _walk(path, shown(path.name) or shown(path), _MAX_DEPTH)
        else:
            yield path, shown(path.name)


def _walk(folder: Path, name: str, depth: int) -> Iterator[tuple[Path, str | Problem]]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: natural_key(entry.name))
    except OSError as error:
        yield folder, Problem(name=name, reason=message(_unreadable(error)[0], name=name))
        return
    for entry in entries:
        inner = f"{name}/{shown(entry.name)}"
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue  # what the system hides from the person is not the person's text
        if entry.is_symlink():
            yield path, Problem(name=inner, reason=message("{name} is a link, and links are not followed.", name=inner))
        elif not entry.is_dir(follow_symlinks=False):
            yield path, inner
        elif depth == 0:
            yield path, Problem(name=inner, reason=message("{name} lies too deep inside other folders.", name=inner))
        else:
            yield from _walk(path, inner, depth - 1)


def _look_at(path: Path, name: str) -> tuple[Source, Message | None]:
    kind = _stat_kind(path, name)
    if kind is not None:  # before opening: a device may do something when it is opened
        raise BadInput("{name} is {kind}, not a file. Name a file that holds the text.", name=name, kind=kind)
    with open_source(path, name) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            head = file.read(HEAD_BYTES) or b""
            recognised, note = recognise(file, head, name, size)
        except OSError as error:
            raise reading_failed(error, name) from error
    return Source(path=path, name=name, format=recognised, size=size), note


def _stat_kind(path: Path, name: str) -> str | None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise BadInput(*_unreadable(error), name=name) from error
    return None if stat.S_ISREG(mode) else _kind(mode)


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFIFO: "a pipe (FIFO)",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFDIR: "a folder",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def _unreadable(error: Exception) -> tuple[str]:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return ("{name} does not exist. Check the name, or whether the file was moved.",)
    if isinstance(error, PermissionError):
        return ("{name} may not be read by you. Change its permissions or copy it to another place.",)
    if isinstance(error, ValueError):
        return ("{name} cannot be a file name.",)
    return ("{name} cannot be opened. Check the disk it lies on.",)
