"""How much of a run's sample texts is copied from its training text, found out beside the run."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from typing import Final, TypeVar

from engine.analysis.copying import CopyIndex, CopyReport, find_copied
from engine.analysis.passage_index import IndexedText
from engine.errors import TextloomError

MOST_BUILT_BYTES: Final = 16_000_000

# What building costs a processor of today, and the share of the time that remains which it may cost at the most: a run
# that was given minutes has planned its steps for them, with 3 % to spare.
_SECONDS_PER_BYTE = 1e-6
_MOST_SHARE = 0.01
_RESTS_PER_WORK = 3.0

T = TypeVar("T")


class CopyWatch:
    """Looks sample texts up in the index of the training text, once a thread has opened or built that.

    The thread draws no random number and touches nothing of the run: not one bit of it changes. It works a quarter of
    the time and is not begun where all its work is more than a hundredth of what is left of the run; of more than
    `MOST_BUILT_BYTES` an index is only opened. Until it is there, and where it cannot be had, nothing is told.
    """

    def __init__(self, source: IndexedText, *, is_read_only: bool = False) -> None:
        self._source = source
        self._is_read_only = is_read_only
        self._thread: threading.Thread | None = None
        self._is_closed = threading.Event()
        self._index: CopyIndex | None = None

    def begin(self, remaining_seconds: float) -> None:
        """Start the thread, unless it was started, or costs too much of the time that the run still takes."""
        num_bytes = min(self._source.part.num_bytes, MOST_BUILT_BYTES)
        if self._thread is None and num_bytes * _SECONDS_PER_BYTE <= _MOST_SHARE * remaining_seconds:
            self._thread = threading.Thread(target=self._prepare, name="copy index", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread's end, so long at most; whether an index is there."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._index is not None

    def close(self) -> None:
        """The run is over: leave off."""
        self._is_closed.set()

    def report(self, text: str) -> CopyReport | None:
        """What of a text is copied; None as long as there is no index, and for an empty text."""
        return None if self._index is None or not text else find_copied(text, self._index)

    def _prepare(self) -> None:
        with suppress(TextloomError, OSError, MemoryError):  # the run goes on without it
            index = CopyIndex.open_of(self._source)
            if index is None and self._source.part.num_bytes <= MOST_BUILT_BYTES:
                index = _done_calmly(
                    CopyIndex.build_of(self._source, is_read_only=self._is_read_only), self._is_closed.wait
                )
            self._index = index


def _done_calmly(work: Generator[object, None, T], rest: Callable[[float], bool]) -> T | None:
    """The result of work that rests after each part three times as long as that took; None once `rest` says enough."""
    with closing(work):
        while True:
            began = time.monotonic()
            try:
                next(work)
            except StopIteration as end:
                result: T = end.value
                return result
            if rest(_RESTS_PER_WORK * (time.monotonic() - began)):
                return None
