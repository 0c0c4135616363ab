"""Background work as the window sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from engine.errors import Message


@dataclass(frozen=True)
class Failure:
    """Why something ended: one sentence, and details for the log and for copying.

    is_expected: the person can do something about it (a wrong file, a full disk); else it is a fault of the program;
    is_storage: the disk refused, and would refuse the next thing, too; is_text_gone: the text that it needs is not in
    the library any more; remark: a second sentence, about what happens now.
    """

    message: Message
    details: str = ""
    is_expected: bool = True
    is_storage: bool = False
    is_text_gone: bool = False
    remark: Message | None = None


class Job(Protocol):
    """One piece of background work."""

    @property
    def is_running(self) -> bool:
        """Whether its thread is still at work."""
        ...

    def cancel(self) -> None:
        """Ask it to end; `on_cancelled` follows."""
        ...

    def drop(self) -> None:
        """Ask it to end and hear nothing of it any more."""
        ...


# Given is_cancelled: a generator that yields events and returns the result, or a plain function that returns it.
Work = Callable[[Callable[[], bool]], Any]
Needs = Literal["", "numpy", "torch"]


class Jobs(Protocol):
    """Starts background work; every callback comes on the interface thread."""

    def start(
        self,
        kind: str,
        work: Work,
        *,
        on_event: Callable[[Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Failure], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        is_exclusive: bool = True,
        needs: Needs = "",
    ) -> Job:
        """Run `work` on a thread of its own. An exclusive one drops the running job of the same kind.

        needs: what must be loaded before it begins.
        """
        ...
