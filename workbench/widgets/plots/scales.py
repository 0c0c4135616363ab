"""An axis: how values become positions along it, and where its ticks stand.

Positions are the values themselves on a linear axis and their decimal logarithms on a logarithmic one; pyqtgraph knows
positions only, because its lines and texts do not follow its own logarithmic mode.
"""

import math
from dataclasses import dataclass

import numpy as np

from workbench.widgets.plots.formats import Format, seconds_label, spaced_label, tenths_label, value_label
from workbench.widgets.plots.series import Numbers
from workbench.words import number, tr

_DAY = 86_400
_SHORT = 10  # seconds of which the tenths are told
_SLACK = 0.8  # rather a few ticks too many than half as many
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY)


@dataclass(frozen=True)
class Tick:
    """A line of the grid and what is written at it."""

    position: float
    label: str


@dataclass(frozen=True)
class Axis:
    """Name, unit and scale of one direction of a plot."""

    name: str = ""
    is_log: bool = False
    is_seconds: bool = False
    tick_format: Format | None = None
    value_format: Format | None = None

    def position(self, value: float) -> float:
        """Where a value stands; NaN where the axis has no place for it."""
        if not self.is_log:
            return value
        return math.log10(value) if value > 0 else math.nan

    def positions(self, values: Numbers) -> Numbers:
        """Where values stand."""
        if not self.is_log:
            return values
        return np.log10(np.where(values > 0, values, np.nan))

    def value(self, position: float) -> float:
        """The value at a position."""
        return float(10.0 ** min(position, 300.0)) if self.is_log else position

    def values(self, positions: Numbers) -> Numbers:
        """The values at positions."""
        return np.power(10.0, positions) if self.is_log else positions

    def written(self, value: float) -> str:
        """A value with its digits and unit, as it stands beside a curve."""
        return (self.value_format or value_label)(value)

    def reading(self, value: float) -> str:
        """A value with the name of the axis, for the head of a list: "step 12,400"."""
        if self.value_format is not None:
            return self.value_format(value)
        if self.is_seconds:
            return tenths_label(value) if 0 < value < _SHORT else seconds_label(value)
        whole = abs(value - round(value)) < 1e-9
        written = number(value) if whole else value_label(value)
        return tr("{name} {value}", name=self.name, value=written) if self.name else written

    def ticks(self, low: float, high: float, most: int) -> list[Tick]:
        """At most about so many ticks between two positions, at round values."""
        if self.is_log:
            return self._log_ticks(low, high, max(2, most))
        return self._even_ticks(low, high, max(1, most))

    def _even_ticks(self, low: float, high: float, most: int) -> list[Tick]:
        spacing = even_spacing(_SLACK * (high - low) / most, self.is_seconds)
        first, last = math.ceil(low / spacing - 1e-9), math.floor(high / spacing + 1e-9)
        values = [round(index * spacing, 12) for index in range(first, last + 1)]
        return [Tick(value, self._tick_label(value, spacing)) for value in values]

    def _log_ticks(self, low: float, high: float, most: int) -> list[Tick]:
        if high - low < 0.7:
            return self._ticks_within_a_decade(low, high, most)
        choices: tuple[tuple[int, ...], ...] = ((1, 2, 5), (1, 3), (1,))
        multiples = next((tens for tens in choices if (high - low) * len(tens) <= most + 1), (1,))
        stride = max(1, math.ceil((high - low) / most))
        decades = range(math.floor(low), math.ceil(high) + 1)
        places = [(m, d) for d in decades if d % stride == 0 for m in multiples]
        values = [m * 10.0**d for m, d in places if low - 1e-9 <= math.log10(m) + d <= high + 1e-9]
        return [Tick(math.log10(value), self._tick_label(value, 0)) for value in values]

    def _ticks_within_a_decade(self, low: float, high: float, most: int) -> list[Tick]:
        bottom, top = 10.0**low, 10.0**high
        spacing = even_spacing(_SLACK * (top - bottom) / most, False)
        values = [i * spacing for i in range(max(1, math.ceil(bottom / spacing)), math.floor(top / spacing) + 1)]
        return [Tick(math.log10(value), self._tick_label(value, spacing)) for value in values]

    def _tick_label(self, value: float, spacing: float) -> str:
        if self.tick_format is not None:
            return self.tick_format(value)
        if self.is_seconds:
            return tenths_label(value) if 0 < spacing < 1 else seconds_label(value)
        return spaced_label(value, spacing) if spacing else value_label(value)


def even_spacing(at_least: float, is_seconds: bool) -> float:
    """The next round distance: 1, 2 or 5 times a power of ten; for seconds what clocks have."""
    if is_seconds and 0.5 < at_least <= _DAY:
        return next(step for step in _SECONDS if step >= at_least)
    if is_seconds and at_least > _DAY:
        return _DAY * even_spacing(at_least / _DAY, False)
    power = 10.0 ** math.floor(math.log10(max(at_least, 1e-300)))
    return next(multiple * power for multiple in (1, 2, 5, 10) if multiple * power >= at_least * (1 - 1e-9))
