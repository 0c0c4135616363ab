"""A text that changes under a writer's hands, read by a model as little as possible."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import Cancelled
from engine.sampling.beginning import never
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor, State

CHECKPOINT_TOKENS = 256
NEAR_TOKENS = 64
_FIRST_NEAR_TOKENS = 16  # of a long text that is read at once, as each state costs the logits beside it
_TOKENS_BETWEEN_CHECKS = 64


class ReadingMemory:
    """What a model made of the last text: its states at the last 64 tokens, and at every 256th before them.

    One more token costs one step and one less none; other tokens within the text cost those after them and fewer than
    256 before them.
    """

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._token_ids: NDArray[np.integer] = np.empty(0, np.int64)
        self._known: dict[int, tuple[Floats, State]] = {}  # by number of tokens read

    def after(
        self, token_ids: Sequence[int] | NDArray[np.integer], is_cancelled: Callable[[], bool] = never
    ) -> tuple[Floats, State]:
        """Logits (V,) after these tokens, at least one, and the state; neither is to be changed.

        Raises Cancelled; what was read until then stays read.
        """
        wanted = np.asarray(token_ids)
        num_same = _num_same(self._token_ids, wanted)
        if num_same < len(wanted):
            self._known = {place: found for place, found in self._known.items() if place <= num_same}
            self._token_ids = wanted
        found = self._known.get(len(wanted))
        return self._read(wanted, is_cancelled) if found is None else found

    def _read(self, wanted: NDArray[np.integer], is_cancelled: Callable[[], bool]) -> tuple[Floats, State]:
        place = max((place for place in self._known if place <= len(wanted)), default=0)
        state = self._known[place][1] if place else self._predictor.initial_state()
        while place < len(wanted):
            if is_cancelled():
                raise Cancelled
            stop = _next_stop(place, len(wanted))
            found = self._predictor.read(wanted[place:stop].tolist(), state)
            place, state = stop, found[1]
            if place % CHECKPOINT_TOKENS == 0 or place > len(wanted) - _FIRST_NEAR_TOKENS:
                self._known[place] = found
        self._known = {
            place: kept
            for place, kept in self._known.items()
            if place % CHECKPOINT_TOKENS == 0 or place > len(wanted) - NEAR_TOKENS
        }
        return found


def _next_stop(place: int, end: int) -> int:
    """Where to look up next: at checkpoints, often enough to be cancelled, and at each of the last tokens."""
    near = end - _FIRST_NEAR_TOKENS + 1
    if place + 1 >= near:
        return place + 1
    checkpoint = (place // CHECKPOINT_TOKENS + 1) * CHECKPOINT_TOKENS
    return min(checkpoint, place + _TOKENS_BETWEEN_CHECKS, near)


def _num_same(first: NDArray[np.integer], second: NDArray[np.integer]) -> int:
    """With how many equal tokens both begin."""
    size = min(len(first), len(second))
    others = np.flatnonzero(first[:size] != second[:size])
    return int(others[0]) if len(others) else size
