"""Every test here runs without a screen, speaks English, and fails on any message of Qt."""

import gc
import os
import shutil

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from workbench import words
from workbench.app.window import Program, make_program
from workbench.theme import theme as theme_module
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings

BOTTLES = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))

# Exact texts only, each with its reason; everything else that Qt says is a mistake of ours.
IGNORED_MESSAGES = {
    "This plugin does not support raise()": "the offscreen platform has no other windows to raise one above",
    "This plugin does not support propagateSizeHints()": "the offscreen platform has no window manager to tell",
}


def pytest_configure(config: pytest.Config) -> None:
    """Our own fixture hears Qt until the last fixture is torn down; pytest-qt's stops before."""
    logging = config.pluginmanager.get_plugin("_qt_logging")
    if logging is not None:
        config.pluginmanager.unregister(logging)


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """As in the program, the collector runs on this thread alone: another one must not destroy Qt's objects."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def silent_qt() -> Iterator[None]:
    """Collects what Qt says while a test runs, and fails the test for it."""
    said: list[str] = []

    def remember(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        if text not in IGNORED_MESSAGES:
            said.append(f"{kind.name}: {text}")

    previous = qInstallMessageHandler(remember)
    yield
    qInstallMessageHandler(previous)
    assert not said, "Qt said: " + "; ".join(said)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A test may speak any language; the next one speaks English again."""
    yield
    words.use_language(words.Language())


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The applied theme, light at normal size; what a test changes is changed back.

    Its style sheet stays: Qt fails when one is taken from widgets that another test is about to destroy.
    """
    ours = theme_module.theme()
    ours.set_choice("light")
    ours.apply()
    yield ours
    ours.set_text_scale(1.0)
    ours.set_choice("light")


class Programs:
    """Opens the whole program over a library, as `open_window` does, and closes it again."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self._folder, self._qtbot = folder, qtbot
        self._open: list[Program] = []
        self.settings_path = folder / "window.ini"
        self.library_path = folder / "library"

    def settings(self) -> Settings:
        """What the window remembers; several objects over one file agree."""
        return Settings(self.settings_path)

    def open(self, library: Library | None = None, size: tuple[int, int] | None = None) -> Program:
        """Show the window. size: another than the one it remembers."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        program = make_program(application, library or Library.open(self.library_path), self.settings())
        self._open.append(program)
        if size is not None:
            program.window.resize(*size)
        program.window.show()
        with self._qtbot.waitActive(program.window):  # shortcuts are those of the active window
            program.window.activateWindow()
        return program

    def close(self, program: Program) -> None:
        """End what trains without a question, close the window, and wait for all threads."""
        self._open.remove(program)
        run, queue = program.workbench.queue.current, program.workbench.queue
        if run is not None and not run.is_over:
            queue.hold(True)
            run.abandon()
            self._qtbot.waitUntil(lambda: run.is_over, timeout=30_000)
        program.window.close()
        assert program.door.close(30.0), "a thread did not end"
        program.door.pump.drain(1.0)
        shiboken6.delete(program.window)
        shiboken6.delete(program.workbench)

    def close_all(self) -> None:
        """Close what is still open."""
        for program in list(self._open):
            self.close(program)


@pytest.fixture
def programs(tmp_path: Path, theme: Theme, qtbot: QtBot) -> Iterator[Programs]:
    """Opens the program over the library of this test, as often as the test wants."""
    opener = Programs(tmp_path, qtbot)
    yield opener
    opener.close_all()


@pytest.fixture
def program(programs: Programs) -> Program:
    """The program over a new library, in its window."""
    return programs.open(size=(1280, 800))


TABLES = {
    "model": {"cell": "lstm", "hidden_size": 16, "embedding_size": 8},
    "training": {
        "batch_size": 4, "window_size": 16, "steps": 64, "validate_every_steps": 20, "learning_rate": 0.02,
        "sample_every_seconds": 0, "precision": "float32", "sample_length": 20, "num_threads": 1,
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def trained_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one text and one small finished run of 64 steps, not to be changed."""
    folder = tmp_path_factory.mktemp("trained")
    library = Library.open(folder / "library")
    file = folder / "Bottles.txt"
    file.write_text(BOTTLES, encoding="utf-8")
    *_, imported = import_texts(find_texts([file]), library)
    corpus: str = imported.corpus  # type: ignore[union-attr]
    request = Request(corpus, to_tables(from_tables(TABLES)), "test", title="Bottles")
    from engine.training.runs import create_run  # it brings torch, which most tests here do not need

    preparing = create_run(library, request, RunControl())
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            session = end.value
            break
    assert list(session.run())[-1].outcome == "completed"
    return library.path


@pytest.fixture
def program_with_run(trained_library: Path, programs: Programs) -> Program:
    """The program over a copy of that library, in its window."""
    shutil.copytree(trained_library, programs.library_path)
    return programs.open(size=(1280, 800))


@pytest.fixture
def new_text(tmp_path: Path) -> Callable[..., str]:
    """Imports a text into a library by the engine, and gives its id."""

    def import_text(library: Library, name: str = "Bottles", text: str = BOTTLES) -> str:
        path = tmp_path / f"{name}.txt"
        path.write_text(text, encoding="utf-8", newline="")
        *_, event = import_texts(find_texts([path]), library)
        return str(event.corpus)  # type: ignore[union-attr]

    return import_text
