"""Paints the contents of a plot in pixels: sharp at any ratio, and right on logarithmic axes.

Polylines are one pixel wide because Qt paints those fifty times as fast as wider ones; a wider line is several of them
side by side.
"""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.theme.tokens import mix
from workbench.widgets.plots import annotations
from workbench.widgets.plots.annotations import Scene
from workbench.widgets.plots.contents import Band, Contents
from workbench.widgets.plots.geometry import Geometry, cut_outside
from workbench.widgets.plots.series import MAX_POINTS, Curve, Numbers, peaks
from workbench.widgets.plots.styles import MARK_RADIUS, line_pen, resolve_colour

_MANY_MARKS = 150  # more marks than this make a band of dots, and the line alone is clearer
_BAND_ALPHA = 48
_MANY_POINTS = 1500
_DENSE_STEP = 8.0  # pixels up or down from point to point


def paint_plot(painter: QPainter, scene: Scene, area: QRectF) -> None:
    """Paint the whole plot but its axes. The area is what may be painted on, the labels at the right included."""
    painter.save()
    painter.setFont(fonts.caption())
    _paint_grid(painter, scene)
    painter.setClipRect(scene.geometry.rect.adjusted(-4, -4, 4, 4))
    _paint_bands(painter, scene)
    annotations.paint_reference_lines(painter, scene)
    annotations.paint_event_marks(painter, scene)
    _paint_curves(painter, scene)
    painter.setClipRect(area)
    annotations.paint_threshold(painter, scene)
    annotations.paint_ends(painter, scene)
    annotations.paint_words(painter, scene)
    _paint_empty_text(painter, scene)
    painter.restore()


def curve_pixels(curve: Curve, contents: Contents, geometry: Geometry) -> tuple[Numbers, Numbers]:
    """The samples in sight (and one more on each side) as pixels; NaN is a gap."""
    x, y = _sampled(curve.x, curve.y, contents, geometry)
    return geometry.x_pixels(contents.x_axis.positions(x)), geometry.y_pixels(contents.y_axis.positions(y))


def stretches(x: Numbers, y: Numbers, rect: QRectF) -> list[QPolygonF]:
    """A line of pixels as polygons: one for every stretch inside a rectangle and without a gap."""
    x, y = cut_outside(x, y, rect)
    known = np.isfinite(x) & np.isfinite(y)
    if known.all():
        return [_polygon(x, y)] if len(known) else []
    breaks = np.flatnonzero(np.diff(np.concatenate(([False], known, [False]))))
    return [_polygon(x[start:end], y[start:end]) for start, end in zip(breaks[0::2], breaks[1::2], strict=True)]


def _sampled(x: Numbers, y: Numbers, contents: Contents, geometry: Geometry) -> tuple[Numbers, Numbers]:
    """The samples in sight, reduced to what one picture can show."""
    axis = contents.x_axis
    low, high = axis.value(geometry.x[0]), axis.value(geometry.x[1])
    first, last = np.searchsorted(x, (low, high), side="left")
    part = slice(max(0, int(first) - 1), min(len(x), int(last) + 2))
    columns = min(MAX_POINTS // 2 - 2, max(1, round(geometry.rect.width())))
    values = y[part]
    if contents.y_axis.is_log and len(values) and not (values > 0).all():
        values = np.where(values > 0, values, np.nan)
    return peaks(x[part], values, axis.values(geometry.edges(columns)))


def _paint_grid(painter: QPainter, scene: Scene) -> None:
    tokens, rect = theme().tokens, scene.geometry.rect
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(line_pen(QColor(mix(tokens.line, tokens.surface, 0.55))))
    for tick in scene.x_ticks:
        x = round(scene.geometry.x_pixel(tick.position))
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
    painter.setPen(line_pen(QColor(mix(tokens.line, tokens.surface, 0.85))))
    for tick in scene.y_ticks:
        y = round(scene.geometry.y_pixel(tick.position))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    painter.setPen(line_pen(QColor(mix(tokens.quiet, tokens.line, 0.35))))
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def _paint_bands(painter: QPainter, scene: Scene) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for band in scene.contents.visible_bands():
        colour = resolve_colour(band.colour)
        colour.setAlpha(_BAND_ALPHA)
        painter.setBrush(colour)
        painter.drawPolygon(_band_polygon(band, scene))


def _band_polygon(band: Band, scene: Scene) -> QPolygonF:
    contents, geometry = scene.contents, scene.geometry
    sides = []
    for edge in (band.low, band.high):
        x, y = _sampled(band.x, edge, contents, geometry)
        pixels_x = geometry.x_pixels(contents.x_axis.positions(x))
        pixels_y = geometry.y_pixels(contents.y_axis.positions(y))
        known = np.isfinite(pixels_x) & np.isfinite(pixels_y)
        rect = geometry.rect
        inside_x = np.clip(pixels_x[known], rect.left(), rect.right())
        sides.append((inside_x, np.clip(pixels_y[known], rect.top(), rect.bottom())))
    (low_x, low_y), (high_x, high_y) = sides
    return _polygon(np.append(low_x, high_x[::-1]), np.append(low_y, high_y[::-1]))


def _paint_curves(painter: QPainter, scene: Scene) -> None:
    for curve in sorted(scene.contents.visible_curves(), key=lambda curve: not curve.is_faint):
        colour = resolve_colour(curve.colour, curve.is_faint)
        x, y = curve_pixels(curve, scene.contents, scene.geometry)
        is_dense = _is_dense(y, scene.geometry.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not (curve.is_faint or is_dense))
        painter.setPen(line_pen(colour, curve.dash))
        for polygon in stretches(x, y, scene.geometry.rect):
            _paint_wide(painter, polygon, 1 if is_dense else curve.width, scene.ratio)
        if curve.has_marks or len(x) == 1:
            _paint_dots(painter, x, y, scene, colour)


def _is_dense(y: Numbers, rect: QRectF) -> bool:
    """Whether a curve goes up and down so much that it fills an area: there nobody sees smooth or wide lines."""
    if len(y) < _MANY_POINTS:
        return False
    inside = np.clip(y, rect.top(), rect.bottom())
    return float(np.nansum(np.abs(np.diff(inside)))) > _DENSE_STEP * len(y)


def _paint_wide(painter: QPainter, polygon: QPolygonF, width: float, ratio: float) -> None:
    """Lines side by side, across a falling curve: that is the way of a loss."""
    lines = max(1, round(width * ratio))
    for number in range(lines):
        offset = 0.7 * (number - (lines - 1) / 2) / ratio
        painter.drawPolyline(polygon.translated(offset, -offset))


def _paint_dots(painter: QPainter, x: Numbers, y: Numbers, scene: Scene, colour: QColor) -> None:
    if len(x) > _MANY_MARKS:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    reach = scene.geometry.rect.adjusted(-1, -1, 1, 1)
    for at in map(QPointF, x.tolist(), y.tolist()):
        if reach.contains(at):
            painter.drawEllipse(at, MARK_RADIUS, MARK_RADIUS)


def _paint_empty_text(painter: QPainter, scene: Scene) -> None:
    if scene.contents.visible_curves() or not scene.contents.empty_text:
        return
    painter.setFont(fonts.body())
    room = scene.geometry.rect.adjusted(16, 8, -16, -8)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    bounds = painter.boundingRect(room, flags, scene.contents.empty_text)
    annotations.text_on_ground(painter, bounds.adjusted(-8, -4, 8, 4), "", QColor(theme().tokens.quiet))
    painter.setPen(QColor(theme().tokens.quiet))
    painter.drawText(room, flags, scene.contents.empty_text)


def _polygon(x: Numbers, y: Numbers) -> QPolygonF:
    polygon: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
    return polygon
