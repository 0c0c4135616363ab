"""A model that several threads ask, and that does not read twice what it has read before."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.sampling.matrices import Floats
    from engine.sampling.predictor import Predictor, TokenIds

MOST_READINGS = 256  # of some 64 tokens each
MOST_LOGITS = 2**23  # of all of them, 32 MB, so that large vocabularies do not fill the memory
SHORTEST_READING = 8  # tokens: shorter ones are as quick to read as to remember

State = Any
_Key = tuple[int, tuple[int, ...]]


class SharedPredictor:
    """A `Predictor` around another one. One call at a time: the model keeps buffers, but what it returns is new.

    The states after the passages that were read last are kept, so that a text which grows, or about which several
    things are asked, is read once.
    """

    def __init__(self, predictor: "Predictor") -> None:
        self._predictor = predictor
        self._lock = threading.Lock()
        self._beginning = predictor.initial_state()
        self._most_readings = max(1, min(MOST_READINGS, MOST_LOGITS // predictor.vocabulary_size))
        self._readings: OrderedDict[_Key, tuple[State, Floats, State]] = OrderedDict()  # with the state before

    @property
    def vocabulary_size(self) -> int:
        """Number of tokens."""
        return self._predictor.vocabulary_size

    def initial_state(self, num_candidates: int | None = None) -> State:
        """See `Predictor`. For one sequence it is always the same, by which a passage is known again."""
        return self._beginning if num_candidates is None else self._predictor.initial_state(num_candidates)

    def step(self, token_ids: "TokenIds", state: State) -> "tuple[Floats, State]":
        """See `Predictor`."""
        with self._lock:
            return self._predictor.step(token_ids, state)

    def read(self, token_ids: Sequence[int], state: State) -> "tuple[Floats, State]":
        """See `Predictor`."""
        if len(token_ids) < SHORTEST_READING:
            with self._lock:
                return self._predictor.read(token_ids, state)
        key = (id(state), tuple(token_ids))
        with self._lock:
            known = self._readings.get(key)
            if known is None:
                known = (state, *self._predictor.read(token_ids, state))
            self._readings[key] = known
            self._readings.move_to_end(key)
            while len(self._readings) > self._most_readings:
                self._readings.popitem(last=False)
        return known[1].copy(), known[2]

    def read_each(self, token_ids: Sequence[int], state: State) -> "tuple[Floats, State]":
        """See `Predictor`."""
        with self._lock:
            return self._predictor.read_each(token_ids, state)

    def fork(self, state: State, num_candidates: int) -> State:
        """See `Predictor`."""
        return self._predictor.fork(state, num_candidates)

    def select(self, state: State, candidates: "Sequence[int] | NDArray[np.integer]") -> State:
        """See `Predictor`."""
        return self._predictor.select(state, candidates)

    def join(self, states: Sequence[State]) -> State:
        """See `Predictor`."""
        return self._predictor.join(states)
