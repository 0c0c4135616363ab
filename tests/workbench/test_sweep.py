"""All pages in their main states, in every language: nothing is cut, nothing untranslated, all within reach of Tab."""

import re
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAction, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from engine.training.runs import create_run
from workbench import words
from workbench.app.window import Program
from workbench.theme import fonts
from workbench.theme.icons import icon_size
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.viewmodels.navigator import PAGES
from workbench.viewmodels.texts.offered import Offered
from workbench.widgets.bars import BarList
from workbench.widgets.buttons import PrimaryButton
from workbench.widgets.card import ChoiceCard
from workbench.widgets.fold import Fold
from workbench.widgets.labels import ElidedLabel, TermLabel
from workbench.widgets.rail import Rail, RailStatus

PATIENCE = 30_000
BOTTLES = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))
TABLES: dict[str, Any] = {
    "model": {"cell": "lstm", "hidden_size": 16, "embedding_size": 8},
    "training": {
        "batch_size": 4, "window_size": 16, "steps": 60, "validate_every_steps": 20, "learning_rate": 0.02,
        "sample_every_seconds": 0, "precision": "float32", "sample_length": 10, "num_threads": 1,
    },
}  # fmt: skip
# What stands on the screen in no language, each with its reason.
GIVEN = {
    "Textloom": "the name of the program",
    "Bottles": "the person named a text and a run so",
    "Two bottles": "the person named a run so",
    "letters": "the person's file: its name becomes the title of the text",
    "letters.txt": "the person's file",
    "Tales of Sallowmouth": "the title of an English text, which it keeps",
    "The Ferry on Dry Land": "the title of an English text, which it keeps",
    "Python manual": "the title of an English text, which it keeps",
    "Ctrl+R": "keys, as Qt writes them",
    "Ctrl": "a key, as Qt writes it",
    "Shift": "a key, as Qt writes it",
    "Z": "a key",
    "F2": "a key",
    "Del": "a key, as Qt writes it",
    "Bottles.txt": "the person's file",
    "NFC": "the name of a standard",
    "NFKC": "the name of a standard",
    "LSTM": "a name from the literature",
    "GRU": "a name from the literature",
    "Xavier": "a name from the literature",
    "AdamW": "a name from the literature",
    "Adam": "a name from the literature",
    "RMSprop": "a name from the literature",
    "Adagrad": "a name from the literature",
    "float32": "the name of a format",
    "bfloat16": "the name of a format",
}

# Widgets whose words are the person's or the model's.
OF_THE_PERSON = {
    "_Passage": "lines of the text that is imported",
    "_CandidateText": "what the model wrote",
    "_TitleLabel": "the title of a writing, which is its beginning",
}
DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}")  # Qt writes dates as the language does

State = tuple[str, QWidget]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a text and two small finished runs of it."""
    folder = tmp_path_factory.mktemp("trained")
    library = Library.open(folder / "library")
    file = folder / "Bottles.txt"
    file.write_text(BOTTLES, encoding="utf-8")
    *_, imported = import_texts(find_texts([file]), library)
    for title, learning_rate in (("Bottles", 0.02), ("Two bottles", 0.01)):
        tables = to_tables(from_tables({**TABLES, "training": {**TABLES["training"], "learning_rate": learning_rate}}))
        request = Request(imported.corpus, tables, "quick", title=title)  # type: ignore[union-attr]
        session = returned(create_run(library, request, RunControl()))
        assert list(session.run())[-1].outcome == "completed"
    return library.path


def returned(generator: Generator[Any, Any, Any]) -> Any:
    """What a generator returns once it is exhausted."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


class Sweep:
    """Leads one window through the states of its pages."""

    def __init__(self, programs: Any, trained: Path, folder: Path, qtbot: QtBot) -> None:
        self._programs, self._trained, self._folder, self._qtbot = programs, trained, folder, qtbot

    def open(self, language: str, size: tuple[int, int], scale: float, *, is_empty: bool) -> Program:
        words.use_language(words.read_language(language))
        settings = self._programs.settings()
        settings.set("window/text_scale", scale)
        settings.save()
        if not is_empty:
            shutil.copytree(self._trained, self._folder / "library")
        program: Program = self._programs.open(size=size)
        return program

    def states(self, program: Program, *, is_empty: bool) -> Iterator[State]:
        """Each state of each page, drawn."""
        for name in PAGES:
            program.workbench.navigator.show_page(name)
            page = program.window.page(name)
            if is_empty:
                yield f"{name}, empty", self._drawn(page)
            else:
                yield from getattr(self, f"_{name}")(program, page)

    def _texts(self, program: Program, page: Any) -> Iterator[State]:
        yield "texts, a text", self._drawn(page)
        for fold in page.text_view.findChildren(Fold):
            fold.set_open(True)
        yield "texts, a text with its details", self._drawn(page)
        page.model.add()
        yield "texts, ways in", self._drawn(page)
        page.model.paste()
        yield "texts, pasting", self._drawn(page)
        file = self._folder / "letters.txt"
        file.write_text("Dear friend,  the ferry goes over at noon.\r\n" * 100, encoding="utf-8")
        program.workbench.navigator.offer_files(Offered((file,)))
        self._wait(lambda: page.model.part == "offer" and page.model.desk.offer.preview is not None)
        for fold in page.offer_view.findChildren(Fold):
            fold.set_open(True)
        yield "texts, an import", self._drawn(page)
        page.model.desk.give_up()

    def _train(self, program: Program, page: Any) -> Iterator[State]:
        self._wait(lambda: page.model.shown is not None and len(page.model.shown.history.training) > 0)
        tabs = page.run_view.curves.instrument.tabs
        for tab in range(tabs.count()):
            tabs.setCurrentIndex(tab)
            yield f"train, a finished run, instrument {tab}", self._drawn(page)
        page.run_view.travel_bar.slider.setValue(2)
        self._wait(lambda: not page.run_view.travel.is_writing)
        yield "train, an earlier state", self._drawn(page)
        program.workbench.navigator.train_on(program.workbench.texts.entries()[0].id)
        self._wait(lambda: page.model.draft.can_start)
        yield "train, a draft", self._drawn(page)
        page.draft_panel.details.fold.set_open(True)
        for fold in page.draft_panel.findChildren(Fold):
            fold.set_open(True)
        yield "train, a draft with all settings", self._drawn(page)
        page.draft_panel.head.change_button.setChecked(True)
        yield "train, the recipes", self._drawn(page)

    def _write(self, program: Program, page: Any) -> Iterator[State]:
        program.workbench.navigator.write_with(program.workbench.runs.entries()[0].id)
        self._wait(lambda: page.header.primary.isVisible() and page.header.primary.isEnabled())
        page.model.controls.set("num_words", 10)
        page.model.run_primary()
        self._wait(lambda: not page.model.writer.is_busy and page.model.document.is_saved)
        yield "write, with a text", self._drawn(page)
        page.controls.more.set_open(True)
        yield "write, more", self._drawn(page)
        page.model.offer_candidates()
        self._wait(lambda: not page.model.writer.is_busy and len(page.model.document.document.candidates) > 1)
        yield "write, candidates", self._drawn(page)

    def _runs(self, program: Program, page: Any) -> Iterator[State]:
        ids = [entry.id for entry in program.workbench.runs.entries()]
        page.table.select_runs(ids[:1])
        yield "runs, one selected", self._drawn(page)
        page.table.select_runs(ids)
        yield "runs, two selected", self._drawn(page)

    def _drawn(self, page: QWidget) -> QWidget:
        QApplication.processEvents()
        page.window().grab()
        QApplication.processEvents()
        return page

    def _wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=PATIENCE)


@pytest.fixture
def sweep(programs: Any, trained: Path, tmp_path: Path, qtbot: QtBot) -> Sweep:
    return Sweep(programs, trained, tmp_path, qtbot)


def shown_widgets(root: QWidget) -> list[QWidget]:
    """All widgets of a window that can be seen, or scrolled to."""
    return [widget for widget in root.findChildren(QWidget) if widget.isVisible() and widget.window() is root]


# Nothing is cut


def missing_room(widget: QWidget) -> str:
    """What is cut of a widget; empty when all of it can be read."""
    if isinstance(widget, ElidedLabel):
        whole, line = widget.text(), QLabel.text(widget)
        is_told = line == whole.replace("\n", " ") or widget.toolTip() == whole
        return "" if is_told else f"elided without a bubble: {line}"
    if isinstance(widget, QLabel):
        return _missing_of_label(widget)
    if isinstance(widget, QComboBox):
        return _missing_of_combo(widget)
    if isinstance(widget, QTabBar):
        cut = [widget.tabText(i) for i in range(widget.count()) if "…" in _shown_tab(widget, i)]
        return f"tabs are cut: {cut}" if cut else ""
    if isinstance(widget, QLineEdit) and not widget.text():
        room = widget.width() - 2 * GRID
        cut = _longer(widget.placeholderText(), widget.fontMetrics(), room)
        return "" if widget.toolTip() == widget.placeholderText() else cut
    if isinstance(widget, QAbstractButton) and widget.text():
        return _missing_of_button(widget)
    return ""


def _missing_of_label(label: QLabel) -> str:
    if not label.text():
        return ""
    if not label.wordWrap():
        wanted = label.sizeHint()
        return "" if wanted.width() <= label.width() + 1 and wanted.height() <= label.height() + 1 else _sizes(label)
    margins = label.contentsMargins()
    room = label.width() - margins.left() - margins.right() - 2 * label.margin()
    longest = max(label.text().split(), key=label.fontMetrics().horizontalAdvance, default="")
    if label.fontMetrics().horizontalAdvance(longest) > room + 1:
        return f"the word {longest} has {room} px"
    return "" if label.heightForWidth(label.width()) <= label.height() + 1 else _sizes(label)


def _missing_of_combo(box: QComboBox) -> str:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    cut = _longer(box.currentText(), box.fontMetrics(), field.width() + 1)
    return "" if box.toolTip() == box.currentText() else cut


def _missing_of_button(button: QAbstractButton) -> str:
    if isinstance(button, ChoiceCard):
        return ""  # its labels are looked at one by one
    if isinstance(button, TermLabel) and button.toolTip() == button.text():
        return ""  # it ends in an ellipsis, and its bubble has the whole
    if isinstance(button, RailStatus):
        return "" if button.heightForWidth(button.width()) <= button.height() + 1 else _sizes(button)
    rail = button.parent()
    if isinstance(rail, Rail):
        room = button.width() - icon_size() - 3 * GRID - 6
        return "" if rail.is_collapsed else _longer(button.text(), QFontMetrics(fonts.strong()), room)
    if isinstance(button, QToolButton) and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return ""
    wanted = button.sizeHint()
    height = button.heightForWidth(button.width()) if button.hasHeightForWidth() else wanted.height()
    if button.hasHeightForWidth():
        return "" if height <= button.height() + 1 else _sizes(button)
    if isinstance(button, QPushButton):  # a style's button may be as narrow as its words
        text = button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, button.text()).width()
        icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
        return "" if min(text + icon + GRID, wanted.width()) <= button.width() else _sizes(button)
    return "" if wanted.width() <= button.width() + 1 and height <= button.height() + 1 else _sizes(button)


def _shown_tab(bar: QTabBar, index: int) -> str:
    room = bar.tabRect(index).width() - GRID
    icon = 0 if bar.tabIcon(index).isNull() else bar.iconSize().width() + 4
    return bar.fontMetrics().elidedText(bar.tabText(index), Qt.TextElideMode.ElideRight, room - icon)


def _longer(text: str, metrics: QFontMetrics, room: int) -> str:
    return f"has {room} of {metrics.horizontalAdvance(text)} px" if metrics.horizontalAdvance(text) > room else ""


def _sizes(widget: QWidget) -> str:
    wanted = widget.sizeHint()
    height = widget.heightForWidth(widget.width()) if widget.hasHeightForWidth() else wanted.height()
    return f"has {widget.width()}x{widget.height()}, wants {wanted.width()}x{height}"


def outside(widget: QWidget) -> str:
    """Whether a widget with words reaches over the edge of what contains it, where nobody can scroll."""
    area = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    parent = widget.parentWidget()
    can_scroll_x = can_scroll_y = False
    while parent is not None and not widget.isWindow():
        holder = parent.parentWidget()
        if isinstance(holder, QAbstractScrollArea) and holder.viewport() is parent:
            can_scroll_x = can_scroll_x or holder.horizontalScrollBar().maximum() > 0
            can_scroll_y = can_scroll_y or holder.verticalScrollBar().maximum() > 0
        room = QRect(parent.mapTo(parent.window(), QPoint(0, 0)), parent.size())
        if not can_scroll_x and (area.left() < room.left() - 1 or area.right() > room.right() + 1):
            return f"{area.right() - room.right()} px over the side of {type(parent).__name__}"
        if not can_scroll_y and (area.top() < room.top() - 1 or area.bottom() > room.bottom() + 1):
            return f"{area.bottom() - room.bottom()} px over the foot of {type(parent).__name__}"
        if parent.isWindow():
            break
        parent = holder
    return ""


def words_of(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QLineEdit):
        return widget.text() or widget.placeholderText()
    if isinstance(widget, QTabBar):
        return " | ".join(widget.tabText(i) for i in range(widget.count()))
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def cuts(root: QWidget, state: str) -> list[str]:
    """What cannot be read in a window."""
    found = []
    for widget in shown_widgets(root):
        if words_of(widget):
            for fault in (missing_room(widget), outside(widget)):
                if fault:
                    found.append(f"{state}: {type(widget).__name__} {words_of(widget)[:60]!r} {fault}")
    return found


def test_the_sweep_sees_what_is_cut(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(200, 100)
    fitting, narrow, low, beside = (QLabel(f"Some words {place}", window) for place in range(4))
    low.setWordWrap(True)
    fitting.setGeometry(0, 0, 180, 20)
    narrow.setGeometry(0, 20, 40, 20)
    low.setGeometry(0, 40, 60, 10)
    beside.setGeometry(150, 60, 180, 20)
    window.show()
    found = " ".join(cuts(window, "here"))
    assert [number for number in range(4) if f"words {number}" in found] == [1, 2, 3]


CASES = [
    pytest.param(language, size, scale, id=f"{language}-{size[0]}-{scale}")
    for size, scale in (((1024, 700), 1.0), ((1280, 800), 1.5))
    for language in ("en", "de", "pseudo")
]


@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "filled"])
@pytest.mark.parametrize(("language", "size", "scale"), CASES)
def test_no_text_is_cut(
    sweep: Sweep, language: str, size: tuple[int, int], scale: float, is_empty: bool
) -> None:
    program = sweep.open(language, size, scale, is_empty=is_empty)
    found: list[str] = []
    for state, _ in sweep.states(program, is_empty=is_empty):
        found += cuts(program.window, state)
        assert (program.window.width(), program.window.height()) == size, f"{state} makes the window larger"
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


# Every word can be translated


def is_translated(text: str) -> bool:
    """Whether a text of the pseudo-language went through the catalogue, or is nothing that a language changes."""
    bare = DATE.sub("", text.replace("&", ""))
    for _ in range(4):  # brackets within brackets: a sentence that holds another
        bare = re.sub(r"\[[^\[\]]*\]", "", bare)
    for given in sorted(GIVEN, key=len, reverse=True):
        bare = bare.replace(given, "")
    return not re.search(r"[^\W\d_]", bare)


def texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    """All that a widget says, by the place where it says it."""
    if type(widget).__name__ in OF_THE_PERSON or isinstance(widget.parent(), QTabBar):  # Qt's own arrows
        return
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QComboBox):
        for index in range(widget.count()):
            yield "item", widget.itemText(index)
    if isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield "tab", widget.tabText(index)
    yield "bubble", widget.toolTip()
    yield "name", widget.accessibleName()
    is_quoting = isinstance(widget, BarList) or words_of(widget) == words.tr("Use this")
    if not is_quoting:  # letters of the text, words of the model
        yield "description", widget.accessibleDescription()


@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "filled"])
def test_every_text_goes_through_the_catalogue(sweep: Sweep, is_empty: bool) -> None:
    program = sweep.open("pseudo", (1024, 700), 1.0, is_empty=is_empty)
    found: list[str] = []
    for state, _ in sweep.states(program, is_empty=is_empty):
        for widget in shown_widgets(program.window):
            for place, text in texts_of(widget):
                if not is_translated(text):
                    found.append(f"{state}: {place} of {type(widget).__name__}: {text[:200]!r}")
    for action in program.window.menus.findChildren(QAction):
        if not is_translated(action.text()):
            found.append(f"menu: {action.text()!r}")
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


# Without a mouse, without eyes


def can_take_focus(widget: QWidget) -> bool:
    takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    if not widget.isEnabled() or not takes_tab or widget.focusProxy() is not None:
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None and group.exclusive():  # Tab comes to the one that holds, the arrow keys to the others
        return widget.isChecked()  # type: ignore[attr-defined]
    return True


def described(widget: QWidget) -> str:
    said = words_of(widget) or widget.accessibleName()
    return f"{type(widget).__name__} {said!r} in {type(widget.parent()).__name__}"


def walked(program: Program, qtbot: QtBot) -> set[QWidget]:
    """All widgets that get the focus when Tab is pressed until it comes round."""
    program.window.rail.entry(program.workbench.navigator.page).setFocus(Qt.FocusReason.TabFocusReason)
    first = QApplication.focusWidget()
    seen: set[QWidget] = set()
    last: QWidget | None = None
    for _ in range(600):
        focused = QApplication.focusWidget()
        assert focused is not None, f"no focus after {described(last) if last else 'the rail'}"
        last = focused
        if focused in seen and focused is first:
            break
        seen.add(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is focused:  # an editor takes Tab; it must let go by Ctrl+Tab
            qtbot.keyClick(focused, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
            assert QApplication.focusWidget() is not focused, f"{described(focused)} does not let go"
    return seen


@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "filled"])
def test_every_control_has_a_name_and_tab_comes_to_it(sweep: Sweep, qtbot: QtBot, is_empty: bool) -> None:
    program = sweep.open("en", (1024, 700), 1.0, is_empty=is_empty)
    found: list[str] = []
    for state, page in sweep.states(program, is_empty=is_empty):
        controls = [widget for widget in shown_widgets(program.window) if can_take_focus(widget)]
        for widget in controls:
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is None or not interface.text(QAccessible.Text.Name).strip():
                found.append(f"{state}: no name: {described(widget)}")
        filled = [button.text() for button in page.findChildren(PrimaryButton) if button.isVisible()]
        if len(filled) > 1:
            found.append(f"{state}: {len(filled)} filled buttons: {filled}")
        reached = walked(program, qtbot)
        found += [f"{state}: out of reach: {described(widget)}" for widget in controls if widget not in reached]
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_the_loss_has_room_in_the_smallest_window(sweep: Sweep, qtbot: QtBot, language: str) -> None:
    program = sweep.open(language, (1024, 700), 1.0, is_empty=False)
    program.workbench.navigator.show_page("train")
    page: Any = program.window.page("train")
    qtbot.waitUntil(lambda: len(page.model.shown.history.training) > 0, timeout=PATIENCE)
    program.window.grab()
    assert theme().text_scale == 1.0
    assert page.run_view.curves.loss.height() >= 240
