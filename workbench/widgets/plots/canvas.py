"""The picture of a plot: pyqtgraph's view with our axes, and one layer that is painted when the contents change."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.widgets.plots.annotations import Scene, gutter_width
from workbench.widgets.plots.axis import PlotAxis
from workbench.widgets.plots.contents import Contents
from workbench.widgets.plots.framing import Framing
from workbench.widgets.plots.geometry import Geometry
from workbench.widgets.plots.painting import paint_plot
from workbench.widgets.plots.threshold import ThresholdGrip

_GUTTER_STEP = 8.0
_BESIDE_VALUE = 28.0


class PlotCanvas(pg.GraphicsView):  # type: ignore[misc]
    """Shows contents in a framing. Reading lives in `reading_line`, hands and keys in `gestures`."""

    framing_changed = Signal()

    def __init__(self, contents: Contents, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False)
        self.contents = contents
        self.framing = Framing(contents)
        self._view_box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self._view_box.disableAutoRange()
        self.x_axis, self.y_axis = PlotAxis("bottom"), PlotAxis("left")
        self._layer = _Layer(self)
        self.grip = ThresholdGrip(self.viewport(), self.value_at)
        self._build()

    def _build(self) -> None:
        layout = self.centralLayout
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(0)
        layout.addItem(self.y_axis, 0, 0)
        layout.addItem(self._view_box, 0, 1)
        layout.addItem(self.x_axis, 1, 1)
        layout.setColumnStretchFactor(1, 100)
        layout.setRowStretchFactor(0, 100)
        layout.setColumnFixedWidth(2, _GUTTER_STEP)
        self.x_axis.linkToView(self._view_box)
        self.y_axis.linkToView(self._view_box)
        self.scene().addItem(self._layer)
        self._layer.setZValue(-1000)  # below pyqtgraph's own view box, at -100, and the axes
        self.setAntialiasing(False)
        self.setMinimumSize(160, 96)
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take colours and fonts as they are now."""
        self.setBackground(theme().tokens.surface)
        self.x_axis.follow_theme()
        self.y_axis.follow_theme()
        self.centralLayout.setColumnFixedWidth(2, _GUTTER_STEP)
        self.refresh()

    def plot_rect(self) -> QRectF:
        """Where curves are drawn, in pixels."""
        return QRectF(self._view_box.sceneBoundingRect())

    def geometry_now(self) -> Geometry:
        """The mapping between positions and pixels."""
        return Geometry(self.plot_rect(), self.framing.x, self.framing.y)

    def picture(self, ratio: float, is_file: bool = False) -> Scene:
        """What is to be painted, for so many device pixels per pixel."""
        return Scene(self.contents, self.geometry_now(), self.x_axis.ticks, self.y_axis.ticks, ratio, is_file)

    def value_at(self, pixel: float) -> float:
        """The value at a height of the picture."""
        return self.contents.y_axis.value(self.geometry_now().y_position(pixel))

    def refresh(self) -> None:
        """Look at the contents again and show them."""
        self.framing.refresh()
        self._view_box.setRange(xRange=self.framing.x, yRange=self.framing.y, padding=0, disableAutoRange=False)
        self._make_room()
        self._show_ticks()
        self._layer.invalidate()
        self._place_grip()

    def paint_ahead(self) -> None:
        """Paint now what the window will copy later: the pictures of several plots then are not painted in one go."""
        self._layer.paint_ahead(self.devicePixelRatioF())

    def resizeEvent(self, event: object) -> None:
        """Everything has another place now."""
        super().resizeEvent(event)
        if hasattr(self, "grip"):  # pyqtgraph resizes while it is being built
            self.centralWidget.layout().activate()
            self.refresh()

    def _make_room(self) -> None:
        """The gutter grows with its labels and never shrinks, so that the plot stands still."""
        # Room for a grip even without one, so that plots one above another end at the same place.
        usual = QFontMetricsF(fonts.caption()).horizontalAdvance("0.00") + _BESIDE_VALUE
        needed = max(gutter_width(self.contents, fonts.caption()), usual)
        if self.contents.threshold is not None:
            self.grip.set_threshold(self.contents.threshold)
            needed = max(needed, self.grip.width() + 2.0)
        present = self.centralLayout.columnMinimumWidth(2)
        if needed > present:
            self.centralLayout.setColumnFixedWidth(2, _GUTTER_STEP * -(-needed // _GUTTER_STEP))

    def _show_ticks(self) -> None:
        has_samples = bool(self.contents.visible_curves())
        has_values = has_samples or bool(self.contents.references) or self.contents.threshold is not None
        x_ticks = self.contents.x_axis.ticks(*self.framing.x, self.x_axis.most_ticks()) if has_samples else []
        y_ticks = self.contents.y_axis.ticks(*self.framing.y, self.y_axis.most_ticks()) if has_values else []
        self.x_axis.show_ticks(x_ticks)
        self.y_axis.show_ticks(y_ticks)
        self.centralLayout.activate()

    def _place_grip(self) -> None:
        threshold = self.contents.threshold
        self.grip.set_threshold(threshold)
        if threshold is None:
            return
        rect = self.plot_rect()
        y = self.geometry_now().y_pixel(self.contents.y_axis.position(threshold.value))
        y = min(max(y, rect.top()), rect.bottom())
        self.grip.move(round(rect.right()) + 1, round(y - self.grip.height() / 2))


class _Layer(QGraphicsItem):
    """The painted plot, kept as a picture: a moving mouse costs one copy of it."""

    def __init__(self, canvas: PlotCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._kept: QPixmap | None = None

    def invalidate(self) -> None:
        """Paint again at the next opportunity."""
        self._kept = None
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the canvas."""
        return QRectF(self._canvas.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """On the screen from the kept picture; into a file anew, so that it is as sharp as the file."""
        if widget is None:
            ratio = painter.device().devicePixelRatioF()
            paint_plot(painter, self._canvas.picture(ratio, is_file=True), self.boundingRect())
            return
        ratio = widget.devicePixelRatioF()
        if self._kept is None or self._kept.devicePixelRatio() != ratio:
            self._kept = self._painted(ratio)
        painter.drawPixmap(0, 0, self._kept)

    def paint_ahead(self, ratio: float) -> None:
        """Have the picture ready."""
        if self._kept is None:
            self._kept = self._painted(ratio)

    def _painted(self, ratio: float) -> QPixmap:
        made = QPixmap((QRectF(self._canvas.rect()).size() * ratio).toSize())
        made.setDevicePixelRatio(ratio)
        made.fill(QColor(theme().tokens.surface))
        painter = QPainter(made)
        paint_plot(painter, self._canvas.picture(ratio), self.boundingRect())
        painter.end()
        return made
