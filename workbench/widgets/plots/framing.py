"""Which part of its contents a plot shows: following the newest samples, fitted, whole, or as the person left it."""

import math
from typing import Literal

import numpy as np

from workbench.widgets.plots.contents import Contents
from workbench.widgets.plots.fitting import Range, fitted_range, placeable, whole_range
from workbench.widgets.plots.series import Numbers

HeightMode = Literal["fitted", "whole", "kept"]
_SMALLEST_SHARE = 1e-6  # of the whole width: closer the numbers of a plot lose their digits
_WIDEST = 4.0  # times the whole width


class Framing:
    """The visible ranges in positions (see scales), and the rules by which they move."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.x: Range = (0.0, 1.0)
        self.y: Range = (0.0, 1.0)
        self.is_following = True
        self.height_mode: HeightMode = "fitted"
        self._followed_width: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything is shown and nothing cut."""
        return self.is_following and self._followed_width is None and self.height_mode == "whole"

    def refresh(self) -> None:
        """Move the ranges to where the contents are now."""
        if self.is_following:
            self._follow()
        if self.height_mode != "kept":
            self._fit_height()

    def fit(self) -> None:
        """All x, following, and the y that matter."""
        self.is_following, self._followed_width, self.height_mode = True, None, "fitted"

    def show_whole(self) -> None:
        """All x, following, and every y."""
        self.fit()
        self.height_mode = "whole"

    def follow(self, is_on: bool) -> None:
        """Keep the newest sample in the picture, with the present zoom if it is one."""
        if is_on and not self.is_following:
            low, high = self._extent()
            width = self.x[1] - self.x[0]
            self._followed_width = width if width < 0.95 * (high - low) else None
        self.is_following = is_on

    def zoom_x(self, factor: float, anchor: float) -> None:
        """Closer by a factor, with one position staying where it is."""
        low, high = self._extent()
        width = (self.x[1] - self.x[0]) / factor
        width = min(max(width, _SMALLEST_SHARE * (high - low)), _WIDEST * (high - low))
        share = (anchor - self.x[0]) / (self.x[1] - self.x[0])
        self.show_x(anchor - share * width, anchor + (1 - share) * width)

    def zoom_y(self, factor: float, anchor: float) -> None:
        """Closer by a factor, with one position staying where it is."""
        low, high = self.y
        self.show_y(anchor - (anchor - low) / factor, anchor + (high - anchor) / factor)

    def pan_x(self, distance: float) -> None:
        """Move along x; some of the samples stay in the picture."""
        low, high = self._extent()
        width = self.x[1] - self.x[0]
        start = min(max(self.x[0] + distance, low - 0.9 * width), high - 0.1 * width)
        self.show_x(start, start + width)

    def pan_y(self, distance: float) -> None:
        """Move along y."""
        self.show_y(self.y[0] + distance, self.y[1] + distance)

    def show_x(self, low: float, high: float) -> None:
        """Show these positions from now on."""
        if high > low and math.isfinite(high - low):
            self.x, self.is_following = (low, high), False

    def show_y(self, low: float, high: float) -> None:
        """Show these positions from now on."""
        if high - low > 1e-12 * max(abs(low), abs(high)) and math.isfinite(high - low):
            self.y, self.height_mode = (low, high), "kept"

    def _extent(self) -> Range:
        """From the first to the last position of the visible curves."""
        axis = self._contents.x_axis
        ends: list[float] = []
        for curve in self._contents.visible_curves():
            first = curve.x[0]
            if axis.is_log and first <= 0:
                beyond = int(np.searchsorted(curve.x, 0.0, side="right"))
                first = curve.x[min(beyond, len(curve.x) - 1)]
            ends += [axis.position(float(first)), axis.position(float(curve.x[-1]))]
        ends = [end for end in ends if math.isfinite(end)]
        if not ends:
            return 0.0, 1.0
        low, high = min(ends), max(ends)
        if not axis.is_log and 0 < low <= 0.1 * high:
            low = 0.0  # a first point at step 50 of thousands is the beginning
        return (low, high) if high > low else (low, low + 1.0)

    def _follow(self) -> None:
        low, high = self._extent()
        if self._followed_width is not None and self._followed_width < high - low:
            low = high - self._followed_width
        self.x = (low, high)

    def _fit_height(self) -> None:
        contents, axis = self._contents, self._contents.y_axis
        kept = [value for _, value in contents.latest_values()]
        if contents.threshold is not None:
            kept.append(contents.threshold.value)
        references = [reference.value for reference in contents.references]
        groups = self._values_in_sight()
        if self.height_mode == "whole":
            found = whole_range(groups, kept + references, axis)
        else:
            found = fitted_range(groups, kept, references, axis)
        self.y = found if found is not None else (0.0, 1.0)

    def _values_in_sight(self) -> list[Numbers]:
        contents = self._contents
        low, high = contents.x_axis.value(self.x[0]), contents.x_axis.value(self.x[1])
        groups = []
        for curve in contents.visible_curves():
            part = curve.slice(low, high)
            groups.append(placeable(curve.y[part], contents.y_axis))
        for band in contents.visible_bands():
            inside = (band.x >= low) & (band.x <= high)
            groups += [placeable(edge[inside], contents.y_axis) for edge in (band.low, band.high)]
        return groups
