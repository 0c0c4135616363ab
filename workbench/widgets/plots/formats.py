"""How numbers are written on axes and beside curves, in the language of the person."""

import math
from collections.abc import Callable

from workbench.words import duration, number, significant, tr

Format = Callable[[float], str]


def step_label(value: float) -> str:
    """A count as short as an axis wants it: 800, 12k, 1.5M."""
    size = abs(value)
    if size < 1000:
        return _trimmed(value)
    if size < 999_950:
        return tr("{number}k", number=_trimmed(value / 1e3))
    return tr("{number}M", number=_trimmed(value / 1e6))


def seconds_label(value: float) -> str:
    """A length of time as an axis wants it: 45 s, 3 min, 1 h 30 min."""
    return duration(value)


def tenths_label(value: float) -> str:
    """A length of time where whole seconds would read alike: 2.5 s."""
    return tr("{seconds} s", seconds=number(value, 1))


def value_label(value: float) -> str:
    """A measured value with no more digits than mean something."""
    return significant(value, 3)


def spaced_label(value: float, spacing: float) -> str:
    """A tick's value with the decimals that its neighbour makes necessary."""
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
    if decimals > 5 or abs(value) >= 1e7:
        return significant(value, 3)
    return number(value, decimals)


def _trimmed(value: float) -> str:
    """Up to three decimals, without the zeros that say nothing."""
    for decimals in range(3):
        if math.isclose(value, round(value, decimals), rel_tol=1e-9, abs_tol=1e-9):
            return number(value, decimals)
    return number(value, 3)
