"""Where positions of a plot lie in its picture, and how labels make room for each other."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

from workbench.widgets.plots.fitting import Range
from workbench.widgets.plots.series import Numbers

_FAR_OUTSIDE = 20_000.0  # pixels; further out Qt's rasteriser counts wrong
_HAIR = 0.01  # of a pixel: what numbers lose


@dataclass(frozen=True)
class Geometry:
    """The rectangle of the plot, in pixels, and the positions at its sides."""

    rect: QRectF
    x: Range
    y: Range

    def x_pixel(self, position: float) -> float:
        """The pixel of a position along x."""
        return self.rect.left() + (position - self.x[0]) / (self.x[1] - self.x[0]) * self.rect.width()

    def y_pixel(self, position: float) -> float:
        """The pixel of a position along y; y grows upwards."""
        return self.rect.bottom() - (position - self.y[0]) / (self.y[1] - self.y[0]) * self.rect.height()

    def x_position(self, pixel: float) -> float:
        """The position under a pixel."""
        return self.x[0] + (pixel - self.rect.left()) / self.rect.width() * (self.x[1] - self.x[0])

    def y_position(self, pixel: float) -> float:
        """The position under a pixel."""
        return self.y[0] + (self.rect.bottom() - pixel) / self.rect.height() * (self.y[1] - self.y[0])

    def x_pixels(self, positions: Numbers) -> Numbers:
        """The pixels of positions, none further away than can be painted."""
        scaled = self.rect.left() + (positions - self.x[0]) * (self.rect.width() / (self.x[1] - self.x[0]))
        return np.clip(scaled, -_FAR_OUTSIDE, _FAR_OUTSIDE)

    def y_pixels(self, positions: Numbers) -> Numbers:
        """The pixels of positions, none further away than can be painted."""
        scaled = self.rect.bottom() - (positions - self.y[0]) * (self.rect.height() / (self.y[1] - self.y[0]))
        return np.clip(scaled, -_FAR_OUTSIDE, _FAR_OUTSIDE)

    def edges(self, num_columns: int) -> Numbers:
        """The positions between so many columns of the picture."""
        return np.linspace(self.x[0], self.x[1], num_columns + 1)


def cut_outside(x: Numbers, y: Numbers, rect: QRectF) -> tuple[Numbers, Numbers]:
    """A line of pixels with what lies outside a rectangle as NaN, cut exactly at its sides.

    Painters could clip instead, but what is written as SVG has no clipping.
    """
    for side in (rect.left(), rect.right()):
        x, y = _with_crossings(x, y, side)
    for side in (rect.top(), rect.bottom()):
        y, x = _with_crossings(y, x, side)
    reach = rect.adjusted(-1e-6, -1e-6, 1e-6, 1e-6)
    inside = (x >= reach.left()) & (x <= reach.right()) & (y >= reach.top()) & (y <= reach.bottom())
    return x, np.where(inside, y, np.nan)


def _with_crossings(along: Numbers, across: Numbers, side: float) -> tuple[Numbers, Numbers]:
    """The line with one more point wherever its first coordinate crosses a value."""
    before, after = along[:-1] - side, along[1:] - side
    places = np.flatnonzero(before * after < 0)
    if not len(places):
        return along, across
    shares = before[places] / (before[places] - after[places])
    values = across[places] + shares * (across[places + 1] - across[places])
    return np.insert(along, places + 1, side), np.insert(across, places + 1, values)


def spread(centres: list[float], size: float, low: float, high: float) -> list[float]:
    """Centres moved as little as needed so that labels of one size lie between low and high without overlap.

    When there is no room for all, they overlap evenly instead of leaving the range.
    """
    if not centres:
        return []
    step = min(size, (high - low - size) / (len(centres) - 1)) if len(centres) > 1 else size
    order = sorted(range(len(centres)), key=lambda index: centres[index])
    placed = [0.0] * len(centres)
    floor = low + size / 2
    for index in order:
        placed[index] = floor = max(centres[index], floor)
        floor += step
    ceiling = max(low + size / 2, high - size / 2)
    for index in reversed(order):
        placed[index] = ceiling = min(placed[index], ceiling)
        ceiling -= step
    return placed


def placed_labels(
    centres: list[float], size: float, low: float, high: float, taken: tuple[float, float] | None = None
) -> list[float | None]:
    """Like `spread`, and clear of a taken stretch: every centre stays on its side of it.

    Centres come with the most important first; those at the end that find no room have no place.
    """
    placed: list[float | None] = [None] * len(centres)
    middle = (taken[0] + taken[1]) / 2 if taken is not None else math.inf
    above = [index for index, centre in enumerate(centres) if centre < middle]
    below = [index for index, centre in enumerate(centres) if centre >= middle]
    sides = [(above, low, taken[0] if taken is not None else high)]
    sides += [(below, taken[1], high)] if taken is not None else []
    for indices, start, end in sides:
        fitting = indices[: max(0, int((end - start + _HAIR) // size))]
        for index, centre in zip(fitting, spread([centres[i] for i in fitting], size, start, end), strict=True):
            placed[index] = centre
    return placed
