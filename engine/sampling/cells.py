"""One step of each recurrent family in NumPy, float32, for one sequence or for B candidates side by side.

The weights are packed once: a layer costs one matrix-vector product per step (the GRU two, because its reset gate acts
on one of the two alone), and all that follows runs in place in buffers that are kept. Logistic gates are computed as
sigmoid(x) = (1 + tanh(x / 2)) / 2: their rows are halved when they are packed, which is exact in binary numbers, so
that one `tanh` serves all gates of a layer.

Legend: B candidates (absent for one sequence), I input of a layer, H hidden, G gates times H, S tensors of the state.
"""

from typing import Protocol

import numpy as np

from engine.config.model import LstmConfig, ModelConfig, RnnConfig
from engine.sampling.matrices import FloatMatrix, Floats, Packing

_HALF = np.float32(0.5)


class Cell(Protocol):
    """One layer. It reads its input (I,), or, made with `is_projected`, what `project` made of it (G,)."""

    num_states: int

    def step(self, x: Floats, before: Floats, after: Floats) -> None:
        """Fill the state `after` (S, H) or (S, B, H) from the input, (B, ...) for many, and the state `before`."""


def make_cell(
    config: ModelConfig, weight_ih: Floats, weight_hh: Floats, bias_G: Floats, *, is_projected: bool,
    pack: Packing = FloatMatrix,
) -> Cell:  # fmt: skip
    """The layer with these weights, which are copied into the order and scale that is fastest to read."""
    weights = (pack_rows(config, weight_ih), pack_rows(config, weight_hh), pack_rows(config, bias_G))
    if isinstance(config, LstmConfig):
        return LstmCell(*weights, is_projected, pack)
    if isinstance(config, RnnConfig):
        return RnnCell(*weights, is_projected, pack, config.activation)
    return GruCell(*weights, is_projected, pack)


def pack_rows(config: ModelConfig, rows: Floats) -> Floats:
    """A packed copy of a matrix (G, ...) or bias (G,): logistic rows halved; the LSTM's gates as i, f, o, g."""
    size = config.hidden_size
    if isinstance(config, LstmConfig):
        packed = np.concatenate([rows[: 2 * size], rows[3 * size :], rows[2 * size : 3 * size]])
        packed[: 3 * size] *= _HALF
        return packed
    packed = np.array(rows, dtype=np.float32)
    if not isinstance(config, RnnConfig):
        packed[: 2 * size] *= _HALF
    elif config.activation == "sigmoid":
        packed *= _HALF
    return packed


def project(config: ModelConfig, inputs_VI: Floats, weight_ih: Floats, bias_G: Floats) -> Floats:
    """What each input adds to the gates of a cell that was made with `is_projected`, biases included: (V, G)."""
    projected: Floats = inputs_VI @ pack_rows(config, weight_ih).T
    projected += _input_bias(config, pack_rows(config, bias_G))
    return projected


def project_one_hot(config: ModelConfig, weight_ih: Floats, bias_G: Floats) -> Floats:
    """As `project`, where token v is the unit vector v: the columns of the matrix (G, V) as rows (V, G)."""
    projected = np.ascontiguousarray(pack_rows(config, weight_ih).T)
    projected += _input_bias(config, pack_rows(config, bias_G))
    return projected


def _input_bias(config: ModelConfig, packed_bias_G: Floats) -> Floats:
    """The part of the bias that is added to the input's product: in the GRU, b_n belongs to the state's."""
    if config.cell != "gru":
        return packed_bias_G
    bias_G = packed_bias_G.copy()
    bias_G[2 * config.hidden_size :] = 0
    return bias_G


def _finish_logistic(half_tanh: Floats) -> None:
    np.multiply(half_tanh, _HALF, out=half_tanh)
    np.add(half_tanh, _HALF, out=half_tanh)


class _PackedGates:
    """W_ih x + b + W_hh h of all gates, by one product of [W_ih | W_hh] with [x | h]."""

    def __init__(
        self, weight_ih: Floats, weight_hh: Floats, bias_G: Floats, is_projected: bool, pack: Packing
    ) -> None:
        self._is_projected = is_projected
        self._input_size = weight_ih.shape[1]
        self._weight = pack(weight_hh if is_projected else np.concatenate([weight_ih, weight_hh], axis=1))
        self._bias_G = bias_G
        self.prepare(())

    def prepare(self, batch: tuple[int, ...]) -> None:
        """Make the buffers for one sequence, (), or for B candidates, (B,)."""
        self.batch = batch
        self.gates = np.empty((*batch, self._weight.shape[0]), np.float32)
        self._joined = np.empty((*batch, self._weight.shape[1]), np.float32)
        self._x_part = self._joined[..., : self._input_size]
        self._h_part = self._joined[..., self._input_size :]

    def fill(self, x: Floats, h: Floats) -> None:
        """Compute `gates`."""
        if self._is_projected:
            self._weight.product(h, self.gates)
            np.add(self.gates, x, out=self.gates)
        else:
            self._x_part[...] = x
            self._h_part[...] = h
            self._weight.product(self._joined, self.gates)
            np.add(self.gates, self._bias_G, out=self.gates)


class RnnCell:
    """The simple recurrent network: h = f(W_ih x + b + W_hh h)."""

    num_states = 1

    def __init__(
        self, weight_ih: Floats, weight_hh: Floats, bias_G: Floats, is_projected: bool, pack: Packing, activation: str
    ) -> None:
        self._gates = _PackedGates(weight_ih, weight_hh, bias_G, is_projected, pack)
        self._activation = activation

    def step(self, x: Floats, before: Floats, after: Floats) -> None:
        """See `Cell`."""
        gates = self._gates
        if gates.batch != before.shape[1:-1]:
            gates.prepare(before.shape[1:-1])
        gates.fill(x, before[0])
        if self._activation == "relu":
            np.maximum(gates.gates, 0, out=after[0])
            return
        np.tanh(gates.gates, out=after[0])
        if self._activation == "sigmoid":
            _finish_logistic(after[0])


class LstmCell:
    """The long short-term memory: c = f c + i g, h = o tanh(c). The state is (h, c)."""

    num_states = 2

    def __init__(
        self, weight_ih: Floats, weight_hh: Floats, bias_G: Floats, is_projected: bool, pack: Packing
    ) -> None:
        self._hidden_size = weight_hh.shape[1]
        self._gates = _PackedGates(weight_ih, weight_hh, bias_G, is_projected, pack)
        self._prepare(())

    def _prepare(self, batch: tuple[int, ...]) -> None:
        size = self._hidden_size
        self._gates.prepare(batch)
        gates = self._gates.gates
        self._logistic = gates[..., : 3 * size]
        self._i, self._f, self._o, self._g = (gates[..., k * size : (k + 1) * size] for k in range(4))

    def step(self, x: Floats, before: Floats, after: Floats) -> None:
        """See `Cell`."""
        if self._gates.batch != before.shape[1:-1]:
            self._prepare(before.shape[1:-1])
        self._gates.fill(x, before[0])
        np.tanh(self._gates.gates, out=self._gates.gates)
        _finish_logistic(self._logistic)
        cell = after[1]
        np.multiply(self._f, before[1], out=cell)
        np.multiply(self._i, self._g, out=self._i)
        np.add(cell, self._i, out=cell)
        np.tanh(cell, out=self._g)
        np.multiply(self._o, self._g, out=after[0])


class GruCell:
    """The gated recurrent unit, reset after the product: n = tanh(W_n x + r (U_n h + b_n)), h = n + z (h - n)."""

    num_states = 1

    def __init__(
        self, weight_ih: Floats, weight_hh: Floats, bias_G: Floats, is_projected: bool, pack: Packing
    ) -> None:
        self._hidden_size = size = weight_hh.shape[1]
        self._is_projected = is_projected
        self._weight_ih = pack(weight_ih)
        self._weight_hh = pack(weight_hh)
        self._gate_bias = bias_G[: 2 * size]
        self._candidate_bias = bias_G[2 * size :]
        self._prepare(())

    def _prepare(self, batch: tuple[int, ...]) -> None:
        size = self._hidden_size
        self._batch = batch
        self._from_x = np.empty((*batch, 3 * size), np.float32)
        self._from_h = np.empty((*batch, 3 * size), np.float32)
        self._gates = self._from_h[..., : 2 * size]
        self._r, self._z, self._n = (self._from_h[..., k * size : (k + 1) * size] for k in range(3))

    def step(self, x: Floats, before: Floats, after: Floats) -> None:
        """See `Cell`."""
        if self._batch != before.shape[1:-1]:
            self._prepare(before.shape[1:-1])
        split = 2 * self._hidden_size
        if not self._is_projected:
            self._weight_ih.product(x, self._from_x)
            x = self._from_x
            np.add(x[..., :split], self._gate_bias, out=x[..., :split])
        self._weight_hh.product(before[0], self._from_h)
        np.add(self._gates, x[..., :split], out=self._gates)
        np.tanh(self._gates, out=self._gates)
        _finish_logistic(self._gates)
        n = self._n
        np.add(n, self._candidate_bias, out=n)
        np.multiply(n, self._r, out=n)
        np.add(n, x[..., split:], out=n)
        np.tanh(n, out=n)
        hidden = after[0]
        np.subtract(before[0], n, out=hidden)
        np.multiply(hidden, self._z, out=hidden)
        np.add(hidden, n, out=hidden)
