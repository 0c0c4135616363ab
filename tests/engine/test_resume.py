"""A run that was stopped, paused or left goes on as the run it would have been, bit for bit."""

from collections.abc import Generator
from typing import Any

import pytest

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.events import RunEnded, RunEvent, StepCompleted
from engine.library.library import Library
from engine.training.run_record import RunRecord
from engine.training.runs import Durations, Request, create_run, resume_run
from engine.training.session import Session


def prepared(preparing: Generator[RunEvent, None, Session]) -> Session:
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def tables(**settings: dict[str, Any]) -> dict[str, Any]:
    model = {"cell": "lstm", "hidden_size": 12, "embedding_size": 5, **settings.get("model", {})}
    training = {
        "steps": 30, "batch_size": 4, "window_size": 11, "validate_every_steps": 7, "report_every_steps": 1,
        "sample_every_seconds": 0, "precision": "float32", "learning_rate": 0.01, **settings.get("training", {}),
    }  # fmt: skip
    return to_tables(from_tables({"model": model, "training": training}))


def losses(events: list[RunEvent]) -> dict[int, float]:
    return {event.step: event.loss_nats for event in events if isinstance(event, StepCompleted)}


def finish(session: Session) -> list[RunEvent]:
    events = list(session.run())
    if session.error:
        raise session.error
    return events


def whole_run(library: Library, corpus: str, chosen: dict[str, Any]) -> tuple[dict[int, float], dict[str, bytes]]:
    session = prepared(create_run(library, Request(corpus, chosen, "test"), RunControl()))
    events = finish(session)
    return losses(events), last_tensors(session)


def last_tensors(session: Session) -> dict[str, bytes]:
    checkpoint = session.folder.read_checkpoint("latest")
    assert checkpoint is not None
    return {name: bytes(tensor.data) for name, tensor in checkpoint.tensors.items()}


def broken_run(
    library: Library, corpus: str, chosen: dict[str, Any], step: int
) -> tuple[dict[int, float], dict[str, bytes]]:
    control = RunControl()
    session = prepared(create_run(library, Request(corpus, chosen, "test"), control))
    seen = []
    for event in session.run():
        seen.append(event)
        if isinstance(event, StepCompleted) and event.step == step:
            control.stop()
    resumed = prepared(resume_run(library, session.folder.id, Durations(), RunControl()))
    assert resumed.step == step
    seen += finish(resumed)
    return losses(seen), last_tensors(resumed)


@pytest.mark.parametrize(
    ("cell", "layers", "dropout", "optimizer"),
    [
        ("lstm", 1, 0.0, "adamw"),
        ("lstm", 2, 0.3, "rmsprop"),
        ("gru", 2, 0.3, "adam"),
        ("rnn", 1, 0.3, "momentum"),
        ("gru", 1, 0.0, "sgd"),
        ("rnn", 2, 0.0, "adagrad"),
    ],
)
def test_a_stopped_run_goes_on_as_if_it_had_never_been_stopped(
    library: Library, corpus: str, cell: str, layers: int, dropout: float, optimizer: str
) -> None:
    chosen = tables(
        model={"cell": cell, "num_layers": layers, "dropout": dropout},
        training={"optimizer": optimizer, "schedule": "one-cycle"},
    )
    expected_losses, expected_tensors = whole_run(library, corpus, chosen)
    found_losses, found_tensors = broken_run(library, corpus, chosen, step=13)
    assert found_losses == expected_losses
    assert found_tensors == expected_tensors


@pytest.mark.parametrize("step", [13, 14, 15])
def test_a_validation_left_out_at_the_end_is_made_up_for_when_the_run_goes_on(
    library: Library, corpus: str, step: int
) -> None:
    # Each validation without a gain lowers the rate of a plateau schedule.
    plateau = {"schedule": "plateau", "patience": 0, "learning_rate": 0.5, "stop_after": 0}
    chosen = tables(training=plateau)
    expected_losses, expected_tensors = whole_run(library, corpus, chosen)
    found_losses, found_tensors = broken_run(library, corpus, chosen, step=step)
    assert found_losses == expected_losses
    assert found_tensors == expected_tensors


def test_a_run_left_in_the_middle_of_its_steps_goes_on_from_its_last_checkpoint(library: Library, corpus: str) -> None:
    chosen = tables()
    expected_losses, expected_tensors = whole_run(library, corpus, chosen)
    session = prepared(create_run(library, Request(corpus, chosen, "test"), RunControl()))
    events = session.run()
    for event in events:
        if isinstance(event, StepCompleted) and event.step == 17:
            break
    events.close()
    resumed = prepared(resume_run(library, session.folder.id, Durations(), RunControl()))
    assert resumed.step == 14
    found = losses(finish(resumed))
    assert found == {step: loss for step, loss in expected_losses.items() if step > 14}
    assert last_tensors(resumed) == expected_tensors


def test_a_run_without_a_checkpoint_begins_again_at_step_0(library: Library, corpus: str) -> None:
    chosen = tables()
    expected_losses, _ = whole_run(library, corpus, chosen)
    session = prepared(create_run(library, Request(corpus, chosen, "test"), RunControl()))
    events = session.run()
    next(events)
    events.close()
    resumed = prepared(resume_run(library, session.folder.id, Durations(), RunControl()))
    assert resumed.step == 0
    assert losses(finish(resumed)) == expected_losses


def test_a_duration_makes_a_complete_run_longer(library: Library, corpus: str) -> None:
    session = prepared(create_run(library, Request(corpus, tables(), "test"), RunControl()))
    finish(session)
    resumed = prepared(resume_run(library, session.folder.id, Durations(steps=5), RunControl()))
    events = finish(resumed)
    assert sorted(losses(events)) == [31, 32, 33, 34, 35]
    assert isinstance(events[-1], RunEnded)
    assert RunRecord.from_json(session.folder.read_info()).step == 35


def test_sampling_validating_and_saving_in_between_change_not_one_bit(library: Library, corpus: str) -> None:
    chosen = tables(model={"dropout": 0.2})
    expected_losses, expected_tensors = whole_run(library, corpus, chosen)
    control = RunControl()
    session = prepared(create_run(library, Request(corpus, chosen, "test"), control))
    seen = []
    for event in session.run():
        seen.append(event)
        if isinstance(event, StepCompleted):
            control.sample_now()
            control.save_now()
    assert losses(seen) == expected_losses
    assert last_tensors(session) == expected_tensors


def test_a_lengthened_run_that_was_left_is_not_complete_and_goes_on(library: Library, corpus: str) -> None:
    session = prepared(create_run(library, Request(corpus, tables(), "test"), RunControl()))
    finish(session)
    events = prepared(resume_run(library, session.folder.id, Durations(steps=9), RunControl())).run()
    for event in events:
        if isinstance(event, StepCompleted) and event.step == 36:
            break
    record = RunRecord.from_json(session.folder.read_info())
    assert record.outcome == ""
    events.close()
    resumed = prepared(resume_run(library, session.folder.id, Durations(), RunControl()))
    assert max(losses(finish(resumed))) == 39
