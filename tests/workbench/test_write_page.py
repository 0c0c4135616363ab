"""The page Write, used as a person uses it: real buttons, a real small model, a real library."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.library.library import Library
from engine.models.model_file import write_model
from engine.models.run_model import read_run_model
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from engine.training.runs import create_run
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.texts import CorpusEntry
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.models import is_code
from workbench.views.write.documents_list import DocumentsList
from workbench.views.write.page import WritePage
from workbench.views.write.toolbar import WriteToolbar

TEXT = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(60, 0, -1))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one small finished run."""
    folder = tmp_path_factory.mktemp("trained")
    library = Library.open(folder / "library")
    file = folder / "bottles.txt"
    file.write_text(TEXT, encoding="utf-8")
    *_, imported = import_texts(find_texts([file]), library)
    train(library, imported.corpus, "Bottles", steps=60)  # type: ignore[union-attr]
    return library.path


def train(library: Library, corpus: str, title: str, steps: int) -> str:
    tables = to_tables(
        from_tables(
            {
                "model": {"cell": "lstm", "hidden_size": 16, "embedding_size": 8},
                "training": {
                    "batch_size": 4, "window_size": 16, "steps": steps, "validate_every_steps": 30,
                    "learning_rate": 0.02, "sample_every_seconds": 0, "precision": "float32", "sample_length": 10,
                },
            }
        )
    )  # fmt: skip
    preparing = create_run(library, Request(corpus, tables, "test", title=title), RunControl())
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            session = end.value
            break
    assert list(session.run())[-1].outcome == "completed"  # type: ignore[union-attr]
    return str(session.folder.id)


@pytest.fixture
def library(trained: Path, tmp_path: Path) -> Library:
    """A copy of that library, to be changed."""
    shutil.copytree(trained, tmp_path / "library")
    return Library.open(tmp_path / "library")


OpenPage = Callable[..., WritePage]


@pytest.fixture
def open_page(qtbot: QtBot, theme: Theme, library: Library, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens the page over a library; the one before is closed, as when the program ends."""
    opened: list[tuple[WritePage, EngineDoor]] = []

    def close() -> None:
        for page, door in opened:
            page.model.stop()
            page.close()
            assert door.close(10.0)
            door.pump.drain(1.0)
            # Now, not some time in the next test: Qt forgets to let go of scroll bars that were never shown when its
            # style sheet is taken away, and the theme's fixture does that.
            shiboken6.delete(page)
        opened.clear()

    def open_it(over: Library = library) -> WritePage:
        close()
        door = EngineDoor(over)
        workbench = Workbench(door, Settings(tmp_path / "window.ini"))
        page = WritePage(workbench)
        page.test_parts = workbench, door  # type: ignore[attr-defined]  # they live as long as the page
        page.resize(1000, 700)
        page.show()
        with qtbot.waitActive(page):  # shortcuts are those of the active window
            page.activateWindow()
        opened.append((page, door))
        return page

    yield open_it
    close()


def text_of(page: WritePage) -> str:
    return page.model.document.document.text


def write_on(qtbot: QtBot, page: WritePage) -> None:
    """Press the primary button and wait until the model has written."""
    before = text_of(page)
    page.model.controls.set("num_words", 10)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    wait_for_end(qtbot, page)
    assert text_of(page) != before


def ask_for_candidates(qtbot: QtBot, page: WritePage) -> None:
    qtbot.mouseClick(page.tabs.segment("candidates"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.candidates.ask, Qt.MouseButton.LeftButton)


def wait_for_end(qtbot: QtBot, page: WritePage) -> None:
    qtbot.waitUntil(lambda: not page.model.writer.is_busy, timeout=20_000)


def wait_until_saved(qtbot: QtBot, page: WritePage) -> None:
    qtbot.waitUntil(lambda: bool(page.model.document.id) and page.model.document.is_saved, timeout=10_000)


def test_the_model_continues_what_the_person_began(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of ")
    write_on(qtbot, page)
    written = text_of(page)
    assert written.startswith("12 bottles of ")
    assert len(written[len("12 bottles of ") :].split()) == 10
    assert page.editor.toPlainText() == written
    assert [span.author for span in page.model.document.document.spans] == ["person", "model"]
    assert page.editor.textCursor().position() == len(written)


def test_undo_takes_back_a_whole_continuation(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of ")
    write_on(qtbot, page)
    written = text_of(page)
    qtbot.keyClick(page.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert text_of(page) == page.editor.toPlainText() == "12 bottles of "
    qtbot.mouseClick(page.toolbar.redo, Qt.MouseButton.LeftButton)
    assert text_of(page) == page.editor.toPlainText() == written


def test_a_text_and_its_history_are_there_after_a_restart(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of ")
    write_on(qtbot, page)
    written = text_of(page)
    again = open_page()
    qtbot.waitUntil(lambda: text_of(again) == written, timeout=10_000)
    assert again.editor.toPlainText() == written
    qtbot.keyClick(again.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert text_of(again) == again.editor.toPlainText() == "12 bottles of "


def test_a_text_is_saved_without_being_asked(qtbot: QtBot, open_page: OpenPage, library: Library) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "saved by itself")
    wait_until_saved(qtbot, page)
    assert library.writing(page.model.document.id).read().text == "saved by itself"
    assert "saved" in page.model.state


def test_an_untouched_page_leaves_no_document_behind(open_page: OpenPage, library: Library) -> None:
    open_page().close()
    assert library.list_writings() == []


def test_control_enter_writes_from_the_caret_on(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "5 bottles of END")
    for _ in range(3):
        qtbot.keyClick(page.editor, Qt.Key.Key_Left)
    page.model.controls.set("num_words", 10)
    qtbot.keyClick(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for_end(qtbot, page)
    assert text_of(page).startswith("5 bottles of ")
    assert text_of(page).endswith("END")
    assert len(text_of(page)) > len("5 bottles of END")


def test_escape_stops_the_model_and_keeps_what_it_wrote(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.model.controls.set("num_words", 400)
    qtbot.keyClicks(page.editor, "9 bottles ")
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    assert page.header.primary.text() == "Stop"
    qtbot.waitUntil(lambda: len(text_of(page)) > len("9 bottles "), timeout=20_000)
    assert page.model.writer.is_busy
    qtbot.keyClick(page.editor, Qt.Key.Key_Escape)
    assert not page.model.writer.is_busy
    assert page.header.primary.text() == "Continue the text"
    assert page.editor.toPlainText() == text_of(page)


def test_nothing_is_typed_into_the_text_while_the_model_writes(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.model.controls.set("num_words", 400)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.editor, "XYZ")
    page.model.stop()
    assert "XYZ" not in text_of(page)


def test_the_same_seed_writes_the_same_text_again(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    write_on(qtbot, page)
    first = text_of(page)
    qtbot.keyClick(page.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(page.controls.more.head, Qt.MouseButton.LeftButton)
    page.controls.keep.setChecked(True)
    write_on(qtbot, page)
    assert text_of(page) == first
    page.controls.keep.setChecked(False)
    qtbot.keyClick(page.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    write_on(qtbot, page)
    assert text_of(page) != first


def test_candidates_are_offered_and_one_of_them_is_taken(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.model.controls.set("num_words", 10)
    qtbot.keyClicks(page.editor, "7 bottles of ")
    ask_for_candidates(qtbot, page)
    wait_for_end(qtbot, page)
    cards = page.candidates.cards
    assert len(cards) == 4
    assert page.tabs.current == "candidates"
    assert len({card.text.text() for card in cards}) > 1
    assert text_of(page) == "7 bottles of "
    second = page.model.document.document.candidates[1].text
    qtbot.mouseClick(cards[1].use, Qt.MouseButton.LeftButton)
    assert text_of(page) == page.editor.toPlainText() == "7 bottles of " + second


def test_another_candidate_takes_the_place_of_the_one_before(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.model.controls.set("num_words", 10)
    qtbot.keyClicks(page.editor, "7 bottles of ")
    ask_for_candidates(qtbot, page)
    wait_for_end(qtbot, page)
    for index in (0, 2):
        qtbot.mouseClick(page.candidates.cards[index].use, Qt.MouseButton.LeftButton)
        chosen = page.model.document.document.candidates[index].text
        assert text_of(page) == page.editor.toPlainText() == "7 bottles of " + chosen


def test_a_starred_candidate_stays_when_new_ones_come(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.model.controls.set("num_words", 10)
    ask_for_candidates(qtbot, page)
    wait_for_end(qtbot, page)
    kept = page.model.document.document.candidates[2].text
    qtbot.mouseClick(page.candidates.cards[2].star, Qt.MouseButton.LeftButton)
    assert page.candidates.cards[2].star.accessibleName() == "Keep no longer"
    ask_for_candidates(qtbot, page)
    wait_for_end(qtbot, page)
    candidates = page.model.document.document.candidates
    assert len(candidates) == 5
    assert (candidates[0].text, candidates[0].is_starred) == (kept, True)


def test_what_the_model_does_not_know_is_told(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.editor.textCursor().insertText("8 \u2665 ")
    write_on(qtbot, page)
    assert page.notice.text() == "The model does not know \u2665; it read something near instead."
    page.editor.selectAll()
    qtbot.keyClicks(page.editor, "8 bottles ")
    write_on(qtbot, page)
    assert not page.notice.isVisible()


def test_a_text_with_letters_beyond_the_first_plane_keeps_its_places(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.editor.textCursor().insertText("\U0001f600 and \U0001f680 ")
    write_on(qtbot, page)
    assert page.editor.toPlainText() == text_of(page)
    cursor = page.editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    page.editor.setTextCursor(cursor)
    qtbot.keyClick(page.editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(page.editor, "x")
    assert text_of(page).startswith("x and \U0001f680 ")
    assert page.editor.toPlainText() == text_of(page)
    start, stop = page.model.document.model_ranges()[0]
    assert start == len("x and ") + 2 + 1
    assert stop == len(text_of(page)) + 1


def test_a_removed_run_leaves_its_text_and_another_model_writes(
    qtbot: QtBot, open_page: OpenPage, library: Library
) -> None:
    run = library.list_runs()[0]
    other = train(library, library.list_corpora()[0].id, "Other", steps=1)
    page = open_page()
    page.model.models.choose_run(run.id)
    qtbot.keyClicks(page.editor, "3 bottles ")
    write_on(qtbot, page)
    written = text_of(page)
    library.trash(run.path)
    page.model._workbench.runs.refresh()
    assert text_of(page) == written
    assert page.model.models.current is not None
    assert page.model.models.current.origin.run == other
    write_on(qtbot, page)


def test_a_run_that_vanishes_before_it_writes_is_told_in_a_sentence(
    qtbot: QtBot, open_page: OpenPage, library: Library
) -> None:
    page = open_page()
    library.trash(library.list_runs()[0].path)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.failure.isVisible, timeout=10_000)
    assert page.failure.text == "The run of this model is no longer there. Choose another model."


def test_a_damaged_model_is_told_in_a_sentence(qtbot: QtBot, open_page: OpenPage, library: Library) -> None:
    folder = library.run(library.list_runs()[0].id)
    for checkpoint in folder.checkpoints_path.iterdir():
        checkpoint.write_bytes(checkpoint.read_bytes()[:-7])
    page = open_page()
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.failure.isVisible, timeout=10_000)
    assert "can be read" in page.failure.text


def test_an_exported_model_writes(
    qtbot: QtBot, open_page: OpenPage, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = read_run_model(library.run(library.list_runs()[0].id))
    path = tmp_path / "given.textloom"
    write_model(path, model, model.arrays)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    page = open_page()
    chooser = page.controls.chooser.list
    chooser.activated.emit(chooser.count() - 1)
    qtbot.waitUntil(lambda: chooser.currentText() == "Bottles (file given.textloom)", timeout=10_000)
    write_on(qtbot, page)
    assert page.model.document.document.origin.file == str(path)


def test_a_newer_best_state_writes_next_time(qtbot: QtBot, open_page: OpenPage, library: Library) -> None:
    folder = library.run(library.list_runs()[0].id)
    other = library.run(train(library, library.list_corpora()[0].id, "Other", steps=1))
    page = open_page()
    page.model.models.choose_run(folder.id)
    page.model.controls.set("seed", 5)
    write_on(qtbot, page)
    before = text_of(page)
    page.model.undo()
    write_on(qtbot, page)
    assert text_of(page) == before
    folder.checkpoint_path(1).write_bytes(other.checkpoint_path(1).read_bytes())
    folder.point("best", 1)
    page.model.undo()
    write_on(qtbot, page)
    assert text_of(page) != before


def test_a_document_is_thrown_away_and_brought_back(qtbot: QtBot, open_page: OpenPage, library: Library) -> None:
    page = open_page()
    offered: list[Callable[[], None]] = []
    page.model._workbench.notices.toast_wanted.connect(lambda _sentence, _label, action: offered.append(action))
    qtbot.keyClicks(page.editor, "to be thrown away")
    wait_until_saved(qtbot, page)
    page.toolbar.trash.trigger()
    assert text_of(page) == page.editor.toPlainText() == ""
    assert library.list_writings() == []
    offered[0]()
    qtbot.waitUntil(lambda: text_of(page) == "to be thrown away", timeout=10_000)
    assert page.editor.toPlainText() == "to be thrown away"


def test_the_list_of_documents_opens_another_one(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "the first one")
    qtbot.mouseClick(page.toolbar.new, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.editor, "the second one")
    wait_until_saved(qtbot, page)
    qtbot.mouseClick(page.toolbar.documents, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.findChildren(DocumentsList)), timeout=10_000)
    shown = page.findChildren(DocumentsList)[0].list
    titles = [shown.item(row).text().split("\n")[0] for row in range(shown.count())]
    assert titles == ["the second one", "the first one"]
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualItemRect(shown.item(1)).center())
    qtbot.waitUntil(lambda: text_of(page) == "the first one", timeout=10_000)


def test_a_title_of_the_persons_own_stays(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "once upon a time")
    assert page.header.title == "once upon a time"
    page.header.title_edited.emit("My tale")
    qtbot.keyClicks(page.editor, " there was")
    assert page.header.title == "My tale"


def test_a_text_is_saved_as_a_file_and_copied(
    qtbot: QtBot, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tale.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page = open_page()
    qtbot.keyClicks(page.editor, "to keep")
    page.export_menu.actions()[0].trigger()
    qtbot.waitUntil(path.exists, timeout=10_000)
    assert path.read_text(encoding="utf-8") == "to keep"
    qtbot.mouseClick(page.toolbar.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "to keep"


def test_without_a_model_the_page_leads_to_training(qtbot: QtBot, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(Library.open(tmp_path / "empty"))
    assert not page.header.primary.isVisible()
    qtbot.keyClicks(page.editor, "still mine to write")
    assert text_of(page) == "still mine to write"
    assert page.empty.button is not None
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert page.model._workbench.navigator.page == "train"


def test_the_ready_made_model_is_one_click_away(qtbot: QtBot, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(Library.open(tmp_path / "empty"))
    qtbot.mouseClick(page.use_demo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.has_models, timeout=20_000)
    write_on(qtbot, page)


def test_a_slider_is_remembered_by_the_document(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "wild")
    page.controls.temperature.slider.setValue(page.controls.temperature.slider.maximum())
    assert page.model.controls.temperature == 1.5
    wait_until_saved(qtbot, page)
    again = open_page()
    qtbot.waitUntil(lambda: text_of(again) == "wild", timeout=10_000)
    assert again.controls.temperature.value == 1.5


def test_write_with_it_chooses_the_run(open_page: OpenPage, library: Library) -> None:
    run = library.list_runs()[0].id
    train(library, library.list_corpora()[0].id, "Newer", steps=1)
    page = open_page()
    assert page.controls.chooser.list.currentText() == "Newer"
    page.model._workbench.navigator.write_with(run)
    assert page.controls.chooser.list.currentText() == "Bottles"


def test_face_and_colours_are_chosen_and_remembered(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    before = page.editor.font().families()
    write_on(qtbot, page)
    page.toolbar.mono.trigger()
    page.toolbar.colours["none"].trigger()
    assert page.editor.font().families() != before
    layout = page.editor.document().firstBlock().layout()
    assert layout.formats() == []
    again = open_page()
    assert again.toolbar.mono.isChecked()
    assert again.toolbar.colours["none"].isChecked()
    again.toolbar.colours["author"].trigger()
    qtbot.waitUntil(lambda: bool(text_of(again)), timeout=10_000)
    qtbot.waitUntil(lambda: bool(again.editor.document().firstBlock().layout().formats()), timeout=10_000)


def test_the_settings_can_be_put_away(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.mouseClick(page.toolbar.column, Qt.MouseButton.LeftButton)
    assert not page.column.isVisible()
    assert not open_page().column.isVisible()


def test_the_face_follows_the_text_of_the_model(tmp_path: Path) -> None:
    names = [{"name": "a.py"}, {"name": "b.py"}, {"name": "read me.txt"}]
    corpus = CorpusEntry(id="one", path=tmp_path, title="One", sources=names)
    assert is_code(corpus)
    assert not is_code(CorpusEntry(id="one", path=tmp_path, title="One", sources=names[2:]))
    assert not is_code(None)


def test_a_run_that_trains_now_stands_first(qtbot: QtBot, open_page: OpenPage, library: Library) -> None:
    folder = library.run(library.list_runs()[0].id)
    train(library, library.list_corpora()[0].id, "Newer", steps=1)
    folder.write_info({**folder.read_info(), "outcome": ""})
    with folder.lock():
        page = open_page()
        chooser = page.controls.chooser.list
        assert [chooser.itemText(index) for index in (0, 1)] == ["Bottles (trains right now)", "Newer"]
        write_on(qtbot, page)


def test_the_toolbar_takes_two_rows_where_one_has_no_room(qtbot: QtBot, theme: Theme) -> None:
    toolbar = WriteToolbar()
    qtbot.addWidget(toolbar)
    toolbar.resize(900, 48)
    toolbar.show()
    qtbot.waitExposed(toolbar)
    assert toolbar.more.mapTo(toolbar, QPoint()).y() == toolbar.new.mapTo(toolbar, QPoint()).y()
    toolbar.resize(300, toolbar.heightForWidth(300))
    assert toolbar.more.mapTo(toolbar, QPoint()).y() >= toolbar.new.mapTo(toolbar, QPoint()).y() + toolbar.new.height()
    assert toolbar.more.width() >= toolbar.more.sizeHint().width()


def test_the_focus_stays_with_the_candidates_while_they_are_written(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.mouseClick(page.tabs.segment("candidates"), Qt.MouseButton.LeftButton)
    page.candidates.ask.setFocus()
    qtbot.keyClick(page.candidates.ask, Qt.Key.Key_Space)
    assert page.candidates.hasFocus()
    wait_for_end(qtbot, page)
    qtbot.waitUntil(page.candidates.ask.hasFocus, timeout=5_000)
