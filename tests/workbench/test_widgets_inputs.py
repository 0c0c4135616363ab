"""Fields, switches, segments and sliders: what a person types or turns is what is meant."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench import words
from workbench.widgets.inputs import CheckBox, ComboBox, DoubleSpinBox, RadioButton, SearchField, SpinBox, Switch
from workbench.widgets.segmented import SegmentedControl
from workbench.widgets.slider import LabelledSlider

pytestmark = pytest.mark.usefixtures("theme")


def _turn_wheel(widget: QWidget) -> QWheelEvent:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def _combo() -> ComboBox:
    combo = ComboBox()
    combo.addItems(["LSTM", "GRU", "RNN"])
    combo.setCurrentIndex(1)
    return combo


def _spin() -> SpinBox:
    spin = SpinBox()
    spin.setValue(50)
    return spin


def _double() -> DoubleSpinBox:
    spin = DoubleSpinBox()
    spin.setValue(0.5)
    return spin


def _value_of(widget: QWidget) -> float:
    return widget.currentIndex() if isinstance(widget, ComboBox) else widget.value()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("make", [_combo, _spin, _double], ids=["combo", "whole", "decimal"])
def test_a_wheel_that_passes_by_changes_nothing(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    window, field = QWidget(), make()
    QVBoxLayout(window).addWidget(field)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.setFocus()
    before = _value_of(field)
    event = _turn_wheel(field)
    assert _value_of(field) == before
    assert not event.isAccepted()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    _turn_wheel(field)
    assert _value_of(field) != before


@pytest.mark.parametrize(
    ("value", "shown"), [(0.002, "0.002"), (5.0, "5"), (0.25, "0.25"), (1e-8, "0.00000001"), (0.1 + 0.2, "0.3")]
)
def test_a_number_shows_the_decimals_it_needs(qtbot: QtBot, value: float, shown: str) -> None:
    spin = DoubleSpinBox()
    qtbot.addWidget(spin)
    spin.setRange(0, 10)
    spin.setValue(value)
    assert spin.lineEdit().text() == shown


@pytest.mark.parametrize(("typed", "value"), [("0.002", 0.002), ("0,002", 0.002), ("2e-3", 0.002), ("3", 3.0)])
def test_a_number_is_typed_as_people_type_numbers(qtbot: QtBot, typed: str, value: float) -> None:
    spin = DoubleSpinBox()
    qtbot.addWidget(spin)
    spin.setRange(0, 10)
    spin.selectAll()
    qtbot.keyClicks(spin.lineEdit(), typed)
    qtbot.keyClick(spin.lineEdit(), Qt.Key.Key_Return)
    assert spin.value() == pytest.approx(value)


def test_a_number_is_written_as_the_language_writes_it(qtbot: QtBot) -> None:
    words.use_language(words.Language("de", {}, ".", ","))
    spin = DoubleSpinBox()
    qtbot.addWidget(spin)
    spin.setSuffix(" s")
    spin.setValue(0.25)
    assert spin.lineEdit().text() == "0,25 s"
    assert spin.valueFromText("0,5 s") == 0.5


def test_letters_are_no_number(qtbot: QtBot) -> None:
    spin = DoubleSpinBox()
    qtbot.addWidget(spin)
    assert spin.validate("abc", 3)[0] == QValidator.State.Invalid
    assert spin.validate("1e-", 3)[0] == QValidator.State.Intermediate
    assert spin.validate("1000", 4)[0] == QValidator.State.Intermediate  # above the maximum: not yet, or not at all


def test_a_search_field_names_itself_and_can_be_cleared(qtbot: QtBot) -> None:
    field = SearchField("Search texts")
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "grimm")
    assert field.accessibleName() == "Search texts"
    field.show()
    clear = next(button for button in field.findChildren(QToolButton) if button.toolTip() == "Clear")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert field.text() == ""


@pytest.mark.parametrize("kind", [CheckBox, Switch])
def test_a_switch_turns_by_its_words_and_by_space(qtbot: QtBot, kind: type[CheckBox] | type[Switch]) -> None:
    switch = kind("Gentle")
    qtbot.addWidget(switch)
    switch.resize(switch.sizeHint())
    switch.show()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(switch.width() - 4, switch.height() // 2))
    assert switch.isChecked()
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert not switch.isChecked()
    assert switch.grab().width() > 0


def test_one_radio_button_of_a_group_holds(qtbot: QtBot) -> None:
    window = QWidget()
    first, second = RadioButton("One text", window), RadioButton("24 texts", window)
    qtbot.addWidget(window)
    second.move(0, 40)
    window.show()
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert (first.isChecked(), second.isChecked()) == (False, True)


@pytest.fixture
def units(qtbot: QtBot) -> SegmentedControl:
    control = SegmentedControl([("nats", "Nats"), ("bits", "Bits"), ("perplexity", "Perplexity")])
    qtbot.addWidget(control)
    control.show()
    return control


def test_a_segment_is_chosen_by_a_click(units: SegmentedControl, qtbot: QtBot) -> None:
    assert units.current == "nats"
    with qtbot.waitSignal(units.changed) as changed:
        qtbot.mouseClick(units.segment("perplexity"), Qt.MouseButton.LeftButton)
    assert changed.args == ["perplexity"]


def test_arrow_keys_move_between_segments_and_stop_at_the_ends(units: SegmentedControl, qtbot: QtBot) -> None:
    with qtbot.waitSignal(units.changed) as changed:
        qtbot.keyClick(units.segment("nats"), Qt.Key.Key_Right)
    assert changed.args == ["bits"]
    qtbot.keyClick(units.segment("bits"), Qt.Key.Key_Left)
    qtbot.keyClick(units.segment("nats"), Qt.Key.Key_Left)
    assert units.current == "nats"


def test_setting_a_segment_says_nothing(units: SegmentedControl, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(units.changed):
        units.set_current("bits")
    assert units.current == "bits"


def test_new_options_keep_what_holds_if_they_can(units: SegmentedControl) -> None:
    units.set_current("bits")
    units.set_options([("time", "Time"), ("bits", "Bits")])
    assert units.current == "bits"
    units.set_options([("time", "Time"), ("step", "Step")])
    assert units.current == "time"


def test_a_slider_counts_in_its_steps(qtbot: QtBot) -> None:
    slider = LabelledSlider("safe", "wild", 0.1, 1.5, 0.05)
    qtbot.addWidget(slider)
    slider.setAccessibleName("Temperature")
    with qtbot.assertNotEmitted(slider.value_changed):
        slider.set_value(0.8)
    assert slider.value == 0.8
    with qtbot.waitSignal(slider.value_changed) as changed:
        qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    assert changed.args == [0.85]
    assert slider.slider.accessibleName() == "Temperature"
    assert slider.slider.accessibleDescription() == "0.85"
    slider.set_value(99)
    assert slider.value == 1.5
