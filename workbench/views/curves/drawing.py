"""Brings a picture into a plot, and only what is new of it."""

from workbench.viewmodels.curves.names import axis_name
from workbench.viewmodels.curves.picture import Drawn, Law, Picture
from workbench.viewmodels.run_history import Axis
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.plots.formats import Format, step_label
from workbench.widgets.plots.series import Samples
from workbench.widgets.plots.styles import series_style
from workbench.widgets.plots.transform import exponential, scaled
from workbench.words import number, tr

_READINGS: dict[Axis, Format | None] = {
    "step": lambda value: tr("Step {step}", step=round(value)),
    "epoch": lambda value: tr("Pass {pass_number}", pass_number=number(value, 2)),
    "tokens": lambda value: tr("{count} tokens", count=round(value)),
    "time": None,
}
_TICKS: dict[Axis, Format | None] = {"step": step_label, "epoch": None, "tokens": step_label, "time": None}


class PictureInPlot:
    """Remembers what a plot shows already."""

    def __init__(self, plot: CurvePlot) -> None:
        self.plot = plot
        self._axes: tuple[object, ...] = ()
        self._drawn: dict[str, tuple[object, ...]] = {}
        self._ranges: dict[str, tuple[object, ...]] = {}
        self._notes: tuple[object, ...] = ()

    def forget(self) -> None:
        """Show nothing, and everything anew the next time."""
        self.plot.clear()
        self._axes, self._notes = (), ()
        self._drawn.clear()
        self._ranges.clear()

    def show(self, picture: Picture) -> None:
        """Show this."""
        self._show_axes(picture)
        self._remove_gone(picture)
        for curve in picture.curves:
            self._show_curve(curve, picture)
        for curve in picture.curves:
            self._show_or_hide(curve, picture)
        self._show_ranges(picture)
        self._show_notes(picture)

    def _show_axes(self, picture: Picture) -> None:
        key = (picture.axis, picture.y_name, picture.title, picture.is_log_x, picture.is_log_y)
        if key == self._axes:
            return
        self._axes = key
        self.plot.set_title(picture.title)
        self.plot.set_axes(
            axis_name(picture.axis), _TICKS[picture.axis], picture.y_name, picture.is_log_x, picture.is_log_y,
            x_is_seconds=picture.axis == "time", x_reading=_READINGS[picture.axis], y_format=picture.write_value,
        )  # fmt: skip

    def _remove_gone(self, picture: Picture) -> None:
        """Curves come in the order of the picture: where that is another one, all are brought in anew."""
        wanted = [curve.key for curve in picture.curves if len(curve.x)]
        present = list(self._drawn)
        gone = [key for key in present if key not in wanted]
        if wanted[: len(present) - len(gone)] != [key for key in present if key in wanted]:
            gone = present
        for key in gone:
            self.plot.remove_curve(key)
            del self._drawn[key]
            self._ranges.pop(key, None)

    def _show_curve(self, curve: Drawn, picture: Picture) -> None:
        if not len(curve.x):
            return
        length = min(len(curve.x), len(curve.y))
        look = (curve.name, curve.colour, curve.dash, curve.series, curve.is_faint, curve.has_marks, curve.law)
        key = (id(curve.x), id(curve.y), length, curve.generation, look, picture.axis)
        if self._drawn.get(curve.key) == key:
            return
        self._drawn[curve.key] = key
        colour, dash = (curve.colour, curve.dash) if curve.series is None else series_style(curve.series)
        self.plot.set_curve(
            curve.key, curve.x, _applied(curve.law, curve.y), name=curve.name, colour=colour, dash=dash,
            width=curve.width, faint=curve.is_faint, marks=curve.has_marks, shows_latest=curve.shows_latest,
            in_legend=curve.in_legend,
        )  # fmt: skip

    def _show_or_hide(self, curve: Drawn, picture: Picture) -> None:
        """What the person hid by name stays hidden; other curves are as they left them in the legend."""
        if curve.key not in self._drawn:
            return
        if curve.follows in self._drawn:
            self.plot.set_curve_visible(curve.key, self.plot.is_curve_visible(curve.follows))
        elif curve.key in picture.switched:
            self.plot.set_curve_visible(curve.key, curve.key not in picture.hidden)

    def _show_ranges(self, picture: Picture) -> None:
        for key in [key for key in self._ranges if key not in {band.key for band in picture.ranges}]:
            self.plot.remove_band(key)
            del self._ranges[key]
        for band in picture.ranges:
            numbers = (tuple(band.x), tuple(band.low), tuple(band.high), band.law)
            if self._ranges.get(band.key) != numbers:
                self._ranges[band.key] = numbers
                low, high = _applied(band.law, band.low), _applied(band.law, band.high)
                self.plot.set_band(band.key, band.x, low, high, series_style(band.series)[0])

    def _show_notes(self, picture: Picture) -> None:
        notes = (
            tuple(picture.references), tuple(picture.marks), picture.best, picture.threshold, picture.empty_text,
        )  # fmt: skip
        if notes == self._notes:
            return
        self._notes = notes
        self.plot.set_references(picture.references)
        self.plot.set_marks(picture.marks)
        self.plot.set_empty_text(picture.empty_text)
        if picture.best is None:
            self.plot.clear_best()
        else:
            self.plot.set_best(*picture.best)
        line = picture.threshold
        if line is None:
            self.plot.set_threshold(None)
        else:
            self.plot.set_threshold(line.value, line.name, bounds=line.bounds)


def _applied(law: Law, values: Samples) -> Samples:
    if law.is_exponent:
        return exponential(values)
    return values if law.factor == 1.0 else scaled(values, law.factor)
