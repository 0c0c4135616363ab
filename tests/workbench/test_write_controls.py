"""The controls of writing: what they say, what a document remembers, and the fields in which they are changed."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from engine.cli.parser import build_parser
from engine.cli.sampling import _chosen
from engine.config.options import options_of
from engine.config.sampling import SamplingConfig
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.writing import ModelRef, Origin, WriteRequest
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.command import sample_command
from workbench.viewmodels.write.controls import OPTIONS, SAID_OTHERWISE, WritingControls
from workbench.viewmodels.write.models import ModelChoice, ModelChoices
from workbench.viewmodels.write.options import option_groups
from workbench.viewmodels.write.settings_column import SettingsColumn
from workbench.views.write.controls_view import ControlsView
from workbench.widgets.inputs import ComboBox

pytestmark = pytest.mark.usefixtures("qapp")

ALL_CHANGED: dict[str, Any] = {
    "temperature": 1.1, "num_words": 90, "seed": 7, "stop": "-end\nEND", "end_at": "sentence", "choose_at": "words",
    "temperature_change": -0.3, "dynamic_range": 0.5, "dynamic_exponent": 1.5, "top_k": 40, "top_p": 0.9,
    "min_p": 0.05, "typical_p": 0.95, "top_n_sigma": 1.5, "xtc_probability": 0.5, "xtc_threshold": 0.2,
    "mirostat_target": 5.0, "mirostat_rate": 0.2, "repetition_penalty": 1.2, "presence_penalty": -0.5,
    "frequency_penalty": 0.1, "penalty_window": 128, "no_repeat_ngram": 5, "dry_multiplier": 0.8, "dry_base": 1.5,
    "dry_allowed_length": 12, "dry_breakers": "\\n", "banned": "it's\n\"no\"", "forced": "Once\nThen",
    "logit_bias": "e=1.5\na=-2", "beams": 4, "length_penalty": 1.0, "style": "as it was",
}  # fmt: skip


class Choices(ModelChoices):
    """Two models that need not be read."""

    @property
    def choices(self) -> list[ModelChoice]:
        return [
            ModelChoice(origin=Origin(run="bottles-1", title="Bottles"), title="Bottles", detail="Guesses well."),
            ModelChoice(origin=Origin(file="/models/my apples.textloom", title="Apples"), title="Apples", detail=""),
        ]

    @property
    def current(self) -> ModelChoice:
        return self.choices[0]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What the window remembers."""
    return Settings(tmp_path / "window.ini")


@pytest.fixture
def parts(theme: Theme, qtbot: QtBot, tmp_path: Path, settings: Settings) -> Iterator[SimpleNamespace]:
    """The column on the screen, over an empty library."""
    door = EngineDoor(Library.open(tmp_path / "library"))
    workbench = Workbench(door, settings)
    models = Choices(door.writing, workbench.runs, workbench.texts, settings, workbench)
    controls = WritingControls(settings, workbench, models=models)
    column = SettingsColumn(workbench, models, controls, lambda: None, workbench)
    view = ControlsView(column)
    view.resize(288, 640)
    view.show()
    qtbot.waitExposed(view)
    yield SimpleNamespace(
        controls=controls, view=view, column=column, more=view.options, notices=workbench.notices, models=models,
        workbench=workbench,
    )  # fmt: skip
    view.close()
    assert door.close(10.0)
    shiboken6.delete(view)


def open_group(qtbot: QtBot, parts: SimpleNamespace, key: str) -> None:
    if not parts.view.more.is_open:
        qtbot.mouseClick(parts.view.more.head, Qt.MouseButton.LeftButton)
    fold = parts.more.folds[key]
    qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: fold.height() >= fold.sizeHint().height())


def test_every_option_of_sampling_has_a_place(parts: SimpleNamespace) -> None:
    in_groups = {name for group in option_groups() for name in group.names}
    assert {"temperature", "num_words", *SAID_OTHERWISE} | in_groups >= options_of(SamplingConfig).keys()


def test_the_controls_say_plain_sampling_at_first(settings: Settings) -> None:
    controls = WritingControls(settings)
    assert controls.sampling() == SamplingConfig(num_words=60)
    assert controls.changed_names == ()


def test_each_option_reaches_the_sampling(settings: Settings) -> None:
    controls = WritingControls(settings)
    assert set(ALL_CHANGED) == set(OPTIONS)
    for name, value in ALL_CHANGED.items():
        controls.set(name, value)
    assert controls.sampling() == SamplingConfig(**ALL_CHANGED)


def test_a_value_out_of_bounds_becomes_the_nearest(settings: Settings) -> None:
    controls = WritingControls(settings)
    controls.set("top_p", 3)
    controls.set("beams", -4)
    assert (controls.value("top_p"), controls.value("beams")) == (1.0, 1)
    controls.set("end_at", "never")
    assert controls.value("end_at") == "length"


def test_who_chooses_a_seed_keeps_it(settings: Settings) -> None:
    controls = WritingControls(settings)
    controls.set("seed", 12)
    assert controls.is_seed_kept
    assert controls.next_seed() == 12
    controls.set("is_seed_kept", False)
    assert controls.next_seed() != 12


def test_a_new_document_is_written_as_the_last_one(settings: Settings) -> None:
    WritingControls(settings).set("top_k", 5)
    later = WritingControls(settings)
    assert later.value("top_k") == 5
    later.load({})
    assert later.value("top_k") == 5


def test_a_style_is_of_one_document_only(settings: Settings) -> None:
    controls = WritingControls(settings)
    controls.set("style", "Call me Ishmael.")
    assert WritingControls(settings).value("style") == ""


def test_an_old_document_is_plain_in_what_it_does_not_name(settings: Settings) -> None:
    controls = WritingControls(settings)
    controls.set("top_k", 5)
    controls.load({"temperature": 1.1, "num_words": 30, "seed": 3, "is_seed_kept": True, "stop": "x",
                   "num_candidates": 5})  # fmt: skip
    assert controls.sampling() == SamplingConfig(temperature=1.1, num_words=30, seed=3, stop="x")
    assert controls.num_candidates == 5


def test_a_document_remembers_all_that_differs(settings: Settings) -> None:
    controls = WritingControls(settings)
    for name, value in ALL_CHANGED.items():
        controls.set(name, value)
    remembered = controls.to_remember("temperature")
    other = WritingControls(settings)
    other.reset(*OPTIONS)
    other.load(json.loads(json.dumps(remembered)))
    assert other.sampling() == SamplingConfig(**ALL_CHANGED)


def test_what_a_document_should_not_say_is_left_out(settings: Settings) -> None:
    controls = WritingControls(settings)
    controls.load({"temperature": "hot", "top_k": True, "end_at": 3, "banned": ["x"], "min_p": float("nan"), "odd": 1})
    assert controls.sampling() == SamplingConfig(num_words=60)


def test_a_field_changes_an_option_and_is_marked(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "choosing")
    field = parts.more.fields["top_p"]
    assert field.isVisible()
    assert not field.dot.isVisible()
    field.editor.selectAll()
    qtbot.keyClicks(field.editor, "0.9")
    assert parts.controls.sampling().top_p == 0.9
    assert field.dot.isVisible()
    assert parts.view.more.head.accessibleDescription() == "1 setting changed"
    assert parts.more.folds["choosing"].head.accessibleDescription() == "1 setting changed"
    assert parts.more.folds["repetition"].head.accessibleDescription() == ""


def test_an_arrow_goes_a_step_that_means_something(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "choosing")
    qtbot.keyClick(parts.more.fields["min_p"].editor, Qt.Key.Key_Up)
    assert parts.controls.value("min_p") == 0.05
    qtbot.keyClick(parts.more.fields["top_k"].editor, Qt.Key.Key_Up)
    assert parts.controls.value("top_k") == 1


def test_a_number_of_three_decimals_stands_whole_in_its_field(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "choosing")
    parts.controls.set("min_p", 0.025)
    editor = parts.more.fields["min_p"].editor
    assert editor.text() == "0.025"
    line = editor.lineEdit()
    assert line.fontMetrics().horizontalAdvance(editor.text()) < line.width()


def test_the_dot_takes_one_option_back(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("min_p", 0.1)
    parts.controls.set("top_k", 4)
    open_group(qtbot, parts, "choosing")
    field = parts.more.fields["min_p"]
    assert field.dot.accessibleName() == "Reset “Min p”"
    qtbot.mouseClick(field.dot, Qt.MouseButton.LeftButton)
    assert parts.controls.changed_names == ("top_k",)
    assert not field.dot.isVisible()
    assert field.editor.value() == 0


def test_all_options_behind_more_are_taken_back_at_once(qtbot: QtBot, parts: SimpleNamespace) -> None:
    for name in ("min_p", "repetition_penalty", "beams"):
        parts.controls.set(name, 2)
    parts.controls.set("temperature", 1.3)
    qtbot.mouseClick(parts.view.more.head, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(parts.more.reset_all, Qt.MouseButton.LeftButton)
    assert parts.controls.sampling() == SamplingConfig(num_words=60, temperature=1.3)
    assert parts.more.reset_all.isHidden()


def test_a_refining_option_shows_when_it_has_something_to_refine(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "repetition")
    assert not parts.more.fields["dry_base"].isVisible()
    qtbot.keyClick(parts.more.fields["dry_multiplier"].editor, Qt.Key.Key_Up)
    assert parts.more.fields["dry_base"].isVisible()


def test_texts_are_given_one_on_each_line(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "texts")
    qtbot.keyClicks(parts.more.fields["banned"].editor, "very")
    qtbot.keyClick(parts.more.fields["banned"].editor, Qt.Key.Key_Return)
    qtbot.keyClicks(parts.more.fields["banned"].editor, "quite")
    assert parts.controls.sampling().banned == "very\nquite"


def test_a_choice_is_named_in_plain_words(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "end")
    box = parts.more.fields["end_at"].editor
    assert isinstance(box, ComboBox)
    words = [box.itemText(index) for index in range(box.count())]
    assert words == ["the length", "a line", "a sentence", "a paragraph"]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert parts.controls.sampling().end_at == "line"


def test_the_focus_tells_what_an_option_does(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "choosing")
    with qtbot.waitActive(parts.view):
        parts.view.activateWindow()
    parts.more.fields["top_k"].editor.setFocus()
    qtbot.waitUntil(lambda: "likeliest tokens only" in parts.view.help.text())
    assert "0 to 1,000,000" in parts.view.help.text()
    assert parts.view.help.isVisible()


def test_opening_more_brings_it_into_view(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.view.resize(288, 420)
    qtbot.mouseClick(parts.view.more.head, Qt.MouseButton.LeftButton)
    place = parts.view.more.head.mapTo(parts.view, QPoint(0, 0)).y()
    assert 0 <= place < 60
    assert parts.more.folds["choosing"].head.visibleRegion().boundingRect().height() > 10


def test_open_groups_are_remembered(qtbot: QtBot, parts: SimpleNamespace, settings: Settings) -> None:
    open_group(qtbot, parts, "chance")
    assert settings.flag("write/open_chance")
    assert not settings.flag("write/open_texts")


def test_nothing_is_wider_than_the_column(qtbot: QtBot, parts: SimpleNamespace, theme: Theme) -> None:
    for name, value in ALL_CHANGED.items():
        parts.controls.set(name, value)
    parts.controls.set("mix_model", "file:/models/my apples.textloom")
    parts.view.more.set_open(True)
    for fold in parts.more.folds.values():
        fold.set_open(True)
    for scale, width in ((1.0, 288), (1.5, 350)):
        theme.set_text_scale(scale)
        parts.view.resize(width, 640)
        QTest.qWait(0)
        assert parts.view.width() == width
        edge = parts.view._scroll.viewport().mapTo(parts.view, QPoint(parts.view._scroll.viewport().width(), 0)).x()
        for widget in parts.more.findChildren(QWidget):
            if widget.isVisibleTo(parts.view):
                assert widget.mapTo(parts.view, QPoint(widget.width(), 0)).x() <= edge + 1, widget


def test_the_command_says_what_the_page_says(parts: SimpleNamespace) -> None:
    for name, value in ALL_CHANGED.items():
        parts.controls.set(name, value)
    words = shlex.split(sample_command(ModelRef(run="bottles-1"), parts.controls, "It's \"12\" o'clock,\n"))
    assert words[:3] == ["textloom", "sample", "bottles-1"]
    chosen = _chosen(build_parser("1").parse_args(words[1:]), None)  # type: ignore[arg-type]
    assert chosen == {**ALL_CHANGED, "prompt": "It's \"12\" o'clock,\n", "length": 1080}


def test_a_plain_command_is_short(parts: SimpleNamespace) -> None:
    command = sample_command(ModelRef(file="/my models/a.textloom"), parts.controls, "12 bo")
    assert command == (
        "textloom sample '/my models/a.textloom' --prompt '12 bo' --complete-word --temperature 0.8 --seed 1 "
        "--num-words 60 --length 720"
    )


def test_a_command_for_a_library_elsewhere_names_it(parts: SimpleNamespace) -> None:
    command = sample_command(ModelRef(run="bottles-1"), parts.controls, "", Path("/my texts/library"))
    assert command.endswith("--library '/my texts/library'")


def test_the_command_is_copied(qtbot: QtBot, parts: SimpleNamespace) -> None:
    said: list[str] = []
    parts.notices.toast_wanted.connect(lambda sentence, *_: said.append(sentence))
    parts.controls.set("top_k", 9)
    qtbot.mouseClick(parts.view.more.head, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(parts.more.copy_command, Qt.MouseButton.LeftButton)
    command, _, library = QGuiApplication.clipboard().text().partition(" --library ")
    assert command.endswith("--top-k 9 --length 720")
    assert library  # that of a test is not the person's own
    assert said == ["The command is copied. Paste it into a terminal."]


def test_another_model_has_a_say(qtbot: QtBot, parts: SimpleNamespace) -> None:
    open_group(qtbot, parts, "mix")
    request = WriteRequest(model=ModelRef(run="bottles-1"))
    assert parts.controls.mixed(request) == request
    mix = parts.more.mix
    assert not mix.weight.isVisible()
    mix.list.setFocus()
    qtbot.keyClick(mix.list, Qt.Key.Key_Down)
    assert mix.list.currentText() == "Apples"
    qtbot.waitUntil(lambda: mix.kind.height() == mix.kind.sizeHint().height())
    assert mix.weight.isVisible()
    mix.weight.slider.setValue(mix.weight.slider.minimum() + 3)
    qtbot.mouseClick(mix.kind.segment("product"), Qt.MouseButton.LeftButton)
    mixed = parts.controls.mixed(request)
    assert [(part.model.file, part.weight) for part in mixed.others] == [("/models/my apples.textloom", 0.2)]
    assert (mixed.own_weight, mixed.mix_kind) == (0.8, "product")
    command = sample_command(request.model, parts.controls, "")
    assert "--mix '/models/my apples.textloom=0.2' --own-weight 0.8 --mix-kind product" in command


def test_a_model_has_no_say_in_its_own_texts(parts: SimpleNamespace) -> None:
    parts.controls.set("mix_model", "run:bottles-1")
    request = WriteRequest(model=ModelRef(run="bottles-1"))
    assert parts.controls.mixed(request) == request


def test_a_style_comes_from_a_file(
    qtbot: QtBot, parts: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "whales.txt"
    path.write_text("x" * 5000 + "Call me Ishmael.", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    open_group(qtbot, parts, "style")
    qtbot.mouseClick(parts.more.style_field.choose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: parts.column.style.is_set, timeout=10_000)
    assert parts.controls.sampling().style.endswith("xCall me Ishmael.")
    assert len(parts.controls.sampling().style) == 4000
    assert parts.column.style.name == "whales.txt, 4,000 characters"
    clear = parts.more.style_field.clear
    qtbot.waitUntil(lambda: clear.height() == clear.sizeHint().height())
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert not parts.column.style.is_set


def test_a_file_without_text_gives_no_style(qtbot: QtBot, parts: SimpleNamespace, tmp_path: Path) -> None:
    failed: list[object] = []
    parts.notices.failure_happened.connect(failed.append)
    (tmp_path / "empty.txt").write_text("  \n", encoding="utf-8")
    parts.column.style.read(tmp_path / "empty.txt")
    qtbot.waitUntil(lambda: bool(failed), timeout=10_000)
    assert not parts.column.style.is_set
