"""Curves as small as a word."""

import math

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from workbench.theme.theme import Theme
from workbench.widgets.plots.sparkline import Sparkline, paint_sparkline


def painted(values: list[float]) -> QImage:
    image = QImage(96, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_sparkline(painter, QRectF(0, 0, 96, 20), values, QColor("black"))
    painter.end()
    return image


def darkest_row(image: QImage, x: int) -> int:
    return min(range(image.height()), key=lambda y: image.pixelColor(x, y).value())


def test_a_falling_curve_falls():
    image = painted([4.0, 3.0, 2.0, 1.0])
    assert darkest_row(image, 4) < darkest_row(image, 48) < darkest_row(image, 90)


def test_a_constant_curve_runs_through_the_middle():
    image = painted([2.0, 2.0, 2.0])
    assert {darkest_row(image, x) for x in (10, 50, 80)} <= {9, 10}


def test_a_spike_among_many_values_is_seen():
    values = [1.0] * 50_000
    values[25_000] = 9.0
    image = painted(values)
    assert any(image.pixelColor(x, 3).value() < 200 for x in range(44, 52))


@pytest.mark.parametrize("values", [[], [math.nan], [1.0], [math.inf, 2.0, math.nan, 1.0], [math.nan] * 5000])
def test_odd_values_are_painted_without_complaint(values: list[float]):
    painted(values)


def test_it_tells_its_last_value_and_follows_the_theme(qtbot: QtBot, theme: Theme):
    spark = Sparkline()
    qtbot.addWidget(spark)
    spark.set_name("loss")
    spark.set_values([4.2, 1.49137, math.nan])
    assert spark.accessibleName() == "loss 1.49"
    spark.set_colour("validation")
    spark.show()
    light = spark.grab().toImage()
    theme.set_choice("dark")
    assert spark.grab().toImage() != light
