"""What an import finds, changes and tells, before it (a preview) and while it is under way: plain frozen records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from engine.errors import Message

Stage = Literal["reading", "cleaning", "measuring"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something about one file that the person should know. `is_refused`: the file is left out."""

    name: str
    reason: Message
    is_refused: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a source file. line and column count from 1, in the text as the step that changed it met it."""

    source: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """One kind of change by cleaning (a key of `CHANGE_SENTENCES`): how often it was made, and the first place."""

    kind: str
    count: int
    first: Place


# What each kind of change is called, for one and for many.
CHANGE_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "line ends unified": ("{count} line end unified", "{count} line ends unified"),
    "NUL characters removed": ("{count} NUL character removed", "{count} NUL characters removed"),
    "byte order marks inside the text removed": (
        "{count} byte order mark inside the text removed",
        "{count} byte order marks inside the text removed",
    ),
    "control characters removed": ("{count} control character removed", "{count} control characters removed"),
    "capital letters made small": ("{count} capital letter made small", "{count} capital letters made small"),
    "blank lines removed": ("{count} blank line removed", "{count} blank lines removed"),
    "rare characters replaced": ("{count} rare character replaced", "{count} rare characters replaced"),
    "characters brought to NFC": ("{count} character brought to NFC", "{count} characters brought to NFC"),
    "characters brought to NFKC": ("{count} character brought to NFKC", "{count} characters brought to NFKC"),
    "headers of Project Gutenberg removed": (
        "{count} header of Project Gutenberg removed",
        "{count} headers of Project Gutenberg removed",
    ),
    "licences of Project Gutenberg removed": (
        "{count} licence of Project Gutenberg removed",
        "{count} licences of Project Gutenberg removed",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """One line of a text as an encoding shows it. line: its number in the file, from 1."""

    line: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An encoding that could be meant, and the lines in which it differs from the other candidates."""

    encoding: str
    lines: tuple[Rendering, ...]


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """A line that cleaning changes. line: its number from 1; after: None when the whole line is removed.

    A long line is cut out around the first difference.
    """

    line: int
    before: str
    after: str | None


@dataclass(frozen=True, kw_only=True)
class FilePreview:
    """What an import would make of the beginning of a file, or of all of it (`is_whole`).

    encoding, how: as `engine.text.decoding.Decision`, empty for documents that say themselves how they are written;
    candidates: best first, the one taken at the front; changed_lines: the first ones of num_changed_lines, apart from
    those of which only the line end changes; beginning: of the cleaned text; problem: why it cannot be read.
    """

    name: str
    format: str
    size: int
    encoding: str = ""
    how: str = ""
    candidates: tuple[Candidate, ...] = ()
    changed_lines: tuple[LineChange, ...] = ()
    num_changed_lines: int = 0
    changes: tuple[Change, ...] = ()
    beginning: str = ""
    is_whole: bool = False
    problem: Message | None = None
    notes: tuple[Message, ...] = ()

    @property
    def is_in_doubt(self) -> bool:
        """Whether the encoding is a guess, which the person should look at."""
        return self.how == "guess"


@dataclass(frozen=True, kw_only=True)
class ImportPreview:
    """The first files of an import. num_files, num_bytes: of all; problems: of files that are left out already."""

    files: tuple[FilePreview, ...]
    num_files: int
    num_bytes: int
    problems: tuple[Problem, ...] = ()

    @property
    def is_in_doubt(self) -> bool:
        """Whether the encoding of any file is a guess."""
        return any(file.is_in_doubt for file in self.files)

    @property
    def is_whole(self) -> bool:
        """Whether all there is was looked at."""
        return len(self.files) == self.num_files and all(file.is_whole for file in self.files)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all files added up by kind."""
        return added_up(change for file in self.files for change in file.changes)


def added_up(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes of the same kind as one, in the order in which the kinds first occur."""
    sums: dict[str, Change] = {}
    for change in changes:
        before = sums.get(change.kind, Change(kind=change.kind, count=0, first=change.first))
        sums[change.kind] = Change(kind=change.kind, count=before.count + change.count, first=before.first)
    return tuple(sums.values())


@dataclass(frozen=True, kw_only=True)
class ImportProgressed:
    """How far the import of one corpus is. done_bytes and total_bytes count both looks at every file."""

    stage: Stage
    done_bytes: int
    total_bytes: int
    remaining_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class ProblemFound:
    """A file is left out, or something about it is remarkable; the import goes on."""

    problem: Problem


@dataclass(frozen=True, kw_only=True)
class CorpusImported:
    """A corpus is complete on the disk. is_new: false when the same texts had been imported before in the same way."""

    corpus: str
    title: str
    is_new: bool
    report: Mapping[str, Any]


ImportEvent = ImportProgressed | ProblemFound | CorpusImported
