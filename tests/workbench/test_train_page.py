"""The page of a run, driven by clicks, with real small trainings."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.training import TrainRequest
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.train.chooser import RunChooser
from workbench.views.train.page import TrainPage
from workbench.widgets.labels import ElidedLabel, Quiet
from workbench.widgets.tables import TableDialog

BOTTLES = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))
MODEL = {"cell": "lstm", "hidden_size": 8, "embedding_size": 4}
TRAINING = {
    "batch_size": 4, "window_size": 11, "validate_every_steps": 10, "report_every_steps": 2, "precision": "float32",
    "sample_every_seconds": 0.0, "sample_length": 30, "learning_rate": 0.01, "num_threads": 1,
}  # fmt: skip
SHORT, ENDLESS = 40, 1_000_000
PATIENCE = 30_000


def settings_of(steps: int, **training: Any) -> dict[str, Any]:
    """A complete recipe of a tiny model."""
    return {"format": 1, "model": MODEL, "training": {**TRAINING, "steps": steps, **training}}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture
def new_text(library: Library, tmp_path: Path) -> Callable[..., str]:
    """Imports a text and gives its id."""

    def import_text(text: str = BOTTLES, name: str = "Bottles") -> str:
        from engine.text.importing import import_texts
        from engine.text.sources import find_texts

        path = tmp_path / f"{name}.txt"
        path.write_text(text, encoding="utf-8", newline="")
        *_, event = import_texts(find_texts([path]), library)
        return str(event.corpus)  # type: ignore[union-attr]

    return import_text


@pytest.fixture
def open_page(library: Library, tmp_path: Path, qtbot: QtBot, theme: Theme) -> Iterator[Callable[[], TrainPage]]:
    """Opens the library as the window does, and the page at the smallest size. Pages go after their threads."""
    pages: list[tuple[EngineDoor, TrainPage]] = []

    def open_one() -> TrainPage:
        door = EngineDoor(library)
        page = TrainPage(Workbench(door, Settings(tmp_path / "window.ini")))
        pages.append((door, page))
        page.resize(824, 640)
        page.show()
        return page

    yield open_one
    for door, page in pages:
        door.close(20)
        door.pump.drain(1.0)
        page.close()
        page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def button_of(qtbot: QtBot, widget: QWidget, words: str) -> QPushButton:
    """The button with these words, once it is shown."""

    def found() -> list[QPushButton]:
        return [b for b in widget.findChildren(QPushButton) if words in b.text() and b.isVisible()]

    wait_for(qtbot, lambda: bool(found()))
    return found()[0]


def click(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def start(qtbot: QtBot, page: TrainPage, corpus: str, steps: int = SHORT, **training: Any) -> None:
    """Press Start on a draft of a tiny model."""
    page.model.workbench.navigator.train_with(corpus, settings_of(steps, **training), "Tiny")
    wait_for(qtbot, lambda: page.model.draft.can_start)
    click(qtbot, page.header.primary)


def sentence(page: TrainPage) -> str:
    label = page.header.findChild(Quiet)
    assert label is not None
    return str(label.text())


def wait_for_primary(qtbot: QtBot, page: TrainPage, text: str) -> None:
    wait_for(qtbot, lambda: page.header.primary.isVisible() and page.header.primary.text() == text)


def test_without_a_text_the_page_leads_to_the_texts(open_page: Callable[[], TrainPage], qtbot: QtBot) -> None:
    page = open_page()
    click(qtbot, next(button for button in page.stack.currentWidget().findChildren(QPushButton) if button.isVisible()))
    assert page.model.workbench.navigator.page == "texts"


def test_with_a_text_the_empty_page_leads_to_a_draft(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus = new_text()
    page = open_page()
    button = next(b for b in page.stack.currentWidget().findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Train on this text"
    click(qtbot, button)
    assert page.model.kind == "draft"
    assert page.model.draft.corpus_id == corpus


def test_start_leads_to_numbers_and_the_end_to_writing(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus)
    assert page.model.kind == "run"
    wait_for_primary(qtbot, page, "Write with it")
    view = page.run_view
    assert "Guesses right of 100 letters" in view.numbers.guesses.accessibleName()
    assert "of 100 letters; letter frequencies alone" in sentence(page)
    assert "From its best state" in view.samples.toPlainText()
    wanted: list[str] = []
    page.model.workbench.navigator.writer_wanted.connect(wanted.append)
    click(qtbot, page.header.primary)
    assert wanted == [page.model.shown.run_id]  # type: ignore[union-attr]


def test_pause_waits_resume_goes_on_and_finish_keeps_the_best(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus, ENDLESS)
    wait_for_primary(qtbot, page, "Pause")
    wait_for(qtbot, lambda: page.model.shown.history.best_row is not None)  # type: ignore[union-attr]
    click(qtbot, page.header.primary)
    wait_for(qtbot, lambda: page.model.shown.state == "paused")  # type: ignore[union-attr]
    assert "Everything is saved" in sentence(page)
    wait_for_primary(qtbot, page, "Resume")
    click(qtbot, page.header.primary)
    wait_for_primary(qtbot, page, "Pause")
    click(qtbot, page.buttons.secondary)
    wait_for_primary(qtbot, page, "Write with it")
    assert page.buttons.secondary.text() == "Go on"


def trained(qtbot: QtBot, page: TrainPage, corpus: str, **training: Any) -> str:
    """The id of a run that was trained to its end."""
    start(qtbot, page, corpus, **training)
    wait_for_primary(qtbot, page, "Write with it")
    wait_for(qtbot, lambda: not page.model.is_busy)
    return str(page.model.shown.run_id)  # type: ignore[union-attr]


def test_a_finished_run_goes_on_and_its_curve_with_it(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus, ENDLESS)
    wait_for(qtbot, lambda: page.model.shown.history.best_row is not None)  # type: ignore[union-attr]
    click(qtbot, page.buttons.secondary)
    wait_for_primary(qtbot, page, "Write with it")
    wait_for(qtbot, lambda: not page.model.is_busy)
    run_id, ended_at = page.model.shown.run_id, page.model.shown.history.step  # type: ignore[union-attr]
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: page.model.shown.history.step > ended_at)  # type: ignore[union-attr]
    history = page.model.shown.history  # type: ignore[union-attr]
    assert page.model.shown.run_id == run_id  # type: ignore[union-attr]
    assert history.training["step"][0] < ended_at
    page.run_view.tabs.setCurrentWidget(page.run_view.history)
    assert "The run went on here." in page.run_view.history.item(0).text()
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)


def test_a_run_of_an_earlier_day_is_read_and_shown(
    open_page: Callable[[], TrainPage],
    new_text: Callable[..., str],
    qtbot: QtBot,
) -> None:
    run_id = trained(qtbot, open_page(), new_text())
    later = open_page()
    assert later.model.shown is not None
    assert later.model.shown.run_id == run_id
    wait_for(qtbot, lambda: "letter frequencies alone" in sentence(later))
    assert later.header.primary.text() == "Write with it"
    assert len(later.model.shown.history.training) > 0


def test_the_chooser_leads_back_to_a_run_and_to_the_draft(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    page = open_page()
    run_id = trained(qtbot, page, new_text())
    chooser = page.findChild(RunChooser)
    chooser.menu().aboutToShow.emit()
    entries = {action.text(): action for action in chooser.menu().actions() if action.text()}
    entries["New run"].trigger()
    assert page.model.kind == "draft"
    chooser.menu().aboutToShow.emit()
    next(action for action in chooser.menu().actions() if action.data() == f"run {run_id}").trigger()
    assert page.model.shown is not None
    assert page.model.shown.run_id == run_id


def test_a_second_start_waits_in_the_queue_and_says_so(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    said: list[str] = []
    page.model.workbench.notices.toast_wanted.connect(lambda text, *_: said.append(text))
    start(qtbot, page, corpus, ENDLESS)
    wait_for_primary(qtbot, page, "Pause")
    page.model.workbench.navigator.train_with(corpus, settings_of(SHORT), "Tiny")
    assert page.header.primary.text() == "Add to the queue"
    wait_for(qtbot, lambda: page.model.draft.can_start)
    click(qtbot, page.header.primary)
    assert said[-1] == "It waits and trains next."
    assert len(page.model.workbench.queue.waiting) == 1
    page.model.workbench.queue.remove(0)
    page.model.show_live()
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)


def test_train_longer_begins_a_new_run_from_the_best_state(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    page = open_page()
    run_id = trained(qtbot, page, new_text())
    menu = page.run_view.longer_button.menu()
    next(action for action in menu.actions() if action.data() == 3).trigger()
    run = page.model.live_run
    assert run is not None
    assert (run.request.start_from, run.request.title) == (run_id, "Bottles, longer")
    assert run.request.tables["training"]["minutes"] == 3.0
    assert run.request.tables["training"]["steps"] == 0
    run.abandon()
    wait_for(qtbot, lambda: not page.model.is_busy)


def test_try_a_bigger_one_is_a_draft_with_more_units(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    page = open_page()
    trained(qtbot, page, new_text())
    click(qtbot, page.run_view.bigger_button)
    assert page.model.kind == "draft"
    values = page.model.draft.values
    assert (values["model"]["hidden_size"], values["training"]["steps"]) == (12, 2 * SHORT)


def test_a_change_of_a_live_setting_is_written_down_and_can_be_undone(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    undo: list[Callable[[], None]] = []
    page.model.workbench.notices.toast_wanted.connect(lambda _text, _label, action: undo.append(action))
    start(qtbot, page, corpus, ENDLESS)
    wait_for_primary(qtbot, page, "Pause")
    page.deeds.change("training.clip_norm", 0.25)
    wait_for(qtbot, lambda: "1 became 0.25" in page.run_view.history.item(0).text())
    undo[-1]()
    wait_for(qtbot, lambda: "0.25 became 1" in page.run_view.history.item(0).text())
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)


def test_a_renamed_run_keeps_its_new_title(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    page = open_page()
    run_id = trained(qtbot, page, new_text())
    title = page.header.findChild(ElidedLabel)
    qtbot.mouseDClick(title, Qt.MouseButton.LeftButton)
    line = page.header.findChild(QLineEdit)
    qtbot.keyClicks(line, "Beer")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert page.model.workbench.runs.entry(run_id).title == "Beer"  # type: ignore[union-attr]
    assert page.header.title == "Beer"


def test_a_refused_start_comes_back_to_the_draft_with_the_nearest_value(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    tables = settings_of(SHORT)
    tables["model"] = {**MODEL, "hidden_size": 1_000_000}
    page.model.show_draft(corpus)
    page.deeds.starting.begin(TrainRequest(corpus_id=corpus, tables=tables))
    wait_for(qtbot, page.notice.isVisible)
    assert page.model.kind == "draft"
    assert "must be at most 8,192" in page.notice.text
    click(qtbot, button_of(qtbot, page.notice, "8,192"))
    assert not page.notice.isVisible()
    assert page.model.draft.tables["model"]["hidden_size"] == 8192


def test_a_value_that_is_not_possible_is_said_at_the_draft_and_mended(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    page.model.show_draft(corpus)
    page.model.draft.set_value("model.hidden_size", 1_000_000)
    assert page.notice.isVisible()
    assert not page.header.primary.isEnabled()
    click(qtbot, button_of(qtbot, page.notice, "8,192"))
    assert page.model.draft.tables["model"]["hidden_size"] == 8192
    assert not page.notice.isVisible()


def test_a_text_of_one_symbol_is_refused_with_the_reason(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text("a" * 3000, "Ones"), open_page()
    page.model.workbench.navigator.train_with(corpus, settings_of(SHORT), "Tiny")
    wait_for(qtbot, page.notice.isVisible)
    assert "nothing to learn" in page.notice.text


def test_a_text_that_vanished_is_said_at_the_draft(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], library: Library, qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    new_text("Something else altogether, twice and again.\n" * 40, "Other")
    page.model.workbench.texts.refresh()
    library.trash(library.corpus(corpus).path)
    page.model.show_draft()
    page.deeds.starting.begin(TrainRequest(corpus_id=corpus, tables=settings_of(SHORT)))
    wait_for(qtbot, page.notice.isVisible)
    assert page.model.kind == "draft"
    assert page.notice.text


def test_a_run_of_another_process_is_shown_live_without_buttons(
    open_page: Callable[[], TrainPage],
    new_text: Callable[..., str],
    library: Library,
    qtbot: QtBot,
) -> None:
    from engine.control import RunControl
    from engine.training.runs import Request, create_run

    session = finished(create_run(library, Request(new_text(), settings_of(ENDLESS), "test"), RunControl()))
    events = session.run()
    for _ in range(60):
        next(events)
    page = open_page()
    wait_for(qtbot, lambda: len(page.model.shown.history.training) > 0)  # type: ignore[union-attr]
    wait_for(qtbot, lambda: sentence(page) == "Trained by a command in another window.")
    assert not page.header.primary.isVisible()
    assert not page.buttons.secondary.isVisible()
    seen = page.model.shown.history.step  # type: ignore[union-attr]
    for _ in range(60):
        next(events)
    wait_for(qtbot, lambda: page.model.shown.history.step > seen)  # type: ignore[union-attr]
    events.close()
    wait_for_primary(qtbot, page, "Write with it")
    assert page.buttons.secondary.text() == "Go on"


def learn_by_heart(page: TrainPage) -> None:
    """Let the run that is shown seem to have learned by heart."""
    history = page.model.shown.history  # type: ignore[union-attr]
    last = history.validation["step"][-1]
    best = history.best_row
    assert best is not None
    for index, (training, validation) in enumerate(((0.9, 1.1), (0.8, 1.2), (0.7, 1.3), (0.6, 1.4)), 1):
        history.training.append(step=last + index, loss=training, clipped_share=0.5, tokens_per_second=1.0)
        history.validation.append(step=last + index, loss=validation * 10, accuracy=0.1)
    history.best_row = best


def test_a_run_that_learned_by_heart_offers_a_new_one_from_its_best_state(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    run_id = trained(qtbot, page, corpus)
    learn_by_heart(page)
    page.model.state_changed.emit()
    remedy = page.run_view.remedy
    assert remedy.button.text() == "Go back, with dropout 0.2"
    click(qtbot, remedy.button)
    wait_for(qtbot, lambda: page.model.shown.run_id not in ("", run_id))  # type: ignore[union-attr]
    run = page.model.shown.run  # type: ignore[union-attr]
    assert run is not None
    assert run.request.start_from == run_id
    assert run.request.tables["model"]["dropout"] == 0.2
    wait_for(qtbot, lambda: not page.model.is_busy)


def test_a_run_that_waited_in_the_queue_goes_on_with_its_whole_curve(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus, ENDLESS)
    wait_for(qtbot, lambda: page.model.shown.history.best_row is not None)  # type: ignore[union-attr]
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)
    first, ended_at = page.model.shown.run_id, page.model.shown.history.step  # type: ignore[union-attr]
    start(qtbot, page, corpus)
    page.model.workbench.queue.add(TrainRequest(corpus_id=corpus, resume_run=first))
    wait_for(qtbot, lambda: page.model.live_run is not None and page.model.live_run.run_id == first)
    page.model.show_live()
    wait_for(qtbot, lambda: page.model.shown.history.step > ended_at)  # type: ignore[union-attr]
    assert page.model.shown.history.training["step"][0] < ended_at  # type: ignore[union-attr]
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)


def test_an_interrupted_run_offers_to_go_on(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], library: Library, qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus, ENDLESS)
    wait_for(qtbot, lambda: page.model.shown.history.best_row is not None)  # type: ignore[union-attr]
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)
    folder = library.run(page.model.shown.run_id)  # type: ignore[union-attr]
    folder.write_info({**folder.read_info(), "outcome": "", "reason": ""})
    lines = folder.metrics_path.read_text(encoding="utf-8").splitlines(keepends=True)
    folder.metrics_path.write_text("".join(lines[:-1]), encoding="utf-8")
    later = open_page()
    wait_for_primary(qtbot, later, "Go on")
    assert sentence(later).startswith("Interrupted.")
    assert later.buttons.secondary.text() == "Write with it"
    wait_for(qtbot, lambda: not later.model.shown.is_loading)  # type: ignore[union-attr]
    click(qtbot, later.header.primary)
    wait_for_primary(qtbot, later, "Pause")
    click(qtbot, later.buttons.secondary)
    wait_for(qtbot, lambda: not later.model.is_busy)


def test_cancelling_before_the_first_step_leads_back_to_the_draft(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus, ENDLESS)
    if page.model.shown.state == "preparing":  # type: ignore[union-attr]
        assert page.buttons.secondary.text() == "Cancel"
    page.deeds.press_secondary()
    wait_for(qtbot, lambda: not page.model.is_busy)
    wait_for(qtbot, lambda: page.model.kind == "draft" or page.header.primary.text() in ("Go on", "Write with it"))


def test_the_menu_offers_what_can_be_done_now(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    start(qtbot, page, corpus, ENDLESS)
    wait_for(qtbot, lambda: page.model.shown.history.best_row is not None)  # type: ignore[union-attr]
    assert {"Save now", "Sample now", "Show settings", "Duplicate settings", "Export model"} <= set(menu_of(page))
    num_saves = page.model.shown.history.num_saves  # type: ignore[union-attr]
    menu_of(page)["Save now"].trigger()
    wait_for(qtbot, lambda: page.model.shown.history.num_saves > num_saves)  # type: ignore[union-attr]
    menu_of(page)["Sample now"].trigger()
    wait_for(qtbot, lambda: page.run_view.samples.toPlainText() != "")
    assert "Step" not in page.run_view.samples.text_to_copy()
    click(qtbot, page.buttons.secondary)
    wait_for(qtbot, lambda: not page.model.is_busy)
    assert "Save now" not in menu_of(page)


def test_all_settings_of_a_run_can_be_read(
    open_page: Callable[[], TrainPage], new_text: Callable[..., str], qtbot: QtBot
) -> None:
    corpus, page = new_text(), open_page()
    trained(qtbot, page, corpus)
    menu_of(page)["Show settings"].trigger()
    dialog = page.findChild(TableDialog)
    assert dialog is not None
    assert dialog.isVisible()
    model = dialog.table.model()
    rows = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    assert ["Model", "Hidden units", "8"] in rows
    dialog.close()


def test_a_model_is_exported_to_the_chosen_file(
    open_page: Callable[[], TrainPage],
    new_text: Callable[..., str],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus, page = new_text(), open_page()
    trained(qtbot, page, corpus)
    target = tmp_path / "mine.textloom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    said: list[str] = []
    page.model.workbench.notices.toast_wanted.connect(lambda text, *_: said.append(text))
    menu_of(page)["Export model"].trigger()
    sentence = "The model is in mine.textloom. A model can repeat passages of its text."
    wait_for(qtbot, lambda: said == [sentence])
    assert target.stat().st_size > 0


def menu_of(page: TrainPage) -> dict[str, QAction]:
    page.buttons.menu.aboutToShow.emit()
    return {action.text(): action for action in page.buttons.menu.actions() if action.text()}


def finished(steps: Any) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
