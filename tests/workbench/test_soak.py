"""Painting must cost no references: one release of the Qt binding dropped those of None until the interpreter ended."""

import gc
import sys
from array import array

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.theme.theme import Theme
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.plots.formats import step_label

FRAMES = 500
WARM_FRAMES = 20
MOST_NEW_REFERENCES_A_FRAME = 5


class FrameCounter(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_500_frames_of_a_live_plot_keep_the_references_of_none_and_true(qtbot: QtBot, theme: Theme):
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.resize(640, 320)
    plot.set_axes("step", step_label, "Loss, nats per character", log_y=True)
    plot.set_references([("letter frequencies", 3.3), ("pairs of letters", 2.5)])
    plot.set_threshold(1.0, "clipping threshold")
    with qtbot.waitExposed(plot):
        plot.show()
    rng = np.random.default_rng(0)
    x, y = array("d"), array("d")
    frames = FrameCounter(plot._canvas.viewport())

    def paint(number: int) -> None:
        for _ in range(number):
            x.append(len(x) * 10.0)
            y.append(1.5 + 2.7 * float(np.exp(-len(y) / 100)) + float(rng.normal()) * 0.05)
            plot.set_curve("loss", x, y, name="loss", colour="training", faint=True)
            plot.set_curve("smooth", x, y, name="smoothed", colour="training", width=1.5)
            plot._redraw.flush()
            plot._canvas.viewport().repaint()
            qtbot.wait(0)

    paint(WARM_FRAMES)
    gc.collect()
    before = sys.getrefcount(None), sys.getrefcount(True)
    paint(FRAMES)
    gc.collect()
    grown_none, grown_true = sys.getrefcount(None) - before[0], sys.getrefcount(True) - before[1]
    assert frames.count >= FRAMES
    if sys.version_info < (3, 12):  # later interpreters do not count them
        assert -FRAMES / 10 < grown_none <= MOST_NEW_REFERENCES_A_FRAME * FRAMES
        assert -FRAMES / 10 < grown_true <= MOST_NEW_REFERENCES_A_FRAME * FRAMES
