"""How a person steers a run that another thread drives: pause, save, sample, change, stop."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.config.configuration import live_options
from engine.config.sampling import SamplingConfig
from engine.control import RunControl, SettingValue, SnapshotWish
from engine.events import (
    CheckpointSaved,
    PlanFixed,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    SampleWritten,
    SettingChanged,
    StepCompleted,
    WarningIssued,
)
from engine.library.json_lines import read_lines
from engine.models.run_model import live_run_model
from engine.sampling.generate import Writer
from engine.training.session import Session
from engine.training.stopwatch import Stopwatch

NewRun = Callable[..., Session]
WAIT_SECONDS = 60


def of(kind: type[Any], events: list[RunEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def losses(events: list[RunEvent]) -> list[float]:
    return [event.loss_nats for event in of(StepCompleted, events)]


class Driver:
    """A thread that drives a session, and all that it told so far."""

    def __init__(self, session: Session) -> None:
        self.events: list[RunEvent] = []
        self._queue: queue.Queue[RunEvent] = queue.Queue()
        self._thread = threading.Thread(target=self._drive, args=(session,))
        self._thread.start()

    def _drive(self, session: Session) -> None:
        for event in session.run():
            self._queue.put(event)

    def wait_for(self, kind: type[Any]) -> Any:
        """The next event of a kind; those before it are passed by."""
        while True:
            event = self._queue.get(timeout=WAIT_SECONDS)
            self.events.append(event)
            if isinstance(event, kind):
                return event

    def join(self) -> None:
        self._thread.join(WAIT_SECONDS)
        assert not self._thread.is_alive()


@contextmanager
def driven(session: Session, control: RunControl) -> Iterator[Driver]:
    driver = Driver(session)
    try:
        yield driver
    finally:
        control.stop()
        driver.join()


def stepping(session: Session, wishes: dict[int, Callable[[], None]]) -> list[RunEvent]:
    """All events of a run; after the report of a step its wish is made."""
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, StepCompleted) and event.step in wishes:
            wishes[event.step]()
    return events


def test_a_paused_run_goes_on_as_if_it_had_not_been_paused(new_run: NewRun) -> None:
    expected = losses(list(new_run(model={"dropout": 0.2}).run()))
    control = RunControl()
    control.pause()
    session = new_run(control, model={"dropout": 0.2})
    with driven(session, control) as driver:
        assert driver.wait_for(RunPaused).step == 0
        control.resume()
        driver.wait_for(RunResumed)
        driver.wait_for(StepCompleted)
        control.pause()
        paused = driver.wait_for(RunPaused)
        assert driver.wait_for(CheckpointSaved).step == paused.step
        control.resume()
        assert driver.wait_for(RunResumed).step == paused.step
        assert driver.wait_for(RunEnded).outcome == "completed"
    assert losses(driver.events) == expected


def test_a_pause_still_serves_saving_sampling_and_changes(new_run: NewRun) -> None:
    control = RunControl()
    control.pause()
    session = new_run(control)
    with driven(session, control) as driver:
        driver.wait_for(RunPaused)
        driver.wait_for(CheckpointSaved)
        control.save_now()
        assert driver.wait_for(CheckpointSaved).step == 0
        control.sample_now()
        assert driver.wait_for(SampleWritten).step == 0
        control.change("training.learning_rate_factor", 0.25)
        assert driver.wait_for(SettingChanged).new == 0.25
        assert not of(StepCompleted, driver.events)
        control.resume()
        assert driver.wait_for(StepCompleted).learning_rate == pytest.approx(0.0025)


def test_a_paused_run_can_be_stopped(new_run: NewRun) -> None:
    control = RunControl()
    control.pause()
    with driven(new_run(control), control) as driver:
        driver.wait_for(RunPaused)
        control.stop()
        assert driver.wait_for(RunEnded).outcome == "stopped"


def test_pauses_do_not_count_as_time() -> None:
    now = 100.0
    watch = Stopwatch(5.0, clock=lambda: now)
    now = 102.0
    assert watch.seconds == 7.0
    with watch.held():
        now = 200.0
    assert watch.seconds == 7.0
    now = 201.0
    assert watch.seconds == 8.0


def test_a_stopped_run_keeps_its_best_state_and_all_to_go_on(new_run: NewRun) -> None:
    control = RunControl()
    session = new_run(control)
    events = stepping(session, {16: control.stop})
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step) == ("stopped", 16)
    assert ended.reason.text == "You ended the run at step 16."
    assert ended.best_step in (7, 14, 16)
    assert ended.best_valid_loss_nats is not None
    latest = session.folder.read_checkpoint("latest")
    assert latest is not None
    assert latest.step == 16


def test_a_run_stopped_before_its_first_validation_has_a_best_state(new_run: NewRun) -> None:
    control = RunControl()
    ended = stepping(new_run(control), {2: control.stop})[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.best_step) == ("stopped", 2)


def test_a_run_stopped_before_its_first_step_ends_at_once(new_run: NewRun, resumed_run: NewRun) -> None:
    control = RunControl()
    control.stop()
    session = new_run(control)
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step, ended.best_valid_loss_nats) == ("stopped", 0, None)
    assert list(resumed_run(session.folder.id).run())[-1].outcome == "completed"  # type: ignore[union-attr]


def test_saving_and_sampling_happen_when_they_are_wished(new_run: NewRun) -> None:
    control = RunControl()
    events = stepping(new_run(control), {3: control.save_now, 5: control.sample_now})
    assert 3 in [event.step for event in of(CheckpointSaved, events) if not event.is_milestone]
    assert [event.step for event in of(SampleWritten, events)] == [5, 20]


def test_a_change_acts_at_the_next_step_and_is_kept_with_the_run(new_run: NewRun) -> None:
    control = RunControl()
    session = new_run(control, training={"schedule": "constant"})
    wishes = {
        4: lambda: control.change("training.learning_rate_factor", 0.5),
        6: lambda: control.change("training.clip_norm", 1e-6),
        8: lambda: control.change("model.dropout", 0.4),
    }
    events = stepping(session, wishes)
    changes = of(SettingChanged, events)
    assert [(change.step, change.field, change.old, change.new) for change in changes] == [
        (4, "training.learning_rate_factor", 1.0, 0.5),
        (6, "training.clip_norm", 1.0, 1e-6),
        (8, "model.dropout", 0.0, 0.4),
    ]
    reports = {report.step: report for report in of(StepCompleted, events)}
    assert [reports[step].learning_rate for step in (4, 5, 20)] == pytest.approx([0.01, 0.005, 0.005])
    assert reports[7].clipped_share == 1.0
    written = [line for line in read_lines(session.folder.metrics_path).values if line["event"] == "SettingChanged"]
    assert [line["step"] for line in written] == [4, 6, 8]
    configuration: Any = session.folder.read_info()["configuration"]
    assert configuration["training"]["learning_rate_factor"] == 0.5
    assert configuration["model"]["dropout"] == 0.4


def test_a_change_is_still_there_when_the_run_goes_on(new_run: NewRun, resumed_run: NewRun) -> None:
    control = RunControl()
    session = new_run(control, training={"schedule": "constant"})
    events = session.run()
    for event in events:
        if isinstance(event, StepCompleted) and event.step == 9:
            control.change("training.learning_rate_factor", 0.5)
            control.change("training.steps", 15)
        if isinstance(event, StepCompleted) and event.step == 12:
            break
    events.close()
    resumed = resumed_run(session.folder.id)
    assert resumed.step == 7
    after = list(resumed.run())
    assert {report.learning_rate for report in of(StepCompleted, after)} == {0.005}
    assert after[-1].step == 15  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("model.hidden_size", 99, "model.hidden_size cannot be changed while a run trains."),
        ("training.nonsense", 1, "training.nonsense cannot be changed while a run trains."),
        ("nonsense", 1, "nonsense cannot be changed while a run trains."),
        ("training.clip_norm", -1.0, "training.clip_norm is -1.0, but must be at least 0."),
        ("training.clip_norm", float("nan"), "training.clip_norm must be a finite number"),
        ("training.clip_norm", "much", "training.clip_norm is a number, not 'much'."),
        ("training.clip_value", 5.0, "training.clip_norm and training.clip_value are both set"),
        ("training.steps", 0, "training.minutes, training.epochs, training.steps and training.tokens are all 0"),
        ("model.dropout", 1.5, "model.dropout is 1.5, but must be at most 0.95."),
    ],
)
def test_a_change_that_is_not_possible_is_answered_by_a_warning(
    new_run: NewRun, field: str, value: SettingValue, sentence: str
) -> None:
    control = RunControl()
    events = stepping(new_run(control), {3: lambda: control.change(field, value)})
    assert not of(SettingChanged, events)
    (warning,) = of(WarningIssued, events)
    assert warning.message.text.startswith(sentence)
    assert events[-1].step == 20  # type: ignore[union-attr]


@pytest.mark.parametrize(("steps", "end"), [(12, 12), (4, 6), (30, 30)])
def test_a_new_duration_is_planned_at_once(new_run: NewRun, steps: int, end: int) -> None:
    control = RunControl()
    session = new_run(control)
    events = stepping(session, {6: lambda: control.change("training.steps", steps)})
    assert [plan.total_steps for plan in of(PlanFixed, events)] == [20, steps]
    assert events[-1].step == end  # type: ignore[union-attr]
    reports = of(StepCompleted, events)
    # The cosine falls all the way down: no step is taken at the full rate in between.
    rates = [report.learning_rate for report in reports[6:]]
    assert rates == sorted(rates, reverse=True)
    plan: Any = session.folder.read_info()["plan"]
    assert plan["total_steps"] == steps


def test_what_can_be_changed_is_declared() -> None:
    assert {
        "training.clip_norm", "training.clip_value", "training.learning_rate_factor", "model.dropout",
        "training.minutes", "training.epochs", "training.steps", "training.validate_every_steps",
    } <= set(live_options())  # fmt: skip
    assert "training.batch_size" not in live_options()


def test_a_run_that_is_asked_for_its_weights_does_not_change_by_one_bit(new_run: NewRun) -> None:
    sections: dict[str, Any] = {"model": {"dropout": 0.2}, "training": {"steps": 60}}
    unasked = new_run(**sections)
    expected = list(unasked.run())
    control = RunControl()
    asked = new_run(control, **sections)
    wishes: list[SnapshotWish] = []
    snapshots, events = [], []
    for event in asked.run():
        events.append(event)
        if isinstance(event, StepCompleted) and event.step <= 50:
            wishes.append(control.ask_snapshot())
        for wish in [wish for wish in wishes if wish.wait(0)]:
            wishes.remove(wish)
            assert wish.snapshot is not None
            snapshots.append(wish.snapshot)
            model = live_run_model(asked.folder, wish.snapshot.step, wish.snapshot.arrays)
            assert Writer.from_model(model).write_whole(SamplingConfig(length=5)).num_tokens == 5
    assert [snapshot.step for snapshot in snapshots] == list(range(1, 51))
    assert [_without_times(event) for event in events] == [_without_times(event) for event in expected]
    for step in (32, 60):
        assert _weights(asked, step) == _weights(unasked, step)
    assert {name: array.tobytes() for name, array in snapshots[31].arrays.items()} == _weights(asked, 32)


def test_a_paused_run_gives_its_weights_and_one_that_is_over_gives_none(new_run: NewRun) -> None:
    control = RunControl()
    control.pause()
    session = new_run(control)
    with driven(session, control) as driver:
        driver.wait_for(RunPaused)
        wish = control.ask_snapshot()
        assert wish.wait(WAIT_SECONDS)
        assert wish.snapshot is not None
        assert wish.snapshot.step == 0
        late = control.ask_snapshot()
        control.stop()
        driver.wait_for(RunEnded)
    assert late.wait(WAIT_SECONDS)
    after = control.ask_snapshot()
    assert after.wait(0)
    assert after.snapshot is None


def _without_times(event: RunEvent) -> dict[str, Any]:
    timed = ("seconds", "tokens_per_second", "remaining_seconds", "memory_bytes", "run", "title", "created")
    return {name: value for name, value in vars(event).items() if name not in timed}


def _weights(session: Session, step: int) -> dict[str, bytes]:
    checkpoint = session.folder.read_step(step, prefix="model/")
    assert checkpoint is not None
    return {name.removeprefix("model/"): bytes(tensor.data) for name, tensor in checkpoint.tensors.items()}
