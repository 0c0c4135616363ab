"""How probable a text is to a model, token by token, and how two models differ on it.

Every probability is that of the model itself: temperature 1, no settings, `<unk>` a token like the others.

Legend: T tokens, V vocabulary.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.config.corpus import CleaningConfig
from engine.errors import Cancelled
from engine.sampling.beginning import first_ids, never
from engine.sampling.choice import as_doubles, log_probabilities
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor
from engine.text.places import ReadText, read_text
from engine.text.tokenizers import Tokenizer

_MOST_TOKENS = 64  # read between two looks at `is_cancelled`
_MOST_LOGITS = 2**18  # worked out at once


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredToken:
    """One token of a text, and what the model expected in its place.

    text: the token as the model knows it, in place of the characters start ... stop of the text; is_replaced: they are
    not that, because cleaning or the vocabulary changed them. A word has the space before it, and the bytes of one
    character share its place. rank: 1 for the likeliest token, equals share the better one. entropy_bits: how unsure
    the model was (Shannon 1948), surprise_bits: -log2 of the probability.
    """

    text: str
    start: int
    stop: int
    token_id: int
    is_replaced: bool
    probability: float
    rank: int
    entropy_bits: float
    surprise_bits: float
    best_id: int
    best_text: str
    best_probability: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The characters start ... stop of a text, and the bits of surprise that two models had there."""

    start: int
    stop: int
    first_bits: float
    second_bits: float

    @property
    def bits(self) -> float:
        """How many bits more the first model was surprised; below 0 it expected the text rather than the second."""
        return self.first_bits - self.second_bits


def score_text(
    predictor: Predictor, tokenizer: Tokenizer, text: str, *, before: str = "",
    cleaning: CleaningConfig | None = None, is_cancelled: Callable[[], bool] = never,
) -> Generator[ScoredToken, None, None]:
    """The tokens of `text` as they follow `before`, or a line end. cleaning: that of the model's corpus.

    Places are characters of `text`, whatever cleaning does to it. A token that begins in `before` and ends in `text` is
    among them and begins at 0. Characters that the model does not read stand in no token.

    Raises BadInput for half a character, and Cancelled.
    """  # fmt: skip
    read = read_text(before + text, tokenizer, cleaning)
    first = int(np.searchsorted(read.stops, len(before), side="right"))
    known = read.token_ids[:first] or first_ids(tokenizer)
    state = predictor.initial_state()
    logits: Floats | None = None
    for part in _parts(len(known), _MOST_TOKENS):
        if is_cancelled():
            raise Cancelled
        logits, state = predictor.read(known[part], state)
    assert logits is not None
    size = max(1, min(_MOST_TOKENS, _MOST_LOGITS // predictor.vocabulary_size))
    for part in _parts(len(read.token_ids), size, first):
        if is_cancelled():
            raise Cancelled
        logits_TV, state = predictor.read_each(read.token_ids[part], state)
        expected_TV = np.concatenate([logits[np.newaxis], logits_TV[:-1]])
        logits = logits_TV[-1]
        yield from _scored(expected_TV, read, part, tokenizer, len(before))


def difference(first: Iterable[ScoredToken], second: Iterable[ScoredToken]) -> list[Difference]:
    """Two models on the same text, in the smallest pieces that are whole tokens of both.

    A character model and a word model are so compared word by word, each word with the space before it. Where one model
    reads characters that the other does not, they belong to the piece that follows, and at the end to the last one, so
    that all bits of both are counted.
    """
    totals = [_totals(scores) for scores in (first, second)]
    end = max((stop for total in totals for stop in total), default=0)
    common = sorted(totals[0].keys() & totals[1].keys())
    pieces: list[Difference] = []
    start, counted = 0, (0.0, 0.0)
    for stop in [*common[:-1], end] if end else []:
        first_total, second_total = (_whole(total) if stop == end else total[stop] for total in totals)
        pieces.append(
            Difference(
                start=start, stop=stop, first_bits=first_total - counted[0], second_bits=second_total - counted[1]
            )
        )
        start, counted = stop, (first_total, second_total)
    return pieces


def _totals(scores: Iterable[ScoredToken]) -> dict[int, float]:
    """Bits up to each place where a token ends, in the order of the text."""
    totals: dict[int, float] = {}
    bits = 0.0
    for score in scores:
        bits += score.surprise_bits
        totals[score.stop] = bits
    return totals


def _whole(totals: dict[int, float]) -> float:
    return next(reversed(totals.values()), 0.0)


def _parts(stop: int, size: int, start: int = 0) -> Iterator[slice]:
    return (slice(place, min(place + size, stop)) for place in range(start, stop, size))


def _scored(
    logits_TV: Floats, read: ReadText, part: slice, tokenizer: Tokenizer, offset: int
) -> Iterator[ScoredToken]:
    logs_TV = log_probabilities(as_doubles(logits_TV))
    ids_T = np.asarray(read.token_ids[part])
    own_T = np.take_along_axis(logs_TV, ids_T[:, np.newaxis], axis=1)
    ranks_T = 1 + np.count_nonzero(logs_TV > own_T, axis=1)
    probabilities_TV = np.exp(logs_TV)
    entropy_T = -(probabilities_TV * logs_TV).sum(axis=1) / math.log(2)
    best_T = np.argmax(logs_TV, axis=1)
    starts_T = np.maximum(read.starts[part] - offset, 0)
    stops_T = read.stops[part] - offset
    for row, token_id in enumerate(ids_T.tolist()):
        best_id = int(best_T[row])
        yield ScoredToken(
            text=tokenizer.token_text(token_id), start=int(starts_T[row]), stop=int(stops_T[row]), token_id=token_id,
            is_replaced=bool(read.is_replaced[part][row]), probability=float(probabilities_TV[row, token_id]),
            rank=int(ranks_T[row]), entropy_bits=float(entropy_T[row]),
            surprise_bits=max(0.0, -float(own_T[row, 0]) / math.log(2)), best_id=best_id,
            best_text=tokenizer.token_text(best_id), best_probability=float(probabilities_TV[row, best_id]),
        )  # fmt: skip
