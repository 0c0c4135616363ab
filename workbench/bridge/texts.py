"""Texts of the library for the window, and their import."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.import_events import CorpusImported, ImportEvent, ImportPreview
from engine.library.entries import Entry
from engine.library.library import Library
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.texts import (
    CorpusEntry,
    Glance,
    Looked,
    TextFile,
    ValidationStart,
    WordCounts,
)
from workbench.bridge.shelf import Shelf

IsCancelled = Callable[[], bool]


class LibraryTexts:
    """See the protocol `Texts`. let_go: called with the id of a corpus before its folder is moved."""

    def __init__(
        self, library: Library, jobs: ThreadJobs, let_go: Callable[[str], None] = lambda _corpus_id: None
    ) -> None:
        self._library = library
        self._let_go = let_go
        self._jobs = jobs
        self._shelf = Shelf(library.corpora_path, ("corpus.json", "label.json"), corpus_entry)
        self._import: ThreadJob | None = None

    def refresh(self) -> bool:
        """Look at the folders again; whether anything changed."""
        return self._shelf.refresh()

    def entries(self) -> list[CorpusEntry]:
        """All corpora, newest first; those that are being made now are left out."""
        return [entry for entry in self._shelf.entries() if entry is not None]

    def entry(self, corpus_id: str) -> CorpusEntry | None:
        """One corpus, None when it is not there."""
        return self._shelf.entry(corpus_id)

    def sample_titles(self) -> Sequence[str]:
        """Titles of the texts that are there without any file."""
        from engine.text.sample_titles import sample_titles

        return sample_titles()

    @property
    def is_importing(self) -> bool:
        """Whether a text is being imported."""
        return self._import is not None and self._import.is_running

    def cancel_import(self) -> None:
        """Ask an import that is going on to end."""
        if self._import is not None:
            self._import.cancel()

    def import_sample(
        self,
        title: str,
        on_event: Callable[[ImportEvent], None],
        on_done: Callable[[list[str]], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None] | None = None,
    ) -> ThreadJob:
        """Import a sample text; `on_done` gets the ids of the corpora."""

        def work(is_cancelled: IsCancelled) -> Iterator[ImportEvent]:
            from engine.text.samples import import_sample

            return imported(import_sample(title, self._library, is_cancelled=is_cancelled))

        self._import = self._jobs.start(
            "import", work, on_event=on_event, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled,
            needs="numpy",
        )  # fmt: skip
        return self._import

    def glance(self, paths: Sequence[Path], on_done: Callable[[Glance], None]) -> ThreadJob:
        """See quickly what files and folders hold; see the protocol."""

        def work(is_cancelled: IsCancelled) -> Glance:
            from workbench.bridge.text_files import glance_at

            return glance_at(paths, is_cancelled)

        return self._jobs.start("glance", work, on_done=on_done)

    def look(
        self,
        paths: Sequence[Path],
        pasted: str,
        on_event: Callable[[int], None],
        on_done: Callable[[Looked], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None],
    ) -> ThreadJob:
        """Find the texts and preview their import; see the protocol."""

        def work(is_cancelled: IsCancelled) -> Iterator[int]:
            from workbench.bridge.text_files import look_at

            return look_at(paths, pasted, is_cancelled)

        return self._jobs.start(
            "look", work, on_event=on_event, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled,
            needs="numpy",
        )  # fmt: skip

    def preview(
        self,
        files: Sequence[TextFile],
        cleaning: CleaningConfig,
        on_done: Callable[[ImportPreview], None],
        on_failed: Callable[[Failure], None],
    ) -> ThreadJob:
        """What an import would make of the first files; a newer question drops the older one."""

        def work(is_cancelled: IsCancelled) -> ImportPreview:
            from workbench.bridge.text_files import preview_of

            return preview_of(files, cleaning, is_cancelled)

        return self._jobs.start("preview", work, on_done=on_done, on_failed=on_failed, needs="numpy")

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
    ) -> ThreadJob:
        """Import files as one corpus or one each; see the protocol."""

        def work(is_cancelled: IsCancelled) -> Iterator[ImportEvent]:
            from engine.text.importing import import_texts
            from workbench.bridge.text_files import found_texts

            events = import_texts(
                found_texts(files), self._library, name=title or None, cleaning=cleaning, one_each=is_one_each,
                is_cancelled=is_cancelled,
            )  # fmt: skip
            return imported(events)

        self._import = self._jobs.start(
            "import", work, on_event=on_event, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled,
            needs="numpy",
        )  # fmt: skip
        return self._import

    def read_text(self, corpus_id: str, start_byte: int, num_bytes: int) -> str:
        """The characters that begin in these bytes of a text, at once. Raises TextloomError."""
        return self._library.corpus(corpus_id).read_text_at(start_byte, num_bytes)

    def find_validation(
        self, corpus_id: str, on_done: Callable[[ValidationStart], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """Where the part that validates begins."""
        folder = self._library.corpus(corpus_id).path

        def work(_: IsCancelled) -> ValidationStart:
            from engine.text.cutting import validation_place

            place = validation_place(folder, CorpusConfig())
            return ValidationStart(
                start_byte=place.start_byte, num_characters=place.num_characters, is_own_file=place.is_own_file
            )

        return self._jobs.start("validation place", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def count_words(
        self, corpus_id: str, on_done: Callable[[WordCounts], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """The most frequent words."""
        folder = self._library.corpus(corpus_id)

        def work(is_cancelled: IsCancelled) -> WordCounts:
            from workbench.bridge.word_counts import count_words

            return count_words(folder, is_cancelled)

        return self._jobs.start("words", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def trash(self, corpus_id: str) -> Path:
        """Move a corpus to the trash; returns its place there. Raises TextloomError."""
        folder = self._library.corpus(corpus_id)
        self._let_go(corpus_id)
        return self._library.trash(folder.path)

    def restore(self, place: Path) -> None:
        """Bring something back from the trash. Raises TextloomError."""
        self._library.restore(place)

    def rename(self, corpus_id: str, title: str) -> None:
        """Give a corpus another title. Raises TextloomError."""
        self._library.check_writable()
        folder = self._library.corpus(corpus_id)
        folder.write_label(replace(folder.read_label(), title=title))
        self._shelf.forget(corpus_id)


def imported(events: Iterator[ImportEvent]) -> Generator[ImportEvent, None, list[str]]:
    """The events of an import; returns the ids of the corpora that came of it."""
    corpora: list[str] = []
    for event in events:
        if isinstance(event, CorpusImported):
            corpora.append(event.corpus)
        yield event
    return corpora


def corpus_entry(entry: Entry) -> CorpusEntry | None:
    """A corpus from what its description says; None while it is being made."""
    if entry.is_unfinished:
        return None
    if entry.problem is not None:
        return CorpusEntry(id=entry.id, path=entry.path, title=entry.title, problem=entry.problem)
    info = entry.info
    report, cleaning, sources = info.get("report"), info.get("cleaning"), info.get("sources")
    return CorpusEntry(
        id=entry.id,
        path=entry.path,
        title=entry.title,
        created=entry.created,
        report=report if isinstance(report, Mapping) else {},
        cleaning=cleaning if isinstance(cleaning, Mapping) else {},
        sources=tuple(source for source in sources if isinstance(source, Mapping)) if isinstance(sources, list) else (),
    )
