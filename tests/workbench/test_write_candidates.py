"""Candidates side by side: judged, sorted, starred and taken, with a real small model."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from workbench.app.window import Program
from workbench.bridge.protocols.writing import Candidate, CopyReport, Origin
from workbench.viewmodels.write.candidates import copied_text, likelihood_text, novelty_text
from workbench.views.write.page import WritePage
from workbench.views.write.side_by_side import SideBySideDialog

PROMPT = "30 bottles of beer on the "
LIKELY = "wall, 30 bottles of beer.\n29 bottles of beer on the wall, 29 bottles of beer.\n"
ODD = "floor of a cellar where nobody had ever counted them aloud before"
FURTHER = "wall, and then somebody sang another song about ferries"


@pytest.fixture
def page(program_with_run: Program) -> WritePage:
    """The page Write with three candidates in its document."""
    program_with_run.workbench.navigator.show_page("write")
    page = program_with_run.window.page("write")
    assert isinstance(page, WritePage)
    run = program_with_run.workbench.runs.entries()[0]
    page.editor.insertPlainText(PROMPT)
    origin = Origin(run=run.id, title=run.title)
    page.model.document.offer(
        [Candidate(text=text, prompt=PROMPT, origin=origin) for text in (ODD, LIKELY, FURTHER)]
    )
    return page


def open_side_by_side(qtbot: QtBot, page: WritePage) -> SideBySideDialog:
    qtbot.mouseClick(page.tabs.segment("candidates"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.candidates.wide, Qt.MouseButton.LeftButton)
    dialog = page.candidates.dialog
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def wait_until_judged(qtbot: QtBot, page: WritePage) -> None:
    rows = page.model.candidates.rows
    qtbot.waitUntil(lambda: all(row.likelihood and row.novelty for row in rows()), timeout=20_000)


def shown(dialog: SideBySideDialog) -> list[int]:
    return [card.row.number for card in dialog.cards if card.row is not None]


def test_each_candidate_says_how_likely_and_how_new_it_is(qtbot: QtBot, page: WritePage) -> None:
    dialog = open_side_by_side(qtbot, page)
    wait_until_judged(qtbot, page)
    odd, likely, _ = dialog.cards
    assert "bits per letter" in odd.likelihood.text()
    assert likely.novelty_meter.share == 0
    assert odd.novelty.text() == "all of it"
    assert f"{len(LIKELY)} characters" in likely.longest.text()
    shares = [card.likelihood_meter.share or 0 for card in (odd, likely)]
    assert shares[0] < shares[1] == 1


def test_they_are_sorted_by_likelihood_novelty_or_as_they_were_written(qtbot: QtBot, page: WritePage) -> None:
    dialog = open_side_by_side(qtbot, page)
    wait_until_judged(qtbot, page)
    assert shown(dialog) == [1, 2, 3]
    qtbot.mouseClick(dialog.sorting.segment("likelihood"), Qt.MouseButton.LeftButton)
    assert shown(dialog)[0] == 2
    qtbot.mouseClick(dialog.sorting.segment("novelty"), Qt.MouseButton.LeftButton)
    assert shown(dialog)[-1] == 2
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert shown(open_side_by_side(qtbot, page))[-1] == 2, "the order was forgotten"


def test_a_digit_takes_the_candidate_of_that_number_however_they_are_sorted(qtbot: QtBot, page: WritePage) -> None:
    dialog = open_side_by_side(qtbot, page)
    wait_until_judged(qtbot, page)
    qtbot.mouseClick(dialog.sorting.segment("likelihood"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_1)
    assert page.model.document.document.text == PROMPT + ODD
    assert not dialog.isVisible()
    page.model.undo()
    assert page.model.document.document.text == PROMPT


def test_arrows_walk_and_s_keeps_the_one_with_the_focus(qtbot: QtBot, page: WritePage) -> None:
    dialog = open_side_by_side(qtbot, page)
    assert dialog.cards[0].hasFocus()
    qtbot.keyClick(dialog.cards[0], Qt.Key.Key_Right)
    qtbot.keyClick(dialog.cards[1], Qt.Key.Key_S)
    assert [one.is_starred for one in page.model.document.document.candidates] == [False, True, False]
    qtbot.keyClick(dialog.cards[1], Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == LIKELY
    qtbot.keyClick(dialog.cards[1], Qt.Key.Key_Return)
    assert page.model.document.document.text == PROMPT + LIKELY


def test_the_focus_stays_with_its_candidate_when_they_are_sorted(qtbot: QtBot, page: WritePage) -> None:
    dialog = open_side_by_side(qtbot, page)
    wait_until_judged(qtbot, page)
    page.model.candidates.sort_by("novelty")
    focused = next(card for card in dialog.cards if card.hasFocus())
    assert focused.row is not None
    assert focused.row.number == 1


def test_more_can_be_written_while_they_are_looked_at(qtbot: QtBot, page: WritePage) -> None:
    page.model.controls.set("num_words", 10)
    page.model.controls.set("num_candidates", 3)
    page.model.candidates.star(0)
    dialog = open_side_by_side(qtbot, page)
    qtbot.mouseClick(dialog.more, Qt.MouseButton.LeftButton)
    assert [card.use.isVisible() for card in dialog.cards] == [False] * 3
    qtbot.waitUntil(lambda: not page.model.writer.is_busy, timeout=20_000)
    wait_until_judged(qtbot, page)
    assert len(dialog.cards) == 4, "the one with the star did not stay"
    assert dialog.cards[0].text.text() == ODD


def test_what_belongs_to_a_model_that_is_gone_is_shown_without_figures(qtbot: QtBot, page: WritePage) -> None:
    gone = Candidate(text="something else", prompt="", origin=Origin(run="20200101-000000-gone", title="Gone"))
    page.model.document.offer([*page.model.document.document.candidates, gone])
    dialog = open_side_by_side(qtbot, page)
    qtbot.waitUntil(lambda: not page.model.candidates.is_measuring, timeout=20_000)
    card = dialog.cards[-1]
    assert [part.text() for part in (card.text, card.likelihood, card.novelty)] == [gone.text, "not known", "not known"]


def test_nothing_is_looked_for_behind_a_closed_sheet(qtbot: QtBot, page: WritePage) -> None:
    dialog = open_side_by_side(qtbot, page)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not page.model.candidates.is_measuring
    open_side_by_side(qtbot, page)
    wait_until_judged(qtbot, page)


def test_figures_are_told_in_words() -> None:
    report = CopyReport(passages=(), longest=41, copied_share=0.125, shortest_certain=30)
    assert novelty_text(report) == "88 %"
    assert copied_text(report) == "longest copied passage: 41 characters"
    short = CopyReport(passages=(), longest=1, copied_share=None, shortest_certain=30)
    assert novelty_text(short) == "too short to say"
    assert likelihood_text(1.94, "char") == "1.9 bits per letter"
    assert likelihood_text(0.5, "word") == "0.50 bits per word"
