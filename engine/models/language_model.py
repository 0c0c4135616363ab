"""The recurrent language model: embedding or one-hot, recurrent layers, output layer.

Legend: T time, B batch, V vocabulary, E embedding, I input of a layer, H hidden, G gates times H.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.config.model import GruConfig, LstmConfig, ModelConfig, RnnConfig
from engine.models.build import NUM_GATES, input_size
from engine.models.dropout import dropped_out
from engine.models.gru import gru_layer
from engine.models.lstm import lstm_layer
from engine.models.output import mean_cross_entropy
from engine.models.rnn import rnn_layer

State = tuple[tuple[Tensor, ...], ...]
LayerFunction = Callable[[Tensor, Tensor, Tensor, Tensor, tuple[Tensor, ...]], tuple[Tensor, tuple[Tensor, ...]]]


class Embedding(nn.Module):
    """One row of E numbers for each of V tokens."""

    def __init__(self, vocabulary_size: int, embedding_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(vocabulary_size, embedding_size))


class Output(nn.Module):
    """Logits from hidden states; without a matrix of its own when tied."""

    def __init__(self, vocabulary_size: int, hidden_size: int, is_tied: bool) -> None:
        super().__init__()
        self.weight = None if is_tied else nn.Parameter(torch.zeros(vocabulary_size, hidden_size))
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))


class RecurrentLayer(nn.Module):
    """The parameters of one layer and the function of its family."""

    def __init__(self, config: ModelConfig, input_size: int) -> None:
        super().__init__()
        num_rows = NUM_GATES[config.cell] * config.hidden_size
        self.weight_ih = nn.Parameter(torch.zeros(num_rows, input_size))
        self.weight_hh = nn.Parameter(torch.zeros(num_rows, config.hidden_size))
        self.bias = nn.Parameter(torch.zeros(num_rows))
        self.run = _function_of(config)

    def forward(self, x_TBI: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Hidden states (T, B, H) and the state after the window, each tensor (B, H)."""
        return self.run(x_TBI, self.weight_ih, self.weight_hh, self.bias, state)


def _function_of(config: ModelConfig) -> LayerFunction:
    match config:
        case LstmConfig():
            return lstm_layer
        case GruConfig():
            return gru_layer
        case RnnConfig():
            return partial(rnn_layer, activation=config.activation)


class LanguageModel(nn.Module):
    """A model of the next token. Its weights are zeros until `initialise` or `load_parameters` fills them.

    Attributes:
        dropout: share of values dropped while training; may be changed at any time.
        compute_dtype: precision of the matrix products, `torch.bfloat16` or None for that of the parameters.
        generator: where dropout masks are drawn; belongs to the caller; needed while training with dropout.
    """

    def __init__(self, config: ModelConfig, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.vocabulary_size = vocabulary_size
        self.dropout = float(config.dropout)
        self.compute_dtype: torch.dtype | None = None
        self.generator: torch.Generator | None = None
        self.embedding = Embedding(vocabulary_size, config.embedding_size) if config.embedding_size else None
        widths = [input_size(config, vocabulary_size)] + [config.hidden_size] * (config.num_layers - 1)
        self.layers = nn.ModuleList(RecurrentLayer(config, width) for width in widths)
        self.output = Output(vocabulary_size, config.hidden_size, config.tied)

    def initial_state(self, batch_size: int) -> State:
        """Zeros: one tuple per layer, (h_BH,) or, for the LSTM, (h_BH, c_BH)."""
        num_tensors = 2 if self.config.cell == "lstm" else 1
        zeros = self.output.bias.new_zeros(batch_size, self.config.hidden_size)
        return tuple(tuple(zeros.clone() for _ in range(num_tensors)) for _ in self.layers)

    def forward(self, x_TB: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits (T, B, V) of the token after each of `x_TB`, and the state after the window."""
        hidden_TBH, state = self.hidden(x_TB, state)
        logits_TBV = functional.linear(hidden_TBH, self.output_weight.to(hidden_TBH.dtype))
        return logits_TBV.to(self.output.bias.dtype) + self.output.bias, state

    def loss(self, x_TB: Tensor, y_TB: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Mean cross entropy in nats per token of `y_TB` (a scalar), and the state after the window."""
        hidden_TBH, state = self.hidden(x_TB, state)
        loss = mean_cross_entropy(hidden_TBH.flatten(0, 1), self.output_weight, self.output.bias, y_TB.flatten())
        return loss, state

    @property
    def output_weight(self) -> Tensor:
        """The output matrix (V, H), which is the embedding when tied."""
        if self.output.weight is not None:
            return self.output.weight
        assert self.embedding is not None
        return self.embedding.weight

    def hidden(self, x_TB: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """What the output layer reads (T, B, H), dropout applied, and the state after the window."""
        state = self.initial_state(x_TB.shape[1]) if state is None else state
        dtype = self.compute_dtype or self.output.bias.dtype
        if self.embedding is not None:
            # Cast after the lookup, so that the gradients of frequent tokens add up in the embedding's precision.
            embedded_TBE = functional.embedding(x_TB, self.embedding.weight).to(dtype)
            hidden_TBI = self._drop(embedded_TBE, self.config.input_dropout_share)
        else:
            hidden_TBI = functional.one_hot(x_TB, self.vocabulary_size).to(dtype)
        after = []
        for index, (layer, layer_state) in enumerate(zip(self.layers, state, strict=True)):
            entering_TBI = self._drop(hidden_TBI) if index else hidden_TBI
            output_TBH, layer_state = layer(entering_TBI, layer_state)
            # The skip connection passes what the layer below made, undropped.
            hidden_TBI = hidden_TBI + output_TBH if index and self.config.residual else output_TBH
            after.append(layer_state)
        return self._drop(hidden_TBI), tuple(after)

    def _drop(self, x_TBI: Tensor, share: float = 1.0) -> Tensor:
        """Inverted dropout at this share of its rate; variational: one mask for the window (Gal & Ghahramani 2016)."""
        dropout = self.dropout * share
        if not self.training or not dropout:
            return x_TBI
        mask_shape = x_TBI.shape[1:] if self.config.variational_dropout else x_TBI.shape
        return dropped_out(x_TBI, dropout, mask_shape, self.generator)
