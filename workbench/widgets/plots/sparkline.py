"""A curve as small as a word, for a cell of a table or a card. It needs neither numpy nor pyqtgraph."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.words import significant, tr

_DOT = 2.0


def paint_sparkline(painter: QPainter, rect: QRectF, values: Sequence[float], colour: QColor) -> None:
    """Paint values from left to right into a rectangle, from their lowest to their highest, the last one dotted."""
    shown = _reduced(values, max(2, round(rect.width())))
    known = [value for value in shown if math.isfinite(value)]
    if not known:
        return
    room = rect.adjusted(_DOT, _DOT, -_DOT, -_DOT)
    low, high = min(known), max(known)
    scale = room.height() / (high - low) if high > low else 0.0
    bottom = room.bottom() if high > low else room.center().y()
    across = room.width() / max(1, len(shown) - 1)
    points = [
        QPointF(room.left() + index * across, bottom - (value - low) * scale)
        for index, value in enumerate(shown)
        if math.isfinite(value)
    ]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, 1.0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(points))
    painter.setBrush(colour)
    painter.drawEllipse(points[-1], _DOT - 0.5, _DOT - 0.5)
    painter.restore()


class Sparkline(QWidget):
    """Shows how a few numbers went."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: Sequence[float] = ()
        self._colour = "training"
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    def set_values(self, values: Sequence[float]) -> None:
        """Show these values."""
        self._values = list(values)
        self._describe()
        self.update()

    def set_colour(self, token: str) -> None:
        """Paint in the colour of this token of the theme."""
        self._colour = token
        self.update()

    def set_name(self, name: str) -> None:
        """What the values are, for a screen reader."""
        self._name = name
        self._describe()

    def sizeHint(self) -> QSize:
        """As high as a line of text."""
        height = fonts.body().pointSizeF() * 2
        return QSize(96, max(20, round(height)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The curve."""
        colour = QColor(getattr(theme().tokens, self._colour))
        paint_sparkline(QPainter(self), QRectF(self.rect()), self._values, colour)

    def _describe(self) -> None:
        last = next((value for value in reversed(self._values) if math.isfinite(value)), None)
        written = "" if last is None else tr("{name} {value}", name=self._name, value=significant(last, 3))
        self.setAccessibleName(written or self._name)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


def _reduced(values: Sequence[float], most: int) -> Sequence[float]:
    """The lowest and highest of every stretch, when there are more values than pixels."""
    if len(values) <= 2 * most:
        return values
    reduced: list[float] = []
    for index in range(most):
        stretch = values[index * len(values) // most : (index + 1) * len(values) // most]
        known = [value for value in stretch if math.isfinite(value)]
        low, high = (min(known), max(known)) if known else (math.nan, math.nan)
        reduced += [low, high] if stretch[0] <= stretch[-1] else [high, low]
    return reduced
