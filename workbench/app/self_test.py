"""`textloom --self-test DIR`: the real window does everything once by itself, and tells whether it could.

It imports a sample by a drop, trains, pauses, goes on, finishes, writes, saves and quits, in a library of its own
inside DIR. It leaves report.json and a picture of every page there; the exit code is 0 only if all of it happened.
"""

import json
import math
import platform
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from engine.library.library import Library
from workbench.app.window import (
    Program,
    make_application,
    make_program,
    prepare_process,
    speak,
)
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.navigator import PAGES, Page
from workbench.viewmodels.settings import Settings
from workbench.views.texts.page import TextsPage
from workbench.widgets.buttons import PrimaryButton

TRAIN_SECONDS = 20.0
STEP_SECONDS = 120.0
LOOK_MILLISECONDS = 20

Condition = Callable[[], bool]
Steps = Generator[tuple[str, Condition], None, None]


@dataclass
class Report:
    """What is written to report.json."""

    start_seconds: float = math.nan
    torch_ready_seconds: float = math.nan
    first_point_seconds: float = math.nan
    first_sample_seconds: float = math.nan
    pause_seconds: float = math.nan
    finish_seconds: float = math.nan
    tokens_per_second: float = math.nan
    worst_tick_milliseconds: float = math.nan
    p99_tick_milliseconds: float = math.nan
    steps: list[dict[str, Any]] = field(default_factory=list)
    window_platform: str = ""
    system: str = field(default_factory=platform.platform)
    outcome: str = "failed"

    def as_json(self) -> str:
        """JSON, with null for what was not measured."""
        values = {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in self.__dict__.items()
        }
        return json.dumps(values, indent=2) + "\n"


def run_self_test(folder: Path) -> int:
    """Do it all; returns the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    prepare_process()
    application = make_application()
    settings = Settings(folder / "window.ini")
    speak(application, settings)
    program = make_program(application, Library.open(folder / "library"), settings)
    report = Report(window_platform=application.platformName())
    program.window.show()
    program.window.repaint()
    report.start_seconds = time.time() - psutil.Process().create_time()
    program.door.background.start()
    test = SelfTest(program, folder, report)
    test.begin()
    application.exec()
    (folder / "report.json").write_text(report.as_json(), encoding="utf-8")
    code = 0 if report.outcome == "passed" else 1
    program.close(code)
    return code


class SelfTest(QObject):
    """Goes from step to step, each when what the one before waited for has happened."""

    def __init__(self, program: Program, folder: Path, report: Report) -> None:
        super().__init__()
        self._program = program
        self._window = program.window
        self._folder = folder
        self._report = report
        self._began = time.perf_counter()
        self._ticks: list[float] = []
        self._last_tick = time.perf_counter()
        self._steps = self._all_steps()
        self._waits_for: tuple[str, Condition] | None = None
        self._step_began = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)

    def begin(self) -> None:
        """Start with the first step."""
        program = self._program
        program.door.background.when_ready(self._note_ready)
        self._timer.start()

    def _note_ready(self) -> None:
        self._report.torch_ready_seconds = time.perf_counter() - self._began

    def _on_timer_ticked(self) -> None:
        now = time.perf_counter()
        self._ticks.append(now - self._last_tick - LOOK_MILLISECONDS / 1000)
        self._last_tick = now
        if self._waits_for is not None:
            name, condition = self._waits_for
            if not condition():
                if now - self._step_began > STEP_SECONDS:
                    self._note_step(name, "timed out")
                    self._end()
                return
            self._note_step(name, "done")
        self._step_began = now
        try:
            self._waits_for = next(self._steps)
        except StopIteration:
            self._report.outcome = "passed"
            self._end()
        except Exception as error:  # a part of the window is not where it should be
            self._note_step("next step", f"{type(error).__name__}: {error}")
            self._end()

    def _note_step(self, name: str, outcome: str) -> None:
        seconds = time.perf_counter() - self._step_began
        self._report.steps.append({"step": name, "outcome": outcome, "seconds": round(seconds, 3)})

    def _end(self) -> None:
        self._timer.stop()
        late = sorted(self._ticks) or [0.0]
        self._report.worst_tick_milliseconds = 1000 * late[-1]
        self._report.p99_tick_milliseconds = 1000 * late[int(0.99 * (len(late) - 1))]
        self._window.closing.save_all()
        QApplication.quit()

    def _all_steps(self) -> Steps:
        yield from self._import()
        yield from self._train()
        yield from self._write()
        yield from self._photograph_all()

    def _import(self) -> Steps:
        path = self._folder / "tales.txt"
        path.write_bytes((resources.files("resources") / "samples" / "tales.txt").read_bytes())
        texts = self._program.workbench.texts
        self._window.workbench.navigator.show_page("texts")
        known = {entry.id for entry in texts.entries()}
        drop(self._window, path)
        yield "a dropped file becomes a text", lambda: bool({entry.id for entry in texts.entries()} - known)
        page = self._window.page("texts")
        assert isinstance(page, TextsPage)
        yield "its page is shown", lambda: page.model.part == "text" and primary_button(page) is not None
        yield from self._photograph("texts")

    def _train(self) -> Steps:
        queue = self._program.workbench.queue
        self._press("texts")
        yield "torch is loaded", lambda: self._program.door.background.is_ready
        yield "a draft is offered", lambda: self._primary("train") is not None
        yield from self._photograph("draft", "train")
        pressed = time.perf_counter()
        self._press("train")
        yield "training begins", lambda: queue.current is not None
        run = self._current()
        yield "the first point comes", lambda: len(run.history.training) > 0
        self._report.first_point_seconds = time.perf_counter() - pressed
        yield "the first sample comes", lambda: bool(run.history.samples)
        self._report.first_sample_seconds = time.perf_counter() - pressed
        until = pressed + TRAIN_SECONDS
        yield "it trains for a while", lambda: time.perf_counter() > until
        self._report.tokens_per_second = run.history.training.last("tokens_per_second")
        yield from self._photograph("train")
        pressed = time.perf_counter()
        run.pause()
        yield "it pauses", lambda: run.state == "paused"
        self._report.pause_seconds = time.perf_counter() - pressed
        step = run.history.step
        run.resume()
        yield "it goes on", lambda: run.state == "training" and run.history.step > step
        pressed = time.perf_counter()
        run.finish()
        yield "it finishes", lambda: run.is_over and run.state == "finished"
        self._report.finish_seconds = time.perf_counter() - pressed
        yield from self._photograph("finished", "train")

    def _write(self) -> Steps:
        run = self._current()
        self._window.workbench.navigator.write_with(run.run_id)
        yield "the model is ready to write", lambda: self._primary("write") is not None
        self._press("write")
        writings = self._program.door.library.writings_path
        yield "it writes", lambda: _num_characters(writings) >= 20
        yield from self._photograph("write")

    def _photograph_all(self) -> Steps:
        self._window.workbench.navigator.show_page("runs")
        yield "the run is listed", lambda: bool(self._program.workbench.runs.entries())
        yield from self._photograph("runs")

    def _photograph(self, name: str, page: Page | None = None) -> Steps:
        shown: Page = page if page is not None else PAGES[PAGES.index(name)]  # type: ignore[arg-type]
        self._window.workbench.navigator.show_page(shown)
        drawn_at = time.perf_counter() + 0.5
        yield f"the page {name} is drawn", lambda: time.perf_counter() > drawn_at
        path = self._folder / f"{name}.png"
        if not self._window.grab().save(str(path)):
            raise OSError(f"{path} could not be written")

    def _current(self) -> ActiveRun:
        run = self._program.workbench.queue.current
        assert run is not None
        return run

    def _primary(self, page: Page) -> QPushButton | None:
        return primary_button(self._window.page(page))

    def _press(self, page: Page) -> None:
        button = self._primary(page)
        if button is None:
            raise LookupError(f"the page {page} has no button that leads on")
        button.click()


def primary_button(page: QWidget) -> QPushButton | None:
    """The one filled button of a page that can be pressed now."""
    shown = [button for button in page.findChildren(PrimaryButton) if button.isVisible() and button.isEnabled()]
    return shown[0] if shown else None


def drop(window: QWidget, path: Path) -> None:
    """Let a file be dropped in the middle of a window, as another program would."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place = QPointF(window.rect().center())
    copy, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDragMoveEvent):
        QApplication.sendEvent(window, kind(place.toPoint(), copy, data, left, plain))
    QApplication.sendEvent(window, QDropEvent(place, copy, data, left, plain))


def _num_characters(writings: Path) -> int:
    """Characters of the longest document on the disk."""
    sizes = [0]
    for path in writings.glob("*/document.json"):
        sizes.append(len(json.loads(path.read_text(encoding="utf-8")).get("text", "")))
    return max(sizes)
