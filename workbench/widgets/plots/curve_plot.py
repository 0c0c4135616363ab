"""A live plot of curves: the instrument of the workbench. It knows numbers and names, not what they mean."""

from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QContextMenuEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.theme import theme
from workbench.widgets.plots import export, table
from workbench.widgets.plots.contents import Threshold
from workbench.widgets.plots.contents_widget import ContentsWidget
from workbench.widgets.plots.formats import Format
from workbench.widgets.plots.gestures import InteractivePlotCanvas
from workbench.widgets.plots.legend import Legend
from workbench.widgets.plots.redraw import HAND_INTERVAL_MS
from workbench.widgets.plots.scales import Axis
from workbench.words import tr


class CurvePlot(ContentsWidget):
    """Curves over one x, with reference values, marks, a threshold to drag, and a line to read them by.

    Everything may be set at any rate: it is drawn at most ten times a second, and not at all while nobody sees it.
    """

    threshold_moving = Signal(float)
    threshold_released = Signal(float)
    follow_changed = Signal(bool)
    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend = Legend(self)
        self._canvas = InteractivePlotCanvas(self._contents, self)
        self._was_following = True
        self._tells_name = True
        self._build()
        self._connect()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._legend)
        layout.addWidget(self._canvas, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self._canvas)

    def _connect(self) -> None:
        self._redraw.due.connect(self._on_redraw_due)
        self._legend.toggled.connect(self._on_legend_toggled)
        self._canvas.framing_changed.connect(self._on_framing_changed)
        self._canvas.whole_requested.connect(self._on_whole_requested)
        self._canvas.reading_changed.connect(self._on_reading_changed)
        self._canvas.grip.moving.connect(self._on_threshold_moving)
        self._canvas.grip.released.connect(self.threshold_released)
        theme().changed.connect(self._on_theme_changed)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right click or Menu key anywhere on it: whoever uses the plot shows their menu."""
        self.menu_requested.emit(event.globalPos())

    def sizeHint(self) -> QSize:
        """Wide and not high, as curves are."""
        return QSize(640, 280)

    def set_axes(
        self,
        x_name: str,
        x_format: Format | None,
        y_name: str,
        log_x: bool = False,
        log_y: bool = False,
        *,
        x_is_seconds: bool = False,
        x_reading: Format | None = None,
        y_format: Format | None = None,
    ) -> None:
        """Names, units and scales.

        x_format writes the numbers under the plot, x_reading the head of the reading, y_format every value of a curve.
        """
        x_axis = Axis(x_name, log_x, x_is_seconds, x_format, x_reading)
        y_axis = Axis(y_name, log_y, value_format=y_format)
        is_other = _scale(x_axis) != _scale(self._contents.x_axis) or _scale(y_axis) != _scale(self._contents.y_axis)
        self._contents.x_axis, self._contents.y_axis = x_axis, y_axis
        self._canvas.x_axis.set_name(x_name)
        self._legend.set_name(y_name if self._tells_name else "")
        if is_other:
            self._canvas.framing.fit()  # the old ranges mean nothing on these axes
        self._on_framing_changed()

    def set_tells_name(self, tells_name: bool) -> None:
        """Whether the name of the y axis stands over the curves; off where somebody else says it."""
        self._tells_name = tells_name
        self._legend.set_name(self._contents.y_axis.name if tells_name else "")

    def clear(self) -> None:
        """Forget everything but the axes and the text for an empty plot; the view is the first one again."""
        contents = self._contents
        contents.curves.clear()
        contents.bands.clear()
        contents.references, contents.marks, contents.best, contents.threshold = [], [], None, None
        self.fit()

    def show_all(self) -> None:
        """Every sample, nothing cut."""
        self._canvas.framing.show_whole()
        self._on_framing_changed()

    def fit(self) -> None:
        """The first view: all x, following, and the y that matter."""
        self._canvas.framing.fit()
        self._on_framing_changed()

    def set_follow(self, is_on: bool) -> None:
        """Keep the newest sample in sight."""
        self._canvas.framing.follow(is_on)
        self._on_framing_changed()

    def is_following(self) -> bool:
        """Whether the newest sample is kept in sight."""
        return self._canvas.framing.is_following

    def zoom(self, factor: float) -> None:
        """Closer by a factor along x."""
        self._canvas.zoom(factor)

    def values_table(self) -> tuple[list[str], list[list[str]]]:
        """The visible curves as a table: headers and rows, at most 5,000."""
        return table.values_table(self._contents)

    def export_csv(self, path: str | Path) -> None:
        """Write all samples of the visible curves. Raises OSError when the file cannot be written."""
        table.write_csv(self._contents, Path(path))

    def export_png(self, path: str | Path, scale: float = 2.0) -> None:
        """Write the picture as pixels. Raises OSError when the file cannot be written."""
        self._prepare_picture()
        export.write_png(self._canvas, Path(path), scale)

    def export_svg(self, path: str | Path) -> None:
        """Write the picture as a drawing. Raises OSError when the file cannot be written."""
        self._prepare_picture()
        export.write_svg(self._canvas, Path(path))

    def _is_threshold_held(self) -> bool:
        return self._canvas.grip.is_moving

    def _on_redraw_due(self) -> None:
        self._legend.show_curves(self._contents.curves)
        self._canvas.refresh()
        if self.isVisible():
            self._canvas.paint_ahead()
        self.setAccessibleName(self._title or self._contents.y_axis.name)
        self._canvas.setAccessibleName(self.accessibleName())  # it is what takes the focus
        self.setAccessibleDescription(self._latest_text())

    def _on_framing_changed(self) -> None:
        self._redraw.request(HAND_INTERVAL_MS)
        is_following = self.is_following()
        if is_following != self._was_following:
            self._was_following = is_following
            self.follow_changed.emit(is_following)

    def _on_legend_toggled(self, key: str, is_visible: bool) -> None:
        self.set_curve_visible(key, is_visible)

    def _on_whole_requested(self) -> None:
        if self._canvas.framing.is_whole:
            self.fit()
        else:
            self.show_all()

    def _on_reading_changed(self) -> None:
        reading = self._canvas.reading
        if reading is not None and self._canvas.hasFocus():
            self._canvas.setAccessibleDescription(reading.text)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._canvas, reading.text))

    def _on_threshold_moving(self, value: float) -> None:
        threshold = self._contents.threshold
        if threshold is not None:
            self._contents.threshold = Threshold(value, threshold.name, threshold.bounds)
            self._canvas.grip.set_threshold(self._contents.threshold)
            self._redraw.request(HAND_INTERVAL_MS)
            self.threshold_moving.emit(value)

    def _on_theme_changed(self) -> None:
        self._legend.follow_theme()
        self._canvas.follow_theme()

    def _prepare_picture(self) -> None:
        """Bring the plot to where it would be on the screen, also when nobody has seen it yet."""
        if not self.isVisible():
            if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
                self.resize(self.sizeHint())
            self.grab()  # Qt lays hidden widgets out only when they are painted
        self._redraw.flush()

    def _latest_text(self) -> str:
        axis = self._contents.y_axis
        latest = self._contents.latest_values()
        return ", ".join(tr("{name} {value}", name=curve.name, value=axis.written(value)) for curve, value in latest)


def _scale(axis: Axis) -> tuple[str, bool, bool]:
    return axis.name, axis.is_log, axis.is_seconds
