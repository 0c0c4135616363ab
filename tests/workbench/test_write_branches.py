"""The branches of a text: begun at the caret, walked, compared, named, kept, deleted and brought back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.library import branches as branches_module
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.writing import Document, Origin, Source
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.branch_rows import BranchDescriptions, first_words
from workbench.viewmodels.write.comparing import compared
from workbench.viewmodels.write.document import OpenDocument
from workbench.views.write.comparison_dialog import ComparisonDialog
from workbench.views.write.editor import Editor
from workbench.views.write.page import WritePage

TEXT = "Once there was a king who slept."
SOURCE = Source(origin=Origin(run="tales", title="Tales"), settings={"temperature": 0.5}, seed=4)


class NowhereDocument:
    """A held document without a disk."""

    id = ""

    def save(self, document: Document, on_done: Any, on_failed: Any) -> Any:
        on_done()

    def save_now(self, document: Document) -> None:
        pass

    def release(self) -> None:
        pass


def open_document(document: Document) -> OpenDocument:
    return OpenDocument(NowhereDocument(), document)  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[WritePage]:
    """The page over an empty library, a sentence in it."""
    door = EngineDoor(Library.open(tmp_path / "library"))
    workbench = Workbench(door, Settings(tmp_path / "window.ini"))
    made = WritePage(workbench)
    made.test_parts = workbench, door  # type: ignore[attr-defined]  # they live as long as the page
    made.resize(1000, 700)
    made.column.setCurrentIndex(0)  # the settings' column, though there is no model to write with
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    qtbot.keyClicks(made.editor, TEXT)
    made.tabs.segment("branches").click()
    yield made
    made.close()
    assert door.close(10.0)
    shiboken6.delete(made)


def text_of(page: WritePage) -> str:
    assert page.editor.toPlainText() == page.model.document.document.text
    return page.model.document.document.text


def branch_at(qtbot: QtBot, page: WritePage, unit: int, text: str) -> None:
    """Begin a branch at a position by the button, and write in it."""
    page.editor.place_caret(unit)
    page.column.setCurrentIndex(0)
    qtbot.mouseClick(page.branches.begin, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.editor, text)


def titles(page: WritePage) -> list[tuple[int, str]]:
    return [(row.depth, row.title) for row in page.model.branches.rows]


def press(qtbot: QtBot, page: WritePage, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(page.branches.list, key)


def test_a_text_without_branches_says_what_they_are(page: WritePage) -> None:
    assert page.branches._empty.isVisible()
    assert not page.branches.list.isVisible()


def test_a_branch_is_begun_at_the_caret_and_the_tree_shows_both(qtbot: QtBot, page: WritePage) -> None:
    branch_at(qtbot, page, 17, "queen who woke.")
    assert text_of(page) == "Once there was a queen who woke."
    qtbot.waitUntil(lambda: titles(page) == [(0, TEXT), (1, "… queen who woke.")])
    assert page.branches.list.isVisible()
    assert page.model.branches.rows[1].spoken == "… queen who woke., 7 words, on show"
    branch_at(qtbot, page, 27, "wept.")
    qtbot.waitUntil(lambda: titles(page)[2:] == [(2, "… wept.")])


def test_a_click_shows_a_branch_and_undo_comes_back(qtbot: QtBot, page: WritePage) -> None:
    branch_at(qtbot, page, 17, "queen who woke.")
    area = page.branches.list.visualRect(page.model.branches.list.index(0))
    qtbot.mouseClick(page.branches.list.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert text_of(page) == TEXT
    assert page.model.branches.shown_row == 0
    page.toolbar.undo.click()
    assert text_of(page) == "Once there was a queen who woke."
    assert page.model.branches.shown_row == 1


def test_the_keyboard_walks_the_tree_and_enter_shows(qtbot: QtBot, page: WritePage) -> None:
    branch_at(qtbot, page, 17, "queen who woke.")
    branch_at(qtbot, page, 27, "wept.")
    page.branches.list.setFocus()
    press(qtbot, page, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert page.branches.marked is not None
    assert page.branches.marked.depth == 0
    assert page.model.branches.shown_row == 2
    press(qtbot, page, Qt.Key.Key_Return)
    assert text_of(page) == TEXT
    press(qtbot, page, Qt.Key.Key_Right, Qt.Key.Key_Space)
    assert text_of(page) == "Once there was a queen who woke."
    assert page.editor.textCursor().position() == 17
    press(qtbot, page, Qt.Key.Key_Down, Qt.Key.Key_Enter)
    assert text_of(page) == "Once there was a queen who wept."


def test_a_branch_gets_a_name_and_a_star(qtbot: QtBot, page: WritePage) -> None:
    branch_at(qtbot, page, 17, "queen who woke.")
    page.branches.rename.click()
    editor = page.branches.list.viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "The queen")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: titles(page)[1] == (1, "The queen"))
    page.branches.keep.click()
    assert page.model.branches.rows[1].is_kept
    assert page.branches.keep.accessibleName() == "Keep no longer"
    actions = {action.text(): action for action in page.branches.made_menu().actions()}
    assert list(actions) == ["Show", "Rename", "Keep no longer", "Compare", "Delete"]
    actions["Keep no longer"].trigger()
    assert not page.model.branches.rows[1].is_kept


def test_a_deleted_branch_comes_back(qtbot: QtBot, page: WritePage) -> None:
    branch_at(qtbot, page, 17, "queen who woke.")
    notices = page.test_parts[0].notices  # type: ignore[attr-defined]
    with qtbot.waitSignal(notices.toast_wanted) as said:
        press(qtbot, page, Qt.Key.Key_Delete)
    assert said.args[:2] == ["The branch “… queen who woke.” is deleted.", "Undo"]
    assert text_of(page) == TEXT
    assert page.model.branches.rows == []
    said.args[2]()
    assert text_of(page) == "Once there was a queen who woke."
    assert page.model.branches.shown_row == 1


def test_two_branches_are_compared_beside_each_other(qtbot: QtBot, page: WritePage) -> None:
    branch_at(qtbot, page, 17, "queen who slept.")
    page.branches.compare.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ComparisonDialog)
    assert dialog.left.text.toPlainText() == TEXT
    assert dialog.right.text.toPlainText() == "Once there was a queen who slept."
    assert dialog.right.show_button.isHidden()
    assert dialog.fold.isHidden()
    qtbot.mouseClick(dialog.left.show_button, Qt.MouseButton.LeftButton)
    assert text_of(page) == TEXT


def test_a_long_common_beginning_is_folded(qtbot: QtBot, page: WritePage) -> None:
    page.editor.setPlainText("word " * 40 + "one")
    branch_at(qtbot, page, 200, "two")
    page.branches.compare.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ComparisonDialog)
    assert dialog.left.text.toPlainText() == "… " + "word " * 12 + "one"
    assert dialog.fold.text() == "Show the 40 words both have"
    dialog.fold.click()
    assert dialog.right.text.toPlainText() == "word " * 40 + "two"
    dialog.left.list.setCurrentIndex(1)
    dialog.left.list.activated.emit(1)
    assert dialog.left.text.toPlainText() == "word " * 40 + "two" + "(nothing more)"
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)


def test_a_full_tree_says_what_had_to_go(qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branches_module, "MAX_BRANCHES", 2)
    branch_at(qtbot, page, 17, "queen.")
    notices = page.test_parts[0].notices  # type: ignore[attr-defined]
    page.model.branches.show("0")
    with qtbot.waitSignal(notices.toast_wanted) as said:
        branch_at(qtbot, page, 5, "more")
    assert said.args[0] == "There was no room for all branches: “queen.”, the oldest without name and star, is gone."
    page.model.branches.keep("2")
    with qtbot.waitSignal(page.model.branches.failed) as failed:
        branch_at(qtbot, page, 5, "")
    assert failed.args[0].message.text.startswith("There is no room for more branches.")


def test_branches_are_there_after_a_restart(qtbot: QtBot, page: WritePage, tmp_path: Path) -> None:
    branch_at(qtbot, page, 17, "queen who woke.")
    assert page.model.leave()
    (entry,) = Library.open(tmp_path / "library").list_writings()
    document = Library.open(tmp_path / "library").writing(entry.id).read()
    assert document.switched("0").text == TEXT
    assert document.undone().text == TEXT or document.undone().undone().text == TEXT


def test_a_token_chosen_instead_is_one_step_with_its_branch() -> None:
    document = open_document(Document(title="x"))
    document.write(0, TEXT, "person")
    document.begin_branch(17)
    document.write(17, "queen", "model", joins=True, source=SOURCE)
    document.write(22, " woke", "model", joins=True, source=SOURCE)
    assert document.author_at(19) == ("model", SOURCE)
    assert document.author_at(2) == ("person", None)
    assert document.model_ranges() == [(17, 27)]
    document.undo()
    assert document.document.text == TEXT
    assert document.document.branches == ()
    document.redo()
    assert document.document.text == "Once there was a queen woke"


def test_backspace_after_a_branch_takes_nothing_of_it_back() -> None:
    document = open_document(Document(title="x"))
    document.write(0, "abcdef", "person")
    document.begin_branch(4)
    document.take_edit(3, 1, "", 3)
    assert document.document.text == "abc"
    assert document.document.branch_with("0").text == "abcdef"


LETTERS = st.text(alphabet="ab \n\u00e9\U0001f600", max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["type", "model", "branch", "show", "delete", "undo", "redo"]),
                          st.integers(0, 30), LETTERS), max_size=12))  # fmt: skip
def test_the_editor_shows_the_branch_on_show_through_anything(steps: list[tuple[str, int, str]]) -> None:
    document = open_document(Document(title="x"))
    editor = Editor(lambda _start, _stop: ())
    editor.edited.connect(document.take_edit)
    document.text_replaced.connect(editor.replace_text)
    document.text_reset.connect(lambda: editor.show_text(document.document.text))
    for kind, number, text in steps:
        place, branches = min(number, len(document.document.text)), document.document.branches
        if kind == "type":
            cursor = editor.textCursor()
            cursor.setPosition(document.unit_at(place))
            cursor.insertText(text)
        elif kind == "model":
            document.write(place, text, "model", joins=True, source=SOURCE)
        elif kind == "branch":
            document.begin_branch(place)
        elif kind in ("show", "delete") and branches:
            branch_id = branches[number % len(branches)].id
            restore = document.show_branch(branch_id) if kind == "show" else document.delete_branch(branch_id)
            if kind == "delete" and number % 2:
                restore()  # type: ignore[operator]
        elif kind in ("undo", "redo"):
            document.undo() if kind == "undo" else document.redo()
        assert editor.document().toRawText().replace("\u2029", "\n") == document.document.text


def test_a_row_says_what_its_parent_does_not_have() -> None:
    assert first_words("", "x") == "Nothing yet"
    assert first_words("a b c", "a b d") == "… c"
    assert first_words("one two", "one twin") == "… two"
    assert first_words("same", "same") == "Like its parent"
    assert first_words("same", "same but longer") == "Ends earlier"
    assert first_words("a c", "a b c") == "Leaves something out"


def test_the_lines_of_the_tree_lead_to_what_follows() -> None:
    document = Document(title="").edited(0, 0, "one two three").branched(3).switched("0").branched(7)
    document = document.switched("1").edited(3, 0, " more").branched(8)
    rows = BranchDescriptions().rows_of(document)
    assert [(row.id, row.depth, row.lines) for row in rows] == [
        ("0", 0, ()), ("1", 1, (True,)), ("3", 2, (True, False)), ("2", 1, (False,)),
    ]  # fmt: skip
    assert [row.has_children for row in rows] == [True, True, False, False]


@given(st.text(alphabet="ab \n", max_size=30), st.text(alphabet="ab \n", max_size=30))
def test_a_comparison_holds_both_texts_whole(left: str, right: str) -> None:
    found = compared(left, right)
    for parts, text in ((found.left, left), (found.right, right)):
        assert found.beginning + "".join(part for part, _ in parts) + found.end == text


def test_only_other_words_are_marked() -> None:
    found = compared("I saw the old red house there", "I saw the new red barn there")
    assert found.beginning == "I saw the "
    assert found.left == (("old", True), (" red", False), (" ", False), ("house", True))
    assert found.end == " there"
    assert compared("a b c", "x y z").left == (("a b c", False),)
