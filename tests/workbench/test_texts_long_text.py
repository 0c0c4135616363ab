"""A text of any length is read by wheel, keys and bar, while only a part of it is held."""

import re
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from workbench.widgets.long_text import LongText

pytestmark = pytest.mark.usefixtures("theme")


class Source:
    """Bytes that are read as the library reads them, and how many were asked for at once."""

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8")
        self.most = 0

    def read(self, start: int, size: int) -> str:
        self.most = max(self.most, size)
        return self.data[self._whole(start) : self._whole(min(start + size, len(self.data)))].decode("utf-8")

    def _whole(self, at: int) -> int:
        while at < len(self.data) and self.data[at] & 0xC0 == 0x80:
            at += 1
        return at


LINES = 60_000
LONG = "".join(
    f"{number}: the ferry göes over at noon and comes back with whoever is late\n" for number in range(LINES)
)


@pytest.fixture
def source() -> Source:
    return Source(LONG)


@pytest.fixture
def view(qtbot: QtBot, source: Source) -> LongText:
    made = LongText("The text")
    made.resize(700, 500)
    qtbot.addWidget(made)
    made.show()
    made.set_text(len(source.data), source.read)
    return made


def top_line(view: LongText) -> int:
    found = re.match(r"\d+", view.page.firstVisibleBlock().text())
    assert found is not None
    return int(found[0])


def test_a_long_text_opens_at_its_beginning_and_holds_a_part(view: LongText, source: Source) -> None:
    assert top_line(view) == 0
    assert len(view.page.toPlainText()) < len(LONG) / 10
    assert source.most < 300_000


def test_the_bar_leads_to_any_place(view: LongText) -> None:
    view.bar.setValue(view.bar.maximum() // 2)
    assert LINES * 0.48 < top_line(view) < LINES * 0.52
    view.bar.setValue(view.bar.maximum())
    assert view.page.toPlainText().rstrip().endswith("late")
    assert view.page.is_at_end


def test_paging_shows_every_line_once(view: LongText) -> None:
    view.bar.setValue(view.bar.maximum() // 3)
    tops = []
    for _ in range(150):
        QTest.keyClick(view.page, Qt.Key.Key_PageDown)
        tops.append(top_line(view))
    steps = {later - earlier for earlier, later in pairwise(tops)}
    assert max(steps) - min(steps) <= 1
    assert min(steps) > 5


def test_end_and_home_lead_to_the_ends(view: LongText) -> None:
    QTest.keyClick(view.page, Qt.Key.Key_End)
    assert f"{LINES - 1}: " in view.page.toPlainText()
    assert view.bar.value() == view.bar.maximum()
    QTest.keyClick(view.page, Qt.Key.Key_Home)
    assert top_line(view) == 0


def test_a_mark_stands_before_the_very_character(view: LongText, source: Source) -> None:
    place = source.data.index(b"30000: ") + len("30000: the ferry gö".encode())
    view.set_mark(place, "Here it begins")
    view.show_byte(place)
    block = view.page.firstVisibleBlock()
    assert block.text() == "Here it begins"
    assert block.previous().text() == "30000: the ferry gö"
    assert block.next().text().startswith("es over")


def test_a_short_text_is_held_whole_and_needs_no_bar_of_ours(view: LongText) -> None:
    short = Source("One line.\nAnother line.")
    view.set_text(len(short.data), short.read)
    assert view.page.toPlainText() == "One line.\nAnother line."
    assert view.bar.isHidden()


def test_a_paragraph_of_a_megabyte_is_cut_for_showing(view: LongText) -> None:
    endless = Source("word " * 200_000)
    view.set_text(len(endless.data), endless.read)
    assert max(len(line) for line in view.page.toPlainText().split("\n")) <= 2_000
    assert (
        view.page.toPlainText().replace("\n", "")
        == endless.data.decode()[: len(view.page.toPlainText().replace("\n", ""))]
    )


def test_an_empty_text_shows_nothing(view: LongText) -> None:
    view.set_text(0, lambda start, size: "")
    assert view.page.toPlainText() == ""
    QTest.keyClick(view.page, Qt.Key.Key_End)
    assert view.bar.isHidden()
