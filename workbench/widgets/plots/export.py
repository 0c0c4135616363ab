"""A plot as a picture file: its legend in a row above it, and all of it in the present colours."""

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.widgets.plots.canvas import PlotCanvas
from workbench.widgets.plots.styles import line_pen, paint_sample, resolve_colour
from workbench.words import tr

_MARGIN = 16
_SAMPLE = 22.0


def write_png(canvas: PlotCanvas, path: Path, scale: float) -> None:
    """Write the picture with so many pixels per pixel of the screen. Raises OSError when it cannot be written."""
    size = _picture_size(canvas)
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    _paint(painter, canvas, size)
    painter.end()
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise OSError(tr("The picture could not be written to {path}.", path=str(path)))


def write_svg(canvas: PlotCanvas, path: Path) -> None:
    """Write the picture as drawing. Raises OSError when it cannot be written."""
    size = _picture_size(canvas)
    with path.open("wb"):  # Qt writes nothing at all, without a word, where it may not
        pass
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setResolution(round(canvas.logicalDpiY()))  # otherwise texts come out in another size than lines
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(canvas.contents.y_axis.name)
    painter = QPainter(generator)
    _paint(painter, canvas, size)
    painter.end()
    if path.stat().st_size == 0:
        raise OSError(tr("The picture could not be written to {path}.", path=str(path)))


def _picture_size(canvas: PlotCanvas) -> QSize:
    return QSize(canvas.width() + 2 * _MARGIN, canvas.height() + 2 * _MARGIN + _head_height())


def _head_height() -> int:
    return round(QFontMetricsF(fonts.caption()).height() + 12)


def _paint(painter: QPainter, canvas: PlotCanvas, size: QSize) -> None:
    painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(theme().tokens.surface))
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    _paint_head(painter, canvas, QRectF(_MARGIN, _MARGIN, size.width() - 2 * _MARGIN, _head_height() - 8))
    target = QRectF(_MARGIN, _MARGIN + _head_height(), canvas.width(), canvas.height())
    canvas.scene().prepareForPaint()
    canvas.scene().render(painter, target, QRectF(0, 0, canvas.width(), canvas.height()))


def _paint_head(painter: QPainter, canvas: PlotCanvas, row: QRectF) -> None:
    """The name of the y axis, and the visible curves."""
    font, tokens = fonts.caption(), theme().tokens
    metrics, place = QFontMetricsF(font), QRectF(row)
    painter.setFont(font)
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, canvas.contents.y_axis.name)
    place.translate(metrics.horizontalAdvance(canvas.contents.y_axis.name) + 16, 0)
    for curve in canvas.contents.visible_curves():
        if not curve.in_legend:
            continue
        pen = line_pen(resolve_colour(curve.colour, curve.is_faint), curve.dash, 2)
        paint_sample(painter, QRectF(place.left(), place.top(), _SAMPLE, place.height()), pen, curve.has_marks)
        painter.setPen(QColor(tokens.text))
        place.translate(_SAMPLE + 6, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, curve.name)
        place.translate(metrics.horizontalAdvance(curve.name) + 16, 0)
