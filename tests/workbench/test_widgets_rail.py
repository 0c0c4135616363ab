"""The rail: pages by mouse and keyboard, wide and narrow, and what is running at its foot."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.theme.theme import Theme
from workbench.widgets.buttons import IconButton
from workbench.widgets.rail import Rail, RailStatus


@pytest.fixture
def rail(theme: Theme, qtbot: QtBot) -> Rail:
    assert not theme.is_dark
    made = Rail()
    for place, (key, text) in enumerate([("texts", "Texts"), ("train", "Train"), ("write", "Write")], start=1):
        made.add_entry(key, key, text, f"Ctrl+{place}")
    made.set_current("texts")
    made.resize(200, 600)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_click_chooses_a_page(rail: Rail, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.mouseClick(rail.entry("write"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["write"]
    assert rail.current == "write"


def test_setting_the_page_says_nothing(rail: Rail, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(rail.chosen):
        rail.set_current("train")
    assert rail.current == "train"


def test_arrow_keys_move_through_the_pages_and_stop_at_the_ends(rail: Rail, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.keyClick(rail.entry("texts"), Qt.Key.Key_Down)
    assert chosen.args == ["train"]
    qtbot.keyClick(rail.entry("train"), Qt.Key.Key_Up)
    qtbot.keyClick(rail.entry("texts"), Qt.Key.Key_Up)
    assert rail.current == "texts"


def test_enter_chooses_the_page_that_has_the_focus(rail: Rail, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.keyClick(rail.entry("write"), Qt.Key.Key_Return)
    assert chosen.args == ["write"]


def test_the_rail_folds_to_icons_whose_bubbles_have_the_names(rail: Rail, qtbot: QtBot) -> None:
    width, height = rail.width(), rail.entry("train").height()
    toggle = rail.findChild(IconButton)
    with qtbot.waitSignal(rail.collapsed_changed) as changed:
        qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert changed.args == [True]
    assert rail.width() < width / 3
    assert rail.entry("train").height() == height
    assert rail.entry("train").toolTip() == "Train (Ctrl+2)"
    assert rail.entry("train").accessibleName() == "Train"
    rail.set_collapsed(False)
    assert rail.width() == width
    assert rail.entry("train").toolTip() == "Ctrl+2"


def test_the_current_page_is_told_by_more_than_colour(rail: Rail) -> None:
    entry = rail.entry("texts")
    marked = entry.grab().toImage().convertToFormat(entry.grab().toImage().Format.Format_Grayscale8)
    rail.set_current("train")
    plain = entry.grab().toImage().convertToFormat(entry.grab().toImage().Format.Format_Grayscale8)
    middle = marked.height() // 2
    assert abs(marked.pixelColor(1, middle).value() - plain.pixelColor(1, middle).value()) > 60


def test_what_is_running_stands_at_the_foot_and_leads_there(rail: Rail, qtbot: QtBot) -> None:
    status = RailStatus()
    rail.set_footer(status)
    status.set_status("training", "Training 62 %, 3 min", 0.62, "On 2 cores, float32, 410 MB")
    status.show()
    qtbot.waitUntil(lambda: status.y() > rail.entry("write").y())
    assert status.accessibleName() == "Training 62 %, 3 min"
    assert status.toolTip() == "On 2 cores, float32, 410 MB"
    with qtbot.waitSignal(status.clicked):
        qtbot.mouseClick(status, Qt.MouseButton.LeftButton)
    rail.set_collapsed(True)
    assert status.toolTip().startswith("Training 62 %, 3 min")


def test_a_long_status_wraps_instead_of_being_cut(rail: Rail, qtbot: QtBot) -> None:
    status = RailStatus()
    rail.set_footer(status)
    status.set_status("paused", "Paused")
    qtbot.waitUntil(lambda: status.height() > 0)
    short = status.heightForWidth(180)
    status.set_status("disk-full", "Paused because the disk is full, free some room", 0.3)
    assert status.heightForWidth(180) > short


def test_a_status_that_says_the_same_again_is_neither_laid_out_nor_painted(
    rail: Rail, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = RailStatus()
    rail.set_footer(status)
    status.set_status("training", "Training 62 %", 0.6201, "2 cores")
    status.show()
    asked: list[str] = []
    for name in ("update", "updateGeometry"):
        monkeypatch.setattr(status, name, lambda name=name: asked.append(name))
    status.set_status("training", "Training 62 %", 0.6202, "2 cores")
    assert not asked
    status.set_status("training", "Training 62 %", 0.64, "2 cores")
    assert asked == ["update"]
    status.set_status("training", "Training 65 %, and a little more", 0.65, "2 cores")
    assert "updateGeometry" in asked


def test_entries_grow_with_the_text(rail: Rail, theme: Theme) -> None:
    before, width = rail.entry("texts").sizeHint().height(), rail.width()
    theme.set_text_scale(1.5)
    assert rail.entry("texts").sizeHint().height() > before
    assert rail.width() > width
