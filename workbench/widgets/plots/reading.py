"""What a plot says at one x: every visible curve with its value there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.widgets.plots.contents import Contents
from workbench.widgets.plots.series import Curve, Numbers
from workbench.words import tr


@dataclass(frozen=True)
class ReadCurve:
    """A curve and the sample that is nearest to the reading line; none before its first and in its gaps."""

    curve: Curve
    point: tuple[float, float] | None
    text: str


@dataclass(frozen=True)
class Reading:
    """The values of all visible curves at one x, and what happened there."""

    x: float
    head: str
    curves: Sequence[ReadCurve]
    events: Sequence[str]

    @property
    def text(self) -> str:
        """The reading as words, for a screen reader."""
        values = [tr("{name} {value}", name=read.curve.name, value=read.text) for read in self.curves]
        return ", ".join([self.head, *self.events, *values])


def read_at(contents: Contents, x: float, nearby: float = 0.0) -> Reading | None:
    """The reading at the sample nearest to x, with the events less than `nearby` away; none for an empty plot."""
    densest = _densest(contents)
    if densest is None:
        return None
    x = float(densest[_nearest_index(densest, x)])
    curves = [_read(curve, x, contents) for curve in contents.visible_curves()]
    events = [mark.text for mark in contents.marks if abs(mark.x - x) <= nearby]
    return Reading(x, contents.x_axis.reading(x), curves, events)


def neighbour(contents: Contents, x: float, step: float) -> float | None:
    """The x of the next sample at least a step further: to the right, or to the left for a negative one."""
    densest = _densest(contents)
    if densest is None:
        return None
    here = _nearest_index(densest, x)
    there = _nearest_index(densest, x + step)
    if there == here:
        there += 1 if step > 0 else -1
    return float(densest[min(max(there, 0), len(densest) - 1)])


def _read(curve: Curve, x: float, contents: Contents) -> ReadCurve:
    point = curve.nearest(x) if x >= curve.x[0] else None
    return ReadCurve(curve, point, "–" if point is None else contents.y_axis.written(point[1]))


def _densest(contents: Contents) -> Numbers | None:
    curves = contents.visible_curves()
    return max((curve.x for curve in curves), key=len) if curves else None


def _nearest_index(values: Numbers, x: float) -> int:
    after = int(np.searchsorted(values, x))
    if after == len(values) or (after > 0 and x - values[after - 1] <= values[after] - x):
        after -= 1
    return after
