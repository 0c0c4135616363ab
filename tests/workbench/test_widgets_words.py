"""Labels, terms, headers and folds: what they say, and how a person changes or opens them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.theme.theme import Theme
from workbench.widgets.buttons import Button, IconButton
from workbench.widgets.card import ChoiceCard
from workbench.widgets.focus import HandPainted
from workbench.widgets.fold import Fold
from workbench.widgets.header import PageHeader
from workbench.widgets.inputs import CheckBox, Switch
from workbench.widgets.labels import Body, ElidedLabel, Label, StateLabel, TermLabel
from workbench.widgets.popover import Popover
from workbench.widgets.rail import RailStatus
from workbench.widgets.segmented import SegmentedControl

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(800, 600)
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def _add(page: QWidget, widget: QWidget) -> None:
    layout = page.layout()
    assert layout is not None
    layout.addWidget(widget)
    widget.show()
    QApplication.sendPostedEvents()


def test_a_label_never_reads_markup(qtbot: QtBot) -> None:
    label = Label("<b>My text</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_running_text_stays_readable_on_a_wide_screen(theme: Theme, qtbot: QtBot) -> None:
    body = Body("word " * 100)
    qtbot.addWidget(body)
    body.resize(3000, 100)
    before = body.width()
    assert before < QFontMetrics(body.font()).averageCharWidth() * 90
    theme.set_text_scale(1.5)
    assert body.maximumWidth() > before


def test_an_elided_label_tells_the_whole_in_its_bubble(qtbot: QtBot) -> None:
    label = ElidedLabel("A title that is far too long for its place")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == label.text() == label.accessibleName()
    label.resize(600, 20)
    assert label.toolTip() == ""


def test_a_state_shows_an_icon_and_a_word(qtbot: QtBot) -> None:
    state = StateLabel("paused", "paused")
    qtbot.addWidget(state)
    state.set_state("failed", "failed", "danger")
    assert state.text == "failed"


def test_a_term_opens_its_explanation_and_escape_closes_it(page: QWidget, qtbot: QtBot) -> None:
    picture = QPixmap(10, 10)
    picture.fill(Qt.GlobalColor.red)
    term = TermLabel("perplexity", "Perplexity", "Between how many letters the model hesitates.", picture)
    _add(page, term)
    qtbot.mouseClick(term, Qt.MouseButton.LeftButton)
    popover = page.findChild(Popover)
    assert popover.isVisible()
    assert popover.accessibleDescription() == "Between how many letters the model hesitates."
    assert page.rect().contains(popover.geometry())
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.findChild(Popover) is None)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_term_opens_by_the_keyboard(page: QWidget, qtbot: QtBot, key: Qt.Key) -> None:
    term = TermLabel("perplexity", "Perplexity", "Two sentences.")
    _add(page, term)
    with qtbot.waitSignal(term.explained):
        qtbot.keyClick(term, key)


def test_a_click_elsewhere_closes_an_explanation(page: QWidget, qtbot: QtBot) -> None:
    term, other = TermLabel("clip", "Clipping", "Two sentences."), Button("Other")
    _add(page, term)
    _add(page, other)
    term.click()
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.findChild(Popover) is None)


def test_a_popover_at_the_foot_of_the_window_opens_upwards(page: QWidget) -> None:
    button = Button("More", parent=page)
    button.move(700, 570)
    popover = Popover(button)
    content = QWidget()
    content.setFixedSize(200, 150)
    popover.set_content(content)
    popover.show_near(button)
    assert page.rect().contains(popover.geometry())
    assert popover.geometry().bottom() < 590
    popover.close_now()


def test_the_primary_action_of_a_header_is_replaced_not_added(page: QWidget, qtbot: QtBot) -> None:
    header, done = PageHeader("Runs", "Four runs."), []
    _add(page, header)
    assert not header.primary.isVisible()
    header.set_primary("Start", lambda: done.append("start"), "play")
    header.set_primary("Pause", lambda: done.append("pause"))
    qtbot.mouseClick(header.primary, Qt.MouseButton.LeftButton)
    assert done == ["pause"]
    header.clear_primary()
    assert not header.primary.isVisible()


def test_secondary_controls_stand_before_the_primary_one(page: QWidget) -> None:
    header, first, second = PageHeader("Runs"), Button("First"), Button("Second")
    _add(page, header)
    header.add_secondary(first)
    header.add_secondary(second)
    header.set_primary("Start")
    QApplication.sendPostedEvents()
    assert first.x() < second.x() < header.primary.x()


def test_a_long_sentence_of_state_is_never_cut(page: QWidget) -> None:
    header = PageHeader("A title that goes on and on " * 9, "Validation has stopped improving since step 3,900. " * 3)
    header.set_primary("Pause")
    _add(page, header)
    _add(page, Body("word " * 300))
    page.layout().activate()  # type: ignore[union-attr]
    for label in page.findChildren(Body):
        assert label.height() >= label.heightForWidth(label.width())
        assert label.geometry().bottom() <= label.parentWidget().height()


def test_a_popover_closes_when_the_focus_goes_elsewhere(page: QWidget, qtbot: QtBot) -> None:
    term, other = TermLabel("clip", "Clipping", "Two sentences."), Button("Other")
    _add(page, term)
    _add(page, other)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    term.click()
    other.setFocus()
    qtbot.waitUntil(lambda: page.findChild(Popover) is None)


def _title_line(header: PageHeader) -> QLineEdit:
    return header.findChild(QLineEdit)


@pytest.mark.parametrize("way", ["double click", "F2"])
def test_a_title_is_changed_in_its_place(page: QWidget, qtbot: QtBot, way: str) -> None:
    header = PageHeader("Old name")
    _add(page, header)
    header.set_title_editable(True)
    label = header.findChild(ElidedLabel)
    if way == "F2":
        qtbot.keyClick(label, Qt.Key.Key_F2)
    else:
        qtbot.mouseDClick(label, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert _title_line(header).isVisible()
    qtbot.keyClicks(_title_line(header), "New name")
    with qtbot.waitSignal(header.title_edited) as edited:
        qtbot.keyClick(_title_line(header), Qt.Key.Key_Return)
    assert edited.args == ["New name"]
    assert header.title == "New name"


def test_escape_leaves_a_title_as_it_was(page: QWidget, qtbot: QtBot) -> None:
    header = PageHeader("Old name")
    _add(page, header)
    header.set_title_editable(True)
    qtbot.keyClick(header.findChild(ElidedLabel), Qt.Key.Key_F2)
    qtbot.keyClicks(_title_line(header), "Other")
    with qtbot.assertNotEmitted(header.title_edited):
        qtbot.keyClick(_title_line(header), Qt.Key.Key_Escape)
    assert header.title == "Old name"
    assert not _title_line(header).isVisible()


def test_an_empty_title_is_not_taken(page: QWidget, qtbot: QtBot) -> None:
    header = PageHeader("Old name")
    _add(page, header)
    header.set_title_editable(True)
    qtbot.keyClick(header.findChild(ElidedLabel), Qt.Key.Key_F2)
    with qtbot.assertNotEmitted(header.title_edited):
        qtbot.keyClick(_title_line(header), Qt.Key.Key_Delete)
        qtbot.keyClick(_title_line(header), Qt.Key.Key_Return)
    assert header.title == "Old name"


def test_a_fixed_title_cannot_be_edited(page: QWidget, qtbot: QtBot) -> None:
    header = PageHeader("Texts")
    _add(page, header)
    qtbot.mouseDClick(header.findChild(ElidedLabel), Qt.MouseButton.LeftButton)
    assert not _title_line(header).isVisible()


def test_a_fold_opens_by_click_and_by_enter(page: QWidget, qtbot: QtBot) -> None:
    content = Body("Content")
    fold = Fold("Details", content)
    fold.set_summary("LSTM 1x384")
    _add(page, fold)
    assert not content.isVisible()
    with qtbot.waitSignal(fold.toggled) as toggled:
        qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
    assert toggled.args == [True]
    assert content.isVisible()
    qtbot.keyClick(fold.head, Qt.Key.Key_Return)
    assert not content.isVisible()
    assert not fold.is_open


def test_a_fold_that_begins_open_shows_its_content(page: QWidget) -> None:
    content = Body("Content")
    _add(page, Fold("Details", content, is_open=True))
    assert content.isVisible()


def test_an_icon_button_says_its_name_and_its_keys(qtbot: QtBot) -> None:
    button = IconButton("star", "Star", "Ctrl+D")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Star"
    assert button.toolTip() == "Star (Ctrl+D)"


def test_the_ring_is_for_those_who_use_the_keyboard(page: QWidget, qtbot: QtBot) -> None:
    first, second = Button("First"), Button("Second")
    _add(page, first)
    _add(page, second)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert first.hasFocus()
    assert not first.has_ring
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert second.has_ring


@pytest.mark.parametrize(
    "make",
    [
        lambda: ChoiceCard("A card", "What it does."),
        lambda: SegmentedControl([("one", "One"), ("two", "Two")]),
        lambda: RailStatus(),
        lambda: Fold("Details", Body("Content")),
        lambda: TermLabel("perplexity", "Perplexity", "Two sentences."),
        lambda: CheckBox("A box"),
        lambda: Switch("A switch"),
    ],
)
def test_the_ring_lies_over_what_is_painted_by_hand_as_long_as_the_keyboard_is_there(
    page: QWidget, qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    before, made = Button("Before"), make()
    for each in (before, made):
        _add(page, each)
    painted: list[QWidget] = made.findChildren(HandPainted)
    widget = painted[0] if painted else made
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    before.setFocus(Qt.FocusReason.OtherFocusReason)
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.grab().toImage() != without
    before.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.grab().toImage() == without


def test_words_grow_with_the_text_scale(theme: Theme, page: QWidget) -> None:
    header = PageHeader("Runs", "Four runs.")
    _add(page, header)
    before = header.sizeHint().height()
    theme.set_text_scale(1.5)
    QApplication.sendPostedEvents()
    page.layout().activate()  # type: ignore[union-attr]
    assert header.sizeHint().height() > before
