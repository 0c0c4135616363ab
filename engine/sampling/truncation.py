"""Tokens left out by their rank, probability or surprise: pure functions over logits.

Each takes logits (V,) or (B, V), float64, of which -inf stands for a token that is left out already, and gives logits
of which more are -inf. At least one token of each row always stays, and what stays keeps its logit bit for bit. Of
equally likely tokens those with the smaller ids count as the likelier ones.

Legend: B candidates, V vocabulary.
"""

import numpy as np
from numpy.typing import NDArray

from engine.sampling.choice import Doubles, log_probabilities

_Mask = NDArray[np.bool_]
_NATS_PER_BIT = float(np.log(2))


def top_n_sigma(logits: Doubles, n: float) -> Doubles:
    """Logits of at least max - n sigma (Tang et al. 2024). 0: all.

    sigma is the standard deviation (divided by their number) of the logits not yet left out.
    """
    if n <= 0:
        return logits
    is_in = logits > -np.inf
    num_in = np.count_nonzero(is_in, axis=-1, keepdims=True)
    present = np.where(is_in, logits, 0.0)
    deviations = np.where(is_in, logits - present.sum(axis=-1, keepdims=True) / num_in, 0.0)
    sigma = np.sqrt((deviations**2).sum(axis=-1, keepdims=True) / num_in)
    return _only(logits, logits >= logits.max(axis=-1, keepdims=True) - n * sigma)


def top_k(logits: Doubles, k: int) -> Doubles:
    """The k likeliest tokens (Fan, Lewis & Dauphin 2018). 0: all."""
    if not 0 < k < logits.shape[-1]:
        return logits
    return _only(logits, _highest(logits, k))


def typical(logits: Doubles, mass: float) -> Doubles:
    """The tokens whose surprise is nearest the expected one, as few as have `mass` together. 1: all.

    Locally typical sampling (Meister, Pimentel, Wiher & Cotterell 2022): they are ordered by the distance of -log p
    from the entropy of the distribution.
    """
    if mass >= 1:
        return logits
    if logits.ndim > 1:
        return np.stack([typical(row, mass) for row in logits])
    log_p = log_probabilities(logits)
    shares = np.exp(log_p)
    entropy = -(shares * np.where(shares > 0, log_p, 0.0)).sum()
    ids = np.flatnonzero(logits > -np.inf)
    order = ids[np.argsort(np.abs(log_p[ids] + entropy), kind="stable")]
    return _only(logits, _first_with(mass, shares, order))


def top_p(logits: Doubles, mass: float) -> Doubles:
    """The nucleus (Holtzman et al. 2020, section 3.1): the fewest likeliest tokens with `mass` together. 1: all."""
    if mass >= 1:
        return logits
    if logits.ndim > 1:
        return np.stack([top_p(row, mass) for row in logits])
    shares = np.exp(log_probabilities(logits))
    # All tokens below this have less than 1 - mass together: none of them is needed, and they need no sorting.
    ids = np.flatnonzero(shares >= min((1 - mass) / len(shares), shares.max()))
    order = ids[np.argsort(-shares[ids], kind="stable")]
    return _only(logits, _first_with(mass, shares, order))


def min_p(logits: Doubles, share: float) -> Doubles:
    """Tokens of at least `share` times the likeliest one's probability (Nguyen et al. 2024). 0: all."""
    if share <= 0:
        return logits
    return _only(logits, logits >= logits.max(axis=-1, keepdims=True) + np.log(share))


def exclude_top_choices(logits: Doubles, threshold: float) -> Doubles:
    """Leave out all tokens of probability `threshold` or more but the least probable of them.

    XTC (p-e-w 2024, text-generation-webui, pull request 6335), when its chance has come.
    """
    shares = np.exp(log_probabilities(logits))
    is_top = (shares >= threshold) & (logits > -np.inf)
    backwards = np.where(is_top, shares, np.inf)[..., ::-1]  # so that the last of equals is found
    stays = logits.shape[-1] - 1 - np.argmin(backwards, axis=-1, keepdims=True)
    np.put_along_axis(is_top, stays, False, axis=-1)
    return _only(logits, ~is_top)


def mirostat(logits: Doubles, most_surprise: float) -> Doubles:
    """The tokens of a surprise of at most so many bits, or the likeliest (Basu et al. 2021, algorithm 2)."""
    surprise = surprise_bits(logits)
    kept = surprise <= most_surprise
    np.put_along_axis(kept, np.argmax(logits, axis=-1, keepdims=True), True, axis=-1)
    return _only(logits, kept)


def corrected_surprise(most_surprise: float, surprise: float, target: float, rate: float) -> float:
    """The bound of `mirostat` after a token of this surprise was written (Basu et al. 2021, algorithm 2).

    mu <- mu - rate (surprise - target), all in bits; it begins at twice the target.
    """
    return most_surprise - rate * (surprise - target)


def surprise_bits(logits: Doubles) -> Doubles:
    """-log2 of the probabilities; infinite for a token that is left out."""
    bits: Doubles = -log_probabilities(logits) / _NATS_PER_BIT
    return bits


def _first_with(mass: float, shares_V: Doubles, order: NDArray[np.intp]) -> _Mask:
    """The first ids of `order` that have `mass` together, at least one."""
    num = int(np.count_nonzero(shares_V[order].cumsum() < mass)) + 1
    kept = np.zeros(len(shares_V), np.bool_)
    kept[order[:num]] = True
    return kept


def _highest(scores: Doubles, num: int) -> _Mask:
    """The `num` highest scores of each row."""
    place = scores.shape[-1] - num
    least = np.partition(scores, place, axis=-1)[..., place : place + 1]
    above = scores > least
    equal = scores == least
    num_equal = num - np.count_nonzero(above, axis=-1, keepdims=True)
    kept: _Mask = above | (equal & (np.cumsum(equal, axis=-1) <= num_equal))
    return kept


def _only(logits: Doubles, kept: _Mask) -> Doubles:
    return np.where(kept, logits, -np.inf)
