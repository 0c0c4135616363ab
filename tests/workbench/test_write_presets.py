"""Presets of writing: three that are given, and the person's own, with their menu."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.config.sampling import SamplingConfig
from workbench.theme.theme import Theme
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.controls import WritingControls
from workbench.viewmodels.write.presets import Presets
from workbench.views.write.presets_view import PresetNameDialog, PresetsView


@pytest.fixture
def parts(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The presets on the screen, and what they say."""
    settings, notices = Settings(tmp_path / "window.ini"), Notices()
    controls = WritingControls(settings)
    presets = Presets(controls, settings, notices)
    said: list[tuple[str, Callable[[], None] | None]] = []
    notices.toast_wanted.connect(lambda sentence, _, action: said.append((sentence, action)))
    view = PresetsView(presets)
    view.resize(288, 100)
    view.show()
    qtbot.waitExposed(view)
    yield SimpleNamespace(controls=controls, presets=presets, settings=settings, view=view, said=said, notices=notices)
    view.close()
    shiboken6.delete(view)


def entry(parts: SimpleNamespace, *titles: str) -> QAction:
    """An entry of the menu, or of one in it."""
    menu: QMenu = parts.view.menu
    menu.aboutToShow.emit()
    for title in titles:
        found = next(action for action in menu.actions() if action.text() == title)
        menu = found.menu() or menu
    return found


def save_as(qtbot: QtBot, parts: SimpleNamespace, name: str) -> PresetNameDialog:
    entry(parts, "Save as a preset…").trigger()
    dialog = parts.view.window().findChildren(PresetNameDialog)[-1]
    dialog.line.clear()
    qtbot.keyClicks(dialog.line, name)
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    return dialog


def test_balanced_holds_at_first(parts: SimpleNamespace) -> None:
    assert parts.view.given.current == "balanced"


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("careful", SamplingConfig(num_words=60, temperature=0.5, top_p=0.9)),
        ("balanced", SamplingConfig(num_words=60)),
        ("wild", SamplingConfig(num_words=60, temperature=1.2, min_p=0.05)),
    ],
)
def test_a_click_chooses_a_given_preset(
    qtbot: QtBot, parts: SimpleNamespace, key: str, wanted: SamplingConfig
) -> None:
    parts.controls.set("top_k", 3)
    parts.controls.set("repetition_penalty", 1.5)
    qtbot.mouseClick(parts.view.given.segment(key), Qt.MouseButton.LeftButton)
    assert parts.controls.sampling() == wanted
    assert parts.view.given.current == key


def test_a_given_preset_leaves_words_and_ends_alone(qtbot: QtBot, parts: SimpleNamespace) -> None:
    for name, value in (("banned", "very"), ("stop", "END"), ("num_words", 100), ("style", "so")):
        parts.controls.set(name, value)
    qtbot.mouseClick(parts.view.given.segment("wild"), Qt.MouseButton.LeftButton)
    settings = parts.controls.sampling()
    assert (settings.banned, settings.stop, settings.num_words, settings.style) == ("very", "END", 100, "so")
    assert parts.view.given.current == "wild"


def test_no_preset_holds_when_something_is_changed(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("temperature", 0.85)
    assert parts.view.given.current == ""
    qtbot.mouseClick(parts.view.given.segment("balanced"), Qt.MouseButton.LeftButton)
    assert parts.controls.temperature == 0.8


def test_arrow_keys_choose_also_when_none_holds(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("temperature", 0.85)
    parts.view.activateWindow()
    parts.view.given.segment("careful").setFocus()
    qtbot.waitUntil(parts.view.given.segment("careful").hasFocus)
    qtbot.keyClick(parts.view.given.segment("careful"), Qt.Key.Key_Right)
    assert parts.presets.current_given == "balanced"


def test_each_given_preset_tells_its_reason(parts: SimpleNamespace) -> None:
    for preset in parts.presets.given:
        assert parts.view.given.segment(preset.key).toolTip() == preset.about
        assert parts.view.given.segment(preset.key).accessibleDescription() == preset.about


def test_an_own_preset_is_saved_and_chosen(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("top_k", 7)
    parts.controls.set("num_words", 20)
    save_as(qtbot, parts, "Haiku & more")
    assert parts.said[-1][0] == "“Haiku & more” is kept as a preset."
    qtbot.mouseClick(parts.view.given.segment("careful"), Qt.MouseButton.LeftButton)
    parts.controls.set("num_words", 200)
    action = entry(parts, "Haiku && more")
    assert not action.isChecked()
    action.trigger()
    assert parts.controls.sampling() == SamplingConfig(num_words=20, top_k=7)
    assert parts.presets.current_own == "Haiku & more"
    assert entry(parts, "Haiku && more").isChecked()


def test_own_presets_are_there_after_a_restart(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("min_p", 0.2)
    save_as(qtbot, parts, "Floor")
    again = Presets(parts.controls, parts.settings, parts.notices)
    assert again.own_names == ["Floor"]
    assert again.current_own == "Floor"


def test_a_name_that_is_taken_replaces_with_a_way_back(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("top_k", 7)
    save_as(qtbot, parts, "Mine")
    parts.controls.set("top_k", 9)
    dialog = save_as(qtbot, parts, "Mine")
    assert dialog.note.text() == "This replaces the preset of that name."
    sentence, undo = parts.said[-1]
    assert sentence == "“Mine” was replaced."
    assert parts.presets.current_own == "Mine"
    undo()
    parts.presets.choose_own("Mine")
    assert parts.controls.value("top_k") == 7


def test_a_preset_needs_a_name(qtbot: QtBot, parts: SimpleNamespace) -> None:
    dialog = save_as(qtbot, parts, "   ")
    assert not dialog.button.isEnabled()
    assert parts.presets.own_names == []
    dialog.reject()


def test_an_own_preset_gets_another_name(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("top_k", 7)
    save_as(qtbot, parts, "Old")
    entry(parts, "Rename", "Old").trigger()
    dialog = parts.view.window().findChildren(PresetNameDialog)[-1]
    assert dialog.line.text() == "Old"
    dialog.line.clear()
    qtbot.keyClicks(dialog.line, "New")
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert parts.presets.own_names == ["New"]
    assert parts.presets.current_own == "New"


def test_an_own_preset_is_deleted_and_brought_back(qtbot: QtBot, parts: SimpleNamespace) -> None:
    parts.controls.set("top_k", 7)
    save_as(qtbot, parts, "Mine")
    entry(parts, "Delete", "Mine").trigger()
    assert parts.presets.own_names == []
    sentence, undo = parts.said[-1]
    assert sentence == "“Mine” is deleted."
    undo()
    assert parts.presets.own_names == ["Mine"]


@pytest.mark.parametrize("stored", ["{", "[]", "3", '[3, {"name": "A"}, {"name": 3, "values": {}}, {"values": {}}]'])
def test_presets_that_cannot_be_read_are_left_out(parts: SimpleNamespace, stored: str) -> None:
    parts.settings.set("write/presets", stored)
    assert Presets(parts.controls, parts.settings, parts.notices).own_names == []


def test_of_a_stored_preset_what_is_possible_is_taken(parts: SimpleNamespace) -> None:
    values = {"top_k": 4, "top_p": "much", "odd": 1, "beams": 1000, "seed": 5}
    parts.settings.set("write/presets", json.dumps([{"name": "Mine", "values": values}]))
    presets = Presets(parts.controls, parts.settings, parts.notices)
    presets.choose_own("Mine")
    assert parts.controls.sampling() == SamplingConfig(num_words=60, top_k=4, beams=64)
