"""Debiased exponential smoothing of a growing column, done once for each new value."""

import math
from array import array
from collections.abc import Sequence


class Smoothed:
    """The smoothed column: s_t = w s_{t-1} + (1 - w) x_t, divided by 1 - w^t (Kingma and Ba 2015, section 3).

    Independent of what is drawn. A column that became shorter (a run that went on) is smoothed anew from the cut.
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self.values = array("d")
        self._averages = array("d")  # before the correction, so that a cut can go on from any place

    @property
    def weight(self) -> float:
        """How much of the past stays, 0 to below 1."""
        return self._weight

    def follow(self, column: Sequence[float], keep: int | None = None) -> "array[float]":
        """The smoothed values of the whole column. keep: how many of the earlier ones are known to be the same."""
        kept = min(len(self.values), len(column) if keep is None else keep, len(column))
        del self.values[kept:], self._averages[kept:]
        average = self._averages[-1] if kept else 0.0
        weight = self._weight
        for index in range(kept, len(column)):
            value = column[index]
            if not math.isnan(value):
                average = weight * average + (1 - weight) * value
            self._averages.append(average)
            self.values.append(average / (1 - weight ** (index + 1)))
        return self.values
