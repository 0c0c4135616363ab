"""The technical words of the plots: two sentences each, and a small drawing."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPixmap

from workbench.theme import fonts
from workbench.viewmodels.curves.units import Unit
from workbench.widgets.painting import colour
from workbench.words import tr

_SIZE = QSize(340, 88)
_RATIO = 2.0
Term = tuple[str, str, QPixmap]


def unit_term(unit: Unit) -> Term:
    """Title, explanation and picture of a unit of the loss."""
    match unit:
        case "bits":
            return (
                tr("Bits per character"),
                tr(
                    "How many yes-or-no questions are still open, on average, before the next letter is known. "
                    "Lower is better: 1 means that the model hesitates as if between two letters."
                ),
                _picture(_paint_questions),
            )
        case "nats":
            return (
                tr("Nats"),
                tr(
                    "The loss as it is computed while training: the natural logarithm of how surprising the next "
                    "token was. One nat is 1.44 yes-or-no questions; lower is better."
                ),
                _picture(_paint_questions),
            )
        case "perplexity":
            return (
                tr("Perplexity"),
                tr(
                    "As if the model had to choose blindly among so many equally likely letters or words. "
                    "Lower is better, and 1 would mean that it always knows what comes next."
                ),
                _picture(_paint_choices),
            )


def gradient_term() -> Term:
    """Title, explanation and picture of the gradient norm."""
    return (
        tr("Gradient norm"),
        tr(
            "After each step the gradient says in which direction all weights should move; its norm is how far. "
            "Calm values that slowly fall are good, and sudden peaks mean that a passage shook the model."
        ),
        _picture(_paint_norm),
    )


def clipping_term() -> Term:
    """Title, explanation and picture of the clipping threshold."""
    return (
        tr("Clipping threshold"),
        tr(
            "A gradient that is longer than this is shortened to this length and keeps its direction. "
            "So one odd passage cannot throw the model off; while a run trains you can drag the dashed line."
        ),
        _picture(_paint_clipping),
    )


def _picture(paint: Callable[[QPainter], None]) -> QPixmap:
    made = QPixmap(_SIZE * _RATIO)
    made.setDevicePixelRatio(_RATIO)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_font())
    paint(painter)
    painter.end()
    return made


def _font() -> QFont:
    return fonts.caption()


def _paint_questions(painter: QPainter) -> None:
    """Two questions lead to one of four letters."""
    painter.setPen(QPen(colour("line"), 2))
    root = QPointF(20, 44)
    middles, leaves = [QPointF(120, 22), QPointF(120, 66)], [QPointF(220, 11 + 22 * row) for row in range(4)]
    for branch, middle in enumerate(middles):
        painter.setPen(QPen(colour("training" if branch == 0 else "line"), 2))
        painter.drawLine(root, middle)
        for twig in range(2):
            is_way = (branch, twig) == (0, 1)
            painter.setPen(QPen(colour("training" if is_way else "line"), 2))
            painter.drawLine(middle, leaves[2 * branch + twig])
    painter.setPen(Qt.PenStyle.NoPen)
    for place, is_way in [(root, True), (middles[0], True), (middles[1], False)]:
        painter.setBrush(colour("training" if is_way else "line"))
        painter.drawEllipse(place, 5, 5)
    for place, letter in zip(leaves, "aeio", strict=True):
        painter.setPen(colour("text" if letter == "e" else "quiet"))
        painter.drawText(QRectF(place.x() + 8, place.y() - 10, 24, 20), Qt.AlignmentFlag.AlignVCenter, letter)
    painter.setPen(colour("quiet"))
    painter.drawText(QRectF(256, 34, 84, 20), Qt.AlignmentFlag.AlignVCenter, tr("2 questions"))


def _paint_choices(painter: QPainter) -> None:
    """Four doors, all alike."""
    for place in range(4):
        box = QRectF(12 + 56 * place, 12, 40, 60)
        painter.setPen(QPen(colour("training"), 2))
        painter.setBrush(colour("training", "raised", 0.16))
        painter.drawRoundedRect(box, 4, 4)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
    painter.setPen(colour("quiet"))
    painter.drawText(QRectF(248, 32, 92, 20), Qt.AlignmentFlag.AlignVCenter, tr("perplexity 4"))


def _paint_norm(painter: QPainter) -> None:
    """A short and a long arrow."""
    for left, length, words in ((24, 44, tr("small norm")), (176, 120, tr("large norm"))):
        _paint_arrow(painter, QPointF(left, 62), length, "gradient")
        painter.setPen(colour("quiet"))
        painter.drawText(QRectF(left - 12, 68, 150, 20), Qt.AlignmentFlag.AlignVCenter, words)


def _paint_clipping(painter: QPainter) -> None:
    """A long arrow that ends at a dashed circle."""
    start, radius = QPointF(30, 74), 78.0
    pen = QPen(colour("threshold"), 1.5, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(start.x() - radius, start.y() - radius, 2 * radius, 2 * radius), -6 * 16, 66 * 16)
    painter.setPen(QPen(colour("line"), 2, Qt.PenStyle.DotLine))
    end = _end_of(start, 150)
    painter.drawLine(start, end)
    _paint_arrow(painter, start, radius, "gradient")
    painter.setPen(colour("quiet"))
    painter.drawText(QRectF(184, 4, 156, 20), Qt.AlignmentFlag.AlignVCenter, tr("the gradient"))
    painter.drawText(QRectF(116, 60, 220, 20), Qt.AlignmentFlag.AlignVCenter, tr("what is left of it"))


def _paint_arrow(painter: QPainter, start: QPointF, length: float, token: str) -> None:
    end = _end_of(start, length)
    painter.setPen(QPen(colour(token), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(start, end)
    for turn in (150, -150):
        angle = math.radians(-_SLOPE + turn)
        painter.drawLine(end, end + QPointF(9 * math.cos(angle), 9 * math.sin(angle)))


_SLOPE = 26.0  # degrees


def _end_of(start: QPointF, length: float) -> QPointF:
    angle = math.radians(-_SLOPE)
    return start + QPointF(length * math.cos(angle), length * math.sin(angle))
