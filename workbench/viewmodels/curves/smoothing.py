"""Debiased exponential smoothing of a growing column, done once for each new value."""

import math
from array import array
from collections.abc import Sequence


class Smoothed:
    """The smoothed column: s_t = w s_(t-1) + (1 - w) x_t, divided by 1 - w^t (Kingma and Ba 2015, section 3).

    t counts the values that are numbers; what is none leaves the curve where it was. Independent of what is drawn.
    """

    def __init__(self, weight: float) -> None:
        """weight: how much of the past stays, 0 to below 1."""
        self.weight = weight
        self.values = array("d")
        self._averages = array("d")  # before the correction, so that a cut can go on from any place
        self._shares = array("d")  # 1 - w^t

    def follow(self, column: Sequence[float], keep: int | None = None) -> "array[float]":
        """The smoothed values of the whole column. keep: how many rows at its beginning are the same as before."""
        kept = min(len(self.values), len(column), len(column) if keep is None else keep)
        del self.values[kept:], self._averages[kept:], self._shares[kept:]
        average = self._averages[-1] if kept else 0.0
        share = self._shares[-1] if kept else 0.0
        old, new = self.weight, 1 - self.weight
        for value in column[kept:]:
            if value == value:
                average = old * average + new * value
                share = old * share + new
            self._averages.append(average)
            self._shares.append(share)
            self.values.append(average / share if share else math.nan)
        return self.values
