import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import BadInput, Cancelled
from workbench.bridge.jobs import ThreadJobs
from workbench.bridge.pump import Pump


@pytest.fixture
def jobs(qapp: object) -> Iterator[ThreadJobs]:
    pump = Pump()
    found = ThreadJobs(pump)
    yield found
    assert found.close(5)


def test_events_and_result_come_in_order_on_the_interface_thread(jobs: ThreadJobs, qtbot: QtBot) -> None:
    heard: list[object] = []
    threads: set[int] = set()

    def work(_: Callable[[], bool]) -> Iterator[int]:
        yield from range(5)
        return "the end"

    def hear(value: object) -> None:
        heard.append(value)
        threads.add(threading.get_ident())

    jobs.start("count", work, on_event=hear, on_done=hear)
    qtbot.waitUntil(lambda: len(heard) == 6)
    assert heard == [0, 1, 2, 3, 4, "the end"]
    assert threads == {threading.get_ident()}


def test_an_error_of_the_engine_arrives_as_its_sentence(jobs: ThreadJobs, qtbot: QtBot) -> None:
    failures: list[object] = []

    def work(_: Callable[[], bool]) -> None:
        raise BadInput("{name} is empty.", name="a.txt")

    jobs.start("fail", work, on_failed=failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].message.text == "a.txt is empty."
    assert failures[0].is_expected


def test_an_error_nobody_foresaw_arrives_with_its_details(jobs: ThreadJobs, qtbot: QtBot) -> None:
    failures: list[object] = []

    def work(_: Callable[[], bool]) -> None:
        raise KeyError("odd")

    jobs.start("fail", work, on_failed=failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert "KeyError" in failures[0].message.text
    assert "Traceback" in failures[0].details
    assert not failures[0].is_expected


def test_a_cancelled_job_says_so_and_nothing_else(jobs: ThreadJobs, qtbot: QtBot) -> None:
    heard: list[str] = []

    def work(is_cancelled: Callable[[], bool]) -> Iterator[int]:
        while True:
            if is_cancelled():
                raise Cancelled
            yield 1

    job = jobs.start(
        "long", work, on_done=lambda _: heard.append("done"), on_cancelled=lambda: heard.append("cancelled"),
        on_failed=lambda _: heard.append("failed"),
    )  # fmt: skip
    job.cancel()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["cancelled"]


def test_a_new_job_of_a_kind_silences_the_old_one(jobs: ThreadJobs, qtbot: QtBot) -> None:
    heard: list[str] = []
    may_end = threading.Event()

    def slow(_: Callable[[], bool]) -> str:
        may_end.wait(5)
        return "old"

    jobs.start("look", slow, on_done=heard.append)
    second = jobs.start("look", lambda _: "new", on_done=heard.append)
    may_end.set()
    qtbot.waitUntil(lambda: bool(heard) and not second.is_running)
    assert jobs.close(5)
    # Calls come in their order: what is heard now would have come after a late result.
    jobs.start("after", lambda _: "after", on_done=heard.append)
    qtbot.waitUntil(lambda: "after" in heard)
    assert heard == ["new", "after"]


def test_one_bad_callback_does_not_swallow_the_next(jobs: ThreadJobs, qtbot: QtBot) -> None:
    heard: list[int] = []

    def hear(value: int) -> None:
        if value == 1:
            raise ValueError("a mistake of the program")
        heard.append(value)

    def work(_: Callable[[], bool]) -> Iterator[int]:
        yield from range(4)

    with qtbot.captureExceptions() as caught:
        jobs.start("count", work, on_event=hear)
        qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == [0, 2, 3]
    assert [kind for kind, *_ in caught] == [ValueError]
