"""The editor of the page Write and what helps in it, used as a person uses it: with a real small model."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from engine.training.runs import create_run
from workbench.bridge.door import EngineDoor
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.write.copied_popover import CopiedPopover
from workbench.views.write.page import WritePage
from workbench.views.write.text_places import area_of
from workbench.views.write.token_popover import TokenPopover

TEXT = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(60, 0, -1))
BEGINNING = "12 bottles of beer on the wall"
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a small run that knows letters, and one that knows words."""
    folder = tmp_path_factory.mktemp("trained")
    library = Library.open(folder / "library")
    file = folder / "Bottles.txt"
    file.write_text(TEXT, encoding="utf-8")
    *_, imported = import_texts(find_texts([file]), library)
    train(library, imported.corpus, "Words", "word", steps=40)  # type: ignore[union-attr]
    train(library, imported.corpus, "Letters", "char", steps=100)  # type: ignore[union-attr]
    return library.path


def train(library: Library, corpus: str, title: str, tokens: str, steps: int) -> None:
    tables = to_tables(
        from_tables(
            {
                "corpus": {"tokens": tokens},
                "model": {"cell": "lstm", "hidden_size": 24, "embedding_size": 12},
                "training": {
                    "batch_size": 4, "window_size": 16, "steps": steps, "validate_every_steps": steps,
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


@pytest.fixture
def library(trained: Path, tmp_path: Path) -> Library:
    """A copy of that library, to be changed."""
    shutil.copytree(trained, tmp_path / "library")
    return Library.open(tmp_path / "library")


OpenPage = Callable[..., WritePage]


@pytest.fixture
def open_page(qtbot: QtBot, theme: Theme, library: Library, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens the page with a model; the one before is closed, as when the program ends."""
    opened: list[tuple[WritePage, EngineDoor]] = []

    def close() -> None:
        for page, door in opened:
            page.model.stop()
            page.close()
            assert door.close(10.0)
            door.pump.drain(1.0)
            shiboken6.delete(page)
        opened.clear()

    def open_it(model: str = "Letters") -> WritePage:
        close()
        door = EngineDoor(library)
        workbench = Workbench(door, Settings(tmp_path / "window.ini"))
        page = WritePage(workbench)
        page.test_parts = workbench, door  # type: ignore[attr-defined]  # they live as long as the page
        page.resize(1000, 700)
        page.show()
        page.model.models.choose_run(next(run.id for run in library.list_runs() if run.title == model))
        with qtbot.waitActive(page):
            page.activateWindow()
        page.editor.setFocus()
        opened.append((page, door))
        return page

    yield open_it
    close()


def text_of(page: WritePage) -> str:
    return page.model.document.document.text


def put_in(page: WritePage, text: str) -> None:
    """As pasted: no suggestions come of it."""
    page.editor.textCursor().insertText(text)
    assert text_of(page) == page.editor.toPlainText()


def write_on(qtbot: QtBot, page: WritePage) -> None:
    page.model.controls.set("num_words", 10)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    wait_for_end(qtbot, page)


def wait_for_end(qtbot: QtBot, page: WritePage) -> None:
    qtbot.waitUntil(lambda: not page.model.writer.is_busy, timeout=20_000)


def colour_by(page: WritePage, mode: str) -> None:
    page.toolbar.colours[mode].trigger()


def wait_until_scored(qtbot: QtBot, page: WritePage) -> None:
    scoring = page.model.aids.colouring.scoring
    qtbot.waitUntil(
        lambda: not scoring.is_busy and scoring.scores.wanted(0, len(text_of(page))) is None, timeout=20_000
    )


def formats(page: WritePage, line: int = 0) -> list[tuple[int, int]]:
    """Where a line is coloured."""
    block = page.editor.document().findBlockByNumber(line)
    return [(one.start, one.length) for one in block.layout().formats()]  # type: ignore[attr-defined]


def place_of(page: WritePage, position: int) -> QPoint:
    """The middle of a character."""
    return area_of(page.editor, position, position + 1).center()


def put_caret(page: WritePage, position: int, anchor: int = -1) -> None:
    cursor = page.editor.textCursor()
    cursor.setPosition(anchor if anchor >= 0 else position)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    page.editor.setTextCursor(cursor)


def cursor_in(page: WritePage, line: int) -> QTextCursor:
    return QTextCursor(page.editor.document().findBlockByNumber(line))


def shown(page: WritePage, kind: type) -> list:  # type: ignore[type-arg]
    return [sheet for sheet in page.findChildren(kind) if sheet.isVisible()]


def wait_for_sheet(qtbot: QtBot, page: WritePage, kind: type) -> object:
    qtbot.waitUntil(lambda: bool(shown(page, kind)), timeout=10_000)
    return shown(page, kind)[0]


def wait_for_words(qtbot: QtBot, page: WritePage) -> list[tuple[str, str]]:
    words = page.aids.suggestions.list
    qtbot.waitUntil(words.isVisible, timeout=10_000)
    return words.words


def test_surprising_letters_are_coloured_and_told(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, f"{BEGINNING}, QQQ")
    colour_by(page, "surprise")
    wait_until_scored(qtbot, page)
    qtbot.waitUntil(lambda: bool(formats(page)), timeout=5_000)
    start = text_of(page).index("Q")
    assert any(first <= start < first + length for first, length in formats(page))
    assert page.legend.isVisible()
    assert [widget.entry.text for widget in page.legend.entries][-1] == "rarer than 1 in 64"  # type: ignore[attr-defined]
    put_caret(page, start)
    assert "likely, number" in page.legend.note.text()


def test_a_token_is_clicked_and_the_text_branches_there(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, BEGINNING)
    colour_by(page, "surprise")
    wait_until_scored(qtbot, page)
    place = BEGINNING.index("beer")
    qtbot.mouseClick(page.editor.viewport(), Qt.MouseButton.LeftButton, pos=place_of(page, place))
    sheet = wait_for_sheet(qtbot, page, TokenPopover)
    assert isinstance(sheet, TokenPopover)
    assert sheet.title.text() == "Instead of “b”"
    row = next(row for row in sheet.rows if not row.row.is_own)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    chosen = page.model.aids.others._found.tokens[row.row.index].put  # type: ignore[union-attr]
    assert text_of(page) == page.editor.toPlainText() == BEGINNING[:place] + chosen
    branches = page.model.document.document.branches
    assert len(branches) == 2
    assert branches[0].text == BEGINNING
    assert sheet.go_on.isVisible()
    page.model.controls.set("num_words", 10)
    qtbot.mouseClick(sheet.go_on, Qt.MouseButton.LeftButton)
    wait_for_end(qtbot, page)
    assert text_of(page).startswith(BEGINNING[:place] + chosen)
    assert len(text_of(page)) > place + 5


def test_tab_takes_the_likeliest_word(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of be")
    words = wait_for_words(qtbot, page)
    assert words[0][0] == "beer"
    assert words[0][1].endswith("%")
    qtbot.keyClick(page.editor, Qt.Key.Key_Tab)
    assert text_of(page) == page.editor.toPlainText() == "12 bottles of beer"
    assert page.editor.hasFocus()
    assert page.editor.textCursor().position() == len("12 bottles of beer")


def test_enter_and_arrows_stay_with_the_text_while_words_are_suggested(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "one\n")
    qtbot.keyClicks(page.editor, "12 bottles of be")
    wait_for_words(qtbot, page)
    qtbot.keyClick(page.editor, Qt.Key.Key_Up)
    assert page.editor.textCursor().blockNumber() == 0
    qtbot.waitUntil(page.aids.suggestions.list.isHidden, timeout=5_000)
    put_caret(page, len(text_of(page)))
    qtbot.keyClicks(page.editor, "e")
    wait_for_words(qtbot, page)
    qtbot.keyClick(page.editor, Qt.Key.Key_Return)
    assert text_of(page) == "one\n12 bottles of bee\n"


def test_each_press_of_enter_breaks_a_line_and_all_lines_are_equally_high(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "one")
    for _ in range(3):
        qtbot.keyClick(page.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(page.editor, "two")
    assert text_of(page) == page.editor.toPlainText() == "one\n\n\ntwo"
    heights = [page.editor.cursorRect(cursor_in(page, line)).top() for line in range(4)]
    assert heights[1] - heights[0] == heights[2] - heights[1] == heights[3] - heights[2]


def test_escape_dismisses_suggestions_until_the_next_word(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    words = page.aids.suggestions.list
    qtbot.keyClicks(page.editor, "12 bottles of b")
    wait_for_words(qtbot, page)
    qtbot.keyClick(page.editor, Qt.Key.Key_Escape)
    assert words.isHidden()
    qtbot.keyClicks(page.editor, "e")
    assert not page.model.aids.suggesting._timer.isActive()
    qtbot.keyClicks(page.editor, "er o")
    wait_for_words(qtbot, page)


def test_tab_without_suggestions_leads_to_the_next_control(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "12 bottles of be")
    assert page.aids.suggestions.list.isHidden()
    qtbot.keyClick(page.editor, Qt.Key.Key_Tab)
    assert not page.editor.hasFocus()


def test_control_space_leads_into_the_list(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "12 bottles of ")
    words = page.aids.suggestions.list
    qtbot.keyClick(page.editor, Qt.Key.Key_Space, CONTROL)
    qtbot.waitUntil(lambda: words.isVisible() and words.is_entered, timeout=10_000)
    second = words.words[1][0]
    qtbot.keyClick(page.editor, Qt.Key.Key_Down)
    qtbot.keyClick(page.editor, Qt.Key.Key_Return)
    assert text_of(page) == page.editor.toPlainText() == f"12 bottles of {second}"


def test_a_click_takes_a_suggestion_and_one_undo_takes_it_back(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of ")
    words = page.aids.suggestions.list
    first = wait_for_words(qtbot, page)[0][0]
    qtbot.mouseClick(words, Qt.MouseButton.LeftButton, pos=words.row_area(0).center())
    assert text_of(page) == f"12 bottles of {first}"
    assert [span.author for span in page.model.document.document.spans] == ["person", "model"]
    qtbot.keyClick(page.editor, Qt.Key.Key_Z, CONTROL)
    assert text_of(page) == page.editor.toPlainText() == "12 bottles of "


def test_typing_narrows_the_list_without_a_new_question(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of ")
    words = wait_for_words(qtbot, page)
    assert words[0][0] == "beer"
    qtbot.keyClicks(page.editor, "b")
    assert page.aids.suggestions.list.isVisible()
    assert all(word.startswith("b") for word, _ in page.aids.suggestions.list.words)
    qtbot.keyClick(page.editor, Qt.Key.Key_Tab)
    assert text_of(page) == "12 bottles of beer"


def test_suggestions_are_switched_off_and_stay_off(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    page.toolbar.suggestions.trigger()
    qtbot.keyClicks(page.editor, "12 bottles of be")
    assert not page.model.aids.suggesting._timer.isActive()
    again = open_page()
    assert not again.toolbar.suggestions.isChecked()


def test_nothing_is_suggested_while_the_model_writes(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    qtbot.keyClicks(page.editor, "12 bottles of be")
    page.model.controls.set("num_words", 400)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    assert not page.model.aids.suggesting._timer.isActive()
    assert page.aids.suggestions.list.isHidden()
    page.model.stop()


def test_alternatives_are_found_by_the_keyboard_alone(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, BEGINNING)
    place = BEGINNING.index("beer")
    put_caret(page, place)
    qtbot.keyClick(page.editor, Qt.Key.Key_Down, ALT)
    sheet = wait_for_sheet(qtbot, page, TokenPopover)
    assert isinstance(sheet, TokenPopover)
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert sheet.rows[0].hasFocus()
    while sheet.rows[0].row.is_own or not QApplication.focusWidget().row.index >= 1:  # type: ignore[union-attr]
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        if QApplication.focusWidget().row.index >= 1:  # type: ignore[union-attr]
            break
    chosen = QApplication.focusWidget().row  # type: ignore[union-attr]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert sheet.go_on.hasFocus()
    assert len(page.model.document.document.branches) == 2
    assert text_of(page).startswith(BEGINNING[:place])
    assert chosen.name != "b"
    qtbot.keyClick(sheet.go_on, Qt.Key.Key_Escape)
    assert page.editor.hasFocus()
    qtbot.keyClick(page.editor, Qt.Key.Key_Z, CONTROL)
    assert text_of(page) == page.editor.toPlainText() == BEGINNING


def test_whoever_goes_on_typing_over_the_alternatives_loses_no_letter(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, BEGINNING)
    page.aids.look()
    sheet = wait_for_sheet(qtbot, page, TokenPopover)
    qtbot.keyClicks(sheet, "x")
    assert text_of(page) == f"{BEGINNING}x"
    assert page.editor.hasFocus()


def test_a_word_is_replaced_by_another_word_with_its_space(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page("Words")
    put_in(page, BEGINNING)
    put_caret(page, BEGINNING.index("beer") + 1)
    page.aids.look()
    sheet = wait_for_sheet(qtbot, page, TokenPopover)
    assert isinstance(sheet, TokenPopover)
    assert sheet.title.text() == "Instead of “beer”"
    other = next(row for row in sheet.rows if not row.row.is_own and row.row.name.isalnum())
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    assert text_of(page) == f"12 bottles of {other.row.name}"


def test_a_click_without_colours_only_places_the_caret(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, BEGINNING)
    qtbot.mouseClick(page.editor.viewport(), Qt.MouseButton.LeftButton, pos=place_of(page, 3))
    assert not page.aids._clicking.isActive()
    assert page.editor.textCursor().position() in (3, 4)
    qtbot.mouseClick(page.editor.viewport(), Qt.MouseButton.LeftButton, ALT, pos=place_of(page, 3))
    wait_for_sheet(qtbot, page, TokenPopover)


def test_a_passage_is_written_again_and_one_undo_brings_it_back(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "12 bottles of ")
    write_on(qtbot, page)
    first = text_of(page)
    qtbot.mouseClick(page.toolbar.again, Qt.MouseButton.LeftButton)
    wait_for_end(qtbot, page)
    assert text_of(page).startswith("12 bottles of ")
    assert text_of(page) != first
    assert page.editor.toPlainText() == text_of(page)
    qtbot.keyClick(page.editor, Qt.Key.Key_Z, CONTROL)
    assert text_of(page) == page.editor.toPlainText() == first


def test_from_the_caret_on_is_written_again_up_to_the_persons_words(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "12 bottles of ")
    write_on(qtbot, page)
    first = text_of(page)
    put_in(page, " END")
    put_caret(page, len("12 bottles of ") + 5)
    qtbot.keyClick(page.editor, Qt.Key.Key_R, CONTROL)
    wait_for_end(qtbot, page)
    assert text_of(page).startswith(first[: len("12 bottles of ") + 5])
    assert text_of(page).endswith(" END")
    assert text_of(page) != f"{first} END"
    page.model.undo()
    assert text_of(page) == f"{first} END"


def test_only_what_the_model_wrote_can_be_written_again(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "12 bottles of ")
    assert not page.toolbar.again.isEnabled()
    write_on(qtbot, page)
    qtbot.waitUntil(page.toolbar.again.isEnabled, timeout=5_000)
    put_caret(page, 2)
    assert not page.toolbar.again.isEnabled()


def test_a_passage_tells_who_wrote_it(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, "12 bottles of ")
    assert page.legend.isHidden()
    page.model.controls.set("seed", 5)
    write_on(qtbot, page)
    assert page.legend.isVisible()
    assert page.legend.note.text() == "Written by Letters, temperature 0.8, seed 5."
    put_caret(page, 3)
    assert page.legend.note.text() == "written by the model"
    assert page.editor.note_at(len(text_of(page)) - 1) == "Written by Letters, temperature 0.8, seed 5."
    assert not page.editor.note_at(3)


def test_a_copied_passage_is_shown_in_its_place(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    copied = TEXT[200:290]
    put_in(page, f"All my own. {copied} And mine again, of course.")
    colour_by(page, "copied")
    qtbot.waitUntil(lambda: bool(formats(page)), timeout=20_000)
    qtbot.waitUntil(lambda: "% copied word for word" in page.legend.note.text(), timeout=5_000)
    start = text_of(page).index(copied) + 10
    qtbot.mouseClick(page.editor.viewport(), Qt.MouseButton.LeftButton, pos=place_of(page, start))
    assert "letters that also stand in “Bottles”." in page.legend.note.text()
    sheet = wait_for_sheet(qtbot, page, CopiedPopover)
    assert isinstance(sheet, CopiedPopover)
    assert TEXT[160:330].find(copied.strip()) >= 0
    assert copied.strip() in sheet.passage.accessibleName()
    assert sheet.passage.accessibleName() in TEXT
    wanted: list[tuple[str, int]] = []
    page.model._workbench.navigator.passage_wanted.connect(lambda corpus, byte: wanted.append((corpus, byte)))
    qtbot.mouseClick(sheet.show_button, Qt.MouseButton.LeftButton)
    assert page.model._workbench.navigator.page == "texts"
    assert TEXT.encode()[wanted[0][1] :].decode().startswith(copied[5:20].strip()) or wanted[0][1] <= 200


def test_the_keyboard_finds_copied_passages_by_the_button_under_the_text(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, TEXT[200:290])
    colour_by(page, "copied")
    qtbot.waitUntil(lambda: page.legend.action.isVisible(), timeout=20_000)
    assert page.legend.action.text() == "Where it stands"
    page.legend.action.setFocus()
    qtbot.keyClick(page.legend.action, Qt.Key.Key_Return)
    wait_for_sheet(qtbot, page, CopiedPopover)


def test_scores_are_dropped_and_made_again_when_the_text_changes(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, TEXT[:1500])
    colour_by(page, "entropy")
    wait_until_scored(qtbot, page)
    asked: list[tuple[int, int]] = []
    writing = page.model.aids.colouring.scoring._writing
    ask = writing.score
    writing.score = lambda request, *rest: (asked.append((request.start, request.stop)), ask(request, *rest))[1]  # type: ignore[method-assign, assignment]
    put_caret(page, 1000)
    put_in(page, "Q")
    wait_until_scored(qtbot, page)
    assert asked
    assert all(start >= 990 for start, _ in asked)


def test_what_is_in_sight_is_scored_first(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, TEXT * 10)
    page.editor.ensureCursorVisible()
    asked: list[int] = []
    writing = page.model.aids.colouring.scoring._writing
    ask = writing.score
    writing.score = lambda request, *rest: (asked.append(request.start), ask(request, *rest))[1]  # type: ignore[method-assign, assignment]
    colour_by(page, "surprise")
    qtbot.waitUntil(lambda: bool(asked), timeout=5_000)
    assert asked[0] > 0.9 * len(text_of(page))


def test_a_long_text_that_is_pasted_stands_there_once(open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, TEXT * 10)  # the scroll bar appears amid the edit
    assert text_of(page) == TEXT * 10


def test_a_change_of_the_model_scores_anew(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, BEGINNING)
    colour_by(page, "surprise")
    wait_until_scored(qtbot, page)
    words = next(choice for choice in page.model.models.choices if choice.origin.title == "Words")
    page.model.models.choose(words.key)
    assert page.model.aids.colouring.scoring.scores.is_empty
    wait_until_scored(qtbot, page)
    found = page.model.aids.colouring.scoring.scores.token_at(BEGINNING.index("beer"))
    assert found is not None
    assert found[2].text == "beer"


def test_letters_beyond_the_first_plane_keep_their_colours_in_place(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page()
    put_in(page, f"\U0001f600\U0001f600 {BEGINNING}, QQQ")
    colour_by(page, "surprise")
    wait_until_scored(qtbot, page)
    qtbot.waitUntil(lambda: bool(formats(page)), timeout=5_000)
    size = page.editor.document().firstBlock().length() - 1
    assert max(start + length for start, length in formats(page)) == size
