"""A session from its first event to its last: what it tells, what it keeps, and how it ends."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from engine.control import RunControl
from engine.errors import DamagedFile, StorageFailed
from engine.events import (
    CheckpointSaved,
    PlanFixed,
    RunEnded,
    RunEvent,
    RunStarted,
    SampleWritten,
    StepCompleted,
    ValidationCompleted,
    ValidationStarted,
    WarningIssued,
    as_record,
)
from engine.library.json_lines import LineWriter, read_lines
from engine.training.session import Session
from engine.training.trainer import Trainer

NewRun = Callable[..., Session]


def of(kind: type[Any], events: list[RunEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def lines(session: Session) -> list[dict[str, Any]]:
    """The events of metrics.jsonl."""
    return read_lines(session.folder.metrics_path).values


def arrays(session: Session, prefix: str = "model/") -> dict[str, Any]:
    """Weights of the latest checkpoint."""
    checkpoint = session.folder.read_checkpoint("latest", prefix=prefix)
    assert checkpoint is not None
    return {
        name.removeprefix(prefix): np.frombuffer(tensor.data, "<f4").reshape(tensor.shape)
        for name, tensor in checkpoint.tensors.items()
    }


def failing_after(calls: int, error: BaseException, original: Callable[..., Any]) -> Callable[..., Any]:
    """`original`, which raises from a certain call on."""
    count = 0

    def call(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        if count > calls:
            raise error
        return original(*arguments, **named)

    return call


def test_a_run_begins_with_what_it_is_and_ends_with_how_it_went(new_run: NewRun, corpus: str) -> None:
    session = new_run()
    first, *_, last = list(session.run())
    assert isinstance(first, RunStarted)
    assert (first.run, first.corpus, first.step) == (session.folder.id, corpus, 0)
    assert first.num_parameters == sum(array.size for array in arrays(session).values())
    assert set(first.references) == {"uniform", "frequency", "pair", "xz"}
    assert isinstance(last, RunEnded)
    assert (last.outcome, last.step, last.run) == ("completed", 20, session.folder.id)
    assert session.error is None


def test_every_event_that_lasts_but_samples_stands_in_the_metrics_in_its_order(new_run: NewRun) -> None:
    session = new_run()
    events = list(session.run())
    kept = [event for event in events if not isinstance(event, SampleWritten | ValidationStarted)]
    expected = [json.loads(json.dumps(as_record(event))) for event in kept]
    assert of(ValidationStarted, events)
    assert lines(session) == expected


def test_a_report_holds_the_figures_of_its_steps(new_run: NewRun) -> None:
    session = new_run(training={"report_every_steps": 5})
    reports = of(StepCompleted, list(session.run()))
    assert [report.step for report in reports] == [1, 2, 5, 10, 15, 20]
    windows = session._trainer.batches.windows_per_epoch
    for report in reports:
        assert report.perplexity == pytest.approx(math.exp(report.loss_nats))
        assert report.bits_per_character == pytest.approx(report.loss_nats / math.log(2))
        assert report.gradient_norm == pytest.approx(math.hypot(*report.gradient_norms.values()), rel=1e-5)
        assert report.epoch == pytest.approx(report.step / windows)
        assert 0 <= report.clipped_share <= 1
        assert report.tokens_per_second > 0
        assert report.memory_bytes > 1_000_000
        assert report.remaining_seconds is None or report.remaining_seconds >= 0
    assert set(reports[0].gradient_norms) == set(arrays(session))
    assert reports[-1].remaining_seconds is not None


def test_clipped_steps_are_counted(new_run: NewRun) -> None:
    for clip_norm, share in ((1e-6, 1.0), (1e6, 0.0)):
        reports = of(StepCompleted, list(new_run(training={"clip_norm": clip_norm, "steps": 5}).run()))
        assert {report.clipped_share for report in reports} == {share}


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_now_and_then_a_report_tells_of_the_weights(new_run: NewRun, cell: str) -> None:
    session = new_run(model={"cell": cell, "num_layers": 2}, training={"steps": 11})
    reports = of(StepCompleted, list(session.run()))
    assert [bool(report.spectral_norms) for report in reports] == [True, *[False] * 9, True]
    last = reports[-1]
    weights = arrays(session)
    assert last.parameter_norm == pytest.approx(math.sqrt(sum(float((w**2).sum()) for w in weights.values())), rel=1e-4)
    assert last.update_ratio > 0
    assert set(last.spectral_norms) == {"layers.0.weight_hh", "layers.1.weight_hh"}
    for name, norm in last.spectral_norms.items():
        gates = weights[name].reshape(-1, 12, 12)
        largest = max(np.linalg.svd(gate, compute_uv=False)[0] for gate in gates)
        assert norm == pytest.approx(largest, rel=0.03)
        assert norm <= largest * 1.0001


def test_validation_comes_at_its_cadence_and_at_the_end(new_run: NewRun) -> None:
    events = list(new_run().run())
    validations = of(ValidationCompleted, events)
    assert [validation.step for validation in validations] == [7, 14, 20]
    assert all(0 <= validation.accuracy <= 1 for validation in validations)
    best = [validation for validation in validations if validation.is_best]
    assert [event.step for event in of(CheckpointSaved, events) if event.is_best] == [event.step for event in best]
    assert min(validations, key=lambda validation: validation.loss_nats) == best[-1]


def test_the_best_state_is_evaluated_as_one_stream_at_the_end_beside_its_validation(new_run: NewRun) -> None:
    session = new_run(training={"steps": 40, "validate_every_steps": 10})
    events = list(session.run())
    last = events[-1]
    assert isinstance(last, RunEnded)
    validation = next(event for event in of(ValidationCompleted, events) if event.step == last.best_step)
    assert last.best_valid_loss_nats == validation.loss_nats
    assert last.full_valid_loss_nats == pytest.approx(validation.loss_nats, abs=0.02)
    assert last.best_valid_accuracy == validation.accuracy
    assert session.folder.read_info()["best"]["loss_nats"] == last.best_valid_loss_nats  # type: ignore[index]


def test_weights_alone_are_kept_at_doubling_steps(new_run: NewRun) -> None:
    session = new_run()
    events = list(session.run())
    assert session.folder.milestone_steps() == [1, 2, 4, 8, 16]
    assert [event.step for event in of(CheckpointSaved, events) if event.is_milestone] == [1, 2, 4, 8, 16]
    milestone = (session.folder.milestones_path / "16.safetensors").stat().st_size
    assert milestone < session.folder.checkpoint_path(20).stat().st_size / 2


def test_a_text_shorter_than_a_window_trains_with_the_window_cut(
    new_run: NewRun, imported: Callable[[str], str]
) -> None:
    session = new_run(
        corpus_id=imported("To be, or not to be."), training={"window_size": 64, "batch_size": 32, "steps": 3}
    )
    events = list(session.run())
    window, batch = of(WarningIssued, events)
    assert window.message.text.startswith("The training text has only 18 tokens: the window is cut to 17 tokens")
    assert batch.message.text == "The training text has only 18 tokens: the batch is cut to 1."
    assert events[-1].outcome == "completed"  # type: ignore[union-attr]
    assert session.folder.read_info()["configuration"]["training"]["window_size"] == 17  # type: ignore[index, call-overload]


@pytest.mark.parametrize(("tokens", "has_bits"), [("char", True), ("byte", True), ("word", False)])
def test_characters_bytes_and_words_train(
    new_run: NewRun, imported: Callable[[str], str], tokens: str, has_bits: bool
) -> None:
    text = "".join(f"Bücher {n} stehen dort, {n} Bücher.\n" for n in range(99))
    session = new_run(corpus_id=imported(text), corpus_config={"tokens": tokens})
    events = list(session.run())
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert ended.outcome == "completed"
    assert (ended.best_valid_bits_per_character is not None) == has_bits
    assert all((event.bits_per_character is not None) == has_bits for event in of(StepCompleted, events))
    if tokens == "byte":  # two bytes of an ü are one character
        assert ended.best_valid_bits_per_character is not None
        assert ended.best_valid_loss_nats is not None
        assert ended.best_valid_bits_per_character > ended.best_valid_loss_nats / math.log(2)


def test_the_same_seed_gives_the_same_run_and_another_one_another(new_run: NewRun) -> None:
    def losses(seed: int) -> list[float]:
        session = new_run(model={"dropout": 0.3}, training={"seed": seed})
        return [event.loss_nats for event in of(StepCompleted, list(session.run()))]

    assert losses(5) == losses(5)
    assert losses(5) != losses(6)


def test_a_run_leaves_the_process_as_it_was(new_run: NewRun) -> None:
    before = (torch.get_rng_state(), torch.get_num_threads(), torch.get_default_dtype())
    np.random.seed(3)
    numbers = np.random.get_state()[1]
    list(new_run(model={"dropout": 0.3}).run())
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (torch.get_num_threads(), torch.get_default_dtype()) == before[1:]
    assert np.array_equal(np.random.get_state()[1], numbers)


@pytest.mark.parametrize("error", [RuntimeError("boom"), DamagedFile("The text is gone.")])
def test_a_run_that_raises_ends_with_its_last_event(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    session = new_run()
    monkeypatch.setattr(Trainer, "step", failing_after(9, error, Trainer.step))
    events = list(session.run())
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.step) == ("failed", 9)
    assert session.error is error
    assert lines(session)[-1]["event"] == "RunEnded"
    assert session.folder.read_info()["outcome"] == "failed"
    monkeypatch.undo()
    if isinstance(error, DamagedFile):
        assert ended.reason.text == "The text is gone."


def test_too_little_memory_is_told_as_such(new_run: NewRun, monkeypatch: pytest.MonkeyPatch) -> None:
    session = new_run()
    monkeypatch.setattr(Trainer, "step", failing_after(2, MemoryError(), Trainer.step))
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason.text == "The memory does not suffice. Use a smaller batch, window or model."


def test_a_run_that_is_closed_writes_down_that_it_ended(new_run: NewRun, resumed_run: NewRun) -> None:
    session = new_run()
    events = session.run()
    for event in events:
        if isinstance(event, StepCompleted) and event.step == 9:
            break
    events.close()
    assert session.ended is not None
    assert (session.ended.outcome, session.ended.step) == ("stopped", 9)
    assert lines(session)[-1]["event"] == "RunEnded"
    assert session.folder.read_info()["outcome"] == "stopped"
    assert list(resumed_run(session.folder.id).run())[-1].outcome == "completed"  # type: ignore[union-attr]


def test_a_disk_that_refuses_the_metrics_ends_the_run_in_order(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_run()
    refusal = StorageFailed("The disk is full.")
    monkeypatch.setattr(LineWriter, "append", failing_after(9, refusal, LineWriter.append))
    events = list(session.run())
    assert isinstance(events[-1], RunEnded)
    assert (events[-1].outcome, events[-1].reason.text) == ("failed", "The disk is full.")
    assert session.error is refusal


def test_a_disk_that_refuses_a_checkpoint_ends_the_run_and_keeps_the_one_before(
    new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_run()
    refusal = StorageFailed("The disk is full.")
    write = failing_after(1, refusal, type(session.folder).write_checkpoint)
    monkeypatch.setattr(type(session.folder), "write_checkpoint", write)
    ended = list(session.run())[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.outcome, ended.reason.text) == ("failed", "The disk is full.")
    checkpoint = session.folder.read_checkpoint("latest")
    assert checkpoint is not None
    assert checkpoint.step == 7


@pytest.mark.parametrize(
    ("training", "total"),
    [
        ({"steps": 9, "epochs": 1.0}, 9),
        ({"steps": 500, "epochs": 0.1}, 11),
        ({"epochs": 5.0, "tokens": 240}, 6),
    ],
)
def test_the_duration_that_is_reached_first_ends_the_run(new_run: NewRun, training: dict[str, Any], total: int) -> None:
    events = list(new_run(training=training).run())
    assert [plan.total_steps for plan in of(PlanFixed, events)] == [total]
    assert events[-1].step == total  # type: ignore[union-attr]


def test_a_second_writer_of_a_run_is_refused(new_run: NewRun, resumed_run: NewRun) -> None:
    session = new_run()
    events: Iterator[RunEvent] = session.run()
    next(events)
    with pytest.raises(StorageFailed, match="in use"):
        next(resumed_run(session.folder.id).run())
    assert list(events)


def test_samples_have_the_same_prompt_and_seed_and_stand_in_their_own_file(new_run: NewRun) -> None:
    control = RunControl()
    session = new_run(control, training={"sample_prompt": "9 bottles"})
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, StepCompleted) and event.step % 8 == 0:
            control.sample_now()
    samples = of(SampleWritten, events)
    assert [sample.step for sample in samples] == [8, 16, 20]
    assert {(sample.prompt, sample.seed, sample.temperature) for sample in samples} == {
        ("9 bottles", samples[0].seed, 0.8)
    }
    for sample in samples:
        assert sample.text.startswith("9 bottles")
        assert len(sample.text) == len("9 bottles") + 20
        assert sample.known_word_share is None or 0 <= sample.known_word_share <= 1
    written = read_lines(session.folder.samples_path).values
    assert [line["text"] for line in written] == [sample.text for sample in samples]
