"""How good a model is on validation text while it trains: quick, and the same each time.

Legend: B streams.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch

from engine.evaluation.lanes import Lanes, TokenIdArray
from engine.models.language_model import LanguageModel

WINDOW_SIZE = 128
SHORTEST_STREAM = 256
# More would cost a run its time and tell hardly more: the error of a mean over so many is below 0.01 nats.
MOST_PREDICTIONS = 2**17


@dataclass(frozen=True, kw_only=True)
class Validation:
    """loss_nats: mean cross entropy per predicted token; accuracy: share of next tokens that were the likeliest."""

    loss_nats: float
    accuracy: float
    num_predictions: int


def _never() -> bool:
    return False


def validation_loss(
    model: LanguageModel,
    ids: TokenIdArray,
    num_streams: int = 32,
    *,
    compute_dtype: torch.dtype | None = None,
    most_predictions: int = MOST_PREDICTIONS,
    window_size: int = WINDOW_SIZE,
    is_enough: Callable[[], bool] = _never,
) -> Generator[float, None, Validation]:
    """Read `ids` (N,), N at least 2, in up to `num_streams` contiguous streams from a zero state, which is carried.

    All N - 1 predictions count; of a text with more than `most_predictions`, that many, from the beginnings of streams
    that are spread evenly. A stream has at least 256 of them where the text is long enough, so that what the zero
    states cost stays small. Yields the share done after each window, so that the driver can pause or stop; between
    windows the model is as it was, with its dropout and its generator. compute_dtype: None is float32; is_enough: asked
    after each window, ends the reading there.
    """
    lanes = Lanes(model, ids, compute_dtype)
    num_all = len(ids) - 1
    num_predictions = min(num_all, most_predictions)
    num_lanes = max(1, min(num_streams, num_predictions // SHORTEST_STREAM))
    length = num_predictions // num_lanes
    starts = [lane * (num_all // num_lanes) for lane in range(num_lanes)]
    state_MBH, nats, right, num_read = lanes.zero_state(num_lanes), 0.0, 0.0, 0
    for offset in range(0, length, window_size):
        size = min(window_size, length - offset)
        nats_B, right_B, state_MBH = lanes.read([start + offset for start in starts], size, state_MBH)
        nats, right, num_read = nats + float(nats_B.sum()), right + float(right_B.sum()), num_read + num_lanes * size
        yield (offset + size) / length
        if is_enough():
            break
    rest = num_all - num_read
    if 0 < rest < num_lanes and num_predictions == num_all:  # of a whole text: they continue the last stream
        nats_B, right_B, _ = lanes.read([num_read], rest, state_MBH[:, -1:])
        nats, right, num_read = nats + float(nats_B.sum()), right + float(right_B.sum()), num_read + rest
    return Validation(loss_nats=nats / num_read, accuracy=right / num_read, num_predictions=num_read)
