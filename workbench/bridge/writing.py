"""Writing with models for the window."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from weakref import WeakSet

from engine.errors import BadInput
from engine.library.document import Document
from engine.library.entries import Entry
from engine.library.files import write_text
from engine.library.library import Library
from engine.library.runs import POINTERS
from engine.library.writings import WritingFolder
from workbench.bridge.demo import install_demo, is_untouched
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import ModelFacts, WriteRequest, WritingEntry, WritingEvent, Written
from workbench.bridge.writers import Writers


class LibraryWriting:
    """See the protocol `Writing`."""

    def __init__(self, library: Library, jobs: ThreadJobs) -> None:
        self._library = library
        self._jobs = jobs
        self._writers = Writers(library)
        self._open: WeakSet[FolderDocument] = WeakSet()

    def with_saved_state(self, run_ids: Sequence[str]) -> set[str]:
        """Those of these runs that have something to write with."""
        runs = self._library.runs_path
        return {run for run in run_ids if any((runs / run / pointer).exists() for pointer in POINTERS)}

    def write(
        self,
        request: WriteRequest,
        on_event: Callable[[WritingEvent], None],
        on_done: Callable[[Written], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None],
    ) -> ThreadJob:
        """Let a model write; see the protocol."""

        def work(is_cancelled: Callable[[], bool]) -> Iterator[Any]:
            return self._writers.write(request, is_cancelled)

        return self._jobs.start(
            "write", work, on_event=on_event, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled
        )

    def read_facts(
        self, file: Path, on_done: Callable[[ModelFacts], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """What a model file says about itself."""

        def work(_: Callable[[], bool]) -> ModelFacts:
            from engine.models.build import num_parameters
            from engine.models.model_file import read_description

            found = read_description(file)
            vocabulary_size = found.tokenizer.vocabulary_size
            return ModelFacts(
                title=found.title or file.stem,
                tokens=found.tokenizer.kind,
                num_parameters=num_parameters(found.configuration.model, vocabulary_size),
                accuracy=found.counts.get("accuracy"),
            )

        return self._jobs.start("model file", work, on_done=on_done, on_failed=on_failed)

    def install_demo(
        self, on_done: Callable[[str], None], on_failed: Callable[[Failure], None], *, is_first_start: bool = False
    ) -> ThreadJob:
        """Put the run that comes with Textloom into the library; see the protocol."""

        def work(_: Callable[[], bool]) -> str:
            return "" if is_first_start and not is_untouched(self._library) else install_demo(self._library)

        return self._jobs.start("demo", work, on_done=on_done, on_failed=on_failed, is_exclusive=False)

    def list_documents(
        self, on_done: Callable[[list[WritingEntry]], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """All documents, the one that was changed last first."""

        def work(_: Callable[[], bool]) -> list[WritingEntry]:
            return [writing_entry(entry) for entry in self._library.list_writings() if not entry.is_unfinished]

        return self._jobs.start("documents", work, on_done=on_done, on_failed=on_failed)

    def new_document(self) -> "FolderDocument":
        """A document that is nowhere until it is saved for the first time."""
        return self._kept(FolderDocument(self._library, self._jobs))

    def open_document(
        self,
        writing_id: str,
        on_done: Callable[["FolderDocument", Document], None],
        on_failed: Callable[[Failure], None],
    ) -> ThreadJob:
        """Read a document and hold it."""

        def work(_: Callable[[], bool]) -> tuple[FolderDocument, Document]:
            folder = self._library.writing(writing_id)
            if not folder.path.is_dir():
                raise BadInput("This document is no longer there. Open another one, or begin a new one.")
            held = self._kept(FolderDocument(self._library, self._jobs, folder))
            return held, folder.read()

        # Not exclusive: a job that is dropped would hold its document for ever.
        return self._jobs.start(
            "open document", work, on_done=lambda pair: on_done(*pair), on_failed=on_failed, is_exclusive=False
        )

    def trash(self, writing_id: str) -> Path:
        """Move a document that nobody holds to the trash."""
        return self._library.trash(self._library.writing(writing_id).path)

    def restore(self, place: Path) -> None:
        """Bring a document back from the trash."""
        self._library.restore(place)

    def export_text(
        self, text: str, path: Path, on_done: Callable[[], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """Write a UTF-8 file; an existing one is replaced."""

        def work(_: Callable[[], bool]) -> None:
            write_text(path, text)

        return self._jobs.start(
            "export text", work, on_done=lambda _: on_done(), on_failed=on_failed, is_exclusive=False
        )

    def close(self) -> None:
        """Release what is still held."""
        for held in list(self._open):
            held.release()

    def _kept(self, held: "FolderDocument") -> "FolderDocument":
        self._open.add(held)
        return held


class FolderDocument:
    """See the protocol `HeldDocument`. One save is written at a time, and none that is older than what was written."""

    def __init__(self, library: Library, jobs: ThreadJobs, folder: WritingFolder | None = None) -> None:
        """folder: that of a document that is there. Raises `StorageFailed` when somebody else holds it."""
        self._library = library
        self._jobs = jobs
        self._lock = threading.Lock()
        self._holding = ExitStack()
        self._folder: WritingFolder | None = None
        self._num_asked = self._num_written = 0
        self._is_released = False
        if folder is not None:
            self._hold(folder)

    @property
    def id(self) -> str:
        """Its id; empty before it was saved for the first time."""
        return self._folder.id if self._folder else ""

    def save(self, document: Document, on_done: Callable[[], None], on_failed: Callable[[Failure], None]) -> ThreadJob:
        """Write it on a thread."""
        number = self._next_number()

        def work(_: Callable[[], bool]) -> None:
            self._write(document, number)

        return self._jobs.start(
            "save document", work, on_done=lambda _: on_done(), on_failed=on_failed, is_exclusive=False
        )

    def save_now(self, document: Document) -> None:
        """Write it and return when it is on the disk."""
        self._write(document, self._next_number())

    def release(self) -> None:
        """Let others have it, once a save that is being written has ended."""
        with self._lock:
            self._is_released = True
            self._holding.close()

    def _next_number(self) -> int:
        self._num_asked += 1
        return self._num_asked

    def _hold(self, folder: WritingFolder) -> None:
        self._holding.enter_context(folder.lock())
        self._folder = folder

    def _write(self, document: Document, number: int) -> None:
        with self._lock:
            if self._is_released or number <= self._num_written:
                return
            self._library.check_writable()
            if self._folder is None:
                self._hold(self._library.new_writing(document.title))
            assert self._folder is not None
            self._folder.write(document)
            self._num_written = number


def writing_entry(entry: Entry) -> WritingEntry:
    """A document from what its file says."""
    info = entry.info
    num_characters = info.get("num_characters")
    return WritingEntry(
        id=entry.id,
        title=entry.title,
        changed=str(info.get("changed", "")),
        beginning=str(info.get("beginning", "")),
        num_characters=num_characters if isinstance(num_characters, int) else 0,
        model=str(info.get("model", "")),
        problem=entry.problem,
    )
