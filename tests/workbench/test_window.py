"""The window around the pages: its menus and shortcuts, what it remembers, what it tells, and how it is closed."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.errors import message
from workbench.app.single_instance import SingleInstance
from workbench.app.window import Program
from workbench.bridge.protocols.jobs import Failure
from workbench.theme.theme import theme
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.navigator import PAGES, Page
from workbench.views.window.about_dialog import AboutDialog
from workbench.views.window.help_window import PAGES as HELP_PAGES
from workbench.views.window.help_window import HelpWindow
from workbench.views.window.settings_dialog import SettingsDialog
from workbench.widgets.tables import TableView

PATIENCE = 30_000
ROOT = Path(__file__).parents[2]
TINY = {
    "format": 1,
    "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4},
    "training": {
        "batch_size": 4, "window_size": 11, "validate_every_steps": 10, "report_every_steps": 2, "num_threads": 1,
        "precision": "float32", "sample_every_seconds": 0.0, "sample_length": 30, "learning_rate": 0.01,
    },
}  # fmt: skip


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def tables(steps: int) -> dict[str, Any]:
    return {**TINY, "training": {**TINY["training"], "steps": steps}}  # type: ignore[dict-item]


def train(qtbot: QtBot, program: Program, corpus: str, steps: int = 1_000_000) -> ActiveRun:
    """Press Start on a draft of a tiny model, and wait for the first validation, or for the end of a short run."""
    program.workbench.texts.refresh()
    program.workbench.navigator.train_with(corpus, tables(steps), "Tiny")
    page: Any = program.window.page("train")
    wait_for(qtbot, lambda: page.model.draft.can_start)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    run = program.workbench.queue.current
    assert run is not None
    wait_for(qtbot, lambda: run.history.best_row is not None or run.is_over)
    return run


def action_of(menu: QMenu, text: str) -> QAction:
    menu.aboutToShow.emit()
    return next(action for action in menu.actions() if action.text() == text)


def menu_of(program: Program, *path: str) -> QMenu:
    """A menu of the menu bar, by the words on the way to it. (QAction.menu() of PySide 6.9 loses its menu.)"""
    place: QMenuBar | QMenu = program.window.menuBar()
    for text in path:
        children = place.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
        place = next(menu for menu in children if menu.title().replace("&", "") == text)
        place.aboutToShow.emit()
    assert isinstance(place, QMenu)
    return place


def press(qtbot: QtBot, program: Program, keys: str) -> None:
    """Press the keys of a shortcut where the focus is."""
    combination = QKeySequence(keys)[0]
    qtbot.keyClick(program.window, combination.key(), combination.keyboardModifiers())


@contextmanager
def during_dialog(kind: type[QDialog], deed: Callable[[Any], object]) -> Iterator[list[bool]]:
    """While the block waits in a modal dialog, do something with it, and put it away."""
    was_there: list[bool] = []
    timer = QTimer()

    def look() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, kind):
            return
        timer.stop()
        was_there.append(True)
        try:
            deed(box)
        finally:
            box.reject() if box.isVisible() else None

    timer.timeout.connect(look)
    timer.start(10)
    yield was_there
    timer.stop()
    assert was_there, "no dialog came"


def answer(text: str) -> Callable[[QMessageBox], None]:
    def click(box: QMessageBox) -> None:
        QTest.mouseClick(next(b for b in box.buttons() if b.text() == text), Qt.MouseButton.LeftButton)

    return click


# Pages


def test_the_rail_leads_to_every_page(program: Program, qtbot: QtBot) -> None:
    for name in reversed(PAGES):
        qtbot.mouseClick(program.window.rail.entry(name), Qt.MouseButton.LeftButton)
        assert program.window.stack.currentWidget() is program.window.page(name)
        assert program.window.rail.current == name
        assert program.window.page(name).isVisible()


def test_the_arrow_keys_walk_along_the_rail(program: Program, qtbot: QtBot) -> None:
    entry = program.window.rail.entry("texts")
    entry.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(entry, Qt.Key.Key_Down)
    assert program.workbench.navigator.page == "train"


@pytest.mark.parametrize(("place", "name"), list(enumerate(PAGES, 1)))
def test_a_number_with_control_leads_to_a_page(program: Program, qtbot: QtBot, place: int, name: Page) -> None:
    program.workbench.navigator.show_page("train" if name == "texts" else "texts")
    press(qtbot, program, f"Ctrl+{place}")
    assert program.workbench.navigator.page == name
    assert program.window.stack.currentWidget() is program.window.page(name)


def test_the_menu_leads_to_every_page(program: Program) -> None:
    for text, name in (("Runs", "runs"), ("Write", "write"), ("Train", "train"), ("Texts", "texts")):
        action_of(menu_of(program, "View"), text).trigger()
        assert program.window.stack.currentWidget() is program.window.page(name)  # type: ignore[arg-type]


def test_no_page_opens_a_window_of_its_own_while_it_is_made(program: Program) -> None:
    """A widget that is shown before it has a parent flashes on the screen."""
    opened: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                opened.append(type(watched).__name__)
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)  # type: ignore[union-attr]
    for name in PAGES:
        program.workbench.navigator.show_page(name)
    QApplication.instance().removeEventFilter(watch)  # type: ignore[union-attr]
    assert opened == []
    assert program.window.isActiveWindow()


def test_no_two_actions_of_the_menus_share_a_shortcut(program: Program) -> None:
    keys = [action.shortcut().toString() for action in program.window.findChildren(QAction)]
    given = [key for key in keys if key]
    assert len(given) == len(set(given))


# What it remembers


def test_the_window_comes_back_as_it_was_left(programs: Any, qtbot: QtBot) -> None:
    program = programs.open()
    program.window.resize(900, 650)  # the screen that is not there has 800 x 800
    press(qtbot, program, "Ctrl+3")
    toggle = next(b for b in program.window.rail.findChildren(QToolButton) if b.accessibleName() == "Show icons only")
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    action_of(menu_of(program, "View", "Colours"), "Dark").trigger()
    action_of(menu_of(program, "View"), "Larger text").trigger()
    programs.close(program)
    theme().set_choice("light")
    theme().set_text_scale(1.0)
    later = programs.open()
    assert later.workbench.navigator.page == "write"
    assert later.window.stack.currentWidget() is later.window.page("write")
    assert later.window.rail.current == "write"
    assert (later.window.width(), later.window.height()) == (900, 650)
    assert later.window.rail.is_collapsed
    assert theme().is_dark
    assert theme().text_scale == 1.15


def test_odd_settings_do_not_keep_the_window_from_opening(programs: Any) -> None:
    store = QSettings(str(programs.settings_path), QSettings.Format.IniFormat)
    for key, value in {
        "window/page": "elsewhere", "window/theme": "pink", "window/text_scale": "huge", "window/geometry": "wide",
        "window/rail_collapsed": "perhaps", "recent/files": "7", "curves/axis": "depth", "curves/unit": "miles",
        "curves/pinned": "gone", "curves/smoothing": "nan", "curves/tab": "none", "curves/splitter": "1",
    }.items():  # fmt: skip
        store.setValue(key, value)
    store.sync()
    program = programs.open()
    for name in PAGES:
        program.workbench.navigator.show_page(name)
        assert program.window.page(name).isVisible()


def test_one_shortcut_makes_all_text_half_as_large_again(program: Program, qtbot: QtBot) -> None:
    entry = program.window.rail.entry("texts")
    before, height = QApplication.font().pointSizeF(), entry.sizeHint().height()
    press(qtbot, program, "Ctrl+Shift+P")
    assert theme().text_scale == 1.5
    assert QApplication.font().pointSizeF() == pytest.approx(1.5 * before, rel=0.05)
    assert entry.sizeHint().height() > height
    press(qtbot, program, "Ctrl+0")
    assert theme().text_scale == 1.0
    assert QApplication.font().pointSizeF() == pytest.approx(before)


def test_the_menu_changes_the_colours(program: Program) -> None:
    colours = menu_of(program, "View", "Colours")
    assert [action.text() for action in colours.actions() if action.isChecked()] == ["Like the system"]
    action_of(colours, "Dark").trigger()
    assert theme().is_dark
    assert QApplication.palette().window().color().lightness() < 100
    assert program.workbench.settings.text("window/theme") == "dark"
    action_of(colours, "Light").trigger()
    assert not theme().is_dark
    assert [action.text() for action in colours.actions() if action.isChecked()] == ["Light"]


# What it tells


def test_a_failure_is_a_sentence_with_details_to_copy(program: Program, qtbot: QtBot) -> None:
    failure = Failure(message("The disk is full: {path}.", path="/there"), "Traceback: deep inside")
    program.tell(failure)
    wait_for(qtbot, program.window.failures.isVisible)
    bar = program.window.failures
    assert bar.notice.text == "The disk is full: /there."
    copy = next(b for b in bar.findChildren(QPushButton) if b.text() == "Copy details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "The disk is full: /there.\n\nTraceback: deep inside"
    close = next(b for b in bar.findChildren(QToolButton) if b.isVisible())
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_a_failure_on_another_thread_comes_to_the_window(program: Program, qtbot: QtBot) -> None:
    thread = threading.Thread(target=lambda: program.tell(Failure(message("Gone."), "why", is_expected=False)))
    thread.start()
    thread.join()
    wait_for(qtbot, program.window.failures.isVisible)
    assert program.window.failures.notice.text == "Gone."


def test_a_toast_leads_back_and_lies_over_pages_that_come_after_it(program: Program, qtbot: QtBot) -> None:
    done: list[str] = []
    program.workbench.notices.say("A text was removed.", "Undo", lambda: done.append("back"))
    program.workbench.navigator.show_page("runs")
    toast = program.window.toasts.toast
    assert toast is not None
    assert toast.accessibleName() == "A text was removed."
    stack = program.window.stack
    assert stack.childAt(toast.geometry().center()) in (toast, *toast.findChildren(type(toast).__mro__[1]))
    undo = next(b for b in toast.findChildren(QPushButton) if b.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert done == ["back"]
    assert program.window.toasts.toast is None


# A second start


def test_a_second_start_offers_its_files_here(program: Program, tmp_path: Path, qtbot: QtBot) -> None:
    instance = SingleInstance(program.door.library.path)
    instance.listen()
    instance.called.connect(program.window.offer_paths)  # as open_window does
    file = tmp_path / "letters.txt"
    file.write_text("Dear friend, the ferry goes over at noon. " * 100)
    program.workbench.navigator.show_page("runs")
    second = subprocess.Popen(
        [sys.executable, "-m", "workbench.app.main", "--library", str(program.door.library.path), str(file),
         "--settings", str(tmp_path / "second.ini")],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(qtbot, lambda: second.poll() is not None)
        assert (second.returncode, second.communicate()[1]) == (0, "")
        wait_for(qtbot, lambda: program.workbench.navigator.page == "texts")
        page: Any = program.window.page("texts")
        wait_for(qtbot, lambda: page.model.part == "offer")
        assert [found.path for found in page.model.desk.offer.files] == [file]
    finally:
        second.kill()
        instance.close()


def test_a_model_file_that_is_handed_over_opens_the_writing_page(program: Program, tmp_path: Path) -> None:
    wanted: list[Path] = []
    program.workbench.navigator.model_file_wanted.connect(wanted.append)
    file = tmp_path / "tales.textloom"
    program.window.offer_paths([file])
    assert wanted == [file]
    assert program.workbench.navigator.page == "write"


# Closing


def test_finish_and_close_keeps_the_run(program: Program, programs: Any, new_text: Any, qtbot: QtBot) -> None:
    library = program.door.library
    run = train(qtbot, program, new_text(library))
    with during_dialog(QMessageBox, answer("Finish and close")):
        program.window.close()
    assert program.window.isVisible()  # it waits for the run
    wait_for(qtbot, lambda: not program.window.isVisible())
    assert run.is_over
    folder = library.run(run.run_id)
    programs.close(program)
    later = programs.open(library)
    entry = later.workbench.runs.entry(folder.id)
    assert entry is not None
    assert entry.state == "finished"
    assert entry.best
    assert list((folder.path / "checkpoints").iterdir())


def test_a_paused_run_is_finished_too(program: Program, new_text: Any, qtbot: QtBot) -> None:
    run = train(qtbot, program, new_text(program.door.library))
    run.pause()
    wait_for(qtbot, lambda: run.state == "paused")
    with during_dialog(QMessageBox, answer("Finish and close")):
        program.window.close()
    wait_for(qtbot, lambda: not program.window.isVisible())
    assert run.state == "finished"


def test_do_not_close_lets_the_run_train_on(program: Program, new_text: Any, qtbot: QtBot) -> None:
    run = train(qtbot, program, new_text(program.door.library))
    with during_dialog(QMessageBox, answer("Do not close")):
        program.window.close()
    step = run.history.step
    assert program.window.isVisible()
    wait_for(qtbot, lambda: run.history.step > step)
    assert run.state in ("training", "validating")


def test_escape_is_not_an_answer_that_ends_a_run(program: Program, new_text: Any, qtbot: QtBot) -> None:
    run = train(qtbot, program, new_text(program.door.library))
    with during_dialog(QMessageBox, lambda box: QTest.keyClick(box, Qt.Key.Key_Escape)):
        program.window.close()
    assert program.window.isVisible()
    assert not run.is_over


def test_without_a_run_the_window_closes_at_once(program: Program) -> None:
    program.window.close()
    assert not program.window.isVisible()


# Menus and dialogs


def test_recent_files_are_offered_again(program: Program, tmp_path: Path, qtbot: QtBot) -> None:
    menu_of(program, "File")
    assert not program.window.menus.recent.menuAction().isVisible()
    file = tmp_path / "letters.txt"
    file.write_text("Dear friend, the ferry goes over at noon. " * 100)
    program.window.offer_paths([file])
    page: Any = program.window.page("texts")
    wait_for(qtbot, lambda: page.model.part == "offer" and page.model.desk.offer.can_import)
    page.model.desk.start()
    wait_for(qtbot, lambda: len(program.workbench.texts.entries()) == 1)
    wait_for(qtbot, lambda: bool(program.workbench.settings.texts("recent/files")))
    program.workbench.navigator.show_page("write")
    menu_of(program, "File")
    recent = program.window.menus.recent
    assert recent.menuAction().isVisible()
    action_of(recent, str(file)).trigger()
    assert program.workbench.navigator.page == "texts"
    wait_for(qtbot, lambda: page.model.part == "offer")


def test_the_file_menu_pastes_a_text(program: Program, qtbot: QtBot) -> None:
    program.workbench.navigator.show_page("runs")
    press(qtbot, program, "Ctrl+Shift+V")
    page: Any = program.window.page("texts")
    assert page.model.part == "paste"
    assert page.paste_view.isVisible()


def test_the_run_menu_follows_the_run(program: Program, new_text: Any, qtbot: QtBot) -> None:
    menus = program.window.menus
    assert [action.text() for action in menus.run_menu.actions() if action.isVisible() and action.text()] == [
        "All runs"
    ]
    run = train(qtbot, program, new_text(program.door.library))
    press(qtbot, program, "Ctrl+P")
    wait_for(qtbot, lambda: run.state == "paused")
    assert menus.pause.text() == "Resume"
    menus.pause.trigger()
    wait_for(qtbot, lambda: run.state in ("training", "validating"))
    assert menus.pause.text() == "Pause"
    saves, samples = run.history.num_saves, len(run.history.samples)
    menus.save.trigger()
    menus.sample.trigger()
    wait_for(qtbot, lambda: run.history.num_saves > saves and len(run.history.samples) > samples)
    menus.finish.trigger()
    wait_for(qtbot, lambda: run.is_over)
    assert run.state == "finished"
    assert not menus.pause.isVisible()


def test_settings_act_while_the_dialog_is_open(program: Program, qtbot: QtBot) -> None:
    settings = program.workbench.settings

    def use(dialog: SettingsDialog) -> None:
        for box, data in ((dialog.theme_box, "dark"), (dialog.scale_box, "1.3"), (dialog.language_box, "en")):
            box.setCurrentIndex(box.findData(data))
            box.activated.emit(box.currentIndex())
        assert theme().is_dark
        assert theme().text_scale == 1.3
        assert settings.text("window/language") == "en"
        for switch in (dialog.gentle, dialog.awake, dialog.notify):
            qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
        assert program.workbench.queue.is_gentle
        assert not settings.flag("training/awake", True)
        assert not settings.flag("window/notify", True)

    with during_dialog(SettingsDialog, use):
        press(qtbot, program, "Ctrl+,")


def test_the_menu_of_colours_follows_the_settings_dialog(program: Program) -> None:
    def use(dialog: SettingsDialog) -> None:
        dialog.theme_box.setCurrentIndex(dialog.theme_box.findData("dark"))
        dialog.theme_box.activated.emit(dialog.theme_box.currentIndex())

    with during_dialog(SettingsDialog, use):
        action_of(menu_of(program, "File"), "Settings...").trigger()
    colours = menu_of(program, "View", "Colours")
    assert [action.text() for action in colours.actions() if action.isChecked()] == ["Dark"]


def test_about_lists_the_parts_with_their_licences(program: Program) -> None:
    rows: list[list[str]] = []

    def read(dialog: AboutDialog) -> None:
        model = dialog.findChild(TableView).model()
        places = range(model.rowCount())
        rows.extend([str(model.index(row, column).data()) for column in range(3)] for row in places)

    with during_dialog(AboutDialog, read):
        action_of(menu_of(program, "Help"), "About Textloom").trigger()
    assert {"Python", "Qt", "torch", "numpy", "PySide6-Essentials", "pyqtgraph", "wakepy"} <= {row[0] for row in rows}
    assert all(version and licence for _, version, licence in rows), rows


@pytest.mark.parametrize("language", ["en", "de"])
def test_help_opens_every_page_and_every_link_leads_to_one(program: Program, qtbot: QtBot, language: str) -> None:
    from workbench import words

    words.use_language(words.read_language(language))
    links = 0
    for name in HELP_PAGES:
        program.workbench.navigator.help_wanted.emit(name)
        window = program.window.findChild(HelpWindow)
        assert window.isVisible()
        shown = window.text.toPlainText()
        assert len(shown) > 200
        for target in anchors(window):
            links += 1
            window.text.anchorClicked.emit(QUrl(target))
            assert target.removesuffix(".md") in HELP_PAGES
            assert window.text.toPlainText() != shown
            program.workbench.navigator.help_wanted.emit(name)
    assert links > 0
    window.close()


def anchors(window: HelpWindow) -> list[str]:
    """The addresses of all links on the page."""
    found = []
    block = window.text.document().begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            kind = pieces.fragment().charFormat()
            if kind.isAnchor():
                found.append(kind.anchorHref())
            pieces += 1
        block = block.next()
    return found


def test_f1_opens_the_first_help_page(program: Program, qtbot: QtBot) -> None:
    press(qtbot, program, "F1")
    window = program.window.findChild(HelpWindow)
    assert window.isVisible()
    assert window.text.toPlainText().startswith("The first ten minutes")
    window.close()


def test_escape_puts_the_help_away(program: Program, qtbot: QtBot) -> None:
    press(qtbot, program, "F1")
    window = program.window.findChild(HelpWindow)
    wait_for(qtbot, window.isActiveWindow)
    qtbot.keyClick(window.text, Qt.Key.Key_Escape)
    assert not window.isVisible()


# The foot of the rail, the end of a run, and the machine's sleep


def test_the_foot_of_the_rail_tells_of_the_run_and_leads_to_it(
    program: Program, new_text: Any, qtbot: QtBot
) -> None:
    foot = program.window.status
    assert foot.text() == "Nothing is training"
    run = train(qtbot, program, new_text(program.door.library))
    wait_for(qtbot, lambda: foot.text().startswith("Training"))
    assert "Device: cpu" in foot.toolTip()
    assert "Precision: float32" in foot.toolTip()
    run.pause()
    wait_for(qtbot, lambda: run.state == "paused")
    assert foot.text().startswith("Paused at")
    program.workbench.navigator.show_page("texts")
    qtbot.mouseClick(foot, Qt.MouseButton.LeftButton)
    page: Any = program.window.page("train")
    assert program.workbench.navigator.page == "train"
    assert page.model.shown.run_id == run.run_id
    run.resume()
    run.finish()
    wait_for(qtbot, lambda: run.is_over)
    assert foot.text() == "Nothing is training"


def test_the_foot_of_the_rail_says_when_torch_is_there(program: Program, qtbot: QtBot) -> None:
    assert "Still loading" in program.window.status.toolTip()
    program.door.background.start()
    wait_for(qtbot, lambda: program.window.status.toolTip() == "Ready to train.")


def test_the_end_of_a_run_is_announced_and_leads_to_it(program: Program, new_text: Any, qtbot: QtBot) -> None:
    told: list[tuple[str, str]] = []
    program.workbench.notices.announced.connect(lambda title, sentence: told.append((title, sentence)))
    run = train(qtbot, program, new_text(program.door.library))
    program.workbench.navigator.show_page("texts")
    run.finish()
    wait_for(qtbot, lambda: bool(told))
    assert told[0][0] == "Bottles has ended"
    assert "of 100 right." in told[0][1]
    toast = program.window.toasts.toast
    assert toast is not None
    show = next(b for b in toast.findChildren(QAbstractButton) if b.text() == "Show it")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    page: Any = program.window.page("train")
    assert program.workbench.navigator.page == "train"
    assert page.model.shown.run_id == run.run_id


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Counts how often the machine was kept awake, and let go."""
    from wakepy import keep

    counts = {"held": 0, "released": 0}

    @contextmanager
    def running(**_: object) -> Iterator[None]:
        counts["held"] += 1
        yield
        counts["released"] += 1

    monkeypatch.setattr(keep, "running", running)
    return counts


def test_the_machine_stays_awake_while_a_run_trains(
    program: Program, new_text: Any, qtbot: QtBot, sleep: dict[str, int]
) -> None:
    run = train(qtbot, program, new_text(program.door.library))
    wait_for(qtbot, lambda: sleep == {"held": 1, "released": 0})
    run.finish()
    wait_for(qtbot, lambda: run.is_over)
    wait_for(qtbot, lambda: sleep == {"held": 1, "released": 1})


def test_the_machine_may_sleep_as_soon_as_the_person_says_so(
    program: Program, new_text: Any, qtbot: QtBot, sleep: dict[str, int]
) -> None:
    run = train(qtbot, program, new_text(program.door.library))
    wait_for(qtbot, lambda: sleep["held"] == 1)
    program.workbench.settings.set("training/awake", False)
    wait_for(qtbot, lambda: sleep["released"] == 1)
    assert not run.is_over


def test_without_a_way_to_keep_awake_training_goes_on(
    program: Program, new_text: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wakepy import keep

    def refuse(**_: object) -> None:
        raise RuntimeError("no such service")

    monkeypatch.setattr(keep, "running", refuse)
    run = train(qtbot, program, new_text(program.door.library), steps=30)
    wait_for(qtbot, lambda: run.is_over)
    assert run.state == "finished"
