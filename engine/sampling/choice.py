"""From logits to the next token: pure functions with randomness of their own.

Legend: B candidates, V vocabulary.
"""

import numpy as np
from numpy.typing import NDArray

from engine.sampling.matrices import Floats

Doubles = NDArray[np.float64]
Logits = Floats | Doubles

# Below this, float32 logits that differ at all differ by so much that the likeliest token has all the probability.
_LEAST_TEMPERATURE = 1e-8
_LEAST_LOGIT = np.finfo(np.float32).min


def generator_of(seed: int) -> np.random.Generator:
    """The random numbers of one sample: PCG64 (O'Neill 2014) from `seed`."""
    return np.random.Generator(np.random.PCG64(seed))


def derived_seed(seed: int, index: int) -> int:
    """The seed of sample `index` of several: `seed` itself for the first, then independent ones below 2**53.

    Given alone, a derived seed writes that sample alone again.
    """
    if index == 0:
        return seed
    words = np.random.SeedSequence([seed, index]).generate_state(1, np.uint64)
    return int(words[0]) >> 11


def forbid(logits: Logits, token_id: int | None) -> None:
    """Give a token probability 0, in place, in (V,) or (B, V); not the only token there is."""
    if token_id is not None and logits.shape[-1] > 1:
        np.fmax(logits, _LEAST_LOGIT, out=logits)  # so that no other token of a model that overflowed is so, too
        logits[..., token_id] = -np.inf


def probabilities(logits: Logits, temperature: float) -> Doubles:
    """softmax(logits / temperature) along the last axis; at temperature 0 the likeliest (the first of equals) has all.

    Any finite temperature of 0 or more is safe, and so are logits of a model that overflowed.
    """
    weights = _weights(logits, temperature)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


def log_probabilities(logits: Doubles) -> Doubles:
    """log softmax(logits) in nats along the last axis; -inf for a token left out, of which a row has not all."""
    shifted: Doubles = logits - logits.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def as_doubles(logits: Logits) -> Doubles:
    """A copy in float64 in which every logit is finite, also those of a model that overflowed."""
    doubles: Doubles = logits.astype(np.float64)
    if not np.isfinite(doubles).all():
        least = float(_LEAST_LOGIT)
        doubles[np.isnan(doubles)] = least
        np.clip(doubles, least, -least, out=doubles)
    return doubles


def draw(logits_V: Logits, temperature: float, random: np.random.Generator) -> int:
    """One token id from `probabilities`, by one uniform number and the inverse of the distribution function.

    Temperature 0 draws nothing from `random`.
    """
    if temperature == 0:
        return int(np.argmax(_finite(logits_V)))
    cumulative = _weights(logits_V, temperature).cumsum()
    chosen = int(cumulative.searchsorted(random.random() * cumulative[-1], side="right"))
    # Rounding may bring the product up to the total; the last token that has a share is meant then.
    return chosen if chosen < len(cumulative) else int(cumulative.searchsorted(cumulative[-1]))


def draw_many(logits_BV: Floats, temperature: float, randoms: list[np.random.Generator]) -> NDArray[np.intp]:
    """As `draw` for each row with the random numbers of its own: token ids (B,)."""
    if temperature == 0:
        likeliest_B: NDArray[np.intp] = np.argmax(_finite(logits_BV), axis=-1)
        return likeliest_B
    cumulative_BV = np.cumsum(_weights(logits_BV, temperature), axis=-1)
    total_B = cumulative_BV[:, -1]
    target_B = np.array([random.random() for random in randoms]) * total_B
    chosen_B: NDArray[np.intp] = np.count_nonzero(cumulative_BV <= target_B[:, np.newaxis], axis=-1)
    last_B = np.count_nonzero(cumulative_BV < total_B[:, np.newaxis], axis=-1)
    np.minimum(chosen_B, last_B, out=chosen_B)
    return chosen_B


def _weights(logits: Logits, temperature: float) -> Doubles:
    """Probabilities but for their sum."""
    likeliest = logits.max(axis=-1, keepdims=True)
    if not np.isfinite(likeliest).all():
        logits = _finite(logits)
        likeliest = logits.max(axis=-1, keepdims=True)
    scaled: Doubles = np.subtract(logits, likeliest, dtype=np.float64)
    if temperature == 0:
        weights: Doubles = np.zeros_like(scaled)
        np.put_along_axis(weights, np.argmax(scaled, axis=-1, keepdims=True), 1.0, axis=-1)
        return weights
    scaled /= max(temperature, _LEAST_TEMPERATURE)
    np.exp(scaled, out=scaled)
    return scaled


def _finite(logits: Logits) -> Logits:
    """The logits with finite maxima; where a model overflowed, the largest numbers stand for infinities."""
    if np.isfinite(logits.max(axis=-1)).all():
        return logits
    finite: Doubles = np.nan_to_num(logits, nan=float(_LEAST_LOGIT))
    return finite
