"""The trash in the window: what was thrown away comes back long after its notice has gone, or goes for ever."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from workbench.app.window import Program
from workbench.bridge.demo import install_demo
from workbench.views.window.trash_dialog import TrashDialog

PATIENCE = 30_000


@contextmanager
def answering(words: str) -> Iterator[list[str]]:
    """Answer the question that comes; gives its words."""
    seen: list[str] = []
    timer = QTimer()

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            seen.append(box.text())
            QTest.mouseClick(next(b for b in box.buttons() if b.text() == words), Qt.MouseButton.LeftButton)

    timer.timeout.connect(look)
    timer.start(10)
    yield seen
    timer.stop()


@pytest.fixture
def open_trash(program: Program, qtbot: QtBot) -> Iterator[Callable[[], TrashDialog]]:
    dialogs: list[TrashDialog] = []

    def open_one() -> TrashDialog:
        dialog = TrashDialog(program.window.menus.trash, program.window)
        dialogs.append(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: not dialog.model.is_reading, timeout=PATIENCE)
        return dialog

    yield open_one
    for dialog in dialogs:
        if shiboken6.isValid(dialog):
            dialog.close()


def rows(dialog: TrashDialog) -> list[tuple[str, str]]:
    model = dialog.table.model()
    return [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())]


def test_a_run_and_its_text_come_back_from_the_trash(
    program: Program, open_trash: Callable[[], TrashDialog], qtbot: QtBot
) -> None:
    library, workbench = program.door.library, program.workbench
    run = install_demo(library)
    corpus = library.list_corpora()[0].id
    library.trash(library.corpus(corpus).path)
    library.trash(library.run(run).path)
    workbench.texts.refresh()
    workbench.runs.refresh()
    dialog = open_trash()
    assert rows(dialog) == [("Run", "Tales, trained for you"), ("Text", "Tales of Sallowmouth")]
    qtbot.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    assert workbench.runs.entry(run) is not None
    assert dialog.notice.text == "“Tales, trained for you” is back on Runs."
    qtbot.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    assert workbench.texts.entry(corpus) is not None
    assert rows(dialog) == []
    assert not dialog.back_button.isVisible()


def test_nothing_is_deleted_for_ever_without_a_yes(
    program: Program, open_trash: Callable[[], TrashDialog], qtbot: QtBot
) -> None:
    library = program.door.library
    for title in ("One", "Two"):
        library.trash(library.new_writing(title).path)
    dialog = open_trash()
    with answering("Keep it") as seen:
        qtbot.mouseClick(dialog.empty_button, Qt.MouseButton.LeftButton)
    assert seen == ["Delete 2 things in the trash for ever?"]
    assert len(library.list_trash()) == 2
    with answering("Delete for ever"):
        qtbot.mouseClick(dialog.empty_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.model.is_emptying and not dialog.model.is_reading, timeout=PATIENCE)
    assert list(library.trash_path.iterdir()) == []
    qtbot.waitUntil(lambda: rows(dialog) == [], timeout=PATIENCE)


def test_the_trash_is_emptied_although_its_dialog_is_closed(
    program: Program, open_trash: Callable[[], TrashDialog], qtbot: QtBot
) -> None:
    library = program.door.library
    library.trash(library.new_writing("One").path)
    dialog = open_trash()
    dialog.model.empty()
    dialog.reject()
    dialog.deleteLater()
    qtbot.waitUntil(lambda: not program.window.menus.trash.is_emptying, timeout=PATIENCE)
    assert library.list_trash() == []


def test_a_place_that_was_taken_meanwhile_is_told(
    program: Program, open_trash: Callable[[], TrashDialog], qtbot: QtBot
) -> None:
    library = program.door.library
    writing = library.new_writing("One")
    library.trash(writing.path)
    writing.path.mkdir()
    dialog = open_trash()
    qtbot.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    assert "there is another one of this name" in dialog.notice.text
    assert len(rows(dialog)) == 1


def test_the_file_menu_leads_to_the_trash(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(TrashDialog, "exec", lambda dialog: shown.append(type(dialog)))
    actions = [action for menu in program.window.menuBar().actions() for action in _actions(program, menu.text())]
    next(action for action in actions if action.text() == "Trash...").trigger()
    assert shown == [TrashDialog]


def _actions(program: Program, title: str) -> list[Any]:
    from PySide6.QtWidgets import QMenu

    menus = program.window.menuBar().findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return next(menu for menu in menus if menu.title() == title).actions()
