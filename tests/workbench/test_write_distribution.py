"""The live picture of what could come next: a real small model, asked as the caret and the controls move."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from engine.training.runs import create_run
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.writing import NextRequest, NextToken
from workbench.theme.theme import Theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.next_picture import MOST_TOKENS, token_name
from workbench.views.write.distribution_view import LEAST_TOKENS
from workbench.views.write.page import WritePage
from workbench.widgets.bars import PairedBar, PairedBars
from workbench.widgets.tables import TableDialog

TEXT = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(60, 0, -1))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a run that knows the text well, one of the same letters, and one of other letters."""
    folder = tmp_path_factory.mktemp("trained")
    library = Library.open(folder / "library")
    train(library, folder, "Bottles", TEXT, 90)
    train(library, folder, "Late", TEXT, 20)
    train(library, folder, "Other", TEXT.replace("b", "ß"), 1)
    return library.path


def train(library: Library, folder: Path, title: str, text: str, steps: int) -> None:
    file = folder / f"{title}.txt"
    file.write_text(text, encoding="utf-8")
    *_, imported = import_texts(find_texts([file]), library)
    tables = to_tables(
        from_tables(
            {
                "model": {"cell": "lstm", "hidden_size": 24, "embedding_size": 8},
                "training": {
                    "batch_size": 4, "window_size": 16, "steps": steps, "validate_every_steps": 0,
                    "learning_rate": 0.02, "sample_every_seconds": 0, "precision": "float32", "sample_length": 10,
                },
            }
        )
    )  # fmt: skip
    corpus = imported.corpus  # type: ignore[union-attr]
    preparing = create_run(library, Request(corpus, tables, "test", title=title), RunControl())
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            session = end.value
            break
    assert list(session.run())[-1].outcome == "completed"


class Counted:
    """Counts what is asked, and lets a test hold the answers back."""

    def __init__(self, page: WritePage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[NextRequest] = []
        self.held: list[Any] = []
        self.is_holding = False
        writing = page.model.column.picture._writing
        ask = writing.ask_next

        def ask_next(request: NextRequest, on_done: Any, on_failed: Any) -> Any:
            self.requests.append(request)
            if not self.is_holding:
                return ask(request, on_done, on_failed)
            self.held.append(on_done)
            return SimpleNamespace(is_running=True)

        monkeypatch.setattr(writing, "ask_next", ask_next)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, trained: Path, tmp_path: Path) -> Iterator[WritePage]:
    """The page over a copy of that library, with the caret in its editor."""
    shutil.copytree(trained, tmp_path / "library")
    door = EngineDoor(Library.open(tmp_path / "library"))
    workbench = Workbench(door, Settings(tmp_path / "window.ini"))
    opened = WritePage(workbench)
    opened.test_parts = workbench, door  # type: ignore[attr-defined]  # they live as long as the page
    choices = {choice.title: choice.key for choice in opened.model.models.choices}
    opened.model.models.choose(choices["Bottles"])
    opened.resize(1000, 760)
    opened.show()
    with qtbot.waitActive(opened):
        opened.activateWindow()
    yield opened
    opened.model.stop()
    opened.close()
    assert door.close(10.0)
    shiboken6.delete(opened)


def shown(page: WritePage) -> dict[str, tuple[float, float]]:
    """What the bars say, by token."""
    return {row.label: (row.before, row.after) for row in page.controls.picture.bars.rows}


def wait_for_answer(qtbot: QtBot, page: WritePage) -> dict[str, tuple[float, float]]:
    picture = page.model.column.picture
    qtbot.waitUntil(lambda: not picture.is_waiting and bool(picture.bars or picture.problem), timeout=10_000)
    return shown(page)


def choose_other(page: WritePage, title: str) -> None:
    key = next(choice.key for choice in page.model.models.choices if choice.title == title)
    page.model.controls.set("mix_model", key)


def test_the_bars_follow_what_is_typed(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 bot")
    wait_for_answer(qtbot, page)
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "t", timeout=10_000)
    qtbot.keyClicks(page.editor, "tl")
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "e", timeout=10_000)
    assert len(shown(page)) == MOST_TOKENS


def test_the_bars_follow_the_caret(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 bott")
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "l", timeout=10_000)
    qtbot.keyClick(page.editor, Qt.Key.Key_Left)
    qtbot.keyClick(page.editor, Qt.Key.Key_Left)
    qtbot.keyClick(page.editor, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "o", timeout=10_000)


def test_the_bars_follow_a_control(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 b")
    before = wait_for_answer(qtbot, page)
    slider = page.controls.temperature.slider
    slider.setValue(slider.minimum())
    qtbot.waitUntil(lambda: max(after for _, after in shown(page).values()) == 1.0, timeout=10_000)
    assert {name: pair[0] for name, pair in shown(page).items()} == {name: pair[0] for name, pair in before.items()}
    page.model.controls.set("top_k", 1)
    page.model.controls.set("temperature", 1.5)
    qtbot.waitUntil(lambda: not page.model.column.picture.is_waiting, timeout=10_000)
    assert sorted(after for _, after in shown(page).values())[-2:] == [0.0, 1.0]


def test_what_is_banned_has_no_bar_after_the_settings(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 bot")
    wait_for_answer(qtbot, page)
    qtbot.waitUntil(lambda: "t" in shown(page), timeout=10_000)
    page.model.controls.set("banned", "t")
    qtbot.waitUntil(lambda: shown(page)["t"][1] == 0, timeout=10_000)
    assert shown(page)["t"][0] > 0


def test_what_cannot_be_seen_has_a_name(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 bottles")
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "space", timeout=10_000)
    assert page.controls.picture.bars.rows[0].is_named
    assert token_name("\n") == ("line end", True)
    assert token_name("a") == ("a", False)
    assert token_name(" \n") == ("␣↵", True)
    assert token_name("\x07") == ("U+0007", True)


def test_each_bar_tells_its_numbers(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 b")
    wait_for_answer(qtbot, page)
    qtbot.waitUntil(lambda: "o" in shown(page), timeout=10_000)
    bars = page.controls.picture.bars
    first = bars.rows[0]
    assert first.tip in bars.accessibleDescription()
    place = QPoint(20, bars.row_height // 2)
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    assert QToolTip.text() == first.tip
    QToolTip.hideText()
    assert first.tip.startswith(f"{first.label}: ")
    assert first.tip.endswith(" with your settings")


def test_the_same_numbers_stand_in_a_table(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 b")
    wait_for_answer(qtbot, page)
    qtbot.mouseClick(page.controls.picture.table, Qt.MouseButton.LeftButton)
    dialog = page.findChildren(TableDialog)[-1]
    model = dialog.table.model()
    rows = [[model.index(row, column).data(Qt.ItemDataRole.EditRole) for column in range(3)]
            for row in range(model.rowCount())]  # fmt: skip
    assert rows == [[bar.name, bar.before, bar.after] for bar in page.model.column.picture.bars]
    dialog.reject()


def test_one_question_at_a_time_and_late_answers_are_dropped(
    qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_answer(qtbot, page)
    counted = Counted(page, monkeypatch)
    counted.is_holding = True
    qtbot.keyClicks(page.editor, "1")
    qtbot.waitUntil(lambda: len(counted.requests) == 1)
    for letter in "2 bo":
        qtbot.keyClicks(page.editor, letter)
    picture = page.model.column.picture
    qtbot.waitUntil(lambda: not picture._timer.isActive())
    assert len(counted.requests) == 1
    before = shown(page)
    counted.is_holding = False
    counted.held[0]((NextToken("late", 1.0, 1.0),))
    assert shown(page) == before
    qtbot.waitUntil(lambda: len(counted.requests) == 2)
    assert counted.requests[1].prompt == "12 bo"
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "t", timeout=10_000)


def test_an_answer_that_comes_while_the_model_writes_is_asked_for_again(
    qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_answer(qtbot, page)
    counted = Counted(page, monkeypatch)
    counted.is_holding = True
    page.model.controls.set("temperature", 1.3)
    qtbot.waitUntil(lambda: len(counted.requests) == 1)
    page.model.run_primary()
    counted.is_holding = False
    counted.held[0](())
    qtbot.waitUntil(lambda: not page.model.writer.is_busy, timeout=20_000)
    qtbot.waitUntil(lambda: len(counted.requests) > 1 and not page.model.column.picture.is_waiting, timeout=10_000)
    assert counted.requests[-1].prompt.endswith(page.model.document.document.text[-5:])


def test_a_slow_answer_is_waited_for_visibly(
    qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_answer(qtbot, page)
    counted = Counted(page, monkeypatch)
    counted.is_holding = True
    page.model.controls.set("temperature", 1.3)
    qtbot.waitUntil(lambda: page.model.column.picture.is_slow, timeout=5_000)
    assert page.controls.picture.bars.is_pale
    counted.held[0]((NextToken("a", 0.5, 0.7),))
    assert not page.controls.picture.bars.is_pale
    assert shown(page) == {"a": (0.5, 0.7)}


def test_many_moves_of_a_control_ask_a_few_times(
    qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_answer(qtbot, page)
    counted = Counted(page, monkeypatch)
    slider = page.controls.temperature.slider
    for value in range(slider.minimum(), slider.maximum() + 1):
        slider.setValue(value)
    qtbot.waitUntil(lambda: bool(counted.requests) and not page.model.column.picture.is_waiting, timeout=10_000)
    assert len(counted.requests) == 1
    assert counted.requests[0].settings.temperature == 1.5


def test_what_changes_no_probability_asks_nothing(
    qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_answer(qtbot, page)
    counted = Counted(page, monkeypatch)
    page.model.controls.throw_dice()
    page.model.controls.set("num_words", 200)
    page.model.controls.set("stop", "END")
    qtbot.waitUntil(lambda: not page.model.column.picture.is_waiting)
    assert counted.requests == []


def test_nothing_is_asked_while_nobody_looks(qtbot: QtBot, page: WritePage, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for_answer(qtbot, page)
    counted = Counted(page, monkeypatch)
    qtbot.mouseClick(page.tabs.segment("candidates"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.editor, "12 bot")
    page.model.controls.set("temperature", 1.2)
    assert not page.model.column.picture.is_waiting
    qtbot.mouseClick(page.tabs.segment("settings"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "t", timeout=10_000)
    assert [request.prompt for request in counted.requests] == ["12 bot"]


def test_another_model_changes_what_the_model_says(qtbot: QtBot, page: WritePage) -> None:
    qtbot.keyClicks(page.editor, "12 bot")
    qtbot.waitUntil(lambda: next(iter(shown(page)), "") == "t", timeout=10_000)
    alone = shown(page)["t"][0]
    choose_other(page, "Late")
    qtbot.waitUntil(lambda: shown(page)["t"][0] < alone, timeout=10_000)


def test_a_model_of_other_letters_is_refused_in_a_sentence(qtbot: QtBot, page: WritePage) -> None:
    wait_for_answer(qtbot, page)
    choose_other(page, "Other")
    view = page.controls.picture
    qtbot.waitUntil(view.problem.isVisible, timeout=10_000)
    assert "do not know the same" in view.problem.text()
    assert not view.bars.isVisible()
    page.model.controls.set("mix_model", "")
    qtbot.waitUntil(view.bars.isVisible, timeout=10_000)
    assert view.problem.isHidden()


def test_an_option_that_cannot_be_read_is_told(qtbot: QtBot, page: WritePage) -> None:
    wait_for_answer(qtbot, page)
    page.model.controls.set("logit_bias", "e is nice")
    qtbot.waitUntil(page.controls.picture.problem.isVisible, timeout=10_000)
    assert page.controls.picture.problem.text()


def test_a_low_column_shows_fewer_tokens(page: WritePage) -> None:
    assert page.controls.picture.bars.num_rows == MOST_TOKENS
    page.resize(1000, 420)
    assert LEAST_TOKENS <= page.controls.picture.bars.num_rows < MOST_TOKENS


def test_bars_are_as_long_as_their_values(qtbot: QtBot, theme: Theme) -> None:
    bars = PairedBars(2)
    bars.set_rows([PairedBar("a", 0.5, 1.0, "100 %", "a: half, all"), PairedBar("b", 0.5, 0.0, "0 %", "b: half, none")])
    bars.resize(300, bars.sizeHint().height())
    bars.show()
    qtbot.waitExposed(bars)
    picture = bars.grab().toImage()
    ratio = picture.devicePixelRatio()

    def is_painted(x: int, row: int) -> bool:
        middle = round((row + 0.5) * bars.row_height * ratio)
        return picture.pixelColor(round(x * ratio), middle) != picture.pixelColor(round(298 * ratio), 0)

    assert is_painted(120, 0)
    assert is_painted(220, 0)
    assert is_painted(100, 1)
    assert not is_painted(220, 1)
    shiboken6.delete(bars)
