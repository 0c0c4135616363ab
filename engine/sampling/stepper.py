"""The model one token at a time, in NumPy: for sampling, where each step waits for the token of the last.

`nn.LSTM` packs its weights anew in every call, and on CPUs a matrix-vector product of NumPy is two to three times as
fast as torch's; so this path has weights of its own, packed once, and a state that is one plain array: a branch of the
text costs a copy of it, never a replay.

Legend: B candidates (absent for one sequence), T tokens of one sequence, V vocabulary, E embedding, H hidden, G gates
times H, L layers, S tensors of a layer's state (the LSTM's are h and c, the others' is h).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.config.model import ModelConfig
from engine.sampling.cells import Cell, make_cell, project, project_one_hot
from engine.sampling.matrices import FloatMatrix, Floats, Matrix, packing_for
from engine.sampling.predictor import TokenIds

LARGEST_TABLE_BYTES = 32 * 2**20

State = Floats  # (L, S, H) for one sequence, (L, S, B, H) for B candidates; never changed by a step


class Stepper:
    """A `Predictor` of one trained model. Not to be shared between threads: it keeps buffers."""

    def __init__(
        self, config: ModelConfig, inputs: Floats, has_table: bool, cells: Sequence[Cell], output_VH: Matrix,
        output_bias_V: Floats,
    ) -> None:  # fmt: skip
        self.config = config
        self.vocabulary_size = len(output_bias_V)
        self._inputs = inputs
        self._has_table = has_table
        self._cells = cells
        self._output_VH = output_VH
        self._output_bias_V = output_bias_V
        self._is_residual = config.residual

    @classmethod
    def from_arrays(cls, config: ModelConfig, arrays: Mapping[str, Floats], *, is_exact: bool = False) -> "Stepper":
        """A stepper with copies of the weights `arrays`, which bear the names of `engine.models.build`.

        What the first layer makes of each token is computed once when the table (V, G) is small. Models that are too
        large for the processor's cache are kept in 16-bit floats (see `matrices`), which changes their probabilities
        by less than a thousandth, unless `is_exact`.
        """
        output_VH = arrays["embedding.weight" if config.tied else "output.weight"]
        layers = [values for name, values in arrays.items() if name.startswith("layers.") and values.ndim == 2]
        pack = FloatMatrix if is_exact else packing_for([*layers, output_VH])
        first = (arrays["layers.0.weight_ih"], arrays["layers.0.bias"])
        vocabulary_size = len(arrays["output.bias"])
        has_table = not config.embedding_size or 4 * vocabulary_size * len(first[1]) <= LARGEST_TABLE_BYTES
        if not config.embedding_size:
            inputs = project_one_hot(config, *first)
        elif has_table:
            inputs = project(config, arrays["embedding.weight"], *first)
        else:
            inputs = np.array(arrays["embedding.weight"], dtype=np.float32)
        cells = [
            make_cell(
                config, arrays[f"layers.{index}.weight_ih"], arrays[f"layers.{index}.weight_hh"],
                arrays[f"layers.{index}.bias"], is_projected=has_table and index == 0, pack=pack,
            )
            for index in range(config.num_layers)
        ]  # fmt: skip
        bias_V = np.array(arrays["output.bias"], dtype=np.float32)
        return cls(config, inputs, has_table, cells, pack(output_VH), bias_V)

    def initial_state(self, num_candidates: int | None = None) -> State:
        """Zeros, for one sequence or for `num_candidates`."""
        batch = () if num_candidates is None else (num_candidates,)
        return np.zeros((len(self._cells), self._cells[0].num_states, *batch, self.config.hidden_size), np.float32)

    def step(self, token_ids: TokenIds, state: State) -> tuple[Floats, State]:
        """Logits (V,) of the token after `token_ids`, or (B, V) for B candidates, and the state after it."""
        with np.errstate(over="ignore", invalid="ignore"):
            hidden, after = self._advance(token_ids, state)
            return self._logits(hidden), after

    def read(self, token_ids: Sequence[int], state: State) -> tuple[Floats, State]:
        """As `step` through all of one sequence's `token_ids`, at least one; logits (V,) after the last."""
        with np.errstate(over="ignore", invalid="ignore"):
            for token_id in token_ids:
                hidden, state = self._advance(token_id, state)
            return self._logits(hidden), state

    def read_each(self, token_ids: Sequence[int], state: State) -> tuple[Floats, State]:
        """As `read`, with the logits (T, V) after each token, by one product for all; they round as many do."""
        hidden_TH = np.empty((len(token_ids), self._output_VH.shape[1]), np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            for place, token_id in enumerate(token_ids):
                hidden_TH[place], state = self._advance(token_id, state)
            return self._logits(hidden_TH), state

    def fork(self, state: State, num_candidates: int) -> State:
        """See `fork` below."""
        return fork(state, num_candidates)

    def select(self, state: State, candidates: Sequence[int] | NDArray[np.integer]) -> State:
        """See `select` below."""
        return select(state, candidates)

    def join(self, states: Sequence[State]) -> State:
        """The state of the candidates of all these states, in their order."""
        return np.concatenate(states, axis=2)

    def _advance(self, token_ids: TokenIds, state: State) -> tuple[Floats, State]:
        after = np.empty_like(state)
        x = self._inputs[token_ids]
        for index, cell in enumerate(self._cells):
            cell.step(x, state[index], after[index])
            hidden = after[index, 0]
            x = x + hidden if index and self._is_residual else hidden
        return x, after

    def _logits(self, hidden: Floats) -> Floats:
        logits = np.empty((*hidden.shape[:-1], self.vocabulary_size), np.float32)
        self._output_VH.product(hidden, logits)
        np.add(logits, self._output_bias_V, out=logits)
        return logits


def fork(state: State, num_candidates: int) -> State:
    """The state (L, S, H) of one sequence as that of `num_candidates` equal candidates (L, S, B, H)."""
    return np.repeat(state[:, :, np.newaxis], num_candidates, axis=2)


def select(state: State, candidates: Sequence[int] | NDArray[np.integer]) -> State:
    """The state of these candidates only, in this order; one may stand there more than once."""
    return np.ascontiguousarray(state[:, :, candidates])
