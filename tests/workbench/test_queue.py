"""The queue: order, holding, and what survives the end of the program."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.errors import message
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.training import TrainRequest
from workbench.theme.theme import Theme
from workbench.viewmodels.runs.queue_keeping import as_record, request_from
from workbench.viewmodels.runs.queue_list import expected_seconds
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.runs.queue_panel import QueuePanel


@pytest.fixture
def open_workbench(tmp_path: Path, qapp: object) -> Iterator[Callable[[], Workbench]]:
    """Opens the same library again and again, as one start of the program after the other does."""
    doors: list[EngineDoor] = []

    def open_one() -> Workbench:
        doors.append(EngineDoor(Library.open(tmp_path / "library")))
        return Workbench(doors[-1], Settings(tmp_path / "window.ini"))

    yield open_one
    for door in doors:
        door.close(20)


@pytest.fixture
def make_panel(qtbot: QtBot, theme: Theme) -> Iterator[Callable[[Workbench], QueuePanel]]:
    panels: list[QueuePanel] = []

    def make(workbench: Workbench) -> QueuePanel:
        panel = QueuePanel(workbench)
        panel.resize(700, 400)
        panels.append(panel)
        if panel.model.is_shown:
            panel.parts.fold.set_open(True)
        return panel

    yield make
    for panel in panels:
        panel.close()
        panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def requests(*titles: str) -> list[TrainRequest]:
    return [TrainRequest(corpus_id="c", title=title, tables={"training": {"minutes": 5.0}}) for title in titles]


def held(workbench: Workbench, *titles: str) -> None:
    """Let these wait, with nothing that trains."""
    workbench.queue.hold(True)
    for request in requests(*titles):
        workbench.queue.add(request)


def titles(workbench: Workbench) -> list[str]:
    return [request.title for request in workbench.queue.waiting]


def button(panel: QueuePanel, words: str) -> QPushButton:
    return next(each for each in panel.findChildren(QPushButton) if each.text() == words and each.isVisible())


def test_what_waits_is_there_after_a_restart_and_waits_until_the_person_says_go_on(
    open_workbench: Callable[[], Workbench],
    make_panel: Callable[[Workbench], QueuePanel],
    qtbot: QtBot,
) -> None:
    held(open_workbench(), "one", "two", "three")
    again = open_workbench()
    assert titles(again) == ["one", "two", "three"]
    assert again.queue.is_held
    assert again.queue.current is None
    panel = make_panel(again)
    panel.show()
    assert panel.parts.notice.text == "3 runs wait from last time."
    began: list[object] = []
    again.queue.run_began.connect(began.append)
    qtbot.mouseClick(button(panel, "Go on"), Qt.MouseButton.LeftButton)
    assert len(began) == 1
    assert not panel.parts.notice.isVisible()


def test_a_queue_that_was_emptied_stays_empty_after_a_restart(open_workbench: Callable[[], Workbench]) -> None:
    first = open_workbench()
    held(first, "one")
    first.queue.remove(0)
    again = open_workbench()
    assert titles(again) == []
    assert not again.queue.is_held


def test_a_damaged_queue_file_leaves_an_empty_queue(open_workbench: Callable[[], Workbench], tmp_path: Path) -> None:
    held(open_workbench(), "one")
    (tmp_path / "library" / "queue.json").write_text("{not json")
    assert titles(open_workbench()) == []


def test_a_request_comes_back_from_its_record_as_it_was() -> None:
    request = TrainRequest(
        corpus_id="tales", tables={"format": 1, "training": {"steps": 5, "seed": 2}}, recipe="quick", title="Tales",
        start_from="other", group="Tales: Dropout", explanation=message("It fits {count} letters.", count=300),
    )  # fmt: skip
    assert request_from(as_record(request)) == request


@pytest.mark.parametrize(
    "record",
    [
        {}, {"corpus_id": 5}, {"corpus_id": "a", "tables": []}, {"corpus_id": "a", "tables": {"model": 3}},
        {"corpus_id": "a", "is_planned": 1}, {"resume_run": "r", "added_minutes": float("nan")},
        {"resume_run": "r", "added_minutes": -1},
    ],
)  # fmt: skip
def test_a_record_that_means_no_run_is_left_out(record: dict[str, object]) -> None:
    assert request_from(record) is None


def test_the_buttons_the_keys_and_a_drag_change_the_order(
    open_workbench: Callable[[], Workbench],
    make_panel: Callable[[Workbench], QueuePanel],
    qtbot: QtBot,
) -> None:
    workbench = open_workbench()
    held(workbench, "one", "two", "three")
    panel = make_panel(workbench)
    panel.show()
    waiting = panel.parts.list
    waiting.choose(2)
    qtbot.mouseClick(panel.parts.up, Qt.MouseButton.LeftButton)
    assert titles(workbench) == ["one", "three", "two"]
    assert waiting.row == 1
    qtbot.keyClick(waiting, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert titles(workbench) == ["three", "one", "two"]
    assert not panel.parts.up.isEnabled()
    drop_row(panel, 0, below=2)
    assert titles(workbench) == ["one", "two", "three"]
    drop_row(panel, 2, below=-1)
    assert titles(workbench) == ["three", "one", "two"]


def drop_row(panel: QueuePanel, row: int, below: int) -> None:
    """Let go of a dragged row under another one, or above all for -1."""
    waiting = panel.parts.list
    waiting.choose(row)
    area = waiting.visualRect(waiting.model().index(max(below, 0), 0))
    place = QPointF(area.bottomLeft() if below >= 0 else area.topLeft()) + QPointF(5, 0)
    event = _InnerDrop(place, waiting)
    waiting.dropEvent(event)


class _InnerDrop(QDropEvent):
    def __init__(self, place: QPointF, source: object) -> None:
        self._mime = QMimeData()
        move, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
        super().__init__(place, move, self._mime, left, Qt.KeyboardModifier.NoModifier)
        self._source = source

    def source(self) -> object:
        return self._source


def test_one_is_taken_out_with_a_way_back(
    open_workbench: Callable[[], Workbench],
    make_panel: Callable[[Workbench], QueuePanel],
    qtbot: QtBot,
) -> None:
    workbench = open_workbench()
    held(workbench, "one", "two")
    undos: list[Callable[[], None]] = []
    workbench.notices.toast_wanted.connect(lambda _text, _action_text, undo: undos.append(undo))
    panel = make_panel(workbench)
    panel.show()
    panel.parts.list.choose(0)
    qtbot.keyClick(panel.parts.list, Qt.Key.Key_Delete)
    assert titles(workbench) == ["two"]
    undos[0]()
    assert titles(workbench) == ["one", "two"]


def test_the_switch_holds_the_queue_and_lets_it_go_on(
    open_workbench: Callable[[], Workbench],
    make_panel: Callable[[Workbench], QueuePanel],
    qtbot: QtBot,
) -> None:
    workbench = open_workbench()
    held(workbench, "one", "two")
    panel = make_panel(workbench)
    panel.show()
    assert panel.parts.held.isChecked()
    qtbot.mouseClick(panel.parts.held, Qt.MouseButton.LeftButton, pos=QPoint(12, panel.parts.held.height() // 2))
    assert not workbench.queue.is_held
    assert workbench.queue.is_busy or workbench.queue.current is not None
    assert panel.parts.current.name.text() == "one"


def test_the_panel_is_hidden_while_nothing_trains_or_waits_and_says_how_long_the_rest_takes(
    open_workbench: Callable[[], Workbench], make_panel: Callable[[Workbench], QueuePanel]
) -> None:
    workbench = open_workbench()
    panel = make_panel(workbench)
    assert panel.isHidden()
    held(workbench, "one", "two")
    assert not panel.isHidden()
    assert panel.model.summary == "2 wait, about 10 minutes."


def test_steps_are_predicted_from_a_run_of_the_same_shape(open_workbench: Callable[[], Workbench]) -> None:
    from dataclasses import replace

    workbench = open_workbench()
    from workbench.bridge.protocols.runs import RunEntry

    tables = {"model": {"hidden_size": 64}, "training": {"steps": 200}}
    done = RunEntry(id="a", path=workbench.door.library_path, title="a", configuration=tables, step=100, seconds=50.0)
    wanted = TrainRequest(corpus_id="c", tables=tables)
    assert expected_seconds(wanted, [done]) == pytest.approx(100.0)
    assert expected_seconds(replace(wanted, tables={"training": {"steps": 200}}), [done]) is None
