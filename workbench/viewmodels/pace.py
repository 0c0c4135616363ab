"""How often new numbers are drawn: as often as the processor's time for it allows.

What draws shares its cores with what trains, and on a machine of two cores each millisecond of drawing holds up both
threads of the training. Measured there: with 2 % for drawing it ran 3 to 7 % slower than with the page not on show.
"""

import time
from collections.abc import Callable

SHARE = 0.012  # of one core
SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 1.2


class Pace:
    """Says when to draw again, from what the thread that asks has spent since: drawing, layouts, everything.

    What is spent stands as a debt that time pays off. It is bounded, so that a page that opens holds nothing up for
    longer than the longest wait.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
        share: float = SHARE,
    ) -> None:
        self._clock, self._spent, self._share = clock, spent, share
        self._debt = 0.0
        self._seen_at, self._seen_spent = clock(), spent()
        self._drawn_at = self._seen_at - LONGEST_SECONDS

    def wait_seconds(self) -> float:
        """How long to wait before the next picture; 0 when it may be drawn now."""
        now, spent = self._clock(), self._spent()
        debt = self._debt + (spent - self._seen_spent) - self._share * (now - self._seen_at)
        self._debt = min(max(debt, 0.0), self._share * LONGEST_SECONDS)
        self._seen_at, self._seen_spent = now, spent
        since = now - self._drawn_at
        wait = min(self._debt / self._share, LONGEST_SECONDS - since)
        return max(wait, SHORTEST_SECONDS - since, 0.0)

    def begin_picture(self) -> None:
        """A picture is drawn now."""
        self._drawn_at = self._clock()
