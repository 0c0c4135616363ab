"""Texts as the window sees them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine.config.corpus import CleaningConfig
from engine.errors import Message
from engine.import_events import ImportEvent, ImportPreview, Problem
from workbench.bridge.protocols.jobs import Failure, Job


@dataclass(frozen=True, kw_only=True)
class CorpusEntry:
    """A corpus as a list shows it. report: as `ImportReport.as_json`; problem: why it cannot be used."""

    id: str
    path: Path
    title: str
    created: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    cleaning: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[Mapping[str, Any]] = ()
    problem: Message | None = None

    @property
    def counts(self) -> Mapping[str, Any]:
        """bytes, characters, words, lines, character_kinds, word_kinds of the text."""
        counts: Mapping[str, Any] = self.report.get("counts", {})
        return counts

    @property
    def num_characters(self) -> int:
        """Characters of the text."""
        return int(self.counts.get("characters", 0))


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A file that can become a text. format: text, html, docx, odt, rtf, epub or pdf.

    encoding: chosen by the person; empty lets the import find it out. is_pasted: it holds what was pasted, and is ours.
    """

    path: Path
    name: str
    format: str
    size: int
    encoding: str = ""
    is_pasted: bool = False


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a look at files found: those that can be imported, in order, and what is wrong with the others."""

    files: tuple[TextFile, ...]
    preview: ImportPreview
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What hangs over the window, seen in a moment. num_files: at least so many unless it is_exact.

    names: of the first files, in order; folder: the name, if it is one folder alone; refusal: why none can be read.
    """

    num_files: int
    is_exact: bool
    names: tuple[str, ...]
    folder: str = ""
    refusal: Message | None = None


@dataclass(frozen=True, kw_only=True)
class ValidationStart:
    """Where the part that validates begins. is_own_file: all of another file validates, and nothing of the text."""

    start_byte: int
    num_characters: int
    is_own_file: bool


@dataclass(frozen=True, kw_only=True)
class WordCounts:
    """The most frequent words with their counts. is_sampled: of the beginning of a long text alone."""

    words: tuple[tuple[str, int], ...]
    num_words: int
    is_sampled: bool


class Texts(Protocol):
    """The corpora of the library and what becomes one."""

    def refresh(self) -> bool:
        """Look at the folders again; whether anything changed."""
        ...

    def entries(self) -> list[CorpusEntry]:
        """All corpora, newest first."""
        ...

    def entry(self, corpus_id: str) -> CorpusEntry | None:
        """One corpus, None when it is not there."""
        ...

    def sample_titles(self) -> Sequence[str]:
        """Titles of the texts that are there without any file."""
        ...

    @property
    def is_importing(self) -> bool:
        """Whether a text is being imported."""
        ...

    def cancel_import(self) -> None:
        """Ask an import that is going on to end."""
        ...

    def import_sample(
        self,
        title: str,
        on_event: Callable[[ImportEvent], None],
        on_done: Callable[[list[str]], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None] | None = None,
    ) -> Job:
        """Import a sample text; `on_done` gets the ids of the corpora."""
        ...

    def glance(self, paths: Sequence[Path], on_done: Callable[[Glance], None]) -> Job:
        """See quickly what files and folders hold, in a fraction of a second however many there are."""
        ...

    def look(
        self,
        paths: Sequence[Path],
        pasted: str,
        on_event: Callable[[int], None],
        on_done: Callable[[Looked], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None],
    ) -> Job:
        """Find the texts among files and folders, or in what was pasted, and preview their import.

        `on_event` gets the number of files looked at so far. Fails when there is nothing to import.
        """
        ...

    def preview(
        self,
        files: Sequence[TextFile],
        cleaning: CleaningConfig,
        on_done: Callable[[ImportPreview], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """What an import would make of the first files; a newer question drops the older one."""
        ...

    def import_files(
        self,
        files: Sequence[TextFile],
        on_event: Callable[[ImportEvent], None],
        on_done: Callable[[list[str]], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None],
        *,
        title: str = "",
        cleaning: CleaningConfig = CleaningConfig(),  # noqa: B008
        is_one_each: bool = False,
    ) -> Job:
        """Import files as one corpus or one each. title: empty lets the files name it."""
        ...

    def read_text(self, corpus_id: str, start_byte: int, num_bytes: int) -> str:
        """The characters that begin in these bytes of a text, at once. Raises TextloomError."""
        ...

    def find_validation(
        self, corpus_id: str, on_done: Callable[[ValidationStart], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """Where the part that validates begins."""
        ...

    def count_words(
        self, corpus_id: str, on_done: Callable[[WordCounts], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """The most frequent words."""
        ...

    def trash(self, corpus_id: str) -> Path:
        """Move a corpus to the trash; returns its place there. Raises TextloomError."""
        ...

    def restore(self, place: Path) -> None:
        """Bring something back from the trash. Raises TextloomError."""
        ...

    def rename(self, corpus_id: str, title: str) -> None:
        """Give a corpus another title. Raises TextloomError."""
        ...
