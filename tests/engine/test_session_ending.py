"""How soon a run stands still: pauses and ends within validations, sample texts and the evaluation at the end."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

from engine.control import RunControl
from engine.evaluation.validation import Validation
from engine.events import (
    CheckpointSaved,
    RunEnded,
    RunEvent,
    RunPaused,
    SampleWritten,
    StepCompleted,
    ValidationCompleted,
)
from engine.sampling.generate import Writer
from engine.training import judging, trials
from engine.training.session import Session

NewRun = Callable[..., Session]


def of(kind: type[Any], events: list[RunEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def driven(session: Session, *, resumes_at: type[Any] = CheckpointSaved) -> list[RunEvent]:
    """All events of a run; a pause ends when the first event of a kind has come in it."""
    events: list[RunEvent] = []
    is_paused = False
    for event in session.run():
        events.append(event)
        if isinstance(event, RunPaused):
            is_paused = True
        if is_paused and isinstance(event, resumes_at):
            session.control.resume()
            is_paused = False
    return events


def at_part(part: int, action: Callable[[], None], original: Callable[..., Any]) -> Callable[..., Any]:
    """`original`, a generator function; at this part of what it yields, counted over all calls, an action happens."""
    count = 0

    def generate(*arguments: Any, **named: Any) -> Generator[Any, None, Any]:
        nonlocal count
        parts = original(*arguments, **named)
        while True:
            try:
                value = next(parts)
            except StopIteration as end:
                return end.value
            count += 1
            if count == part:
                action()
            yield value

    return generate


@pytest.fixture
def worsening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every validation come out worse than the one before."""
    losses = iter(range(1, 100))

    def validation_loss(*_arguments: Any, **_named: Any) -> Generator[float, None, Validation]:
        yield 1.0
        return Validation(loss_nats=float(next(losses)), accuracy=0.5, num_predictions=10)

    monkeypatch.setattr(trials, "validation_loss", validation_loss)


def names(events: list[RunEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def latest_weights(session: Session) -> dict[str, bytes]:
    checkpoint = session.folder.read_checkpoint("latest", prefix="model/")
    assert checkpoint is not None
    return {name: bytes(tensor.data) for name, tensor in checkpoint.tensors.items()}


def best(session: Session) -> dict[str, Any]:
    figures = session.folder.read_info()["best"]
    assert isinstance(figures, dict)
    return figures


def test_a_pause_is_served_within_a_validation(new_run: NewRun, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = of(ValidationCompleted, list(new_run().run()))[0]
    session = new_run()
    monkeypatch.setattr(trials, "validation_loss", at_part(1, session.control.pause, trials.validation_loss))
    events = driven(session)
    first = next(index for index, event in enumerate(events) if isinstance(event, ValidationCompleted))
    assert names(events[first - 3 : first]) == ["RunPaused", "CheckpointSaved", "RunResumed"]
    assert events[first].loss_nats == expected.loss_nats  # type: ignore[union-attr]
    assert of(RunPaused, events)[0].step == 7


def test_a_pause_is_served_between_the_tokens_of_a_sample_text(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    (expected,) = of(SampleWritten, list(new_run().run()))
    session = new_run()
    monkeypatch.setattr(Writer, "write", at_part(5, session.control.pause, Writer.write))
    events = driven(session)
    assert names(events)[-5:] == ["RunPaused", "CheckpointSaved", "RunResumed", "SampleWritten", "RunEnded"]
    assert of(SampleWritten, events)[0].text == expected.text


def test_a_pause_is_served_while_a_prompt_is_read(new_run: NewRun, monkeypatch: pytest.MonkeyPatch) -> None:
    training = {"sample_prompt": "99 bottles"}
    (expected,) = of(SampleWritten, list(new_run(training=training).run()))
    session = new_run(training=training)
    read = Writer.read_prompt

    def paused_before(writer: Writer, text: str, is_cancelled: Callable[[], bool]) -> Any:
        if not paused:
            paused.append(True)
            session.control.pause()
        return read(writer, text, is_cancelled)

    paused: list[bool] = []
    monkeypatch.setattr(Writer, "read_prompt", paused_before)
    events = driven(session)
    assert of(RunPaused, events)
    assert of(SampleWritten, events)[0].text == expected.text


def test_a_sample_text_wished_in_a_pause_within_one_is_written_in_the_pause(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_run()

    def pause() -> None:
        session.control.pause()
        session.control.sample_now()

    monkeypatch.setattr(Writer, "write", at_part(5, pause, Writer.write))
    events = driven(session, resumes_at=SampleWritten)
    assert names(events)[-6:] == [
        "RunPaused", "CheckpointSaved", "SampleWritten", "RunResumed", "SampleWritten", "RunEnded",
    ]  # fmt: skip


@pytest.mark.usefixtures("worsening")
def test_a_pause_in_the_evaluation_at_the_end_saves_the_last_state_not_the_best(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_run()
    last: dict[str, bytes] = {}

    def pause() -> None:
        last.update(latest_weights(session))
        session.control.pause()

    monkeypatch.setattr(judging, "evaluate_ids", at_part(1, pause, judging.evaluate_ids))
    events = driven(session)
    assert names(events)[-5:] == ["RunPaused", "CheckpointSaved", "RunResumed", "SampleWritten", "RunEnded"]
    assert best(session)["step"] == 7
    assert "full_loss_nats" in best(session)
    assert latest_weights(session) == last


def test_a_run_that_the_person_ends_has_the_figures_of_its_last_validation(new_run: NewRun) -> None:
    control = RunControl()
    session = new_run(control)
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, StepCompleted) and event.step == 16:
            control.stop()
    ended = events[-1]
    validations = of(ValidationCompleted, events)
    assert [validation.step for validation in validations] == [7, 14]
    winner = min(validations, key=lambda validation: validation.loss_nats)
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.best_step) == ("stopped", winner.step)
    assert ended.best_valid_loss_nats == winner.loss_nats
    assert ended.best_valid_bits_per_character == pytest.approx(winner.bits_per_character)
    assert ended.best_valid_accuracy == winner.accuracy
    assert ended.full_valid_loss_nats is None
    latest = session.folder.read_checkpoint("latest")
    assert latest is not None
    assert latest.step == 16


@pytest.mark.usefixtures("worsening")
@pytest.mark.parametrize(("outcome", "stop_after"), [("completed", 0), ("stopped_early", 1)])
def test_the_best_of_a_run_that_ends_by_itself_is_its_validation_and_figures_as_one_stream_stand_beside_it(
    new_run: NewRun, outcome: str, stop_after: int
) -> None:
    session = new_run(training={"stop_after": stop_after})
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.best_step) == (outcome, 7)
    assert ended.best_valid_loss_nats == best(session)["loss_nats"] == 1.0
    assert ended.full_valid_loss_nats == best(session)["full_loss_nats"] != 1.0
    assert ended.full_valid_bits_per_character == best(session)["full_bits_per_character"]


def test_a_validation_is_left_where_the_person_ends_the_run(new_run: NewRun, monkeypatch: pytest.MonkeyPatch) -> None:
    session = new_run()
    # The validation text is read in two windows, so that the third one belongs to the second validation.
    monkeypatch.setattr(trials, "validation_loss", at_part(3, session.control.stop, trials.validation_loss))
    events = list(session.run())
    assert [validation.step for validation in of(ValidationCompleted, events)] == [7]
    assert events[-1].step == 14  # type: ignore[union-attr]
    assert events[-1].best_step == 7  # type: ignore[union-attr]


def test_the_evaluation_at_the_end_is_left_where_the_person_ends_the_run(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_run()
    monkeypatch.setattr(judging, "evaluate_ids", at_part(1, session.control.stop, judging.evaluate_ids))
    events = list(session.run())
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step) == ("completed", 20)
    winner = min(of(ValidationCompleted, events), key=lambda validation: validation.loss_nats)
    assert ended.best_valid_loss_nats == winner.loss_nats
    assert "full_loss_nats" not in best(session)
    assert not of(SampleWritten, events)


def test_a_run_ended_before_its_first_validation_is_tried_shortly(new_run: NewRun, resumed_run: NewRun) -> None:
    control = RunControl()
    session = new_run(control)
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, StepCompleted) and event.step == 2:
            control.stop()
    (validation,) = of(ValidationCompleted, events)
    assert (validation.step, validation.is_best) == (2, True)
    assert best(session)["loss_nats"] == validation.loss_nats == events[-1].best_valid_loss_nats  # type: ignore[union-attr]
    assert "full_loss_nats" not in best(session)
    assert session.folder.pointed_step("best") == 2
    # The first whole validation is better than any short one.
    after = of(ValidationCompleted, list(resumed_run(session.folder.id).run()))
    assert (after[0].step, after[0].is_best) == (7, True)


def test_a_prompt_that_is_not_read_to_its_end_does_not_fail_the_run(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_run()
    read = Writer.read_prompt

    def stopped_before(writer: Writer, text: str, is_cancelled: Callable[[], bool]) -> Any:
        session.control.stop()
        return read(writer, text, is_cancelled)

    monkeypatch.setattr(Writer, "read_prompt", stopped_before)
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, session.error) == ("completed", None)


def test_a_run_that_was_left_knows_its_best_state(new_run: NewRun) -> None:
    session = new_run()
    events = session.run()
    for event in events:
        if isinstance(event, StepCompleted) and event.step == 9:
            break
    assert best(session)["step"] == 7
    events.close()
    assert session.ended is not None
    assert (session.ended.outcome, session.ended.best_step) == ("stopped", 7)


def test_a_resumed_run_that_finds_nothing_better_keeps_the_figures_as_one_stream(
    new_run: NewRun, resumed_run: NewRun
) -> None:
    session = new_run()
    list(session.run())
    figures = best(session)
    control = RunControl()
    resumed = resumed_run(session.folder.id, control, steps=30)
    for event in resumed.run():
        if isinstance(event, StepCompleted):
            control.stop()
    assert best(resumed) == figures
    assert "full_loss_nats" in figures


def test_the_first_points_come_before_the_cadence(new_run: NewRun) -> None:
    session = new_run(training={"report_every_steps": 10, "steps": 21})
    reports = of(StepCompleted, list(session.run()))
    assert [report.step for report in reports] == [1, 2, 5, 10, 20, 21]
    tokens = np.diff([0, *(report.tokens for report in reports)])
    assert all(tokens > 0)
