"""The box beside the reading line of a plot."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.theme.tokens import mix
from workbench.widgets.plots.reading import ReadCurve, Reading
from workbench.widgets.plots.styles import line_pen, paint_sample, resolve_colour

_PAD = 8.0
_SAMPLE = 20.0
_COLUMN_GAP = 16.0
_FROM_LINE = 12.0
_MOST_CURVES = 12  # a longer list would hide the plot that it explains


class Readout(QWidget):
    """Lists name, look and value of every visible curve. The mouse passes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._reading: Reading | None = None
        self.hide()

    @property
    def reading(self) -> Reading | None:
        """What it shows."""
        return self._reading

    def show_reading(self, reading: Reading, line: QPointF, room: QRectF) -> None:
        """Stand beside the reading line, on the side where there is room."""
        self._reading = reading
        size = self._size()
        left = line.x() + _FROM_LINE
        if left + size.width() > room.right():
            left = line.x() - _FROM_LINE - size.width()
        top = min(max(line.y() - size.height() / 2, room.top()), room.bottom() - size.height())
        self.setGeometry(round(max(left, room.left())), round(max(top, 0)), round(size.width()), round(size.height()))
        self.setAccessibleName(reading.text)
        self.show()
        self.update()

    def clear(self) -> None:
        """Go away."""
        self._reading = None
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The head, the events, one line for every curve."""
        if self._reading is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme().tokens
        painter.setPen(QColor(mix(tokens.text, tokens.line, 0.12)))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._paint_lines(painter, self._reading)

    def _paint_lines(self, painter: QPainter, reading: Reading) -> None:
        row = self._row_height()
        line = QRectF(_PAD, _PAD - 2, self.width() - 2 * _PAD, row)
        painter.setFont(self._head_font())
        for text in (reading.head, *reading.events):
            painter.setPen(QColor(theme().tokens.text))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
            line.translate(0, row)
            painter.setFont(self._font())
        for read in reading.curves[:_MOST_CURVES]:
            _paint_row(painter, line, read)
            line.translate(0, row)

    def _font(self) -> QFont:
        return fonts.tabular(fonts.caption())

    def _head_font(self) -> QFont:
        font = self._font()
        font.setBold(True)
        return font

    def _row_height(self) -> float:
        return QFontMetricsF(self._font()).height() + 3

    def _size(self) -> QSizeF:
        reading = self._reading
        assert reading is not None
        bold, plain = QFontMetricsF(self._head_font()), QFontMetricsF(self._font())
        heads = [bold.horizontalAdvance(reading.head), *(plain.horizontalAdvance(text) for text in reading.events)]
        shown = reading.curves[:_MOST_CURVES]
        names = max((plain.horizontalAdvance(read.curve.name) for read in shown), default=0.0)
        values = max((plain.horizontalAdvance(read.text) for read in shown), default=0.0)
        width = max(max(heads), _SAMPLE + 8 + names + _COLUMN_GAP + values) + 2 * _PAD
        rows = len(shown) + len(heads)
        return QSizeF(width + 1, rows * self._row_height() + 2 * _PAD - 4)


def _paint_row(painter: QPainter, line: QRectF, read: ReadCurve) -> None:
    curve, tokens = read.curve, theme().tokens
    pen = line_pen(resolve_colour(curve.colour, curve.is_faint), curve.dash, curve.width)
    paint_sample(painter, QRectF(line.left(), line.top(), _SAMPLE, line.height()), pen, curve.has_marks)
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(line.adjusted(_SAMPLE + 8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, curve.name)
    painter.setPen(QColor(tokens.text))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, read.text)
