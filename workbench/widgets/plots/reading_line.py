"""The reading line over a plot: where it stands, what it says, and how it moves."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from workbench.theme.theme import theme
from workbench.widgets.plots.canvas import PlotCanvas
from workbench.widgets.plots.contents import Contents
from workbench.widgets.plots.reading import Reading, neighbour, read_at
from workbench.widgets.plots.readout import Readout
from workbench.widgets.plots.styles import line_pen, resolve_colour

_EVENT_REACH = 6.0  # pixels between the reading line and a mark that it names
_KEY_STEPS = 120  # of the reading line across the picture


class ReadablePlotCanvas(PlotCanvas):
    """A plot with a line that reads every visible curve."""

    reading_changed = Signal()

    # Here, and not in __init__, because the canvas refreshes while it is being built.
    _reading_x: float | None = None
    selection: QRectF | None = None
    shows_focus = False

    def __init__(self, contents: Contents, parent: QWidget | None = None) -> None:
        super().__init__(contents, parent)
        self.readout = Readout(self.viewport())

    def refresh(self) -> None:
        """Look at the contents again, and read them again."""
        super().refresh()
        if self._reading_x is not None:
            self._place_readout()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: ARG002
        """The reading line, and the rectangle that will be zoomed to."""
        reading = self.reading
        if reading is not None:
            self._paint_reading(painter, reading)
        if self.selection is not None:
            colour = QColor(theme().tokens.accent)
            painter.setPen(line_pen(colour))
            colour.setAlpha(36)
            painter.setBrush(colour)
            painter.drawRect(self.selection)
        if self.shows_focus:
            painter.setPen(line_pen(QColor(theme().tokens.accent), width=2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 4, 4)

    @property
    def reading(self) -> Reading | None:
        """The values at the reading line, if it is there."""
        return self.readout.reading

    def read_pixel(self, pixel: float) -> None:
        """Put the reading line at a pixel."""
        self._read(self.contents.x_axis.value(self.geometry_now().x_position(pixel)))

    def read_next(self, direction: int) -> None:
        """Move the reading line to the next sample that can be told from this one; at first to the newest."""
        low, high = (self.contents.x_axis.value(position) for position in self.framing.x)
        if self._reading_x is None:
            self._read(high)
            return
        x = neighbour(self.contents, self._reading_x, direction * (high - low) / _KEY_STEPS)
        if x is not None:
            self._read(min(max(x, low), high))

    def read_end(self, is_last: bool) -> None:
        """Put the reading line at the first or the last sample in sight."""
        self._read(self.contents.x_axis.value(self.framing.x[1 if is_last else 0]))

    def clear_reading(self) -> None:
        """Take the reading line away."""
        self._reading_x = None
        self._place_readout()

    def set_selection(self, selection: QRectF | None) -> None:
        """Show the rectangle that will be zoomed to."""
        self.selection = selection
        self.viewport().update()

    def _read(self, x: float) -> None:
        self._reading_x = x
        self._place_readout()
        self.reading_changed.emit()

    def _place_readout(self) -> None:
        reading = None
        if self._reading_x is not None:
            reading = read_at(self.contents, self._reading_x, self._event_reach())
        if reading is None:
            self.readout.clear()
        else:
            line = QPointF(self._x_pixel(reading.x), self.plot_rect().top() + 0.3 * self.plot_rect().height())
            self.readout.show_reading(reading, line, self.plot_rect())
        self.viewport().update()

    def _event_reach(self) -> float:
        low, high = (self.contents.x_axis.value(position) for position in self.framing.x)
        return _EVENT_REACH / max(self.plot_rect().width(), 1.0) * (high - low)

    def _x_pixel(self, x: float) -> float:
        return self.geometry_now().x_pixel(self.contents.x_axis.position(x))

    def _paint_reading(self, painter: QPainter, reading: Reading) -> None:
        geometry, axis = self.geometry_now(), self.contents.x_axis
        x = round(geometry.x_pixel(axis.position(reading.x)))
        painter.setPen(line_pen(QColor(theme().tokens.quiet)))
        painter.drawLine(QPointF(x, geometry.rect.top()), QPointF(x, geometry.rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for read in reading.curves:
            if read.point is not None:
                at = QPointF(
                    geometry.x_pixel(axis.position(read.point[0])),
                    geometry.y_pixel(self.contents.y_axis.position(read.point[1])),
                )
                if geometry.rect.adjusted(-4, -4, 4, 4).contains(at):
                    painter.setPen(line_pen(QColor(theme().tokens.surface)))
                    painter.setBrush(resolve_colour(read.curve.colour))
                    painter.drawEllipse(at, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
