"""Sample texts of a run are looked up in its training text beside the run, which does not change by one bit."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from engine.analysis.copying import CopyIndex
from engine.analysis.passage_index import IndexedText
from engine.config.corpus import CorpusConfig
from engine.control import RunControl
from engine.errors import StorageFailed
from engine.events import RunEvent, SampleWritten, StepCompleted, ValidationCompleted
from engine.library.library import Library
from engine.training import copy_watch
from engine.training.copy_watch import CopyWatch
from engine.training.session import Session

NewRun = Callable[..., Session]
LONG = 1e9  # seconds that a run still takes
TIMES = ("seconds", "remaining_seconds", "tokens_per_second", "memory_bytes")


@pytest.fixture
def source(library: Library, corpus: str) -> IndexedText:
    return IndexedText.of(library.corpus(corpus), CorpusConfig(tokens="char"))


def driven(session: Session, control: RunControl, every: int = 4) -> list[RunEvent]:
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, StepCompleted) and event.step % every == 0:
            control.sample_now()
    return events


def samples_of(events: list[RunEvent]) -> list[SampleWritten]:
    return [event for event in events if isinstance(event, SampleWritten)]


def without_times(events: list[RunEvent]) -> list[dict[str, Any]]:
    kept = (event for event in events if isinstance(event, StepCompleted | ValidationCompleted | SampleWritten))
    ignored = (*TIMES, "copied_share", "longest_copied")
    return [{name: value for name, value in dataclasses.asdict(e).items() if name not in ignored} for e in kept]


def weights(session: Session) -> dict[str, bytes]:
    checkpoint = session.folder.read_checkpoint("latest", prefix="")
    assert checkpoint is not None
    return {name: bytes(tensor.data) for name, tensor in checkpoint.tensors.items()}


def test_samples_tell_what_is_copied_once_the_index_is_there(new_run: NewRun, monkeypatch: pytest.MonkeyPatch):
    begin = CopyWatch.begin

    def begin_and_wait(watch: CopyWatch, _: float) -> None:
        begin(watch, LONG)
        assert watch.wait(30)

    control = RunControl()
    session = new_run(control, training={"sample_length": 60})
    assert session._data.copies is not None
    assert session._data.copies.report("99 bottles of beer on the wall, 99 bottles of beer.") is None
    monkeypatch.setattr(CopyWatch, "begin", begin_and_wait)
    samples = samples_of(driven(session, control))
    assert len(samples) >= 5
    assert all(sample.copied_share == 0 for sample in samples)  # the model has learnt nothing yet
    assert all(sample.longest_copied is not None and 1 <= sample.longest_copied < 30 for sample in samples)
    copied = session._data.copies.report("He sang: 99 bottles of beer on the wall, 99 bottles of beer.")
    assert copied is not None
    assert copied.longest == 51


def test_a_run_with_an_index_and_one_without_are_the_same_to_the_bit(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
):
    plain_control, watched_control = RunControl(), RunControl()
    plain = new_run(plain_control, model={"dropout": 0.2})
    monkeypatch.setattr(CopyWatch, "begin", lambda _watch, _seconds: None)
    plain_events = driven(plain, plain_control)
    monkeypatch.undo()
    monkeypatch.setattr(copy_watch, "_SECONDS_PER_BYTE", 0.0)
    monkeypatch.setattr(copy_watch, "_RESTS_PER_WORK", 0.0)
    watched = new_run(watched_control, model={"dropout": 0.2})
    watched_events = driven(watched, watched_control)
    assert watched._data.copies is not None
    assert watched._data.copies._thread is not None
    assert without_times(plain_events) == without_times(watched_events)
    assert weights(plain) == weights(watched)
    assert all(sample.copied_share is None for sample in samples_of(plain_events))


def test_a_run_too_short_for_it_builds_nothing(
    new_run: NewRun, library: Library, corpus: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(copy_watch, "_SECONDS_PER_BYTE", 1.0)
    control = RunControl()
    session = new_run(control)
    assert all(sample.copied_share is None for sample in samples_of(driven(session, control)))
    assert session._data.copies is not None
    assert not session._data.copies.wait(0)
    assert not list(library.corpus(corpus).path.glob("copies-*"))


def test_an_index_costs_a_hundredth_of_what_remains_of_a_run_at_the_most(source: IndexedText):
    watch = CopyWatch(source)
    needed = source.part.num_bytes * copy_watch._SECONDS_PER_BYTE * 100
    watch.begin(0.9 * needed)
    assert not watch.wait(30)
    watch.begin(1.1 * needed)
    assert watch.wait(30)


def test_of_a_very_long_text_an_index_is_opened_but_not_built(source: IndexedText, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(copy_watch, "MOST_BUILT_BYTES", source.part.num_bytes - 1)
    watch = CopyWatch(source)
    watch.begin(LONG)
    assert not watch.wait(30)
    list(CopyIndex.build_of(source))
    watch = CopyWatch(source)
    watch.begin(LONG)
    assert watch.wait(30)


def slow_steps(num: int) -> Iterator[int]:
    for number in range(num):
        time.sleep(0.01)
        yield number


def test_the_work_rests_three_times_as_long_as_it_takes():
    rests: list[float] = []

    def rest(seconds: float) -> bool:
        rests.append(seconds)
        return len(rests) == 3

    assert copy_watch._done_calmly(slow_steps(5), rest) is None  # type: ignore[arg-type]
    assert len(rests) == 3
    assert all(seconds >= 0.03 for seconds in rests)


def test_the_end_of_the_run_ends_the_building(source: IndexedText):
    watch = CopyWatch(source)
    watch.close()
    watch.begin(LONG)
    assert not watch.wait(30)
    assert not source.path.exists()


@pytest.mark.parametrize("error", [StorageFailed("The disk is full."), MemoryError(), OSError()])
def test_a_run_goes_on_where_no_index_can_be_had(
    source: IndexedText, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(CopyIndex, "open_of", fail)
    watch = CopyWatch(source)
    watch.begin(LONG)
    assert not watch.wait(30)
    assert watch.report("99 bottles") is None


def test_an_empty_text_has_no_copies(source: IndexedText):
    watch = CopyWatch(source)
    watch.begin(LONG)
    assert watch.wait(30)
    assert watch.report("") is None
    assert np.isclose(watch.report("98 bottles of beer on the wall, 98 bottles").copied_share, 1)  # type: ignore[union-attr, arg-type]
