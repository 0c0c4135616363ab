"""The temperature of one token: pure functions. Applying it is `choice.probabilities` and `choice.draw`.

Legend: V vocabulary.
"""

import numpy as np

from engine.sampling.choice import Doubles, log_probabilities

GREEDY = 0.0


def scheduled_temperature(temperature: float, change: float, num_written: int, length: int) -> float:
    """The temperature of the token after `num_written` of `length`: it changes linearly, by `change` until the last.

    It never falls below 0, and stays as it is beyond the last token.
    """
    progress = min(num_written / (length - 1), 1.0) if length > 1 else 0.0
    return max(temperature + change * progress, GREEDY)


def dynamic_temperature(logits_V: Doubles, temperature: float, spread: float, exponent: float) -> float:
    """A temperature between `temperature` - `spread` (not below 0) and `temperature` + `spread`.

    It follows the entropy H of the N tokens not left out (kalomaze 2023, as in llama.cpp's extended temperature):
    T = T_min + (T_max - T_min) (H / log N) ** exponent. Of a single token H / log N is taken as 0.
    """
    num_in = int(np.count_nonzero(logits_V > -np.inf))
    doubt = min(entropy_nats(logits_V) / np.log(num_in), 1.0) if num_in > 1 else 0.0
    lowest = max(temperature - spread, GREEDY)
    return float(lowest + (temperature + spread - lowest) * doubt**exponent)


def entropy_nats(logits_V: Doubles) -> float:
    """The entropy of softmax(logits), at least 0."""
    log_p = log_probabilities(logits_V)
    shares = np.exp(log_p)
    return max(-float((shares * np.where(shares > 0, log_p, 0.0)).sum()), 0.0)
