"""Colours and dashes of curves: Okabe and Ito's set, deepened for light ground and lightened for dark."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.theme.theme import theme
from workbench.theme.tokens import mix

Dash = Literal["solid", "dashed", "dotted"]

# Okabe and Ito (2008), each moved along its own hue until it stands 3 to 1 on our surface: (light, dark).
SERIES_COLOURS = (
    ("#0072B2", "#56B4E9"),  # blue
    ("#D55E00", "#E8863F"),  # vermilion
    ("#00805E", "#35C49B"),  # bluish green
    ("#B5578B", "#CC79A7"),  # reddish purple
    ("#857600", "#F0E442"),  # yellow
    ("#3B3B39", "#D4D4D0"),  # black
    ("#B07200", "#E69F00"),  # orange
    ("#2E8BC0", "#9CD3F5"),  # sky blue
)
_DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted")
_PATTERNS: dict[Dash, list[float]] = {"solid": [], "dashed": [6.0, 4.0], "dotted": [1.5, 3.0]}
MARK_RADIUS = 3.0  # of a sample that is drawn as a dot
_FAINT_SHARE = 0.3
_SERIES = "series-"


def series_style(index: int) -> tuple[str, Dash]:
    """Colour and dash of the curve with this number: 24 pairs; colours that are close differ in dash."""
    colour = index % len(SERIES_COLOURS)
    return f"{_SERIES}{colour}", _DASHES[(index // 4 + colour // 6) % len(_DASHES)]


def colour_name(colour: str) -> str:
    """The '#RRGGBB' that a token, a series colour or a '#RRGGBB' stands for in the present theme."""
    if colour.startswith("#"):
        return colour
    if colour.startswith(_SERIES):
        return SERIES_COLOURS[int(colour.removeprefix(_SERIES))][int(theme().is_dark)]
    token: str = getattr(theme().tokens, colour)
    return token


def resolve_colour(colour: str, is_faint: bool = False) -> QColor:
    """The colour in the present theme; faint ones are mixed into the surface, so that nothing has to be blended."""
    name = colour_name(colour)
    return QColor(mix(name, theme().tokens.surface, _FAINT_SHARE) if is_faint else name)


def line_pen(colour: QColor, dash: Dash = "solid", width: float = 1.0) -> QPen:
    """A cosmetic pen: its dashes count in pixels, whatever the axes show."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash != "solid":
        pen.setDashPattern([length / width for length in _PATTERNS[dash]])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def paint_sample(painter: QPainter, rect: QRectF, pen: QPen, has_marks: bool) -> None:
    """A short piece of a curve as it looks in the plot, for a legend."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen.setCosmetic(False)  # it may be wider at a higher ratio, few as its pixels are
    painter.setPen(pen)
    middle = rect.center().y()
    painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
    if has_marks:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawEllipse(rect.center(), MARK_RADIUS, MARK_RADIUS)
    painter.restore()
