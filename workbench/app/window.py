"""Opens the window over a library and runs until it is closed."""

import gc
import locale
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from engine.cli.process import keep_freed_memory, spin_briefly
from engine.errors import TextloomError
from engine.library.library import Library
from workbench import words
from workbench.app.reporting import Reporting
from workbench.app.single_instance import SingleInstance
from workbench.bridge.awake import Awake
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.jobs import Failure
from workbench.theme.theme import theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.window import appearance
from workbench.viewmodels.workbench import Workbench
from workbench.views.main_window import MainWindow
from workbench.words import told, tr

COLLECT_MILLISECONDS = 2000
COLLECT_ALL_MILLISECONDS = 60_000
NEEDED_SOON = ("workbench.views.train.run_view",)  # with the plots: 0.3 s that would be felt when Start is pressed
CLOSE_SECONDS = 10.0
EXIT_BAD_INPUT = 2


@dataclass
class Program:
    """Everything that lives as long as the window."""

    application: QApplication
    door: EngineDoor
    workbench: Workbench
    window: MainWindow

    def tell(self, failure: Failure) -> None:
        """Show a failure, from whatever thread."""
        self.door.pump.post(self.workbench.notices.fail, failure)

    def welcome(self) -> None:
        """Put the run that comes with Textloom into a library in which nothing has ever been."""
        notices = self.workbench.notices
        self.door.writing.install_demo(self._on_demo_installed, notices.fail, is_first_start=True)

    def _on_demo_installed(self, run_id: str) -> None:
        if run_id:
            self.workbench.texts.refresh()
            self.workbench.runs.refresh()

    def close(self, code: int = 0) -> None:
        """End all background work. A thread that does not end in time ends with the process, which returns `code`."""
        if not self.door.close(CLOSE_SECONDS):
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:  # as in a program without a console
                    stream.flush()
            os._exit(code)


def open_window(arguments: Sequence[str]) -> int:
    """Open the window and return the exit code once it is closed."""
    options = _parsed(arguments)
    if options.self_test is not None:
        from workbench.app.self_test import run_self_test

        return run_self_test(options.self_test)
    prepare_process()
    application = make_application()
    settings = Settings(options.settings or settings_path())
    speak(application, settings)
    try:
        library = Library.open(options.library)
    except TextloomError as error:
        QMessageBox.critical(None, tr("Textloom cannot open its library"), told(error.message))
        return EXIT_BAD_INPUT
    instance = SingleInstance(library.path)
    if instance.hand_over(options.files):
        return 0
    instance.listen()
    program = make_program(application, library, settings, lists_later=True)
    reporting = Reporting(library.logs_path, program.tell)
    instance.called.connect(program.window.offer_paths)
    program.window.show()
    if options.files:
        program.window.offer_paths(options.files)
    program.workbench.runs.listed.connect(program.door.background.start)  # the first page does not wait behind torch
    QTimer.singleShot(0, program.workbench.runs.list_later)
    QTimer.singleShot(0, program.welcome)
    code = application.exec()
    instance.close()
    program.close(code)
    reporting.close()
    return int(code)


def prepare_process() -> None:
    """Settings of the whole process, before torch is loaded."""
    spin_briefly()
    keep_freed_memory()


def make_application() -> QApplication:
    """Qt's application, and the collector of garbage on its thread."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("textloom")
    application.setApplicationDisplayName("Textloom")
    application.setDesktopFileName("textloom")
    application.setQuitOnLastWindowClosed(False)  # the window may go on in the tray; closing it for good quits
    locale.setlocale(locale.LC_NUMERIC, "C")  # QApplication changed it, and native libraries parse numbers by it
    # The collector must not destroy Qt's objects on the thread that trains: it runs here, now and then.
    gc.disable()
    for milliseconds, collect in ((COLLECT_MILLISECONDS, collect_young), (COLLECT_ALL_MILLISECONDS, collect_all)):
        timer = QTimer(application)
        timer.setInterval(milliseconds)
        timer.timeout.connect(collect)
        timer.start()
    return application


def speak(application: QApplication, settings: Settings) -> None:
    """Speak the person's language, Qt's own dialogs among it."""
    name = appearance.chosen_language(settings, QLocale.system().name())
    words.use_language(words.read_language(name))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if name != words.ENGLISH and translator.load(f"qtbase_{name}", folder):
        application.installTranslator(translator)


def make_program(
    application: QApplication, library: Library, settings: Settings, *, lists_later: bool = False
) -> Program:
    """The window over a library, not yet shown. lists_later: it has no page before `runs.list_later`."""
    door = EngineDoor(library)
    door.background.also_import = NEEDED_SOON
    workbench = Workbench(door, settings, lists_later=lists_later)
    look = theme()
    look.set_choice(appearance.theme_choice(settings.text("window/theme")))
    look.set_text_scale(appearance.text_scale(settings))
    look.apply()
    window = MainWindow(workbench, {"texts": _texts, "train": _train, "write": _write, "runs": _runs})
    awake = Awake()

    def stay_awake() -> None:
        run = workbench.queue.current
        is_at_work = run is not None and not run.is_over and run.state != "paused"
        awake.hold(is_at_work and settings.flag("training/awake", True))

    workbench.queue.changed.connect(stay_awake)
    settings.changed.connect(stay_awake)
    return Program(application, door, workbench, window)


def settings_path() -> Path:
    """Where the window keeps what it remembers: the platform's folder for configuration."""
    import platformdirs  # 20 ms

    return platformdirs.user_config_path("textloom", appauthor=False) / "window.ini"


def collect_young() -> None:
    """Free what was used for a moment."""
    if _is_set_aside():
        gc.collect(1)


def collect_all() -> None:
    """Free what lived for long: the trainer of a run that has ended refers to itself, and holds its weights.

    It takes 20 to 40 ms, but not before what torch made is set aside.
    """
    if _is_set_aside():
        gc.collect()


def _is_set_aside() -> bool:
    """Whether what torch made is set aside; before that, a collection would look at all of it for 150 ms."""
    global _was_set_aside
    # Asked until it is so and no longer: counting what is set aside takes 40 ms.
    _was_set_aside = _was_set_aside or gc.get_freeze_count() > 0
    return _was_set_aside


_was_set_aside = False


def _texts(workbench: Workbench) -> QWidget:
    from workbench.views.texts.page import TextsPage

    return TextsPage(workbench)


def _train(workbench: Workbench) -> QWidget:
    from workbench.views.train.page import TrainPage

    return TrainPage(workbench)


def _write(workbench: Workbench) -> QWidget:
    from workbench.views.write.page import WritePage

    return WritePage(workbench)


def _runs(workbench: Workbench) -> QWidget:
    from workbench.views.runs.page import RunsPage

    return RunsPage(workbench)


def _parsed(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="textloom", description="Open the window; with a command, see textloom --help.")
    parser.add_argument("--library", type=Path, help="the folder that holds your texts and runs")
    parser.add_argument("--settings", type=Path, help="the file in which the window remembers its settings")
    parser.add_argument(
        "--self-test", type=Path, metavar="DIR", help="let the window do everything once, and report to this folder"
    )
    parser.add_argument("files", nargs="*", type=Path, help="texts to import, or a model to write with")
    return parser.parse_args(list(arguments))
