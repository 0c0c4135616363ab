"""Closing the window while a text is imported or a run is still being prepared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from workbench.app.window import Program
from workbench.bridge.protocols.training import TrainRequest
from workbench.viewmodels.texts.offered import Offered

PATIENCE = 60_000


def close_and(program: Program, qtbot: QtBot, deed: Callable[[QMessageBox], None]) -> list[str]:
    """Close the window, do something with the question that comes; gives its words."""
    seen: list[str] = []
    timer = QTimer()

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            seen.extend([box.text(), box.informativeText()])
            deed(box)

    timer.timeout.connect(look)
    timer.start(10)
    program.window.close()
    timer.stop()
    return seen


def answer(words: str) -> Callable[[QMessageBox], None]:
    def click(box: QMessageBox) -> None:
        QTest.mouseClick(next(b for b in box.buttons() if b.text() == words), Qt.MouseButton.LeftButton)

    return click


@pytest.fixture
def importing(program: Program, tmp_path: Path, qtbot: QtBot) -> Any:
    """The page of texts, while it imports one that takes long."""
    file = tmp_path / "long.txt"
    lines = [f"In year {n} the ferry went over {n * n} times, and nobody spoke of it.\n" for n in range(400_000)]
    file.write_text("".join(lines), encoding="utf-8")
    program.workbench.navigator.show_page("texts")
    page: Any = program.window.page("texts")
    page.model.take_files(Offered((file,), how="one"))
    qtbot.waitUntil(lambda: program.door.texts.is_importing, timeout=PATIENCE)
    return page


def test_an_import_goes_on_when_the_person_keeps_it(program: Program, importing: Any, qtbot: QtBot) -> None:
    seen = close_and(program, qtbot, answer("Keep importing"))
    assert seen[0] == "A text is being imported. If you close now, nothing of it is kept."
    assert program.window.isVisible()
    importing.model.desk.cancel()
    qtbot.waitUntil(lambda: not program.door.texts.is_importing, timeout=PATIENCE)


def test_an_import_that_is_cancelled_with_the_window_leaves_nothing(
    program: Program, importing: Any, qtbot: QtBot
) -> None:
    assert close_and(program, qtbot, answer("Cancel the import and close"))
    assert not program.window.isVisible()
    qtbot.waitUntil(lambda: not program.door.texts.is_importing, timeout=PATIENCE)
    assert program.door.library.list_corpora() == []


def test_without_an_import_nothing_is_asked(program: Program, qtbot: QtBot) -> None:
    assert close_and(program, qtbot, answer("Keep importing")) == []
    assert not program.window.isVisible()


def test_the_question_about_a_run_that_is_being_prepared_promises_nothing(
    program: Program, new_text: Any, qtbot: QtBot
) -> None:
    corpus = new_text(program.door.library)
    run = program.workbench.queue.start(TrainRequest(corpus_id=corpus, tables={"training": {"steps": 10**6}}))
    assert run is not None
    assert not run.has_begun  # it tells of itself only once this test waits
    words = program.window.closing.words()
    assert words.question == "A run is being prepared. What shall happen to it?"
    assert words.outcome == "It has not begun yet: if you give it up, nothing of it is kept."
    assert words.finish == "Give it up and close"
    qtbot.waitUntil(lambda: run.has_begun, timeout=PATIENCE)
    assert program.window.closing.words().finish == "Finish and close"


def test_the_question_changes_its_words_when_the_run_begins_behind_it(
    program: Program, new_text: Any, qtbot: QtBot
) -> None:
    corpus = new_text(program.door.library)
    run = program.workbench.queue.start(TrainRequest(corpus_id=corpus, tables={"training": {"steps": 10**6}}))
    assert run is not None
    later: list[str] = []

    def wait(box: QMessageBox) -> None:
        qtbot.waitUntil(lambda: run.has_begun and run.state == "training", timeout=PATIENCE)
        later.extend([box.text(), *sorted(button.text() for button in box.buttons())])
        answer("Do not close")(box)

    seen = close_and(program, qtbot, wait)
    assert seen[0] == "A run is being prepared. What shall happen to it?"
    assert later[0] == "A run is training. What shall happen to it?"
    assert "Finish and close" in later
    assert program.window.isVisible()
