"""pyqtgraph's axis with our ticks, our fonts, and its name in the row of its numbers."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.widgets.plots.scales import Tick

_FROM_PLOT = 6
_BETWEEN = 8
_GROWS_BY = 8  # so that the plot does not shift with every digit


class PlotAxis(pg.AxisItem):  # type: ignore[misc]
    """The left or the bottom axis of a plot: numbers only, the grid belongs to the plot."""

    def __init__(self, side: str) -> None:
        super().__init__(side, showValues=True, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickTextOffset=_FROM_PLOT, hideOverlappingLabels=False, autoExpandTextSpace=False)
        self._side = side
        self._name = ""
        self.ticks: list[Tick] = []
        self.follow_theme()

    def set_name(self, name: str) -> None:
        """The name that stands at the right end of a bottom axis."""
        self._name = name
        self.update()

    def follow_theme(self) -> None:
        """Colours and size of the text as they are now."""
        self.setTickFont(fonts.tabular(fonts.caption()))
        metrics = QFontMetricsF(fonts.caption())
        if self._side == "bottom":
            self.setHeight(metrics.height() + _FROM_PLOT + 2)
        else:
            self.setWidth(metrics.horizontalAdvance("0.000") + _FROM_PLOT + 2)

    def show_ticks(self, ticks: list[Tick]) -> None:
        """Put these numbers on the axis; a left axis grows when they need more room."""
        self.ticks = ticks
        self.update()
        if self._side == "left" and ticks:
            metrics = QFontMetricsF(fonts.tabular(fonts.caption()))
            needed = max(metrics.horizontalAdvance(tick.label) for tick in ticks) + _FROM_PLOT + 2
            if needed > self.width():
                self.setWidth(_GROWS_BY * -(-needed // _GROWS_BY))

    def paint(self, p: QPainter, opt: object, widget: object) -> None:  # noqa: ARG002
        """The numbers, and the name; pyqtgraph's own way through a recorded picture takes ten times as long."""
        p.setFont(self.style["tickFont"])
        p.setPen(QColor(theme().tokens.quiet))
        if self._side == "left":
            self._paint_left(p)
        else:
            self._paint_bottom(p)

    def _paint_left(self, painter: QPainter) -> None:
        size, height = self.size(), QFontMetricsF(painter.font()).height()
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in self.ticks:
            middle = size.height() * (1 - self._share(tick))
            row = QRectF(0, middle - height / 2, size.width() - _FROM_PLOT, height)
            painter.drawText(row, flags | Qt.TextFlag.TextDontClip, tick.label)

    def _paint_bottom(self, painter: QPainter) -> None:
        """Leave out the numbers that the name would cover."""
        size, metrics = self.size(), QFontMetricsF(painter.font())
        name_left = size.width() - (metrics.horizontalAdvance(self._name) if self._name else 0.0)
        row = QRectF(name_left, _FROM_PLOT, size.width() - name_left, metrics.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip, self._name)
        for tick in self.ticks:
            width = metrics.horizontalAdvance(tick.label)
            middle = size.width() * self._share(tick)
            if not self._name or middle + width / 2 + _BETWEEN < name_left:
                place = QRectF(middle - width / 2, _FROM_PLOT, width, metrics.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextDontClip, tick.label)

    def _share(self, tick: Tick) -> float:
        """How far along the axis a tick stands, 0 to 1."""
        low, high = self.range
        return float((tick.position - low) / (high - low))

    def most_ticks(self) -> int:
        """About how many numbers stand on the axis without crowding."""
        metrics = QFontMetricsF(fonts.caption())
        if self._side == "left":
            return max(2, int(self.size().height() / (2.6 * metrics.height())))
        return max(2, int(self.size().width() / (metrics.horizontalAdvance("0") * 11)))
