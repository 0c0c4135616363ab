"""Words, requests and lists of the page of a run, without a window."""

from pathlib import Path

import pytest

from engine.errors import Message
from engine.events import RunEnded, SampleWritten, SettingChanged, StepCompleted, ValidationCompleted
from workbench.bridge.protocols.runs import RunEntry
from workbench.bridge.protocols.texts import CorpusEntry
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.happenings import best_sample, change_sentence, place_text, sample_text
from workbench.viewmodels.train.histories import tidy_samples
from workbench.viewmodels.train.requests import bigger_tables, longer_request, remedied_request
from workbench.viewmodels.train.wording import achieved_sentence, frequency_guesses, is_code_like

CONFIGURATION = {
    "format": 1,
    "corpus": {"tokens": "char"},
    "model": {"cell": "lstm", "hidden_size": 128, "embedding_size": 128, "tied": True, "dropout": 0.1},
    "training": {"minutes": 5.0, "epochs": 20.0, "steps": 0, "tokens": 0, "learning_rate_factor": 0.25},
}


def entry(**changes: object) -> RunEntry:
    values = {"id": "r1", "path": Path("r1"), "title": "Tales", "corpus_id": "c1", "recipe": "auto", **changes}
    return RunEntry(**{"configuration": CONFIGURATION, **values})  # type: ignore[arg-type]


def test_training_longer_starts_from_the_best_state_with_a_fresh_schedule_of_so_many_minutes() -> None:
    request = longer_request(entry(), 15)
    training = request.tables["training"]
    assert (request.start_from, request.recipe, request.title) == ("r1", "auto", "Tales, longer")
    assert (training["minutes"], training["epochs"], training["learning_rate_factor"]) == (15.0, 0, 1.0)
    assert request.tables["model"] == CONFIGURATION["model"]


def test_a_bigger_one_is_half_as_wide_again_and_takes_twice_as_long() -> None:
    tables = bigger_tables(entry())
    assert tables["model"]["hidden_size"] == 192
    assert tables["model"]["embedding_size"] == 192
    assert (tables["training"]["minutes"], tables["training"]["epochs"]) == (10.0, 40.0)


def test_a_bigger_one_than_the_largest_is_not_asked_for() -> None:
    model = {"cell": "lstm", "hidden_size": 8192, "embedding_size": 64}
    assert bigger_tables(entry(configuration={**CONFIGURATION, "model": model}))["model"]["hidden_size"] == 8192


def test_a_remedied_run_keeps_all_other_settings() -> None:
    request = remedied_request(entry(), {"model": {"dropout": 0.3}})
    assert request.tables["model"] == {**CONFIGURATION["model"], "dropout": 0.3}  # type: ignore[dict-item]
    assert request.start_from == "r1"


def test_letter_frequencies_alone_guess_the_most_frequent_letter_each_time() -> None:
    report = {"counts": {"characters": 200}, "characters": {" ": 34, "e": 20}}
    corpus = CorpusEntry(id="c1", path=Path("c1"), title="Tales", report=report)
    assert frequency_guesses(corpus, "char") == 17
    assert frequency_guesses(corpus, "word") is None
    assert frequency_guesses(CorpusEntry(id="c1", path=Path("c1"), title="Tales"), "char") is None


@pytest.mark.parametrize(
    ("tokens", "frequency", "sentence"),
    [
        ("char", 17, "Guesses 56 of 100 letters; letter frequencies alone 17. Best at step 3,900."),
        ("char", None, "Guesses 56 of 100 letters. Best at step 3,900."),
        ("word", None, "Guesses 56 of 100 words. Best at step 3,900."),
        ("byte", None, "Guesses 56 of 100 bytes. Best at step 3,900."),
    ],
)
def test_the_end_is_told_in_words(tokens: str, frequency: int | None, sentence: str) -> None:
    assert achieved_sentence(tokens, 56, frequency, 3900) == sentence


PROGRAM = "def add(a, b):\n    total = a + b\n    return total\n\nfor i in range(10):\n    print(add(i, 1))\n"
TALE = "Once there was a ferryman (an old one).\nHe said little; the river said the rest.\nSo it went.\n"


@pytest.mark.parametrize(("text", "is_code"), [(PROGRAM, True), (TALE, False), ("", False), ("a\nb\n", False)])
def test_programs_are_told_from_prose(text: str, is_code: bool) -> None:
    assert is_code_like(text) is is_code


def test_a_change_is_told_by_the_name_in_the_form() -> None:
    changed = SettingChanged(step=5, field="training.clip_norm", old=1.0, new=0.25)
    assert change_sentence(changed) == "Clip the gradient norm at: 1 became 0.25."


def sample(step: int) -> SampleWritten:
    return SampleWritten(
        step=step, seconds=step / 10, prompt="", text=f"text of {step}", seed=1, temperature=0.8, known_word_share=0.5
    )


def validated(step: int, loss: float, *, is_best: bool = True) -> ValidationCompleted:
    return ValidationCompleted(
        step=step, epoch=0.1, seconds=step / 10, loss_nats=loss, perplexity=2.0, bits_per_character=None, accuracy=0.5,
        is_best=is_best,
    )  # fmt: skip


def ended(outcome: str) -> RunEnded:
    return RunEnded(
        outcome=outcome, reason=Message("Done."), run="r1", step=300, seconds=30.0, best_step=200,  # type: ignore[arg-type]
        best_valid_loss_nats=1.0, best_valid_perplexity=2.0, best_valid_bits_per_character=None,
        best_valid_accuracy=0.5,
    )  # fmt: skip


def history_with_samples(outcome: str) -> RunHistory:
    history = RunHistory()
    for event in (
        sample(100),
        validated(100, 2.0),
        sample(190),
        validated(200, 1.0),
        validated(300, 1.2, is_best=False),
    ):
        history.add(event)
    history.add(sample(300))
    history.add(ended(outcome))
    return history


def test_a_run_that_came_to_its_end_wrote_its_last_sample_with_its_best_state() -> None:
    found = best_sample(history_with_samples("completed"))
    assert found is not None
    assert found.step == 300


def test_of_a_run_that_was_stopped_the_sample_nearest_to_the_best_state_is_shown() -> None:
    found = best_sample(history_with_samples("stopped"))
    assert found is not None
    assert found.step == 190


def test_a_sample_says_when_it_was_written_and_how_good_the_model_was_then() -> None:
    history = history_with_samples("stopped")
    text = sample_text(history, history.samples[1], lambda loss: (f"{loss:.2f}", "nats"))
    assert text.caption == "19 s, step 190  ·  2.00 nats  ·  50 % known words"


def test_samples_of_steps_that_were_lost_are_left_out() -> None:
    history = RunHistory()
    for step in (10, 20, 30, 15, 25):
        history.samples.append(sample(step))
    tidy_samples(history)
    assert [found.step for found in history.samples] == [10, 15, 25]


def test_a_place_is_a_step_and_the_time_of_its_report() -> None:
    history = RunHistory()
    assert place_text(history, 7) == "step 7"
    for step in (10, 20):
        history.add(
            StepCompleted(
                step=step, epoch=0.1, tokens=step, seconds=step, loss_nats=1.0, perplexity=2.0, bits_per_character=None,
                gradient_norm=0.5, clipped_share=0.0, learning_rate=0.01, tokens_per_second=1.0,
                remaining_seconds=None, memory_bytes=1,
            )
        )  # fmt: skip
    assert place_text(history, 12) == "step 12, 20 s"
    assert place_text(history, 99) == "step 99, 20 s"
