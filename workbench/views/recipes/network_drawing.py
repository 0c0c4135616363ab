"""A drawing of the network: what enters, the layers with their loops, what comes out; the text flows upward."""

import itertools
import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.viewmodels.recipes.network import Network, described, stage_words
from workbench.widgets.painting import colour
from workbench.words import tr

_MOST_LAYERS = 4  # more are drawn as the first two, dots and the last
_LOOP = 22.0  # room for the arrow from a layer back to itself
_WIDEST = 16.0  # lines of text
_HIGHEST = 6.5  # of a stage, in lines of text


class NetworkDrawing(QWidget):
    """Follows `set_network`. What it shows stands in its accessible description in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network = Network()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Drawing of the network"))
        theme().changed.connect(self.update)

    def set_network(self, network: Network) -> None:
        """Draw another network."""
        if network != self._network:
            self._network = network
            self.setAccessibleDescription(described(network))
            self.setToolTip(described(network))
            self.updateGeometry()
            self.update()

    @property
    def network(self) -> Network:
        """What is drawn."""
        return self._network

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(18 * line, (3 * len(self._stages()) + 2) * line)

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(14 * line, round((2.3 * len(self._stages()) + 1) * line))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _Picture(painter, self._network, self._stages(), QRectF(self.rect())).paint()

    def _stages(self) -> list[str]:
        return stages_of(self._network)


def stages_of(network: Network) -> list[str]:
    """What is drawn from the bottom to the top: input, embedding, layers by number, output."""
    count = network.num_layers
    layers = [str(n) for n in range(1, count + 1)] if count <= _MOST_LAYERS else ["1", "2", "dots", str(count)]
    return ["input", "embedding", *layers, "output"]


class _Picture:
    """One painting of a network."""

    def __init__(self, painter: QPainter, network: Network, stages: list[str], area: QRectF) -> None:
        self._painter, self._network, self._stages = painter, network, stages
        self._line = painter.fontMetrics().height()
        words_width = max(painter.fontMetrics().horizontalAdvance(text) for pair in self._words() for text in pair)
        width = min(_WIDEST * self._line, area.width() - words_width - _LOOP - 3 * GRID)
        left = area.left() + max(GRID / 2, (area.width() - width - _LOOP - words_width - 3 * GRID) / 2)
        step = min(area.height() / len(stages), _HIGHEST * self._line)
        bottom = area.bottom() - (area.height() - step * len(stages)) / 2
        self._places = [
            QRectF(left, bottom - (place + 1) * step + 0.21 * step, width, 0.58 * step) for place in range(len(stages))
        ]
        self._words_left = left + width + _LOOP + GRID

    def paint(self) -> None:
        """Draw everything, arrows first."""
        boxes = [self._box(stage, place) for stage, place in zip(self._stages, self._places, strict=True)]
        for lower, upper in itertools.pairwise(boxes):
            self._arrow(lower, upper)
        if self._network.is_tied:
            self._tie(boxes[1], boxes[-1])
        for stage, box, words in zip(self._stages, boxes, self._words(), strict=True):
            self._stage(stage, box)
            self._label(box, *words)

    def _words(self) -> list[tuple[str, str]]:
        return [stage_words(self._network, stage) for stage in self._stages]

    def _box(self, stage: str, place: QRectF) -> QRectF:
        """What a stage fills of its place: as wide as its size hints, as high as it is drawn."""
        network = self._network
        sizes = {
            "input": network.vocabulary_size,
            "embedding": network.embedding_size,
            "output": network.vocabulary_size,
        }
        width = place.width() * _share(sizes.get(stage, network.hidden_size))
        height = place.height()
        if stage == "input" or (stage == "embedding" and not network.embedding_size):
            height = min(0.62 * height, self._line * 1.5, place.width() / 6)  # five cells
        elif stage == "embedding":
            height *= 0.44
        return QRectF(place.center().x() - width / 2, place.center().y() - height / 2, width, height)

    def _stage(self, stage: str, box: QRectF) -> None:
        match stage:
            case "input":
                self._letters(box)
            case "embedding":
                self._embedding(box)
            case "output":
                self._bars(box)
            case "dots":
                self._dots(box)
            case _:
                self._layer(box)

    def _letters(self, box: QRectF) -> None:
        """A few tokens; the middle one enters now."""
        self._cells(box, ["a", "b", "c", "d", "e"], 2)

    def _embedding(self, box: QRectF) -> None:
        if not self._network.embedding_size:
            self._cells(box, ["0", "0", "1", "0", "0"], 2)
            return
        self._pen("accent", 0.6)
        self._painter.setBrush(colour("accent", "surface", 0.10))
        self._painter.drawRoundedRect(box, 4, 4)
        count = max(4, int(box.width() / 14))
        self._painter.setPen(Qt.PenStyle.NoPen)
        for place in range(count):  # numbers of different strength
            shade = 0.25 + 0.55 * abs(math.sin(2.3 * place + 1))
            self._painter.setBrush(colour("accent", "surface", shade))
            x = box.left() + (place + 0.5) * box.width() / count
            self._painter.drawEllipse(QPointF(x, box.center().y()), 2.6, 2.6)

    def _cells(self, box: QRectF, signs: list[str], chosen: int) -> None:
        side = box.height()
        left = box.center().x() - side * 1.2 * (len(signs) - 1) / 2 - side / 2
        self._painter.setFont(_small())
        for place, sign in enumerate(signs):
            cell = QRectF(left + place * side * 1.2, box.top(), side, side)
            is_chosen = place == chosen
            self._pen("accent" if is_chosen else "line", 1.0)
            self._painter.setBrush(colour("accent", "surface", 0.18 if is_chosen else 0.0))
            self._painter.drawRoundedRect(cell, 3, 3)
            self._painter.setPen(colour("text" if is_chosen else "quiet"))
            self._painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, sign)

    def _bars(self, box: QRectF) -> None:
        """Probabilities of what comes next."""
        count = 11
        width = box.width() / count
        self._painter.setPen(Qt.PenStyle.NoPen)
        for place in range(count):
            height = box.height() * (0.12 + 0.88 * abs(math.sin(1.7 * place + 0.6)) ** 3)
            bar = QRectF(box.left() + place * width + width * 0.18, box.bottom() - height, width * 0.64, height)
            self._painter.setBrush(colour("accent", "surface", 0.9 if place == 6 else 0.4))
            self._painter.drawRect(bar)

    def _dots(self, box: QRectF) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour("quiet"))
        for place in (-1, 0, 1):
            self._painter.drawEllipse(box.center() + QPointF(0, place * 9), 2, 2)

    def _layer(self, box: QRectF) -> None:
        self._pen("accent", 1.0, 1.4)
        self._painter.setBrush(colour("accent", "surface", 0.14))
        self._painter.drawRoundedRect(box, 6, 6)
        self._loop(box)
        gates = self._network.gates
        side = min(box.height() * 0.6, box.width() / (len(gates) + 1), self._line * 1.35)
        self._painter.setFont(_small())
        for place, gate in enumerate(gates):
            x = box.left() + (place + 1) * box.width() / (len(gates) + 1)
            circle = QRectF(x - side / 2, box.center().y() - side / 2, side, side)
            self._pen("accent", 0.6)
            self._painter.setBrush(colour("surface"))
            self._painter.drawEllipse(circle)
            self._painter.setPen(colour("text"))
            self._painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, gate)

    def _loop(self, box: QRectF) -> None:
        """The arrow by which a layer hears its own last answer."""
        path = QPainterPath(QPointF(box.right(), box.top() + box.height() * 0.25))
        out = box.right() + _LOOP
        end = QPointF(box.right() + 2, box.top() + box.height() * 0.75)
        path.cubicTo(QPointF(out, box.top() - 2), QPointF(out, box.bottom() + 2), end)
        self._pen("text", 0.7, 1.5)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)
        self._head(end, QPointF(-1.0, -0.28))

    def _arrow(self, lower: QRectF, upper: QRectF) -> None:
        start = QPointF(lower.center().x(), lower.top() - 3)
        end = QPointF(upper.center().x(), upper.bottom() + 3)
        self._pen("text", 0.55, 1.3)
        if self._network.dropout > 0:
            pen = self._painter.pen()
            pen.setStyle(Qt.PenStyle.DashLine)
            self._painter.setPen(pen)
        self._painter.drawLine(start, end)
        self._head(end, QPointF(0.0, -1.0))

    def _tie(self, embedding: QRectF, output: QRectF) -> None:
        """One matrix at both ends."""
        left = min(embedding.left(), output.left()) - GRID
        path = QPainterPath(QPointF(embedding.left(), embedding.center().y()))
        path.lineTo(left, embedding.center().y())
        path.lineTo(left, output.center().y())
        path.lineTo(output.left(), output.center().y())
        self._pen("quiet", 1.0, 1.2, Qt.PenStyle.DotLine)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)

    def _head(self, tip: QPointF, direction: QPointF) -> None:
        length = 6.0
        size = math.hypot(direction.x(), direction.y())
        along = QPointF(direction.x() / size * length, direction.y() / size * length)
        across = QPointF(-along.y() * 0.5, along.x() * 0.5)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour("text", "surface", 0.7))
        self._painter.drawPolygon(QPolygonF([tip, tip - along + across, tip - along - across]))

    def _label(self, box: QRectF, name: str, size: str) -> None:
        top = box.center().y() - self._line if size else box.center().y() - self._line / 2
        for text, token, font in ((name, "text", fonts.body()), (size, "quiet", fonts.caption())):
            self._painter.setFont(font)
            self._painter.setPen(colour(token))
            self._painter.drawText(QPointF(self._words_left, top + self._line * 0.8), text)
            top += self._line

    def _pen(self, token: str, share: float, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        self._painter.setPen(QPen(QColor(colour(token, "surface", share)), width, style))


def _share(size: int) -> float:
    """How wide a stage is drawn: a hint, as sizes differ a thousandfold."""
    return min(1.0, max(0.34, (math.log2(max(size, 1)) - 2) / 9))


def _small() -> QFont:
    return fonts.caption()
