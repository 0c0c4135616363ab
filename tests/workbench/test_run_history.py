"""A history takes in events in their order; what a resumed run does again replaces what it did before."""

import math

from hypothesis import given
from hypothesis import strategies as st

from engine.errors import message
from engine.events import (
    PlanFixed,
    Rewound,
    RunEnded,
    RunStarted,
    SampleWritten,
    SettingChanged,
    StepCompleted,
    ValidationCompleted,
)
from workbench.viewmodels.run_history import RunHistory


def started(step: int = 0) -> RunStarted:
    return RunStarted(
        run="a", title="A", corpus="c", step=step, num_parameters=10, vocabulary_size=5, num_train_tokens=100,
        num_valid_tokens=10, device="cpu", precision="float32", num_threads=1, summary=message(""),
        references={"unigram": 3.2},
    )  # fmt: skip


def stepped(step: int, loss: float = 2.0) -> StepCompleted:
    return StepCompleted(
        step=step, epoch=step / 10, tokens=step * 64, seconds=step * 0.5, loss_nats=loss, perplexity=math.exp(loss),
        bits_per_character=loss / math.log(2), gradient_norm=1.0, clipped_share=0.0, learning_rate=0.01,
        tokens_per_second=100.0, remaining_seconds=None, memory_bytes=1, gradient_norms={"layers.0.weight_hh": 0.5},
    )  # fmt: skip


def validated(step: int, loss: float, is_best: bool) -> ValidationCompleted:
    return ValidationCompleted(
        step=step, epoch=1.0, seconds=step * 0.5, loss_nats=loss, perplexity=math.exp(loss), bits_per_character=None,
        accuracy=0.5, is_best=is_best,
    )  # fmt: skip


def sampled(step: int) -> SampleWritten:
    return SampleWritten(
        step=step, seconds=1.0, prompt="", text="abc", seed=1, temperature=0.8, known_word_share=None
    )


def test_the_best_validation_is_known_by_its_step() -> None:
    history = RunHistory()
    for event in (started(), validated(5, 3.0, True), validated(10, 2.5, True), validated(15, 2.7, False)):
        history.add(event)
    assert (history.best_step, history.best_loss) == (10, 2.5)


def test_bits_per_character_follow_from_what_a_step_told() -> None:
    history = RunHistory()
    history.add(started())
    history.add(stepped(1))
    assert math.isclose(history.bits_factor, 1 / math.log(2))


def test_a_run_that_goes_on_forgets_the_steps_that_were_lost() -> None:
    history = RunHistory()
    for event in (started(), stepped(10), stepped(20), validated(20, 2.0, True), sampled(20), stepped(30)):
        history.add(event)
    for event in (started(step=10), stepped(20, loss=1.9)):
        history.add(event)
    assert list(history.training["step"]) == [10, 20]
    assert list(history.training["loss"]) == [2.0, 1.9]
    assert list(history.matrix_norms["layers.0.weight_hh"]["step"]) == [10, 20]
    assert len(history.validation) == 0
    assert history.samples == []
    assert [mark.kind for mark in history.marks] == ["resumed"]


def test_a_history_knows_how_much_its_numbers_take() -> None:
    history = RunHistory()
    history.add(started())
    assert history.num_bytes == 0
    for step in (1, 2, 3):
        history.add(stepped(step))
    assert history.num_bytes == 3 * 8 * (12 + 5)  # columns of the training, and of one matrix
    assert [*history.matrix_norms["layers.0.weight_hh"]["norm"]] == [0.5] * 3
    assert [*history.matrix_norms["layers.0.weight_hh"]["time"]] == [0.5, 1.0, 1.5]


def test_changes_and_rewinds_are_marks_with_sentences() -> None:
    history = RunHistory()
    history.add(SettingChanged(step=3, field="training.clip_norm", old=1.0, new=0.25))
    history.add(Rewound(step=9, to_step=4, learning_rate_factor=0.5, attempt=1))
    assert [(mark.step, mark.kind) for mark in history.marks] == [(3, "changed"), (9, "rewound")]
    assert "step 4" in history.marks[1].sentence.text


def test_how_much_is_done_is_known_once_the_plan_is() -> None:
    history = RunHistory()
    history.add(started())
    history.add(stepped(20))
    assert history.share_done is None
    history.add(PlanFixed(total_steps=80, validate_every_steps=10, at_step=20, seconds=40.0))
    assert history.share_done == 0.25


def test_an_ended_run_knows_why() -> None:
    history = RunHistory()
    history.add(started())
    history.add(
        RunEnded(
            outcome="completed", reason=message("All {count} steps are done.", count=5), run="a", step=5, seconds=1.0,
            best_step=5, best_valid_loss_nats=2.0, best_valid_perplexity=7.4, best_valid_bits_per_character=2.9,
            best_valid_accuracy=0.4,
        )
    )  # fmt: skip
    assert history.ended is not None
    assert history.ended.reason.text == "All 5 steps are done."


@given(st.lists(st.integers(min_value=0, max_value=50), max_size=40))
def test_steps_never_fall_however_often_a_run_goes_on(restarts: list[int]) -> None:
    history = RunHistory()
    history.add(started())
    step = 0
    for restart in restarts:
        for _ in range(3):
            step += 1
            history.add(stepped(step))
        step = min(restart, step)
        history.add(started(step=step))
    steps = list(history.training["step"])
    assert steps == sorted(set(steps))
