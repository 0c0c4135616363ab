"""Batches for truncated back-propagation through time: contiguous streams and a cursor that can be saved.

Legend: T time, B batch.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import BadInput


@dataclass(frozen=True)
class Window:
    """One window of all streams.

    x_TB: token ids (int64); y_TB: the token after each; starts_epoch: the streams are at their beginning.
    """

    x_TB: torch.Tensor
    y_TB: torch.Tensor
    starts_epoch: bool


class Batches:
    """Windows of T tokens over B contiguous streams of a text.

    The text of N tokens is cut into B streams of (N - 1) // B predictions each; the remainder of fewer than B tokens is
    left out. An epoch is cut into windows of nearly equal length, none longer than T, so that no short one is left
    over. `cursor` counts windows since the start and is all that has to be saved.
    """

    def __init__(self, token_ids: NDArray[np.unsignedinteger], batch_size: int, window_size: int) -> None:
        num_predictions = len(token_ids) - 1
        if num_predictions < 1:
            raise BadInput("The training text has fewer than two tokens. Add more text.")
        self.batch_size = min(batch_size, num_predictions)
        self.stream_length = num_predictions // self.batch_size
        self.window_size = min(window_size, self.stream_length)
        self.windows_per_epoch = -(-self.stream_length // self.window_size)
        self.cursor = 0
        self._token_ids = token_ids

    @property
    def tokens_per_epoch(self) -> int:
        """Predictions made in one epoch."""
        return self.stream_length * self.batch_size

    @property
    def epoch(self) -> float:
        """Passes over the training text so far."""
        return self.cursor / self.windows_per_epoch

    @property
    def tokens_seen(self) -> int:
        """Predictions made so far."""
        whole, rest = divmod(self.cursor, self.windows_per_epoch)
        return whole * self.tokens_per_epoch + self._boundary(rest) * self.batch_size

    def _boundary(self, index: int) -> int:
        return index * self.stream_length // self.windows_per_epoch

    def next_window(self) -> Window:
        """The next window; after the last one of an epoch, the first one again."""
        index = self.cursor % self.windows_per_epoch
        start, end = self._boundary(index), self._boundary(index + 1)
        self.cursor += 1
        # One strided view of the file: only the pages of this window are read.
        used = self._token_ids[: self.tokens_per_epoch + 1]
        stride = used.strides[0]
        streams_BT = np.lib.stride_tricks.as_strided(
            used[start:],
            shape=(self.batch_size, end - start + 1),
            strides=(self.stream_length * stride, stride),
            writeable=False,
        )
        both_TB = torch.from_numpy(streams_BT.T.astype(np.int64, order="C"))
        return Window(both_TB[:-1], both_TB[1:], starts_epoch=index == 0)
