"""How often a run's numbers are drawn, and what wakes the interface thread."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from engine.errors import message
from engine.events import RunEnded, RunEvent, StepCompleted
from workbench.bridge.protocols.training import TrainRequest
from workbench.bridge.pump import Pump
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.pace import LONGEST_SECONDS, SHORTEST_SECONDS, Pace


class Clock:
    """A time of its own, and what the thread has spent of it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.spent = 0.0
        self.pace = Pace(lambda: self.now, lambda: self.spent, share=0.02)

    def draw_for(self, seconds: float, cost: float) -> int:
        """Draw whenever the pace lets it, each picture at so much; how many pictures that were."""
        pictures, until = 0, self.now + seconds
        while self.now < until:
            wait = self.pace.wait_seconds()
            if wait > 0:
                self.now += wait + 1e-6
                continue
            self.pace.begin_picture()
            pictures += 1
            self.spent += cost
            self.now += cost
        return pictures


def test_the_first_picture_is_drawn_at_once() -> None:
    assert Clock().pace.wait_seconds() == 0.0


def test_cheap_pictures_come_ten_times_a_second() -> None:
    assert Clock().draw_for(20.0, cost=0.0005) == pytest.approx(20 / SHORTEST_SECONDS, abs=2)


@pytest.mark.parametrize("cost", [0.003, 0.006, 0.012])
def test_pictures_are_spaced_so_that_their_cost_stays_a_small_share(cost: float) -> None:
    clock = Clock()
    pictures = clock.draw_for(60.0, cost)
    assert clock.spent / 60.0 == pytest.approx(0.02, rel=0.05)
    assert pictures == pytest.approx(60.0 * 0.02 / cost, abs=2)


def test_costly_pictures_come_all_the_same() -> None:
    assert Clock().draw_for(70.0, cost=0.2) == pytest.approx(70.0 / LONGEST_SECONDS, abs=2)


def test_what_took_long_once_holds_nothing_up_for_longer_than_the_longest_wait() -> None:
    clock = Clock()
    clock.draw_for(5.0, cost=0.0005)
    clock.spent += 3.0  # a page was opened
    clock.now += 3.0
    clock.draw_for(LONGEST_SECONDS + 0.3, cost=0.0005)
    assert clock.draw_for(10.0, cost=0.0005) == pytest.approx(10 / SHORTEST_SECONDS, abs=12)


def test_what_the_thread_spends_elsewhere_counts_too() -> None:
    alone, beside = Clock(), Clock()
    for _ in range(100):
        alone.draw_for(0.2, cost=0.002)
        beside.spent += 0.003
        beside.draw_for(0.2, cost=0.002)
    assert beside.draw_for(20.0, cost=0.002) <= alone.draw_for(20.0, cost=0.002)
    assert beside.spent < alone.spent + 0.31


class TellingTraining:
    """Begins a run that only does what the test tells."""

    tell: Callable[[RunEvent], None]

    def start(self, _: TrainRequest, on_event: Callable[[RunEvent], None], *__: object) -> Any:
        self.tell = on_event


def step(number: int) -> StepCompleted:
    return StepCompleted(
        step=number, epoch=0.1, tokens=number, seconds=0.1 * number, loss_nats=1.0, perplexity=2.7,
        bits_per_character=1.4, gradient_norm=1.0, clipped_share=0.0, learning_rate=0.01, tokens_per_second=1.0,
        remaining_seconds=None, memory_bytes=1,
    )  # fmt: skip


@pytest.fixture
def telling(qapp: object) -> tuple[ActiveRun, TellingTraining]:
    run, training = ActiveRun(TrainRequest(corpus_id="c", tables={})), TellingTraining()
    run.begin(training)  # type: ignore[arg-type]
    return run, training


def test_a_storm_of_reports_is_told_a_few_times_and_its_last_one_is_among_them(
    telling: tuple[ActiveRun, TellingTraining], qtbot: QtBot
) -> None:
    run, training = telling
    told: list[int] = []
    run.updated.connect(lambda: told.append(run.history.step))
    for number in range(1, 301):
        training.tell(step(number))
    qtbot.waitUntil(lambda: told[-1:] == [300])
    for number in range(301, 401):
        training.tell(step(number))
    qtbot.waitUntil(lambda: told[-1:] == [400])
    assert len(told) <= 3


def test_nothing_ticks_while_a_run_has_nothing_to_say(telling: tuple[ActiveRun, TellingTraining], qtbot: QtBot) -> None:
    run, training = telling
    told: list[int] = []
    run.updated.connect(lambda: told.append(run.history.step))
    training.tell(step(1))
    qtbot.waitUntil(lambda: told == [1])
    assert not any(timer.isActive() for timer in run.findChildren(QTimer))


def test_the_end_of_a_run_is_told_at_once(telling: tuple[ActiveRun, TellingTraining]) -> None:
    run, training = telling
    told: list[str] = []
    run.updated.connect(lambda: told.append(run.state))
    training.tell(step(1))
    training.tell(
        RunEnded(
            outcome="completed", reason=message("Done."), run="a", step=1, seconds=1.0, best_step=None,
            best_valid_loss_nats=None, best_valid_perplexity=None, best_valid_bits_per_character=None,
            best_valid_accuracy=None,
        )
    )  # fmt: skip
    assert told == ["finished"]


@pytest.fixture
def pump(qapp: object) -> Iterator[Pump]:
    made = Pump()
    yield made
    shiboken6.delete(made)


def is_asleep(pump: Pump) -> bool:
    return not pump._timer.isActive()


def test_the_pump_sleeps_until_another_thread_wakes_it(pump: Pump, qtbot: QtBot) -> None:
    heard: list[int] = []
    assert is_asleep(pump)
    for number in range(3):
        thread = threading.Thread(target=pump.post, args=(heard.append, number))
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda number=number: heard[-1:] == [number])  # type: ignore[misc]
        qtbot.waitUntil(lambda: is_asleep(pump))
    assert heard == [0, 1, 2]


def test_calls_of_many_threads_all_arrive_each_thread_in_its_order(pump: Pump, qtbot: QtBot) -> None:
    heard: list[tuple[int, int]] = []

    def talk(name: int) -> None:
        for number in range(500):
            pump.post(heard.append, (name, number))

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(heard) == 2000)
    for thread in threads:
        thread.join()
    for name in range(4):
        assert [number for who, number in heard if who == name] == list(range(500))
    qtbot.waitUntil(lambda: is_asleep(pump))


def test_a_call_that_stays_in_a_dialog_does_not_hold_up_the_others(pump: Pump, qtbot: QtBot) -> None:
    heard: list[str] = []
    dialog = QEventLoop()

    def open_dialog() -> None:
        dialog.exec()
        heard.append("closed")

    def close_dialog() -> None:
        heard.append("inside")
        dialog.quit()

    pump.post(open_dialog)
    pump.post(close_dialog)  # it lies in the queue when the dialog opens: nobody rings again
    qtbot.waitUntil(lambda: heard == ["inside", "closed"])
    pump.post(heard.append, "after")
    qtbot.waitUntil(lambda: heard[-1] == "after")


def test_calls_made_by_hand_leave_the_pump_ready_for_the_next(pump: Pump, qtbot: QtBot) -> None:
    heard: list[int] = []
    pump.post(heard.append, 1)
    pump.drain()
    assert heard == [1]
    qtbot.waitUntil(lambda: is_asleep(pump))
    pump.post(heard.append, 2)
    qtbot.waitUntil(lambda: heard == [1, 2])


def test_a_call_for_a_pump_that_is_gone_is_no_mistake(qapp: object) -> None:
    pump = Pump()
    ends: tuple[socket.socket, socket.socket] = (pump._ear, pump._bell)
    shiboken6.delete(pump)
    pump.post(print, "nobody hears this")
    del pump
    assert [end.fileno() for end in ends] == [-1, -1]
