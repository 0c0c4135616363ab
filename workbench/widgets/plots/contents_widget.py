"""The part of a plot that takes what is to be shown."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.widgets.plots.contents import Band, Best, Contents, EventMark, MarkKind, Reference, Threshold
from workbench.widgets.plots.redraw import HAND_INTERVAL_MS, Redraw
from workbench.widgets.plots.series import Curve, Samples, ordered_samples
from workbench.widgets.plots.styles import Dash


class ContentsWidget(QWidget):
    """Curves, ranges, reference values, marks and a threshold may be set at any rate; `redraw` says when to draw."""

    visibility_changed = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contents = Contents()
        self._title = ""
        self._redraw = Redraw(self)

    def set_curve(
        self,
        key: str,
        x: Samples,
        y: Samples,
        *,
        name: str,
        colour: str,
        dash: Dash = "solid",
        width: float = 1,
        faint: bool = False,
        marks: bool = False,
        shows_latest: bool = True,
        in_legend: bool = True,
    ) -> None:
        """Show a curve, or what it has become. The samples are copied; whether the person hid it is kept.

        colour: a token of the theme, a series colour (see `styles.series_style`), or '#RRGGBB'. NaN is a gap.
        Raises ValueError when x and y differ in length.
        """
        before = self._contents.curves.get(key)
        curve = Curve(name, colour, dash, width, faint, marks, shows_latest and not faint, in_legend)
        curve.is_visible = before.is_visible if before is not None else True
        curve.set_samples(x, y)
        self._contents.curves[key] = curve
        self._redraw.request()

    def remove_curve(self, key: str) -> None:
        """Forget a curve and the band of the same key."""
        self._contents.curves.pop(key, None)
        self.remove_band(key)

    def curve_keys(self) -> list[str]:
        """The curves, in the order in which they came."""
        return list(self._contents.curves)

    def set_curve_visible(self, key: str, is_visible: bool) -> None:
        """Show or hide a curve."""
        curve = self._contents.curves[key]
        if curve.is_visible != is_visible:
            curve.is_visible = is_visible
            self._redraw.request(HAND_INTERVAL_MS)
            self.visibility_changed.emit(key, is_visible)

    def is_curve_visible(self, key: str) -> bool:
        """Whether a curve is shown."""
        return self._contents.curves[key].is_visible

    def set_band(self, key: str, x: Samples, low: Samples, high: Samples, colour: str) -> None:
        """Fill the range between two edges; it is hidden with the curve of the same key."""
        xs, lows = ordered_samples(x, low)
        self._contents.bands[key] = Band(colour, xs, lows, ordered_samples(x, high)[1])
        self._redraw.request()

    def remove_band(self, key: str) -> None:
        """Forget a filled range."""
        self._contents.bands.pop(key, None)
        self._redraw.request()

    def set_references(self, references: Sequence[tuple[str, float]]) -> None:
        """Dotted horizontal lines with their names: values to compare with."""
        self._contents.references = [Reference(name, value) for name, value in references]
        self._redraw.request()

    def set_best(self, x: float, y: float, text: str) -> None:
        """Ring a sample and write a few words at it."""
        self._contents.best = Best(x, y, text)
        self._redraw.request()

    def clear_best(self) -> None:
        """Ring nothing."""
        self._contents.best = None
        self._redraw.request()

    def set_marks(self, marks: Sequence[tuple[float, str, MarkKind]]) -> None:
        """Thin vertical lines where something happened; the reading line tells what."""
        self._contents.marks = [EventMark(x, text, kind) for x, text, kind in marks]
        self._redraw.request()

    def set_threshold(self, value: float | None, name: str = "", *, bounds: tuple[float, float] = (1e-6, 1e6)) -> None:
        """A dashed line with a grip; none takes it away. While the person moves it, it stays in their hand."""
        if self._is_threshold_held() and value is not None:
            return
        self._contents.threshold = None if value is None else Threshold(value, name, bounds)
        self._redraw.request(HAND_INTERVAL_MS)

    def set_empty_text(self, text: str) -> None:
        """What stands in a plot without samples."""
        self._contents.empty_text = text
        self._redraw.request()

    def set_title(self, title: str) -> None:
        """What a screen reader calls the plot; otherwise it is the name of the y axis."""
        self._title = title
        self._redraw.request()

    def _is_threshold_held(self) -> bool:
        """Whether the threshold is in the person's hand, so that nobody else may move it."""
        return False
