"""Repetition made less likely: pure functions over logits (V,), float64, and the tokens of the text so far (N,).

-inf stands for a token that is left out already, and stays -inf.

Legend: V vocabulary, N tokens of the text.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.sampling.choice import Doubles

TextIds = NDArray[np.int64]
Mask = NDArray[np.bool_]
MatchLengths = NDArray[np.int32]

# A penalty beyond this decides everything already; longer matches need not be told apart.
_LARGEST_PENALTY = 1e6


def repetition(logits_V: Doubles, recent_ids: TextIds, penalty: float) -> Doubles:
    """Scores of recent tokens divided by `penalty` (Keskar et al. 2019, section 4.1). 1: off.

    Division would reward a token whose score is negative, so such a score is multiplied, as is usual since.
    """
    if penalty == 1 or not len(recent_ids):
        return logits_V
    penalised = logits_V.copy()
    scores = logits_V[recent_ids]
    penalised[recent_ids] = np.where(scores > 0, scores / penalty, scores * penalty)
    return penalised


def presence_and_frequency(logits_V: Doubles, recent_ids: TextIds, presence: float, frequency: float) -> Doubles:
    """score - presence [count > 0] - frequency count, of the recent tokens (OpenAI, API documentation 2021)."""
    if not (presence or frequency) or not len(recent_ids):
        return logits_V
    counts_V = np.bincount(recent_ids, minlength=len(logits_V))
    penalised: Doubles = logits_V - presence * (counts_V > 0) - frequency * counts_V
    return penalised


def no_repeat_ngram(logits_V: Doubles, text_ids: TextIds, match_N: MatchLengths, size: int) -> Doubles:
    """Leave out each token that would write a sequence of `size` tokens again (Paulus, Xiong & Socher 2017, 2.5).

    match_N: see `match_lengths`. Where that left nothing, the likeliest token stays. 0: off.
    """
    if size <= 0:
        return logits_V
    left = logits_V.copy()
    left[text_ids[match_N >= size - 1]] = -np.inf
    if left.max() == -np.inf:
        likeliest = int(np.argmax(logits_V))
        left[likeliest] = logits_V[likeliest]
    return left


def dry(
    logits_V: Doubles, text_ids: TextIds, match_N: MatchLengths, is_break_N: Mask, multiplier: float, base: float,
    allowed_length: int,
) -> Doubles:  # fmt: skip
    """Don't Repeat Yourself (p-e-w 2024, text-generation-webui, pull request 5677). Multiplier 0: off.

    When the last n tokens stand earlier in the text, too, followed there by token t, and n is the largest such number,
    then t loses multiplier * base ** (n - allowed_length), if n is at least `allowed_length`. No match reaches beyond a
    token that `is_break_N` marks, and no such token is penalised. match_N: see `match_lengths`.
    """
    since_break = _tokens_since_break(is_break_N)
    if multiplier <= 0 or since_break < allowed_length:
        return logits_V
    places = np.flatnonzero((match_N >= allowed_length) & ~is_break_N)
    if not len(places):
        return logits_V
    longest_V = np.zeros(len(logits_V), np.int32)
    np.maximum.at(longest_V, text_ids[places], np.minimum(match_N[places], since_break, dtype=np.int32))
    growth_V = np.minimum(longest_V - allowed_length, _longest_growth(multiplier, base))
    penalised: Doubles = np.where(longest_V > 0, logits_V - multiplier * base ** growth_V.astype(float), logits_V)
    return penalised


def match_lengths(text_ids: TextIds) -> MatchLengths:
    """For each place of the text, how many tokens just before it are the same as those at the end of the text.

    The Z algorithm (Gusfield 1997, section 1.4) on the text read backwards.
    """
    backwards = text_ids[::-1].tolist()
    size = len(backwards)
    lengths = [0] * size
    left = right = 0
    for place in range(1, size):
        length = min(right - place, lengths[place - left]) if place < right else 0
        while place + length < size and backwards[length] == backwards[place + length]:
            length += 1
        lengths[place] = length
        if place + length > right:
            left, right = place, place + length
    return np.array([0, *lengths[:0:-1]], np.int32)[:size]


def extend_match_lengths(match_N: MatchLengths, text_ids: TextIds, out: MatchLengths) -> None:
    """Fill `out` (N + 1,) with the lengths after one more token, the last of `text_ids` (N + 1,)."""
    out[0] = 0
    np.add(match_N, 1, out=out[1:])
    out[1:] *= text_ids[:-1] == text_ids[-1]


def _tokens_since_break(is_break_N: Mask) -> int:
    from_the_end = is_break_N[::-1]
    place = int(np.argmax(from_the_end)) if len(is_break_N) else 0
    return place if len(is_break_N) and from_the_end[place] else len(is_break_N)


def _longest_growth(multiplier: float, base: float) -> int:
    """How many tokens beyond the allowed length a penalty still grows to any purpose."""
    if base <= 1:
        return 0
    return min(math.ceil((math.log(_LARGEST_PENALTY) - math.log(multiplier)) / math.log(base)), 100_000)
