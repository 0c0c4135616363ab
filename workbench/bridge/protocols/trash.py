"""The trash of the library as the window sees it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from engine.library.trash import TrashEntry, TrashKind
from workbench.bridge.protocols.jobs import Failure, Job

__all__ = ["Trash", "TrashEntry", "TrashKind"]


class Trash(Protocol):
    """What was thrown away and can be brought back."""

    def read(self, on_done: Callable[[list[TrashEntry]], None], on_failed: Callable[[Failure], None]) -> Job:
        """What lies there, newest first."""
        ...

    def restore(self, place: Path) -> None:
        """Bring something back. Raises TextloomError."""
        ...

    def delete(
        self,
        entries: Sequence[TrashEntry],
        on_progress: Callable[[int], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """Delete these for ever; cancelled, it ends between two of them, and `on_done` follows."""
        ...
