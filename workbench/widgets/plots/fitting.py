"""Which values a plot should show when nobody has zoomed it: all that matters, without what would flatten the rest."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from workbench.widgets.plots.scales import Axis, even_spacing
from workbench.widgets.plots.series import Numbers

Range = tuple[float, float]
_ENOUGH = 60  # fewer values are shown whole
_TAIL = 0.03
_FAR = 0.9  # a tail is cut when it reaches further than this share of the span of all the rest
_SAMPLE_SIZE = 2000
_REACH = 1.6  # reference values may stretch the range so many times
_MARGIN = 0.06


def fitted_range(groups: Sequence[Numbers], kept: Iterable[float], wanted: Iterable[float], axis: Axis) -> Range | None:
    """The range of positions for groups of values (one for every curve).

    kept: values that must be inside. wanted: values that come inside when they are near, or when nothing else is
    there. Returns None when there is nothing to show.
    """
    bounds = [axis.position(bound) for group in groups for bound in _trimmed(group, axis.is_log)]
    bounds += _positions(kept, axis)
    near = sorted(_positions(wanted, axis))
    if not bounds and not near:
        return None
    low, high = (min(bounds), max(bounds)) if bounds else (near[0], near[-1])
    low, high = _stretched(low, high, near, axis.is_log)
    return _rounded(low, high, axis.is_log)


def whole_range(groups: Sequence[Numbers], kept: Iterable[float], axis: Axis) -> Range | None:
    """The range of positions in which nothing is cut."""
    bounds = [axis.position(float(end)) for group in groups if len(group) for end in (group.min(), group.max())]
    bounds += _positions(kept, axis)
    return _rounded(min(bounds), max(bounds), axis.is_log) if bounds else None


def placeable(values: Numbers, axis: Axis) -> Numbers:
    """The values for which the axis has a place."""
    known = np.isfinite(values)
    if axis.is_log:
        known &= values > 0
    return values if known.all() else values[known]


def _positions(values: Iterable[float], axis: Axis) -> list[float]:
    places = (axis.position(value) for value in values)
    return [place for place in places if math.isfinite(place)]


def _trimmed(values: Numbers, is_log: bool) -> tuple[float, ...]:
    """Lowest and highest value to show: long thin tails (the first steps of a loss, single spikes) are left out."""
    if not len(values):
        return ()
    low, high = float(values.min()), float(values.max())
    if len(values) < _ENOUGH or is_log:
        return low, high
    sample = values[:: max(1, len(values) // _SAMPLE_SIZE)]
    bottom, top = (float(value) for value in np.quantile(sample, (_TAIL, 1 - _TAIL)))
    far = _FAR * (top - bottom)
    if bottom - low > far > 0:
        low = bottom - 0.25 * far
    if high - top > far > 0:
        high = top + 0.25 * far
    return low, high


def _stretched(low: float, high: float, near: Sequence[float], is_log: bool) -> Range:
    least = 0.3 if is_log else max(0.05 * max(abs(low), abs(high)), 1e-12)
    reach = _REACH * max(high - low, least * 5)
    for value in near:
        if max(high, value) - min(low, value) <= reach:
            low, high = min(low, value), max(high, value)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    return low, high


def _rounded(low: float, high: float, is_log: bool) -> Range:
    """A little air, and ends at round values, so that the axis stands still while values arrive."""
    if high <= low:
        low, high = low - 0.5, high + 0.5
    margin = _MARGIN * (high - low)
    spacing = even_spacing((high - low) / 20, False)
    bottom = math.floor((low - margin) / spacing) * spacing
    if not is_log and bottom < 0 <= low:
        bottom = 0.0
    return bottom, math.ceil((high + margin) / spacing) * spacing
