"""Paints what explains the curves of a plot: reference values, events, the best, a threshold, the latest values."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from workbench.theme.theme import theme
from workbench.theme.tokens import mix
from workbench.widgets.plots.contents import Contents, EventMark
from workbench.widgets.plots.formats import value_label
from workbench.widgets.plots.geometry import Geometry, placed_labels
from workbench.widgets.plots.scales import Tick
from workbench.widgets.plots.series import Curve
from workbench.widgets.plots.styles import MARK_RADIUS, line_pen, resolve_colour
from workbench.words import tr

_PAD = 4.0


@dataclass(frozen=True)
class Scene:
    """What one picture is painted from."""

    contents: Contents
    geometry: Geometry
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    ratio: float = 1.0  # device pixels per pixel
    is_file: bool = False  # then there is no grip that tells the value of the threshold


def text_on_ground(painter: QPainter, rect: QRectF, text: str, colour: QColor) -> None:
    """A label on a ground of the surface's colour, so that lines behind it do not disturb."""
    ground = QColor(theme().tokens.surface)
    ground.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def label_size(font: QFont, text: str) -> tuple[float, float]:
    """Width and height that a label needs with its ground."""
    metrics = QFontMetricsF(font)
    return metrics.horizontalAdvance(text) + 2 * _PAD, metrics.height()


def gutter_width(contents: Contents, font: QFont) -> float:
    """The room at the right for the latest values."""
    texts = [contents.y_axis.written(value) for _, value in contents.latest_values()]
    widths = [label_size(font, text)[0] for text in texts]
    return max(widths, default=0.0) + 4


def paint_reference_lines(painter: QPainter, scene: Scene) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(line_pen(QColor(theme().tokens.reference), "dotted"))
    for reference in scene.contents.references:
        y = round(scene.geometry.y_pixel(scene.contents.y_axis.position(reference.value)))
        painter.drawLine(QPointF(scene.geometry.rect.left(), y), QPointF(scene.geometry.rect.right(), y))


def paint_event_marks(painter: QPainter, scene: Scene) -> None:
    for mark in scene.contents.marks:
        is_place = mark.kind == "place"  # where the person looks: louder than what happened
        colour = QColor(theme().tokens.accent if is_place else theme().tokens.quiet)
        x = scene.geometry.x_pixel(scene.contents.x_axis.position(mark.x))
        if not scene.geometry.rect.left() <= x <= scene.geometry.rect.right():
            continue
        x = round(x) + 0.5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        faint = QColor(mix(theme().tokens.quiet, theme().tokens.surface, 0.35))
        painter.setPen(line_pen(colour if is_place else faint))
        painter.drawLine(QPointF(x, scene.geometry.rect.top() + 10), QPointF(x, scene.geometry.rect.bottom()))
        _paint_event_sign(painter, mark, QPointF(x, scene.geometry.rect.top() + 6), colour)


def paint_threshold(painter: QPainter, scene: Scene) -> None:
    threshold, rect = scene.contents.threshold, scene.geometry.rect
    if threshold is None:
        return
    y = round(scene.geometry.y_pixel(scene.contents.y_axis.position(threshold.value)))
    if not rect.top() <= y <= rect.bottom():
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(line_pen(resolve_colour("threshold"), "dashed"))
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def paint_ends(painter: QPainter, scene: Scene) -> None:
    """The latest value of every curve beside its end; the lowest ones where there is no room for all."""
    rect, axis = scene.geometry.rect, scene.contents.y_axis
    latest = sorted(scene.contents.latest_values(), key=lambda end: end[1])
    ends = [(curve, value, scene.geometry.y_pixel(axis.position(value))) for curve, value in latest]
    ends = [end for end in ends if math.isfinite(end[2])]
    height = label_size(painter.font(), "")[1]
    inside = [min(max(pixel, rect.top()), rect.bottom()) for _, _, pixel in ends]
    top, bottom = rect.top() - height / 2, rect.bottom() + height / 2
    centres = placed_labels(inside, height, top, bottom, _grip_span(scene, height))
    for (curve, value, _), centre in zip(ends, centres, strict=True):
        if centre is not None:
            row = QRectF(rect.right() + 8, centre - height / 2, 400, height)
            painter.setPen(QColor(theme().tokens.text))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, axis.written(value))
        _paint_end_dot(painter, scene, curve)


def paint_words(painter: QPainter, scene: Scene) -> None:
    """The names of the horizontal lines, and the ring around the best with its value, which no name may cover."""
    names = _placed_names(painter, scene)
    best = _placed_best(painter, scene, [place for place, _ in names])
    for place, text in names:
        if best is None or not place.intersects(best[1]):
            text_on_ground(painter, place, text, QColor(theme().tokens.quiet))
    if best is not None:
        colour = QColor(theme().tokens.text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(colour))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(best[0], 6, 6)
        text_on_ground(painter, best[1], scene.contents.best.text if scene.contents.best else "", colour)


def _placed_names(painter: QPainter, scene: Scene) -> list[tuple[QRectF, str]]:
    """Names stand on their lines at the right end, below them only at the top, and make room for each other.

    Where there is no room for all, those of the highest lines are left out.
    """
    lines, rect = sorted(_named_lines(scene), key=lambda line: -line[0]), scene.geometry.rect
    height = label_size(painter.font(), "")[1]
    wanted = [pixel + (height / 2 + 1) * (-1 if pixel - height > rect.top() else 1) for pixel, _ in lines]
    found = []
    for (_, text), centre in zip(lines, placed_labels(wanted, height, rect.top(), rect.bottom()), strict=True):
        if centre is not None:
            width = min(label_size(painter.font(), text)[0], rect.width() - 4)
            shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideMiddle, width - 2 * _PAD + 1)
            found.append((QRectF(rect.right() - width - 2, centre - height / 2, width, height), shown))
    return found


def _placed_best(painter: QPainter, scene: Scene, taken: list[QRectF]) -> tuple[QPointF, QRectF] | None:
    """The best sample in sight, and where its words stand: beside the names where there is room for both."""
    best, geometry = scene.contents.best, scene.geometry
    if best is None:
        return None
    x = geometry.x_pixel(scene.contents.x_axis.position(best.x))
    y = geometry.y_pixel(scene.contents.y_axis.position(best.y))
    if not geometry.rect.adjusted(-1, -1, 1, 1).contains(QPointF(x, y)):
        return None
    width, height = label_size(painter.font(), best.text)
    left = min(max(x - width / 2, geometry.rect.left()), geometry.rect.right() - width)
    places = [QRectF(left, top, width, height) for top in (y + 9, y - 9 - height)]
    places += [QRectF(x - 10 - width, y - height / 2, width, height), QRectF(x + 10, y - height / 2, width, height)]
    free = [place for place in places if _is_free(place, geometry.rect, taken)]
    return QPointF(x, y), (free or places[1:])[0]


def _named_lines(scene: Scene) -> list[tuple[float, str]]:
    """Height and name of the horizontal lines in sight: references, and the threshold, whose grip has its value."""
    contents, rect = scene.contents, scene.geometry.rect
    named = []
    for reference in contents.references:
        value = contents.y_axis.written(reference.value)
        named.append((reference.value, tr("{name} {value}", name=reference.name, value=value)))
    if contents.threshold is not None and contents.threshold.name:
        value = tr("{name} {value}", name=contents.threshold.name, value=value_label(contents.threshold.value))
        named.append((contents.threshold.value, value if scene.is_file else contents.threshold.name))
    heights = [(scene.geometry.y_pixel(contents.y_axis.position(value)), text) for value, text in named]
    return [(pixel, text) for pixel, text in heights if rect.top() - 0.5 <= pixel <= rect.bottom() + 0.5]


def _paint_event_sign(painter: QPainter, mark: EventMark, at: QPointF, colour: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    x, y = at.x(), at.y()
    if mark.kind == "paused":
        painter.drawRect(QRectF(x - 4, y - 4, 3, 8))
        painter.drawRect(QRectF(x + 1, y - 4, 3, 8))
    elif mark.kind == "rewound":
        painter.drawPolygon([QPointF(x, y - 4), QPointF(x - 5, y), QPointF(x, y + 4)])
        painter.drawPolygon([QPointF(x + 5, y - 4), QPointF(x, y), QPointF(x + 5, y + 4)])
    elif mark.kind == "setting":
        painter.drawPolygon([QPointF(x, y - 5), QPointF(x + 5, y), QPointF(x, y + 5), QPointF(x - 5, y)])
    else:
        painter.drawEllipse(at, 3.5, 3.5)


def _grip_span(scene: Scene, height: float) -> tuple[float, float] | None:
    """The heights between which the grip of the threshold stands in the way of labels."""
    threshold, rect = scene.contents.threshold, scene.geometry.rect
    if threshold is None:
        return None
    y = scene.geometry.y_pixel(scene.contents.y_axis.position(threshold.value))
    y = min(max(y, rect.top()), rect.bottom())
    return y - height / 2 - 3, y + height / 2 + 3


def _paint_end_dot(painter: QPainter, scene: Scene, curve: Curve) -> None:
    latest, geometry = curve.latest, scene.geometry
    assert latest is not None
    x = geometry.x_pixel(scene.contents.x_axis.position(latest[0]))
    y = geometry.y_pixel(scene.contents.y_axis.position(latest[1]))
    if geometry.rect.adjusted(-1, -1, 1, 1).contains(QPointF(x, y)):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(resolve_colour(curve.colour))
        painter.drawEllipse(QPointF(x, y), MARK_RADIUS, MARK_RADIUS)


def _is_free(place: QRectF, rect: QRectF, taken: list[QRectF]) -> bool:
    return rect.contains(place) and not any(place.intersects(other) for other in taken)
