"""The numbers of one curve, and the few of them that a picture of so many pixels can show."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.widgets.plots.styles import Dash

Numbers = NDArray[np.float64]
Samples = Sequence[float] | Numbers  # array.array is a sequence too
EMPTY: Numbers = np.empty(0)
MAX_POINTS = 4000  # of one curve in one picture


@dataclass
class Curve:
    """A curve: its samples in ascending x, and how it is drawn."""

    name: str
    colour: str
    dash: Dash = "solid"
    width: float = 1.0
    is_faint: bool = False
    has_marks: bool = False
    shows_latest: bool = True
    in_legend: bool = True
    is_visible: bool = True
    x: Numbers = field(default_factory=lambda: EMPTY)
    y: Numbers = field(default_factory=lambda: EMPTY)

    def set_samples(self, x: Samples, y: Samples) -> None:
        """Copy the samples. Raises ValueError when x and y differ in length."""
        self.x, self.y = ordered_samples(x, y)

    @property
    def latest(self) -> tuple[float, float] | None:
        """The last sample that is a number."""
        for index in range(len(self.y) - 1, -1, -1):
            if np.isfinite(self.y[index]):
                return float(self.x[index]), float(self.y[index])
        return None

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The sample whose x is nearest; none where the curve has a gap or no samples."""
        if not len(self.x):
            return None
        # bisect reads a dozen elements; numpy's own search would first make an array of one.
        after = bisect.bisect_left(self.x, x)
        if after == len(self.x) or (after > 0 and x - self.x[after - 1] <= self.x[after] - x):
            after -= 1
        value = float(self.y[after])
        return (float(self.x[after]), value) if np.isfinite(value) else None

    def slice(self, low: float, high: float) -> slice:
        """The samples between two x, and one more on each side so that lines run out of the picture."""
        first, last = np.searchsorted(self.x, (low, high), side="left")
        return slice(max(0, int(first) - 1), min(len(self.x), int(last) + 1))


def peaks(x: Numbers, y: Numbers, edges: Numbers) -> tuple[Numbers, Numbers]:
    """Lowest and highest sample of every cell between the edges: what a picture with one column per cell shows.

    x ascends; edges ascend, and what lies outside them is kept as it is. NaN in y is left out of a cell that has
    numbers, and stays where it has none.
    """
    if len(x) <= 2 * len(edges):
        return x, y
    bounds = np.searchsorted(x, edges, side="left")
    bounds = np.concatenate(([0], bounds[(bounds > 0) & (bounds < len(x))]))
    bounds = bounds[np.append(True, bounds[1:] > bounds[:-1])]
    lasts = np.append(bounds[1:], len(x)) - 1
    low, high = np.fmin.reduceat(y, bounds), np.fmax.reduceat(y, bounds)
    rises = _rises(y[bounds], y[lasts], low, high)
    points_x, points_y = np.empty(2 * len(bounds)), np.empty(2 * len(bounds))
    points_x[0::2], points_x[1::2] = x[bounds], x[lasts]
    points_y[0::2], points_y[1::2] = np.where(rises, low, high), np.where(rises, high, low)
    return points_x, points_y


def _rises(first: Numbers, last: Numbers, low: Numbers, high: Numbers) -> NDArray[np.bool_]:
    """Whether the line through a cell goes from its lowest to its highest sample.

    A smooth curve goes the way of its samples. Where samples only scatter, cells go up and down in turn: the line
    from cell to cell then stays short, which halves the time to paint noise.
    """
    change = last - first
    in_turn = np.arange(len(first)) % 2 == 0
    return np.where(np.abs(change) > 0.6 * (high - low), change >= 0, in_turn)


def ordered_samples(x: Samples, y: Samples) -> tuple[Numbers, Numbers]:
    """Copies in ascending x, without samples whose x is no number. Raises ValueError when x and y differ in length."""
    xs, ys = _copied(x), _copied(y)
    if xs.shape != ys.shape:
        raise ValueError(f"{len(xs)} x values but {len(ys)} y values")
    return _ascending(xs, ys)


def _copied(values: Samples) -> Numbers:
    # array.array refuses to grow while a view of it lives: the copy must not hold one.
    return np.array(values, dtype=np.float64).reshape(-1)


def _ascending(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    known = np.isfinite(x)
    if not known.all():
        x, y = x[known], y[known]
    if (x[1:] < x[:-1]).any():  # a run that was rewound takes some steps again
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    return x, y
