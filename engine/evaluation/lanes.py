"""Several places of a text read side by side through a model that is not being trained.

Legend: T time, B lanes, H hidden, V vocabulary, M tensors of the state (layers times tensors per layer).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.errors import DamagedFile
from engine.models.language_model import LanguageModel, State

TokenIdArray = NDArray[np.integer[Any]]  # (N,), possibly mapped from a file

MOST_LOGITS = 2**22  # computed at a time: 16 MB in float32


@contextmanager
def _as_evaluated(model: LanguageModel, compute_dtype: torch.dtype | None) -> Iterator[None]:
    """No gradients, no dropout, this precision; afterwards all is as it was.

    Entered for one window at a time: whoever drives the evaluation may train or save between windows.
    """
    was_training, dtype = model.training, model.compute_dtype
    model.eval()
    model.compute_dtype = compute_dtype
    try:
        with torch.no_grad():
            yield
    finally:
        model.compute_dtype = dtype
        model.train(was_training)


class Lanes:
    """Reads a text at several places at once.

    ids: the text as token ids (N,), never loaded as a whole; compute_dtype: as `LanguageModel.compute_dtype`.
    """

    def __init__(self, model: LanguageModel, ids: TokenIdArray, compute_dtype: torch.dtype | None = None) -> None:
        self._model = model
        self._ids = ids
        self._compute_dtype = compute_dtype
        self.device = model.output.bias.device

    def zero_state(self, num_lanes: int) -> Tensor:
        """The state before any token, (M, B, H)."""
        return _packed(self._model.initial_state(num_lanes)).detach()

    def read(self, starts: Sequence[int], num_predictions: int, state_MBH: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Predict, from each of `starts` on, the next `num_predictions` tokens, given the state before.

        Returns the cross entropy in nats summed over them (B,), how many of them were likeliest by the model (B,), both
        float64 on the CPU, and the state behind them (M, B, H).
        """
        x_TB, y_TB = self._window(starts, num_predictions)
        with _as_evaluated(self._model, self._compute_dtype):
            hidden_TBH, state = self._model.hidden(x_TB, _unpacked(state_MBH, self._model))
            nats_B, right_B = self._compare(hidden_TBH, y_TB)
            return nats_B, right_B, _packed(state)

    def _window(self, starts: Sequence[int], num_predictions: int) -> tuple[Tensor, Tensor]:
        ids_BT = np.stack([np.asarray(self._ids[start : start + num_predictions + 1], np.int64) for start in starts])
        if ids_BT.min() < 0 or ids_BT.max() >= self._model.vocabulary_size:
            raise DamagedFile(
                "The token ids hold {found}, but the model knows {count} tokens; import the text again.",
                found=int(ids_BT.max()), count=self._model.vocabulary_size,
            )  # fmt: skip
        ids_TB = torch.from_numpy(ids_BT).to(self.device).t().contiguous()
        return ids_TB[:-1], ids_TB[1:]

    def _compare(self, hidden_TBH: Tensor, y_TB: Tensor) -> tuple[Tensor, Tensor]:
        """Nats and right guesses per lane, computing the logits in slices so that memory stays small."""
        model, num_lanes = self._model, y_TB.shape[1]
        window = max(1, MOST_LOGITS // (num_lanes * model.vocabulary_size))
        weight_VH = model.output_weight.to(hidden_TBH.dtype)
        nats_B = torch.zeros(num_lanes, dtype=torch.float64)
        right_B = torch.zeros(num_lanes, dtype=torch.float64)
        for hidden, y in zip(torch.split(hidden_TBH, window), torch.split(y_TB, window), strict=True):
            logits = functional.linear(hidden, weight_VH).to(model.output.bias.dtype).flatten(0, 1) + model.output.bias
            nats = functional.cross_entropy(logits, y.flatten(), reduction="none").view_as(y)
            nats_B += nats.cpu().sum(dim=0, dtype=torch.float64)
            right_B += (logits.argmax(dim=1).view_as(y) == y).sum(dim=0).cpu()
        return nats_B, right_B


def _packed(state: State) -> Tensor:
    """The state as one tensor (M, B, H)."""
    return torch.stack([tensor for layer in state for tensor in layer])


def _unpacked(state_MBH: Tensor, model: LanguageModel) -> State:
    per_layer = len(state_MBH) // model.config.num_layers
    tensors = state_MBH.unbind()
    return tuple(tensors[first : first + per_layer] for first in range(0, len(tensors), per_layer))
