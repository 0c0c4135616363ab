"""Numbers, bars, cards, flows and scrolling pages."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.theme.theme import Theme
from workbench.widgets.bars import BarList
from workbench.widgets.card import Card, ChoiceCard
from workbench.widgets.flow import FlowLayout
from workbench.widgets.labels import Body, TermLabel
from workbench.widgets.numbers import BigNumber
from workbench.widgets.scroll import ScrollArea
from workbench.widgets.tabs import TabBar

pytestmark = pytest.mark.usefixtures("theme")


def test_a_big_number_is_told_whole_to_a_screen_reader(qtbot: QtBot) -> None:
    number = BigNumber("Validation", "Between how many letters the model hesitates.")
    qtbot.addWidget(number)
    number.set_value("1.49", "bits per character", "best 1.47")
    assert number.accessibleName() == "Validation, 1.49 bits per character, best 1.47"
    assert number.findChild(TermLabel) is not None


def test_numbers_in_a_row_keep_one_height_with_a_bar_and_without(theme: Theme, qtbot: QtBot) -> None:
    plain, barred = BigNumber("Guesses right of 100"), BigNumber("Time left", "How long it will take.")
    for number in (plain, barred):
        qtbot.addWidget(number)
        number.set_value("3", "min")
    barred.set_share(0.62)
    assert plain.sizeHint().height() == barred.sizeHint().height()
    before = barred.sizeHint().height()
    theme.set_text_scale(1.5)
    QApplication.sendPostedEvents()
    assert barred.sizeHint().height() > before


def test_bars_are_as_long_as_their_values(qtbot: QtBot) -> None:
    bars = BarList([("e", 0.2, "20 %"), ("t", 0.1, "10 %")])
    qtbot.addWidget(bars)
    bars.resize(400, bars.sizeHint().height())
    picture = bars.grab().toImage()
    accent = [
        sum(picture.pixelColor(x, y).name() == "#2c66d0" for x in range(400))
        for y in (bars.height() // 4, 3 * bars.height() // 4)
    ]
    assert accent[1] / accent[0] == pytest.approx(0.5, abs=0.05)
    assert bars.accessibleDescription() == "e: 20 %; t: 10 %"


@pytest.mark.parametrize("rows", [[], [("a", 0.0, "none")]])
def test_bars_of_nothing_can_be_shown(qtbot: QtBot, rows: list[tuple[str, float, str]]) -> None:
    bars = BarList(rows)
    qtbot.addWidget(bars)
    bars.resize(300, 40)
    assert not bars.grab().isNull()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def cards(window: QWidget) -> list[ChoiceCard]:
    made = [ChoiceCard(name, "A first look.", "LSTM 1x192") for name in ("3 minutes", "15 minutes", "Overnight")]
    for card in made:
        window.layout().addWidget(card)  # type: ignore[union-attr]
    made[0].setChecked(True)
    return made


def test_one_card_is_chosen_at_a_time(cards: list[ChoiceCard], qtbot: QtBot) -> None:
    qtbot.mouseClick(cards[1], Qt.MouseButton.LeftButton)
    assert [card.isChecked() for card in cards] == [False, True, False]
    qtbot.keyClick(cards[2], Qt.Key.Key_Return)
    assert [card.isChecked() for card in cards] == [False, False, True]


def test_arrow_keys_choose_between_cards(cards: list[ChoiceCard], qtbot: QtBot) -> None:
    cards[0].setFocus()
    qtbot.keyClick(cards[0], Qt.Key.Key_Down)
    assert cards[1].isChecked()


def test_a_card_tells_all_that_stands_on_it(cards: list[ChoiceCard]) -> None:
    assert cards[0].accessibleName() == "3 minutes"
    assert cards[0].accessibleDescription() == "A first look. LSTM 1x192"
    cards[0].set_words("3 minutes")
    assert cards[0].accessibleDescription() == ""


def test_a_card_holds_what_is_put_into_its_column(qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    card.column.addWidget(Body("Words"))
    card.resize(200, 100)
    card.show()
    assert card.findChild(Body).isVisible()


def test_a_flow_goes_on_in_the_next_line(qtbot: QtBot) -> None:
    window = QWidget()
    flow = FlowLayout(window)
    buttons = [QPushButton(f"Button {place}") for place in range(6)]
    for button in buttons:
        flow.addWidget(button)
    qtbot.addWidget(window)
    window.resize(250, flow.heightForWidth(250))
    window.show()
    qtbot.waitExposed(window)
    assert buttons[0].y() == buttons[1].y() < buttons[-1].y()
    assert all(window.rect().contains(button.geometry()) for button in buttons)
    assert flow.heightForWidth(2000) < flow.heightForWidth(250)


def test_a_page_scrolls_down_but_never_sideways(qtbot: QtBot) -> None:
    content = Body("word " * 2000)
    area = ScrollArea(content, max_width=400)
    qtbot.addWidget(area)
    area.resize(700, 300)
    area.show()
    qtbot.waitExposed(area)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert content.width() <= 400
    assert area.horizontalScrollBar().maximum() == 0


def test_tabs_stand_together_at_the_left(qtbot: QtBot) -> None:
    tabs = TabBar()
    qtbot.addWidget(tabs)
    for name in ("Gradient norm", "Speed"):
        tabs.addTab(name)
    tabs.resize(900, 40)
    tabs.show()
    assert tabs.tabRect(1).right() < 400
