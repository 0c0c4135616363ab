"""The whole way from a dropped document to a saved text, and many ways through starting, pausing and ending runs."""

import faulthandler
import random
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.library.library import Library
from workbench.app.window import Program
from workbench.viewmodels.active_run import ActiveRun
from workbench.widgets.buttons import PrimaryButton

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from document_files import docx, docx_paragraph

PATIENCE = 60_000
HANG_SECONDS = 120.0
TINY = {
    "format": 1,
    "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4},
    "training": {
        "batch_size": 4, "window_size": 11, "validate_every_steps": 10, "report_every_steps": 2, "num_threads": 1,
        "precision": "float32", "sample_every_seconds": 0.0, "sample_length": 30, "learning_rate": 0.01,
        "steps": 1_000_000,
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """A test that hangs ends the process, and says where each thread stood."""
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def primary_of(program: Program) -> PrimaryButton | None:
    """The filled button of the page on show, if it can be pressed."""
    buttons = program.window.stack.currentWidget().findChildren(PrimaryButton)
    return next((button for button in buttons if button.isVisible() and button.isEnabled()), None)


def press_primary(qtbot: QtBot, program: Program, words: str) -> None:
    """Click the filled button of the page once it says this."""

    def says_so() -> bool:
        button = primary_of(program)
        return button is not None and button.text().startswith(words)

    wait_for(qtbot, says_so)
    qtbot.mouseClick(primary_of(program), Qt.MouseButton.LeftButton)


def drop(program: Program, path: Path) -> None:
    """Drop a file in the middle of the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = program.window.rect().center()
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copying = Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(place, copying, mime, button, keys),
        QDragMoveEvent(place, copying, mime, button, keys),
        QDropEvent(QPointF(place), copying, mime, button, keys),
    ):
        QApplication.sendEvent(program.window, event)
        assert event.isAccepted()


def test_three_actions_lead_from_a_document_to_a_first_text(
    programs: Any, program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    tales = (resources.files("resources") / "samples" / "tales.txt").read_text(encoding="utf-8")
    file = tmp_path / "tales.docx"
    file.write_bytes(docx("".join(docx_paragraph(escape(line)) for line in tales[:120_000].splitlines())))
    assert file.stat().st_size > 40_000
    program.door.background.start()
    drop(program, file)
    press_primary(qtbot, program, "Train on this text")  # 1
    press_primary(qtbot, program, "Start")  # 2
    queue = program.workbench.queue
    wait_for(qtbot, lambda: queue.current is not None and bool(queue.current.history.samples))
    run = queue.current
    assert run is not None
    page: Any = program.window.page("train")
    wait_for(qtbot, lambda: len(page.run_view.samples.toPlainText()) > 50)
    qtbot.mouseClick(page.buttons.secondary, Qt.MouseButton.LeftButton)  # "Finish": the person need not wait
    press_primary(qtbot, program, "Write with it")  # 3
    assert run.state == "finished"
    assert program.workbench.navigator.page == "write"
    page = program.window.page("write")
    page.model.controls.set("num_words", 20)
    press_primary(qtbot, program, "Continue the text")
    # A model of a few seconds writes words of any length: letters are sure, a number of words is not.
    wait_for(qtbot, lambda: not page.model.writer.is_busy and len(page.model.document.document.text) >= 40)
    wait_for(qtbot, lambda: page.model.document.is_saved)
    text, writing = page.model.document.document.text, page.model.document.id
    programs.close(program)
    later = programs.open()
    page = later.window.page("write")
    wait_for(qtbot, lambda: page.editor.toPlainText() == text)
    assert page.model.document.id == writing
    assert later.workbench.navigator.page == "write"


def test_go_on_need_not_wait_until_the_curves_are_read(programs: Any, new_text: Any, qtbot: QtBot) -> None:
    cycles = Cycles(programs, qtbot, new_text(Library.open(programs.library_path)), seed=1)
    first = cycles.begin_new()
    wait_for(qtbot, lambda: first.history.best_row is not None)
    cycles.end(first)
    steps = list(first.history.training["step"])
    cycles.program.workbench.navigator.show_page("texts")
    programs.close(cycles.program)
    program = cycles.program = programs.open()
    program.workbench.navigator.show_run(first.run_id)
    assert cycles.page.model.shown.is_loading
    qtbot.mouseClick(cycles.page.buttons.secondary, Qt.MouseButton.LeftButton)
    run = program.workbench.queue.current
    assert run is not None
    assert run.run_id == first.run_id
    wait_for(qtbot, lambda: run.history.step > steps[-1] and len(run.history.training) > len(steps))
    assert list(run.history.training["step"])[: len(steps)] == steps


class Cycles:
    """Goes through runs as a restless person would, by the buttons of the window."""

    def __init__(self, programs: Any, qtbot: QtBot, corpus: str, seed: int) -> None:
        self.programs, self.qtbot, self.corpus = programs, qtbot, corpus
        self.random = random.Random(seed)
        self.program: Program = programs.open()
        self.told: list[str] = []

    @property
    def page(self) -> Any:
        return self.program.window.page("train")

    def state(self) -> str:
        """What is going on, for the report of a failure."""
        run, page = self.program.workbench.queue.current, self.page
        if run is None:
            return "nothing trains"
        shown = page.model.shown
        return (
            f"{run.run_id} {run.state} at {run.history.step}, over: {run.is_over}, thread: {run.has_thread}, "
            f"{run.failure}, shown: {shown.run_id if shown else page.model.kind}, "
            f"buttons: {page.header.primary.text()}, {page.buttons.secondary.text()}, "
            f"failures: {self.program.window.failures.notice.text}"
        )

    def cycle(self) -> None:
        """One run from its start to its end, and perhaps the window with it."""
        self.told = []
        run = self._begin()
        if run is None:
            return
        for _ in range(self.random.randrange(4)):
            if run.is_over:
                break
            self._note(self.random.choice(["pause", "save", "sample", "look", "threshold", "step"]))(run)
        self._note(self.random.choice(["finish", "finish", "finish_paused", "close"]))(run)
        assert run.is_over
        assert not run.has_thread
        assert run.state == "finished"
        entry = self.program.workbench.runs.entry(run.run_id)
        assert entry is not None
        assert list((self.program.door.library.run(run.run_id).path / "checkpoints").iterdir())

    def _note(self, deed: str) -> Callable[[ActiveRun], None]:
        self.told.append(deed)
        return getattr(self, "_" + deed)  # type: ignore[no-any-return]

    def _begin(self) -> ActiveRun | None:
        queue = self.program.workbench.queue
        known = [entry for entry in self.program.workbench.runs.entries() if entry.state == "finished"]
        if known and self.random.random() < 0.3:
            self.told.append("go on")
            self.program.workbench.navigator.show_run(self.random.choice(known).id)
            button = self.page.buttons.secondary
            self._wait(lambda: button.isVisible() and button.text() == "Go on")
            self._click(button)
        else:
            self.told.append("start")
            self._start()
        run = queue.current
        assert run is not None
        if self.random.random() < 0.15:
            self.told.append("cancel")
            if run.state == "preparing" and self.page.header.primary.text() == "Cancel":
                self._click(self.page.header.primary)
                self._wait(lambda: run.is_over)
                return None
        self._wait(lambda: run.history.step > 0 and run.state in ("training", "validating"))
        return run

    def begin_new(self) -> ActiveRun:
        """A run that has just begun."""
        self._start()
        run = self.program.workbench.queue.current
        assert run is not None
        return run

    def end(self, run: ActiveRun) -> None:
        """Finish a run."""
        self._finish(run)

    def _start(self) -> None:
        self.program.workbench.navigator.train_with(self.corpus, TINY, "Tiny")
        press_primary(self.qtbot, self.program, "Start")

    def _pause(self, run: ActiveRun) -> None:
        self._press("Pause")
        if self.random.random() < 0.7:
            self._wait(lambda: run.state == "paused")
        self._press("Resume") if run.state == "paused" else run.resume()
        self._wait(lambda: run.state in ("training", "validating"))

    def _save(self, run: ActiveRun) -> None:
        before = run.history.num_saves
        self.program.window.menus.save.trigger()
        self._wait(lambda: run.history.num_saves > before)

    def _sample(self, run: ActiveRun) -> None:
        before = len(run.history.samples)
        self.program.window.menus.sample.trigger()
        self._wait(lambda: len(run.history.samples) > before)

    def _look(self, run: ActiveRun) -> None:
        for name in self.random.sample(["texts", "write", "runs"], 2):
            self.program.workbench.navigator.show_page(name)
            self.program.window.repaint()
        self.program.workbench.navigator.show_run(run.run_id)

    def _threshold(self, run: ActiveRun) -> None:
        self.page.deeds.change("training.clip_norm", round(self.random.uniform(0.1, 2.0), 2))
        self._wait(lambda: bool(run.history.changes))

    def _step(self, run: ActiveRun) -> None:
        step = run.history.step
        self._wait(lambda: run.history.step > step)

    def _finish(self, run: ActiveRun) -> None:
        self._show(run)
        self._wait(lambda: self.page.buttons.secondary.text() == "Finish")
        self._click(self.page.buttons.secondary)
        self._wait(lambda: run.is_over and not run.has_thread)

    def _finish_paused(self, run: ActiveRun) -> None:
        self._show(run)
        self._press("Pause")
        self._wait(lambda: run.state == "paused")
        self._finish(run)

    def _close(self, run: ActiveRun) -> None:
        timer = QTimer()
        timer.timeout.connect(lambda: self._answer(timer))
        timer.start(10)
        self.program.window.close()
        self._wait(lambda: not self.program.window.isVisible())
        self._wait(lambda: not run.has_thread)
        self.programs.close(self.program)
        self.program = self.programs.open()

    def _answer(self, timer: QTimer) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            button = next(button for button in box.buttons() if button.text() == "Finish and close")
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _show(self, run: ActiveRun) -> None:
        self.program.workbench.navigator.show_run(run.run_id)

    def _press(self, words: str) -> None:
        press_primary(self.qtbot, self.program, words)

    def _click(self, button: QPushButton) -> None:
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def _wait(self, condition: Callable[[], bool]) -> None:
        wait_for(self.qtbot, condition)


def go_through(cycles: Cycles, number: int) -> None:
    for index in range(number):
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True, file=sys.__stderr__)
        try:
            cycles.cycle()
        except BaseException as error:
            error.add_note(f"in cycle {index}: {', '.join(cycles.told)}; {cycles.state()}")
            raise
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("training") == 0, names
    assert len(names) < 12, names


@pytest.fixture
def cycles(programs: Any, new_text: Any, qtbot: QtBot) -> Cycles:
    return Cycles(programs, qtbot, new_text(Library.open(programs.library_path)), seed=20)


def test_runs_begin_pause_and_end_in_any_order(cycles: Cycles) -> None:
    go_through(cycles, 8)


@pytest.mark.slow
def test_runs_begin_pause_and_end_two_hundred_times(cycles: Cycles) -> None:
    go_through(cycles, 200)
