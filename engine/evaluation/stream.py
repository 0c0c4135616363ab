"""The loss of a text read as ONE stream from a zero state, computed in parallel all the same.

What a state will be at a place of the text depends on all before, but a trained network forgets: two states, however
different, become the same after some hundred common tokens. So the text is cut into K chunks that are read side by side
in sweeps. In the first sweep every chunk starts from zeros. In each further one a chunk starts from the state in which
the chunk before it ended, if that is not the state it started from last time, and is read only until its states are
those of its last reading, from where on everything is known. When no chunk's start changes any more, all chunks hold
what the single stream holds: a fixed point, which here is unique, since the first chunk starts rightly, so the second
does, and so on (a Jacobi iteration over time; after K sweeps it is exact for every network).

A network that does not forget (a counting cell, a chaotic one) gains nothing. When half of the chunks that a sweep
reads end differently than before, and by no less than half of what they differed by last time, or after `MOST_SWEEPS`,
the rest is read one chunk after another; when this concerns half of the text, all of it is read again as one stream.

"The same" is meant up to `TOLERANCE` of the largest value in that tensor of the state. The result was equal to that of
one stream read strictly in order to 1e-6 nats per token, see the tests.

Legend: B lanes (chunks), K chunks, W windows of a chunk, M tensors of the state, H hidden.
"""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.evaluation.lanes import Lanes, TokenIdArray
from engine.models.language_model import LanguageModel

TOLERANCE = 5e-6
WINDOW_SIZE = 128
SHORTEST_CHUNK = 2048  # a trained character model needed 770 tokens to forget a state to 2e-6
MOST_CHUNKS = 64
MOST_CHUNKS_ON_GPU = 256  # there a step of many chunks costs hardly more than a step of few
MOST_SWEEPS = 8


@dataclass(frozen=True, kw_only=True)
class StreamLoss:
    """total_nats: cross entropy of the `num_tokens` - 1 tokens after the first."""

    num_tokens: int
    total_nats: float

    @property
    def loss_nats(self) -> float:
        """Mean per predicted token."""
        return self.total_nats / (self.num_tokens - 1)


def stream_loss(
    model: LanguageModel, ids: TokenIdArray, *, num_chunks: int | None = None
) -> Generator[float, None, StreamLoss]:
    """The loss of `ids` (N,), N at least 2, as one stream from a zero state, in float32.

    Yields the share done after each window, so that the driver can pause or stop; it never falls. num_chunks: 1 reads
    strictly in order; left out, it is chosen by the length of the text. Between windows the model is as it was.
    """
    num_predictions = len(ids) - 1
    lanes = Lanes(model, ids)
    if num_chunks is None:
        most = MOST_CHUNKS if lanes.device.type == "cpu" else MOST_CHUNKS_ON_GPU
        num_chunks = max(1, min(most, num_predictions // SHORTEST_CHUNK))
    if num_chunks > 1:
        chunks = _Chunks(lanes, num_predictions, num_chunks)
        total_nats = yield from chunks.solve()
        if total_nats is not None:
            return StreamLoss(num_tokens=len(ids), total_nats=total_nats)
    first_share = 0.5 if num_chunks > 1 else 0.0
    total_nats, state_MBH = 0.0, lanes.zero_state(1)
    for start in range(0, num_predictions, WINDOW_SIZE):
        size = min(WINDOW_SIZE, num_predictions - start)
        nats_B, _, state_MBH = lanes.read([start], size, state_MBH)
        total_nats += float(nats_B)
        yield first_share + (1 - first_share) * (start + size) / num_predictions
    return StreamLoss(num_tokens=len(ids), total_nats=total_nats)


class _Chunks:
    """The chunks of a text, what is known of each, and the sweeps that make it known."""

    def __init__(self, lanes: Lanes, num_predictions: int, num_chunks: int) -> None:
        self._lanes = lanes
        self._num_chunks = num_chunks
        self._length = num_predictions // num_chunks
        self._num_rest = num_predictions - num_chunks * self._length
        self._num_windows = -(-self._length // WINDOW_SIZE)
        self._nats_WK = torch.zeros(self._num_windows, num_chunks, dtype=torch.float64)
        self._start_MBH = lanes.zero_state(num_chunks)
        self._end_MBH = self._start_MBH.clone()
        # States at the ends of some windows, to compare later readings with: about four for each doubling of the place.
        self._known: dict[int, Tensor] = {}

    def solve(self) -> Generator[float, None, float | None]:
        """All nats of the text as one stream, or None when it had better be read in order."""
        pending = list(range(self._num_chunks))
        change = float("inf")
        for sweep in range(1, MOST_SWEEPS + 1):
            before_MBH, change_before, num_read = self._end_MBH.clone(), change, len(pending)
            for share in self._read(pending, is_first=sweep == 1):
                yield 0.5 - 0.5**sweep * (1 - 0.5 * share)
            pending = self._pending()
            num_changed = int((~_are_close(self._end_MBH, before_MBH)).sum())
            change = float((self._end_MBH - before_MBH).abs().max())
            is_stuck = sweep > 1 and 2 * num_changed >= num_read and not 2 * change <= change_before
            if is_stuck and 2 * num_read >= self._num_chunks - 1:
                return None
            if is_stuck or not pending:
                break
        if pending:
            yield from self._read_in_order(pending[0])
        return (yield from self._finish())

    def _pending(self) -> list[int]:
        """Chunks that do not start from where the chunk before them ended; their starts are put right."""
        right_MBH = torch.cat([torch.zeros_like(self._end_MBH[:, :1]), self._end_MBH[:, :-1]], dim=1)
        wrong = torch.nonzero(~_are_close(self._start_MBH, right_MBH)).flatten().tolist()
        self._start_MBH[:, wrong] = right_MBH[:, wrong]
        return wrong

    def _read_in_order(self, first: int) -> Generator[float, None, None]:
        for chunk in range(first, self._num_chunks):
            if chunk > first and chunk not in self._pending():
                continue
            for share in self._read([chunk], is_first=False):
                yield 0.5 + 0.5 * (chunk - first + share) / (self._num_chunks - first)

    def _finish(self) -> Generator[float, None, float]:
        """The tokens after the last chunk, fewer than there are chunks, and the sum of all."""
        total_nats = float(self._nats_WK.sum())
        if self._num_rest:
            start = self._num_chunks * self._length
            nats_B, _, _ = self._lanes.read([start], self._num_rest, self._end_MBH[:, -1:])
            total_nats += float(nats_B)
        yield 1.0
        return total_nats

    def _read(self, chunks: list[int], *, is_first: bool) -> Generator[float, None, None]:
        """Read these chunks side by side from their starts, each until its states are those of its last reading."""
        state_MBH = self._start_MBH[:, chunks]
        for window in range(self._num_windows):
            offset = window * WINDOW_SIZE
            size = min(WINDOW_SIZE, self._length - offset)
            starts = [chunk * self._length + offset for chunk in chunks]
            nats_B, _, state_MBH = self._lanes.read(starts, size, state_MBH)
            self._nats_WK[window, chunks] = nats_B
            if is_first:
                if _is_kept(window):
                    self._known[window] = state_MBH
            elif window in self._known:
                known_MBH = self._known[window]
                differs_B = ~_are_close(state_MBH, known_MBH[:, chunks])
                known_MBH[:, chunks] = state_MBH
                going = torch.nonzero(differs_B).flatten().tolist()
                chunks = [chunks[lane] for lane in going]
                state_MBH = state_MBH[:, going]
            yield (window + 1) / self._num_windows
            if not chunks:
                return
        self._end_MBH[:, chunks] = state_MBH


def _is_kept(window: int) -> bool:
    """Whether the states at the end of this window are kept: those whose number has three significant bits at most."""
    number = window + 1
    return number % (1 << max(0, number.bit_length() - 3)) == 0


def _are_close(a_MBH: Tensor, b_MBH: Tensor) -> Tensor:
    """For each lane (B,), whether the two states are the same up to rounding; never for values that are not numbers."""
    scale_M = b_MBH.abs().amax(dim=(1, 2), keepdim=True)
    return ((a_MBH - b_MBH).abs() <= TOLERANCE * scale_M).all(dim=2).all(dim=0)
