"""Writing with every option, and asking a model, by command."""

import io
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.config.options import options_of
from engine.config.sampling import SamplingConfig
from engine.sampling.stepper import Stepper

Command = Callable[..., Any]


class _Input(io.StringIO):
    """Standard input of these bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.buffer = io.BytesIO(content)


@pytest.fixture
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Puts bytes on standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", _Input(content))

    return put


def test_every_option_of_sampling_can_be_given_to_sample(command: Command, run_id: str, library: Path) -> None:
    given = {
        "prompt": "12 bottles", "length": 30, "temperature": 0.9, "seed": 3, "stop": "zzz", "end_at": "length",
        "num_words": 50, "style": "99 bottles", "complete_word": None, "choose_at": "words",
        "temperature_change": 0.1, "dynamic_range": 0.2, "dynamic_exponent": 1.5, "top_k": 9, "top_p": 0.9,
        "min_p": 0.01, "typical_p": 0.95, "top_n_sigma": 4, "xtc_probability": 0.1, "xtc_threshold": 0.2,
        "mirostat_target": 0, "mirostat_rate": 0.2, "repetition_penalty": 1.1, "presence_penalty": 0.1,
        "frequency_penalty": 0.1, "penalty_window": 20, "no_repeat_ngram": 12, "dry_multiplier": 0.3,
        "dry_base": 1.5, "dry_allowed_length": 8, "dry_breakers": "\\n", "banned": "wine", "forced": " of",
        "logit_bias": "b=0.5", "beams": 1, "length_penalty": 0.5,
    }  # fmt: skip
    assert given.keys() == options_of(SamplingConfig).keys()
    arguments: list[object] = []
    for name, value in given.items():
        flag = "--bias" if name == "logit_bias" else f"--{name.replace('_', '-')}"
        arguments += [flag] if value is None else [flag, value]
    result = command("sample", run_id, *arguments, "--json", "--library", library)
    assert result.code == 0, result.err
    assert result.record["text"].startswith("12 bottles of")
    assert result.record["reason"] in ("length", "stop", "words")


def test_an_option_out_of_bounds_is_refused_with_the_nearest_value(
    command: Command, run_id: str, library: Path
) -> None:
    result = command("sample", run_id, "--top-p", 1.5, "--library", library)
    assert result.code == 2
    assert "sampling.top_p is 1.5, but must be at most 1" in result.err


def test_a_bias_that_is_no_number_is_refused_in_one_sentence(command: Command, run_id: str, library: Path) -> None:
    result = command("sample", run_id, "--bias", "b=much", "--library", library)
    assert result.code == 2
    assert "Traceback" not in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_several_stop_strings_end_the_text_before_the_first_of_them(
    command: Command, run_id: str, library: Path
) -> None:
    arguments = ("sample", run_id, "--length", 200, "--library", library)
    whole = command(*arguments).out
    first = min(whole.index(mark) for mark in "eo")
    stopped = command(*arguments, "--stop", "e", "--stop", "o", "--json").record
    assert stopped == {"text": whole[:first], "seed": 1, "reason": "stop"}


def test_banned_texts_are_not_written(command: Command, run_id: str, library: Path) -> None:
    arguments = ("sample", run_id, "--prompt", "9", "--length", 300, "--library", library)
    assert "b" in command(*arguments).out
    assert "b" not in command(*arguments, "--banned", "b").out


def test_the_prompt_may_come_from_standard_input_and_the_style_from_a_file(
    command: Command, run_id: str, library: Path, tmp_path: Path, standard_input: Callable[[bytes], None]
) -> None:
    style = tmp_path / "style.txt"
    style.write_text("99 bottles of beer on the wall, 99 bottles of beer.\n", encoding="utf-8")
    arguments = ("sample", run_id, "--length", 40, "--library", library)
    standard_input(b"12 bottles")
    piped = command(*arguments, "--prompt", "-", "--style-file", style).out
    assert piped == command(*arguments, "--prompt", "12 bottles", "--style", style.read_text()).out
    assert piped.startswith("12 bottles")
    assert "99 bottles" not in piped[:10]


def test_standard_input_that_is_no_text_is_refused(
    command: Command, run_id: str, library: Path, standard_input: Callable[[bytes], None]
) -> None:
    standard_input(b"caf\xe9")
    result = command("score", run_id, "-", "--library", library)
    assert result.code == 2
    assert result.err.strip() == "Standard input is not UTF-8 at byte 3. Convert it first."


def test_a_model_that_finds_a_text_all_but_impossible_has_no_perplexity(
    command: Command, run_id: str, library: Path, standard_input: Callable[[bytes], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    read_each = Stepper.read_each

    def certain(self: Stepper, token_ids: Any, state: Any) -> Any:
        logits, state = read_each(self, token_ids, state)
        return logits * 1e6, state

    monkeypatch.setattr(Stepper, "read_each", certain)
    standard_input(b"zzzz")
    result = command("score", run_id, "-", "--library", library)
    assert result.code == 0
    assert result.err.strip().endswith("perplexity inf.")


def test_a_model_mixed_with_itself_writes_what_it_writes_alone(command: Command, run_id: str, library: Path) -> None:
    arguments = ("sample", run_id, "--prompt", "7 bottles", "--length", 60, "--library", library)
    alone = command(*arguments).out
    assert command(*arguments, "--mix", f"{run_id}=3", "--mix-kind", "product").out == alone
    assert command(*arguments, "--mix", run_id).out == alone


def test_models_of_other_letters_cannot_be_mixed(
    command: Command, run_id: str, library: Path, recipe: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Quite another text with xylophones. " * 40, encoding="utf-8")
    trained = command("train", other, "--config", recipe, "--steps", 2, "--json", "--library", library)
    assert trained.code == 0, trained.err
    result = command("sample", run_id, "--mix", f"{trained.records[-1]['run']}=1", "--library", library)
    assert result.code == 2
    assert "cannot write together" in result.err


def test_a_score_says_of_each_token_how_probable_it_was(
    command: Command, run_id: str, library: Path, place: Path
) -> None:
    text = (place / "valid.txt").read_text(encoding="utf-8")
    records = command("score", run_id, place / "valid.txt", "--json", "--library", library).records
    assert "".join(record["text"] for record in records) == text
    assert [record["start"] for record in records] == list(range(len(text)))
    assert all(0 < record["probability"] <= 1 and record["rank"] >= 1 for record in records)
    assert all((record["rank"] == 1) == (record["best_probability"] == record["probability"]) for record in records)
    bits = sum(record["surprise_bits"] for record in records)
    measured = command("evaluate", run_id, place / "valid.txt", "--json", "--library", library).record
    assert bits / len(text) == pytest.approx(measured["loss_nats"] / math.log(2), rel=0.02)


def test_a_score_reads_standard_input_and_ends_with_a_sum(
    command: Command, run_id: str, library: Path, standard_input: Callable[[bytes], None]
) -> None:
    standard_input(b"9 bottles")
    result = command("score", run_id, "-", "--library", library)
    assert len(result.out.splitlines()) == 9
    assert "9 tokens" in result.err


def test_a_score_against_the_same_model_differs_nowhere(
    command: Command, run_id: str, library: Path, place: Path
) -> None:
    result = command(
        "score", run_id, place / "valid.txt", "--against", run_id, "--json", "--library", library
    )
    assert result.records
    assert all(record["first_bits"] == record["second_bits"] for record in result.records)


def test_suggestions_are_the_likeliest_words_with_their_probabilities(
    command: Command, run_id: str, library: Path
) -> None:
    records = command("suggest", run_id, "--prompt", "12 bot", "--top", 3, "--json", "--library", library).records
    assert 1 <= len(records) <= 3
    chances = [record["probability"] for record in records]
    assert chances == sorted(chances, reverse=True)
    assert all(record["word"] == f"bot{record['text']}" for record in records)
    assert command("suggest", run_id, "--top", 0, "--library", library).code == 2


def test_novelty_finds_the_passage_that_stands_in_the_text_of_the_run(
    command: Command, run_id: str, library: Path, standard_input: Callable[[bytes], None]
) -> None:
    copied = "80 bottles of beer on the wall, 80 bottles of beer.\n"
    standard_input(f"Something else was here. {copied}And quite another end".encode())
    record = command("novelty", run_id, "-", "--json", "--library", library).record
    assert record["longest"] >= len(copied)
    (passage,) = record["passages"]
    assert passage["start"] in (24, 25)
    assert 0 < record["copied_share"] < 1


def test_a_text_of_the_library_is_compared_when_it_is_named(
    command: Command, run_id: str, library: Path, place: Path, standard_input: Callable[[bytes], None]
) -> None:
    command("import", place / "valid.txt", "--name", "Ten bottles", "--library", library)
    standard_input(b"80 bottles of beer on the wall, 80 bottles of beer.\n")
    record = command(
        "novelty", run_id, "-", "--corpus", "Ten bottles", "--json", "--library", library
    ).record
    assert record["longest"] < 50


def test_a_gap_is_filled_best_first(command: Command, run_id: str, library: Path) -> None:
    records = command(
        "fill", run_id, "--before", "12 bottles ", "--after", " on the wall", "--count", 4, "--num-words", 2,
        "--json", "--library", library,
    ).records  # fmt: skip
    scores = [record["log_probability_after"] for record in records]
    assert records
    assert scores == sorted(scores, reverse=True)


def test_a_step_that_was_not_kept_is_refused(command: Command, run_id: str, library: Path) -> None:
    result = command("sample", run_id, "--step", 7, "--library", library)
    assert result.code == 2
    assert "7" in result.err


def test_a_milestone_of_a_run_writes(command: Command, run_id: str, library: Path) -> None:
    steps = sorted(int(path.stem) for path in (library / "runs" / run_id / "milestones").glob("*.safetensors"))
    if not steps:
        steps = sorted(int(path.stem) for path in (library / "runs" / run_id / "checkpoints").glob("*.safetensors"))
    result = command("sample", run_id, "--step", steps[0], "--length", 5, "--prompt", "9", "--library", library)
    assert result.code == 0, result.err
    assert len(result.out) == 6
