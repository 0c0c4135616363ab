"""The trash of the library for the window."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from engine.library.library import Library
from engine.library.trash import TrashEntry, delete_trashed, list_trashed
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.protocols.jobs import Failure


class LibraryTrash:
    """See the protocol `Trash`."""

    def __init__(self, library: Library, jobs: ThreadJobs) -> None:
        self._library = library
        self._jobs = jobs

    def read(self, on_done: Callable[[list[TrashEntry]], None], on_failed: Callable[[Failure], None]) -> ThreadJob:
        """What lies there, newest first."""

        def work(_: Callable[[], bool]) -> list[TrashEntry]:
            return list_trashed(self._library)

        return self._jobs.start("trash", work, on_done=on_done, on_failed=on_failed)

    def restore(self, place: Path) -> None:
        """Bring something back. Raises TextloomError."""
        self._library.restore(place)

    def delete(
        self,
        entries: Sequence[TrashEntry],
        on_progress: Callable[[int], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> ThreadJob:
        """Delete these for ever; see the protocol."""

        def work(_: Callable[[], bool]) -> Iterator[int]:
            return delete_trashed(self._library, entries)

        return self._jobs.start(
            "delete", work, on_event=on_progress, on_done=lambda _: on_done(), on_failed=on_failed,
            on_cancelled=on_done, is_exclusive=False,
        )  # fmt: skip
