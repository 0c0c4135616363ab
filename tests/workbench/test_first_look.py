"""The first look at the runs is taken behind the window, and no page is shown before it is done."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import StorageFailed, message
from engine.library.library import Library
from workbench.app.window import Program, make_program
from workbench.bridge.demo import install_demo
from workbench.bridge.runs import run_entry
from workbench.bridge.shelf import Shelf
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.window.status import entry_icon

PATIENCE = 30_000


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "library")
    install_demo(library)
    return library


@pytest.fixture
def program(library: Library, tmp_path: Path, theme: Theme, qapp: QApplication, qtbot: QtBot) -> Iterator[Program]:
    """As `open_window` makes it, with the runs as the last page."""
    settings = Settings(tmp_path / "window.ini")
    settings.set("window/page", "runs")
    program = make_program(qapp, library, settings, lists_later=True)
    program.window.show()
    yield program
    program.window.close()
    assert program.door.close(20)
    program.door.pump.drain(1.0)
    shiboken6.delete(program.window)
    shiboken6.delete(program.workbench)


def test_the_window_stands_before_a_run_is_read_and_its_page_comes_with_all_of_them(
    program: Program, qtbot: QtBot
) -> None:
    assert program.workbench.runs.entries() == []
    assert program.window.stack.count() == 0
    assert program.window.rail.current == "runs"
    program.workbench.runs.list_later()
    qtbot.waitUntil(lambda: program.window.stack.count() == 1, timeout=PATIENCE)
    page: Any = program.window.page("runs")
    assert page.model.table.num_all == 1


def test_whoever_goes_to_a_page_before_that_finds_its_runs_there(program: Program, qtbot: QtBot) -> None:
    program.workbench.runs.list_later()
    program.workbench.navigator.show_page("runs")  # the page that was to come
    page: Any = program.window.page("runs")
    assert program.window.stack.currentWidget() is page
    assert page.model.table.num_all == 1


def test_a_disk_that_is_away_shows_a_page_without_runs(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> bool:
        raise StorageFailed("The disk is away.")

    monkeypatch.setattr(Shelf, "refresh", refuse)
    program.workbench.runs.list_later()
    qtbot.waitUntil(lambda: program.window.stack.count() == 1, timeout=PATIENCE)
    assert program.workbench.runs.entries() == []


def test_a_run_that_failed_because_the_disk_was_full_has_its_own_drawing(library: Library) -> None:
    listed = library.list_runs()[0]
    failed = {**listed.info, "outcome": "failed", "reason": "The disk is full."}
    template = "The disk is full: {name} could not be written in {folder}. Free some space and try again."
    full = replace(listed, info={**failed, "reason_template": template})
    assert entry_icon(run_entry(full)) == "disk-full"
    assert entry_icon(run_entry(replace(listed, info={**failed, "reason_template": "Something."}))) == "failed"
    assert message(template, name="a", folder="b").text.startswith("The disk is full")
