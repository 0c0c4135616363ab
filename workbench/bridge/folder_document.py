"""Documents of the library, held by the window that writes them."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

from engine.library.document import Document
from engine.library.entries import Entry
from engine.library.library import Library
from engine.library.writings import WritingFolder
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import WritingEntry


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
