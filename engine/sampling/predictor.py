"""What writing asks of a model, be it one or several mixed: the next token's logits, step by step.

Legend: B candidates (absent for one sequence), T tokens of one sequence, V vocabulary.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.sampling.matrices import Floats

State = Any  # only the predictor that made it knows what it is; no call ever changes one
TokenIds = int | NDArray[np.integer]  # one id, or (B,)


class Predictor(Protocol):
    """A model, asked for the next token. Its states may be kept and used again: a branch costs a copy."""

    @property
    def vocabulary_size(self) -> int:
        """V."""
        ...

    def initial_state(self, num_candidates: int | None = None) -> State:
        """The state before any text, of one sequence or of `num_candidates`."""
        ...

    def step(self, token_ids: TokenIds, state: State) -> tuple[Floats, State]:
        """Logits (V,) of the token after `token_ids`, or (B, V) for B candidates, and the state after it."""
        ...

    def read(self, token_ids: Sequence[int], state: State) -> tuple[Floats, State]:
        """As `step` through all of one sequence's `token_ids`, at least one; logits (V,) after the last."""
        ...

    def read_each(self, token_ids: Sequence[int], state: State) -> tuple[Floats, State]:
        """As `read`, with the logits (T, V) after each of the tokens: they are worked out together, which is faster."""
        ...

    def fork(self, state: State, num_candidates: int) -> State:
        """The state of one sequence as that of `num_candidates` equal candidates."""
        ...

    def select(self, state: State, candidates: Sequence[int] | NDArray[np.integer]) -> State:
        """The state of these candidates only, in this order; one may stand there more than once."""
        ...

    def join(self, states: Sequence[State]) -> State:
        """The state of the candidates of all these states, in their order."""
        ...
