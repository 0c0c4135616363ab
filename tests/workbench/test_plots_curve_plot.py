"""The plot as a person has it before them: looked at, hovered, dragged, zoomed, read by keys, written to files."""

import time
import xml.etree.ElementTree as ET
from array import array
from collections.abc import Callable
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from workbench.theme.theme import Theme
from workbench.widgets.plots import annotations
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.plots.formats import step_label
from workbench.widgets.plots.styles import resolve_colour

STEPS = np.arange(0.0, 10_001.0, 10.0)
LOSS = 1.5 + 2.7 * np.exp(-STEPS / 2000)


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> CurvePlot:
    made = CurvePlot()
    made.resize(800, 400)
    made.set_axes("step", step_label, "Loss, nats per character")
    made.set_empty_text("The curve begins with the first step.")
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def drawn(plot: CurvePlot, qtbot: QtBot) -> CurvePlot:
    plot.set_curve("training", STEPS, LOSS, name="training", colour="training")
    plot.set_curve("validation", STEPS[::100], LOSS[::100] + 0.1, name="validation", colour="validation", marks=True)
    settle(plot, qtbot)
    return plot


def settle(plot: CurvePlot, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not plot._redraw._is_dirty)


def pixel(plot: CurvePlot, x: float, y: float) -> QPoint:
    """Where a value is, in the viewport."""
    geometry, contents = plot._canvas.geometry_now(), plot._contents
    at = QPointF(geometry.x_pixel(contents.x_axis.position(x)), geometry.y_pixel(contents.y_axis.position(y)))
    return at.toPoint()


def middle(plot: CurvePlot) -> QPoint:
    return plot._canvas.plot_rect().center().toPoint()


def mouse(plot: CurvePlot, kind: QEvent.Type, at: QPoint, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    viewport = plot._canvas.viewport()
    is_move = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if is_move else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, QPointF(at), QPointF(viewport.mapToGlobal(at)), button, held, modifiers)
    QApplication.sendEvent(viewport, event)


def hover(plot: CurvePlot, at: QPoint) -> None:
    viewport = plot._canvas.viewport()
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(viewport.mapToGlobal(at)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def drag(plot: CurvePlot, start: QPoint, end: QPoint, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    mouse(plot, QEvent.Type.MouseButtonPress, start, modifiers)
    for share in (0.25, 0.5, 0.75, 1.0):
        mouse(plot, QEvent.Type.MouseMove, start + (end - start) * share, modifiers)
    mouse(plot, QEvent.Type.MouseButtonRelease, end, modifiers)


def wheel(target: QWidget, at: QPoint, notches: int, modifiers: Qt.KeyboardModifier) -> bool:
    event = QWheelEvent(
        QPointF(at),
        QPointF(target.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def picture(plot: CurvePlot) -> QImage:
    return plot.grab().toImage()


def has_colour(image: QImage, colour: QColor, tolerance: int = 24) -> bool:
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8).reshape(-1, 4)
    wanted = np.array([colour.blue(), colour.green(), colour.red()])
    return bool((np.abs(pixels[:, :3].astype(int) - wanted).max(axis=1) <= tolerance).any())


class TestDrawing:
    def test_an_empty_plot_says_what_will_be_there(self, plot: CurvePlot, qtbot: QtBot):
        settle(plot, qtbot)
        with_text = picture(plot)
        plot.set_empty_text("")
        settle(plot, qtbot)
        assert picture(plot) != with_text

    def test_curves_appear_in_their_colours(self, drawn: CurvePlot):
        image = picture(drawn)
        assert has_colour(image, resolve_colour("training"))
        assert has_colour(image, resolve_colour("validation"))

    def test_a_change_of_theme_recolours_everything(self, drawn: CurvePlot, theme: Theme):
        theme.set_choice("dark")
        image = picture(drawn)
        assert has_colour(image, QColor(theme.tokens.training))
        assert has_colour(image, QColor(theme.tokens.surface), 0)
        assert not has_colour(image, QColor("#FFFFFF"), 4)

    def test_larger_text_takes_more_room(self, drawn: CurvePlot, theme: Theme):
        before = drawn._canvas.plot_rect()
        theme.set_text_scale(1.5)
        after = drawn._canvas.plot_rect()
        assert after.left() > before.left()
        assert after.height() < before.height()

    def test_many_updates_are_few_pictures(self, plot: CurvePlot, qtbot: QtBot):
        drawings: list[int] = []
        plot._redraw.due.connect(lambda: drawings.append(1))
        grown = array("d")
        for step in range(200):
            grown.append(step)
            plot.set_curve("loss", grown, grown, name="loss", colour="training")
        settle(plot, qtbot)
        assert len(drawings) <= 2
        assert plot._contents.curves["loss"].latest == (199, 199)

    def test_pictures_are_a_tenth_of_a_second_apart(self, drawn: CurvePlot, qtbot: QtBot):
        times: list[float] = []
        drawn._redraw.due.connect(lambda: times.append(time.monotonic()))
        for _ in range(3):
            drawn.set_curve("more", STEPS, LOSS, name="more", colour="accent")
            settle(drawn, qtbot)
        assert all(after - before >= 0.08 for before, after in pairwise(times))

    def test_nothing_is_drawn_while_hidden_and_all_of_it_when_shown_again(self, drawn: CurvePlot, qtbot: QtBot):
        drawings: list[int] = []
        drawn._redraw.due.connect(lambda: drawings.append(1))
        drawn.hide()
        drawn.set_curve("more", STEPS, LOSS, name="more", colour="accent")
        assert not drawn._redraw._timer.isActive()
        drawn.show()
        qtbot.waitUntil(lambda: bool(drawings))

    def test_nothing_is_drawn_while_minimised(self, drawn: CurvePlot, qtbot: QtBot):
        drawings: list[int] = []
        drawn._redraw.due.connect(lambda: drawings.append(1))
        drawn.showMinimized()
        drawn.set_curve("more", STEPS, LOSS, name="more", colour="accent")
        assert not drawn._redraw._timer.isActive()
        assert not drawings
        drawn.showNormal()
        qtbot.waitUntil(lambda: bool(drawings))

    def test_a_plot_of_gaps_and_negative_values_on_a_logarithmic_axis_is_drawn(self, plot: CurvePlot, qtbot: QtBot):
        plot.set_axes("step", step_label, "Gradient norm", log_x=True, log_y=True)
        plot.set_curve("g", [-1, 0, 1, 10, 100], [1, -1, 0, np.nan, 5], name="norm", colour="gradient")
        plot.set_curve("none", [1, 2], [np.nan, np.nan], name="none", colour="accent")
        plot.set_band("g", [1, 10], [-1, 1], [2, 3], "gradient")
        settle(plot, qtbot)
        picture(plot)

    def test_the_description_says_the_latest_values(self, drawn: CurvePlot):
        assert drawn.accessibleName() == "Loss, nats per character"
        assert drawn.accessibleDescription() == "training 1.52, validation 1.62"

    def test_a_plot_with_all_its_parts_is_drawn_at_every_size(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.set_references([("letters", 3.3), ("pairs", 3.28), ("five letters", 2.1)])
        drawn.set_best(9000, 1.6, "best 1.60")
        drawn.set_marks([(1000, "a", "setting"), (2000, "b", "rewound"), (3000, "c", "paused"), (4000, "d", "note")])
        drawn.set_threshold(2.0, "clipping threshold")
        drawn.set_band("training", STEPS, LOSS - 0.1, LOSS + 0.1, "training")
        for width, height in ((160, 100), (480, 240), (1600, 900)):
            drawn.resize(width, height)
            settle(drawn, qtbot)
            picture(drawn)

    @pytest.mark.parametrize("height", [120, 150, 200, 400])
    def test_words_in_the_picture_never_cover_each_other(
        self, drawn: CurvePlot, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, height: int
    ):
        written: list[tuple[QRectF, str]] = []
        paint = annotations.text_on_ground
        monkeypatch.setattr(
            annotations, "text_on_ground", lambda *words: (written.append((words[1], words[2])), paint(*words))
        )
        drawn.set_references([(f"method {number}", 1.5 + 0.35 * number) for number in range(8)])
        drawn.set_best(10_000, float(LOSS[-1] + 0.1), "best 1.62")
        drawn.resize(360, height)
        settle(drawn, qtbot)
        written.clear()
        drawn._canvas._layer.invalidate()
        drawn._canvas.paint_ahead()
        assert "best 1.62" in [text for _, text in written]
        assert not [pair for pair in combinations(written, 2) if pair[0][0].intersects(pair[1][0])]
        if height == 400:
            assert len(written) >= 8

    def test_a_plot_can_be_cleared(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.set_threshold(1.0, "threshold")
        drawn.clear()
        settle(drawn, qtbot)
        assert drawn.curve_keys() == []
        assert not drawn._canvas.grip.isVisible()
        assert not has_colour(picture(drawn), resolve_colour("training"))


class TestLegend:
    def test_a_click_hides_a_curve_and_another_shows_it(self, drawn: CurvePlot, qtbot: QtBot):
        entry = drawn._legend.entry("training")
        with qtbot.waitSignal(drawn.visibility_changed) as told:
            qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
        settle(drawn, qtbot)
        assert told.args == ["training", False]
        assert not drawn.is_curve_visible("training")
        assert not has_colour(picture(drawn), resolve_colour("training"), 8)
        qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
        settle(drawn, qtbot)
        assert drawn.is_curve_visible("training")

    def test_a_hidden_curve_stays_hidden_when_its_samples_arrive(self, drawn: CurvePlot):
        drawn.set_curve_visible("training", False)
        drawn.set_curve("training", STEPS, LOSS, name="training", colour="training")
        assert not drawn.is_curve_visible("training")

    def test_switches_have_names_and_take_the_keyboard(self, drawn: CurvePlot, qtbot: QtBot):
        entry = drawn._legend.entry("validation")
        assert entry.text() == "validation"
        entry.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(entry, Qt.Key.Key_Space)
        assert not drawn.is_curve_visible("validation")

    def test_switches_go_with_their_curves(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.remove_curve("training")
        drawn.set_curve("third", STEPS, LOSS, name="third", colour="accent")
        drawn.set_curve("quiet", STEPS, LOSS, name="quiet", colour="quiet", in_legend=False)
        settle(drawn, qtbot)
        assert list(drawn._legend._entries) == ["validation", "third"]

    def test_many_curves_leave_room_for_the_plot(self, plot: CurvePlot, qtbot: QtBot):
        plot.resize(480, 240)
        for number in range(40):
            plot.set_curve(
                str(number), [0, 1], [number, 1], name=f"matrix number {number}", colour=f"series-{number % 8}"
            )
        settle(plot, qtbot)
        qtbot.waitUntil(lambda: plot._canvas.height() >= 140)
        assert plot._legend.verticalScrollBar().maximum() > 0


class TestReadingLine:
    def test_the_mouse_reads_every_visible_curve(self, drawn: CurvePlot):
        hover(drawn, pixel(drawn, 5000, 2))
        reading = drawn._canvas.reading
        assert abs(reading.x - 5000) <= 10
        assert [read.curve.name for read in reading.curves] == ["training", "validation"]
        assert reading.head.startswith("step 5,0") or reading.head.startswith("step 4,9")
        assert drawn._canvas.readout.isVisible()
        picture(drawn)

    def test_the_box_stays_inside_at_the_right_end(self, drawn: CurvePlot):
        hover(drawn, pixel(drawn, 9990, 2))
        assert drawn._canvas.readout.geometry().right() <= drawn._canvas.viewport().width()

    def test_it_goes_when_the_mouse_leaves(self, drawn: CurvePlot):
        hover(drawn, pixel(drawn, 5000, 2))
        QApplication.sendEvent(drawn._canvas, QEvent(QEvent.Type.Leave))
        assert drawn._canvas.reading is None
        assert not drawn._canvas.readout.isVisible()

    def test_it_tells_what_happened_there(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.set_marks([(5000, "Threshold 1 to 0.5", "setting")])
        settle(drawn, qtbot)
        hover(drawn, pixel(drawn, 5000, 2))
        assert drawn._canvas.reading.events == ["Threshold 1 to 0.5"]

    def test_keys_move_it_and_its_words_are_told(self, drawn: CurvePlot, qtbot: QtBot):
        drawn._canvas.setFocus()
        qtbot.keyClick(drawn._canvas, Qt.Key.Key_Right)
        assert drawn._canvas.reading.x == 10_000
        qtbot.keyClick(drawn._canvas, Qt.Key.Key_Left)
        assert 9800 < drawn._canvas.reading.x < 10_000
        qtbot.keyClick(drawn._canvas, Qt.Key.Key_Home)
        assert drawn._canvas.reading.x == 0
        assert drawn._canvas.accessibleDescription() == "step 0, training 4.2, validation 4.3"
        qtbot.keyClick(drawn._canvas, Qt.Key.Key_Escape)
        assert drawn._canvas.reading is None

    def test_an_empty_plot_has_nothing_to_read(self, plot: CurvePlot, qtbot: QtBot):
        settle(plot, qtbot)
        hover(plot, middle(plot))
        qtbot.keyClick(plot._canvas, Qt.Key.Key_Right)
        assert plot._canvas.reading is None


class TestMoving:
    def test_a_wheel_without_control_goes_on_to_the_page_around(self, drawn: CurvePlot):
        before = drawn._canvas.framing.x
        assert not wheel(drawn._canvas.viewport(), middle(drawn), -1, Qt.KeyboardModifier.NoModifier)
        assert drawn._canvas.framing.x == before

    def test_a_wheel_with_control_zooms_around_the_mouse_and_ends_following(self, drawn: CurvePlot, qtbot: QtBot):
        at = pixel(drawn, 5000, 2)
        with qtbot.waitSignal(drawn.follow_changed) as told:
            assert wheel(drawn._canvas.viewport(), at, 3, Qt.KeyboardModifier.ControlModifier)
        settle(drawn, qtbot)
        assert told.args == [False]
        low, high = drawn._canvas.framing.x
        assert high - low == pytest.approx(10_000 / 1.2**3)
        assert abs(pixel(drawn, 5000, 2).x() - at.x()) <= 1

    def test_a_wheel_with_control_over_the_axis_zooms_the_height(self, drawn: CurvePlot):
        before = drawn._canvas.framing.y
        at = QPoint(4, middle(drawn).y())
        wheel(drawn._canvas.viewport(), at, 1, Qt.KeyboardModifier.ControlModifier)
        after = drawn._canvas.framing.y
        assert after[1] - after[0] < before[1] - before[0]
        assert drawn.is_following()

    def test_a_drag_sideways_pans_and_leaves_the_height_alone(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.zoom(2)
        settle(drawn, qtbot)
        before = drawn._canvas.framing.x
        drag(drawn, middle(drawn), middle(drawn) + QPoint(-100, 3))
        after = drawn._canvas.framing.x
        assert after[0] > before[0]
        assert after[1] - after[0] == pytest.approx(before[1] - before[0])
        assert drawn._canvas.framing.height_mode == "fitted"

    def test_a_drag_up_pans_the_height_too(self, drawn: CurvePlot):
        before = drawn._canvas.framing.y
        drag(drawn, middle(drawn), middle(drawn) + QPoint(0, 60))
        assert drawn._canvas.framing.y[1] > before[1]

    def test_a_drag_with_shift_zooms_to_its_rectangle(self, drawn: CurvePlot):
        drag(drawn, pixel(drawn, 2000, 3.0), pixel(drawn, 4000, 2.0), Qt.KeyboardModifier.ShiftModifier)
        assert drawn._canvas.framing.x == pytest.approx((2000, 4000), abs=30)
        assert drawn._canvas.framing.y == pytest.approx((2.0, 3.0), abs=0.05)
        assert drawn._canvas.selection is None

    def test_a_double_click_shows_everything_and_another_the_fitted_view(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.zoom(8)
        viewport = drawn._canvas.viewport()
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle(drawn))
        settle(drawn, qtbot)
        assert drawn._canvas.framing.x == (0, 10_000)
        assert drawn._canvas.framing.is_whole
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle(drawn))
        assert drawn._canvas.framing.height_mode == "fitted"
        assert drawn.is_following()

    def test_keys_zoom_pan_and_show_everything(self, drawn: CurvePlot, qtbot: QtBot):
        canvas = drawn._canvas
        qtbot.keyClick(canvas, Qt.Key.Key_Plus)
        assert canvas.framing.x[1] - canvas.framing.x[0] == pytest.approx(8000)
        before = canvas.framing.x
        qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert canvas.framing.x[0] > before[0]
        qtbot.keyClick(canvas, Qt.Key.Key_Minus)
        assert canvas.framing.x[1] - canvas.framing.x[0] == pytest.approx(10_000)
        height = canvas.framing.y
        qtbot.keyClick(canvas, Qt.Key.Key_Up)
        assert canvas.framing.y[0] > height[0]
        qtbot.keyClick(canvas, Qt.Key.Key_0)
        assert canvas.framing.is_whole

    def test_following_goes_on_when_it_is_switched_on_again(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.zoom(4)
        assert not drawn.is_following()
        with qtbot.waitSignal(drawn.follow_changed) as told:
            drawn.set_follow(True)
        settle(drawn, qtbot)
        assert told.args == [True]
        assert drawn._canvas.framing.x[1] == 10_000

    def test_other_axes_begin_with_a_fitted_view(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.zoom(4)
        drawn.set_axes("time", None, "Loss, nats per character", x_is_seconds=True)
        settle(drawn, qtbot)
        assert drawn.is_following()
        assert drawn._canvas.framing.x == (0, 10_000)

    def test_a_right_click_asks_for_our_menu(self, drawn: CurvePlot, qtbot: QtBot, send_context_menu: Callable):
        with qtbot.waitSignal(drawn.menu_requested) as told:
            send_context_menu(drawn._canvas.viewport(), middle(drawn))
        assert told.args == [drawn._canvas.viewport().mapToGlobal(middle(drawn))]

    def test_every_part_is_reached_by_tab(self, drawn: CurvePlot, qtbot: QtBot):
        drawn.set_threshold(2.0, "threshold")
        settle(drawn, qtbot)
        drawn.activateWindow()
        drawn._legend.entry("training").setFocus()
        reached = []
        for _ in range(5):
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            reached.append(QApplication.focusWidget())
        assert drawn._legend.entry("validation") in reached
        assert drawn._canvas in reached
        assert drawn._canvas.grip in reached


@pytest.fixture
def send_context_menu() -> Callable[[QWidget, QPoint], None]:
    from PySide6.QtGui import QContextMenuEvent

    def send(target: QWidget, at: QPoint) -> None:
        QApplication.sendEvent(target, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, target.mapToGlobal(at)))

    return send


class TestThreshold:
    @pytest.fixture
    def clipped(self, plot: CurvePlot, qtbot: QtBot) -> CurvePlot:
        rng = np.random.default_rng(3)
        plot.set_axes("step", step_label, "Gradient norm", log_y=True)
        plot.set_curve("g", STEPS, np.exp(rng.normal(size=len(STEPS))) * 0.3, name="gradient norm", colour="gradient")
        plot.set_threshold(1.0, "clipping threshold", bounds=(0.01, 100))
        settle(plot, qtbot)
        return plot

    def test_the_grip_stands_at_its_value(self, clipped: CurvePlot):
        grip = clipped._canvas.grip
        assert abs(grip.geometry().center().y() - pixel(clipped, 0, 1.0).y()) <= 1
        assert grip.accessibleName() == "clipping threshold 1"

    def test_a_drag_moves_it_and_letting_go_is_told_once(self, clipped: CurvePlot, qtbot: QtBot):
        grip = clipped._canvas.grip
        moved: list[float] = []
        released: list[float] = []
        clipped.threshold_moving.connect(moved.append)
        clipped.threshold_released.connect(released.append)
        distance = pixel(clipped, 0, 0.5).y() - pixel(clipped, 0, 1.0).y()
        qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(8, grip.height() // 2))
        drag_grip(clipped, distance)
        assert not released
        qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton)
        assert moved[-1] == pytest.approx(0.5, rel=0.06)
        assert released == [moved[-1]]
        settle(clipped, qtbot)
        assert grip.accessibleName() == f"clipping threshold {moved[-1]:g}"

    def test_nobody_takes_it_out_of_the_hand(self, clipped: CurvePlot, qtbot: QtBot):
        grip = clipped._canvas.grip
        qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(8, grip.height() // 2))
        drag_grip(clipped, 30)
        held = clipped._contents.threshold.value
        clipped.set_threshold(1.0, "clipping threshold")
        assert clipped._contents.threshold.value == held
        qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton)

    def test_it_stays_within_its_bounds(self, clipped: CurvePlot, qtbot: QtBot):
        grip = clipped._canvas.grip
        qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(8, grip.height() // 2))
        drag_grip(clipped, 5000)
        qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton)
        assert clipped._contents.threshold.value == 0.01

    def test_keys_move_it_to_round_values_and_it_holds_after_a_while(self, clipped: CurvePlot, qtbot: QtBot):
        moved: list[float] = []
        clipped.threshold_moving.connect(moved.append)
        grip = clipped._canvas.grip
        with qtbot.waitSignal(clipped.threshold_released, timeout=2000) as released:
            for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
                qtbot.keyClick(grip, key)
        assert moved == [0.9, 0.82, 0.9, 1.0, 1.1]
        assert released.args == [1.1]

    def test_escape_takes_it_back_and_enter_holds_at_once(self, clipped: CurvePlot, qtbot: QtBot):
        released: list[float] = []
        clipped.threshold_released.connect(released.append)
        grip = clipped._canvas.grip
        qtbot.keyClick(grip, Qt.Key.Key_PageUp)
        qtbot.keyClick(grip, Qt.Key.Key_Escape)
        assert clipped._contents.threshold.value == 1.0
        assert not released
        qtbot.keyClick(grip, Qt.Key.Key_Up)
        qtbot.keyClick(grip, Qt.Key.Key_Return)
        assert released == [1.1]

    def test_none_takes_it_away(self, clipped: CurvePlot, qtbot: QtBot):
        clipped.set_threshold(None)
        settle(clipped, qtbot)
        assert not clipped._canvas.grip.isVisible()


def drag_grip(plot: CurvePlot, distance: int) -> None:
    grip = plot._canvas.grip
    start = grip.mapToParent(QPoint(8, grip.height() // 2))
    for share in (0.3, 0.6, 1.0):
        at = grip.mapFromParent(start + QPoint(0, round(share * distance)))
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(grip.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(grip, event)


class TestFiles:
    def test_a_png_has_twice_the_pixels(self, drawn: CurvePlot, tmp_path):
        drawn.export_png(tmp_path / "a.png")
        drawn.export_png(tmp_path / "b.png", 1)
        twice, once = QImage(str(tmp_path / "a.png")), QImage(str(tmp_path / "b.png"))
        assert (twice.width(), twice.height()) == (2 * once.width(), 2 * once.height())
        assert has_colour(twice, resolve_colour("training"))

    def test_a_plot_that_was_never_shown_can_be_written(self, qtbot: QtBot, theme: Theme, tmp_path):
        plot = CurvePlot()
        qtbot.addWidget(plot)
        plot.set_curve("loss", STEPS, LOSS, name="loss", colour="training")
        plot.export_png(tmp_path / "a.png")
        plot.export_svg(tmp_path / "a.svg")
        assert has_colour(QImage(str(tmp_path / "a.png")), resolve_colour("training"))
        assert QImage(str(tmp_path / "a.png")).width() > 600

    def test_an_svg_is_exact_far_along_the_x_axis(self, plot: CurvePlot, qtbot: QtBot, tmp_path):
        steps = 100_000_000 + np.arange(50.0)
        plot.set_curve("loss", steps, np.arange(50.0) % 7, name="loss", colour="#123456")
        settle(plot, qtbot)
        plot.export_svg(tmp_path / "a.svg")
        points = polyline(tmp_path / "a.svg", "#123456")
        xs, ys = np.array(points).T
        assert len(points) == 50
        assert np.allclose(np.diff(xs), np.diff(xs).mean(), atol=0.01)
        expected = [plot._canvas.geometry_now().y_pixel(value) for value in np.arange(50.0) % 7]
        assert np.allclose(ys - ys[0], np.array(expected) - expected[0], atol=0.01)

    def test_an_svg_has_no_lines_outside_the_plot(self, plot: CurvePlot, qtbot: QtBot, tmp_path):
        plot.set_curve("loss", STEPS, LOSS, name="loss", colour="#123456")
        plot._canvas.framing.show_x(2000, 3000)
        plot._canvas.framing.show_y(2.0, 2.2)
        settle(plot, qtbot)
        plot.export_svg(tmp_path / "a.svg")
        rect = plot._canvas.plot_rect()
        xs, ys = np.array(polyline(tmp_path / "a.svg", "#123456")).T
        assert xs.max() - xs.min() <= rect.width() + 0.01
        assert ys.max() - ys.min() <= rect.height() + 0.01

    def test_a_csv_has_the_visible_curves(self, drawn: CurvePlot, tmp_path):
        drawn.set_curve_visible("validation", False)
        drawn.export_csv(tmp_path / "a.csv")
        lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
        assert lines[0] == "step,training"
        assert len(lines) == 1002

    @pytest.mark.parametrize("export", ["export_png", "export_svg", "export_csv"])
    def test_a_file_that_cannot_be_written_is_an_error(self, drawn: CurvePlot, tmp_path, export: str):
        with pytest.raises(OSError, match=r"a\.file|No such file"):
            getattr(drawn, export)(tmp_path / "missing" / "a.file")

    def test_the_table_has_what_is_seen(self, drawn: CurvePlot):
        headers, rows = drawn.values_table()
        assert headers == ["step", "training", "validation"]
        assert len(rows) == 1001
        assert rows[0] == ["0", "4.2", "4.3"]


def polyline(path, colour: str) -> list[tuple[float, float]]:
    """The points of the longest line of a colour."""
    found: list[list[tuple[float, float]]] = []
    for group in ET.parse(path).iter("{http://www.w3.org/2000/svg}g"):
        if group.get("stroke") == colour:
            for line in group.iter("{http://www.w3.org/2000/svg}polyline"):
                pairs = [pair.split(",") for pair in line.get("points").split()]
                found.append([(float(x), float(y)) for x, y in pairs])
    return max(found, key=len)
