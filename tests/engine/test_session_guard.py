"""What a run does when a number is not finite any more, when it stops improving, and when only the clock ends it."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import torch

from engine.config.configuration import from_tables
from engine.evaluation.validation import Validation
from engine.events import PlanFixed, Rewound, RunEnded, RunEvent, SampleWritten, StepCompleted
from engine.training import trials
from engine.training.durations import Costs, measuring_seconds, plan
from engine.training.pacing import Pace
from engine.training.session import Session
from engine.training.trainer import Trainer

NewRun = Callable[..., Session]


def of(kind: type[Any], events: list[RunEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the gradients of some windows (counted from 1) not finite."""

    def spoil_windows(*windows: int, value: float = float("nan")) -> None:
        original = Trainer._forward_and_back

        def spoiled(trainer: Trainer) -> None:
            original(trainer)
            if trainer.batches.cursor in windows:
                gradient = trainer.parameters[0].grad
                assert gradient is not None
                gradient[0] = value
                trainer.loss_sum += value

        monkeypatch.setattr(Trainer, "_forward_and_back", spoiled)

    return spoil_windows


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_gradient_that_is_not_finite_is_not_learned_from(
    new_run: NewRun, spoil: Callable[..., None], value: float
) -> None:
    spoil(10, value=value)
    session = new_run(training={"schedule": "constant"})
    events = list(session.run())
    (rewound,) = of(Rewound, events)
    assert (rewound.step, rewound.to_step, rewound.attempt) == (10, 7, 1)
    assert rewound.learning_rate_factor == 0.5
    rates = {report.step: report.learning_rate for report in of(StepCompleted, events)}
    assert rates[9] == pytest.approx(0.01)
    assert rates[11] == pytest.approx(0.005)
    assert all(np.isfinite(report.loss_nats) for report in of(StepCompleted, events))
    assert events[-1].outcome == "completed"  # type: ignore[union-attr]
    assert events[-1].step == 20  # type: ignore[union-attr]


def test_the_weights_after_a_rewind_are_those_of_the_snapshot(new_run: NewRun, spoil: Callable[..., None]) -> None:
    spoil(10)
    session = new_run()
    kept: list[torch.Tensor] = []
    for event in session.run():
        if isinstance(event, StepCompleted) and event.step == 7:
            kept = [parameter.detach().clone() for parameter in session._trainer.parameters]
        if isinstance(event, Rewound):
            assert all(map(torch.equal, session._trainer.parameters, kept))
    assert kept


def test_a_snapshot_is_at_most_100_steps_old(new_run: NewRun, spoil: Callable[..., None]) -> None:
    windows = (99, 200, 201, 203, 301)
    spoil(*windows)
    training = {"steps": 310, "validate_every_steps": 1000, "window_size": 3, "batch_size": 2}
    session = new_run(model={"hidden_size": 3, "embedding_size": 2}, training=training)
    events = []
    for event in session.run():
        events.append(event)
        session._trainer.counters.rewinds_in_a_row = 0
    assert [event.step for event in of(Rewound, events)] == list(windows)
    assert all(0 < event.step - event.to_step <= 100 for event in of(Rewound, events))


def test_three_times_without_a_validation_between_is_a_failure_that_keeps_the_best_state(
    new_run: NewRun, spoil: Callable[..., None]
) -> None:
    spoil(9, 11, 12)
    session = new_run()
    events = list(session.run())
    assert [event.attempt for event in of(Rewound, events)] == [1, 2]
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert ended.outcome == "failed"
    assert ended.reason.text.startswith("The training went out of control 3 times in a row.")
    assert ended.best_step == 7
    assert ended.best_valid_loss_nats is not None
    assert session.error is None
    best = session.folder.read_checkpoint("best")
    assert best is not None
    assert best.step == 7


def test_a_validation_between_lets_a_run_begin_to_count_anew(new_run: NewRun, spoil: Callable[..., None]) -> None:
    spoil(5, 6, 10, 11, 17)
    events = list(new_run().run())
    assert [event.attempt for event in of(Rewound, events)] == [1, 2, 1, 2, 1]
    assert events[-1].outcome == "completed"  # type: ignore[union-attr]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[float]], None]:
    """Makes the validations of a run come out as told; the last one is repeated."""

    def judge(losses: list[float]) -> None:
        left = list(losses)

        def validation_loss(*_arguments: Any, **_named: Any) -> Generator[float, None, Validation]:
            yield 1.0
            loss_nats = left.pop(0) if len(left) > 1 else left[0]
            return Validation(loss_nats=loss_nats, accuracy=0.5, num_predictions=10)

        monkeypatch.setattr(trials, "validation_loss", validation_loss)

    return judge


def test_a_run_that_does_not_improve_ends_early(new_run: NewRun, judged: Callable[[list[float]], None]) -> None:
    judged([3.0, 2.0, 2.5, 1.9, 2.0, 2.1])
    session = new_run(training={"steps": 100, "validate_every_steps": 2, "stop_after": 2})
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step, ended.best_step) == ("stopped_early", 12, 8)
    assert ended.reason.text == "Validation has not improved for 2 validations."


def test_a_validation_that_is_not_a_number_is_never_the_best(
    new_run: NewRun, judged: Callable[[list[float]], None]
) -> None:
    judged([3.0, float("nan"), float("inf"), 2.5])
    ended = list(new_run(training={"validate_every_steps": 4, "steps": 16}).run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.best_step) == ("completed", 16)


def test_a_plateau_lowers_the_learning_rate(new_run: NewRun, judged: Callable[[list[float]], None]) -> None:
    judged([3.0, 2.0, 2.5, 2.4, 2.3, 2.2])
    training = {
        "schedule": "plateau", "patience": 1, "decay_factor": 0.5, "min_share": 0.2,
        "steps": 16, "validate_every_steps": 2,
    }  # fmt: skip
    reports = of(StepCompleted, list(new_run(training=training).run()))
    shares = [report.learning_rate / 0.01 for report in reports]
    # Best at 4; no better at 6 and 8, lowered; nor at 10 and 12, lowered again, and so on down to the least share.
    assert shares == pytest.approx([1.0] * 8 + [0.5] * 4 + [0.25] * 4)


def ticking(seconds: float) -> Callable[[], float]:
    """A clock that goes on at every look at it."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += seconds
        return now

    return clock


def let_tick(session: Session, seconds: float) -> None:
    """Give a session such a clock."""
    session._watch.__init__(0.0, clock=ticking(seconds))  # type: ignore[misc]


def test_minutes_become_a_number_of_steps_once(new_run: NewRun, monkeypatch: pytest.MonkeyPatch) -> None:
    costs = Costs(step=0.5, validation=1.0, ending=4.0)
    monkeypatch.setattr(Pace, "costs", property(lambda pace: costs if pace._validation_seconds else None))
    session = new_run(training={"minutes": 1.0, "validate_every_steps": 10})
    let_tick(session, 0.05)
    events = list(session.run())
    (plan,) = of(PlanFixed, events)
    assert plan.at_step > 5
    assert plan.validate_every_steps == 10
    # 97 % of 60 s, less what has passed (12 % of the time, 7.2 s, and a little) and 4 s at the end; 0.6 s a step.
    assert plan.total_steps - plan.at_step == pytest.approx((58.2 - 7.2 - 4) / 0.6, abs=2)
    assert plan.seconds == pytest.approx(58.2, abs=2)
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step) == ("completed", plan.total_steps)
    assert session.folder.read_info()["plan"] == {
        "total_steps": plan.total_steps, "validate_every_steps": 10, "at_step": plan.at_step, "seconds": plan.seconds,
    }  # fmt: skip
    reports = {report.step: report for report in of(StepCompleted, events)}
    assert reports[plan.at_step].learning_rate == pytest.approx(0.01)
    assert reports[ended.step].learning_rate < 0.001


def test_minutes_added_to_a_long_run_are_planned_in_full() -> None:
    training = from_tables({"training": {"minutes": 61.0, "validate_every_steps": 10}}).training
    assert measuring_seconds(training, spent=3600) == pytest.approx(3600 + 0.12 * 60)
    made = plan(training, None, step=5000, elapsed=3600, costs=Costs(step=0.1, validation=1.0, ending=2.0))
    assert made is not None
    assert made.total_steps - 5000 == pytest.approx((0.97 * 60 - 2) / 0.2, abs=1)


def test_the_clock_remains_a_hard_limit(new_run: NewRun) -> None:
    session = new_run(training={"minutes": 1.0})
    let_tick(session, 0.5)
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.reason.text) == ("completed", "The time is over.")
    assert 60 <= ended.seconds <= 75


def test_a_run_in_minutes_that_loses_its_last_steps_is_the_run_it_would_have_been(
    new_run: NewRun, resumed_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = Costs(step=1.0, validation=1.0, ending=4.0)
    monkeypatch.setattr(Pace, "costs", property(lambda pace: costs if pace._validation_seconds else None))
    session = new_run(training={"minutes": 1.0, "validate_every_steps": 10})
    let_tick(session, 0.05)
    events = session.run()
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, StepCompleted) and event.step == 3:
            session.control.save_now()  # long before there is a plan
        if isinstance(event, PlanFixed):
            break
    plan = seen[-1]
    assert isinstance(plan, PlanFixed)
    before = {report.step: report.loss_nats for report in of(StepCompleted, seen)}
    events.close()
    for step in session.folder.checkpoint_steps():
        if step > 3:
            session.folder.checkpoint_path(step).unlink()
    resumed = resumed_run(session.folder.id)
    assert resumed.step == 3
    after = list(resumed.run())
    (again,) = of(PlanFixed, after)
    assert again == plan
    found = {report.step: report.loss_nats for report in of(StepCompleted, after)}
    assert {step: found[step] for step in before if step > 3} == {step: before[step] for step in before if step > 3}


def test_sample_texts_come_after_5_10_20_40_seconds(new_run: NewRun) -> None:
    session = new_run(training={"sample_every_seconds": 30.0, "steps": 400})
    let_tick(session, 0.1)
    samples = of(SampleWritten, list(session.run())[:-2])
    for sample, due in zip(samples, (5, 10, 20, 40, 70, 100), strict=False):
        assert due - 1 <= sample.seconds < due + 0.5  # begun a little early, so that it can be read by then
    assert len(samples) >= 5


def test_counted_steps_end_a_run_in_minutes_as_planned(new_run: NewRun) -> None:
    session = new_run(training={"minutes": 1000.0, "epochs": 1.0})
    windows = session._trainer.batches.windows_per_epoch
    events = list(session.run())
    (plan,) = of(PlanFixed, events)
    assert plan.total_steps == windows
    assert plan.at_step <= 0.12 * windows + 1
    assert events[-1].step == windows  # type: ignore[union-attr]
    # The schedule falls to its end: it is planned for long before.
    assert of(StepCompleted, events)[-1].learning_rate < 0.001


def test_a_few_counted_steps_end_a_run_in_minutes_before_it_is_planned(new_run: NewRun) -> None:
    ended = list(new_run(training={"minutes": 1000.0, "steps": 3}).run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step, ended.reason.text) == ("completed", 3, "All 3 steps are done.")
