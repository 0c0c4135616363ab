"""The time a run has taken, without its pauses."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Counts seconds from `start_seconds` on; `held` stretches do not count."""

    def __init__(self, start_seconds: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._origin = clock() - start_seconds

    @property
    def seconds(self) -> float:
        """Active seconds so far."""
        return self._clock() - self._origin

    @contextmanager
    def held(self) -> Iterator[None]:
        """Do not count the time inside."""
        began = self._clock()
        try:
            yield
        finally:
            self._origin += self._clock() - began
