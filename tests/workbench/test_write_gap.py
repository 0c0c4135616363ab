"""A gap in the text is filled: proposals that fit what follows, one of which is put in as one step."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from workbench.app.window import Program
from workbench.views.write.gap_view import GapSheet
from workbench.views.write.page import WritePage

BEFORE, MARKED, AFTER = "12 bottles of beer on ", "no idea", " wall, 12 bottles of beer.\n"


@pytest.fixture
def page(program_with_run: Program) -> WritePage:
    program_with_run.workbench.navigator.show_page("write")
    page = program_with_run.window.page("write")
    assert isinstance(page, WritePage)
    return page


def mark(page: WritePage, start: int, stop: int) -> None:
    cursor = page.editor.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
    page.editor.setTextCursor(cursor)


def open_gap(qtbot: QtBot, page: WritePage) -> GapSheet:
    qtbot.keyClick(page.editor, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    sheet = page.gap.sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: bool(sheet.choices), timeout=20_000)
    return sheet


def text_of(page: WritePage) -> str:
    return page.model.document.document.text


def test_a_chosen_text_takes_the_place_of_what_is_marked_in_one_step(qtbot: QtBot, page: WritePage) -> None:
    page.editor.insertPlainText(BEFORE + MARKED + AFTER)
    mark(page, len(BEFORE), len(BEFORE + MARKED))
    sheet = open_gap(qtbot, page)
    assert sheet.words.value() == 2
    proposal = page.model.gap.proposals[1]
    qtbot.mouseClick(sheet.choices[1], Qt.MouseButton.LeftButton)
    assert text_of(page) == BEFORE + proposal.text + AFTER
    author, source = page.model.document.author_at(len(BEFORE))
    assert author == "model"
    assert source is not None
    assert source.origin.title == "Bottles"
    assert page.editor.textCursor().position() == len(BEFORE + proposal.text)
    page.model.undo()
    assert text_of(page) == BEFORE + MARKED + AFTER


def test_at_the_caret_the_first_proposal_is_taken_with_enter(qtbot: QtBot, page: WritePage) -> None:
    page.editor.insertPlainText(BEFORE + AFTER.lstrip())
    mark(page, len(BEFORE), len(BEFORE))
    sheet = open_gap(qtbot, page)
    assert sheet.choices[0].hasFocus()
    proposal = page.model.gap.proposals[0]
    qtbot.keyClick(sheet.choices[0], Qt.Key.Key_Return)
    assert text_of(page) == BEFORE + proposal.text + AFTER.lstrip()
    assert page.editor.hasFocus()


def test_another_number_of_words_looks_anew(qtbot: QtBot, page: WritePage) -> None:
    page.editor.insertPlainText(BEFORE + AFTER)
    mark(page, len(BEFORE), len(BEFORE))
    sheet = open_gap(qtbot, page)
    sheet.words.setValue(1)
    assert sheet.choices == []
    assert sheet.progress.isVisible()
    qtbot.waitUntil(lambda: bool(sheet.choices), timeout=20_000)
    assert all(len(proposal.text.split()) <= 1 for proposal in page.model.gap.proposals)


def test_escape_leaves_the_text_as_it_is(qtbot: QtBot, page: WritePage) -> None:
    page.editor.insertPlainText(BEFORE + AFTER)
    mark(page, len(BEFORE), len(BEFORE))
    sheet = open_gap(qtbot, page)
    qtbot.keyClick(sheet.choices[0], Qt.Key.Key_Escape)
    assert text_of(page) == BEFORE + AFTER
    assert page.model.gap.proposals == []


def test_where_nothing_follows_there_is_no_gap(qtbot: QtBot, page: WritePage) -> None:
    page.editor.insertPlainText(BEFORE)
    qtbot.keyClick(page.editor, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert page.gap.sheet is None
    page.toolbar.menu.aboutToShow.emit()
    assert not page.gap.action.isEnabled()
    page.toolbar.menu.aboutToHide.emit()
    assert page.gap.action.isEnabled(), "the key would be dead"
