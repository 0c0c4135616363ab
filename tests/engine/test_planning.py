"""What is known of a run before it starts: its configuration, its size, its time, and what is refused."""

import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.config.configuration import Configuration, from_tables
from engine.control import RunControl
from engine.errors import BadInput, InvalidSetting, StorageFailed, message
from engine.library.library import Library
from engine.models.build import num_parameters
from engine.models.sizes import num_products, quick_facts, training_bytes
from engine.training import machine, planning
from engine.training.machine import Measurements
from engine.training.planning import Estimate, estimate
from engine.training.request import Request
from engine.training.runs import create_run

SMALL = {"model": {"hidden_size": 12, "embedding_size": 5}, "training": {"steps": 40, "batch_size": 4}}


def finished(steps: Generator[Any, None, Any]) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def estimated(library: Library, request: Request) -> Estimate:
    result: Estimate = finished(estimate(library, request))
    return result


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch) -> list[Configuration]:
    """Lets every step take 10 ms on a machine where bfloat16 does not gain; holds what was measured."""
    measured: list[Configuration] = []

    def step_seconds(configuration: Configuration, *_arguments: Any) -> float:
        measured.append(configuration)
        return 0.01

    monkeypatch.setattr(machine, "estimated_step_seconds", step_seconds)
    monkeypatch.setattr(machine, "measured_precision", lambda _device: {"precision": "float32"})
    monkeypatch.setattr(machine, "QUIET_SHARE", 0.0)
    return measured


@pytest.mark.usefixtures("speed")
def test_what_is_estimated_is_what_the_run_becomes(library: Library, corpus: str) -> None:
    request = Request(corpus, {"training": {"minutes": 5}}, "auto", is_planned=True)
    told = estimated(library, request)
    session = finished(create_run(library, request, RunControl()))
    record = session.record
    assert record.configuration == told.tables
    assert record.explanation == told.explanation
    assert record.num_parameters == told.num_parameters == sum(m.count for m in told.matrices.values())
    assert record.vocabulary_size == told.vocabulary_size
    assert {name: tuple(p.shape) for name, p in session._trainer.model.named_parameters()} == {
        name: matrix.shape for name, matrix in told.matrices.items()
    }
    started = next(session.run())
    assert (started.num_train_tokens, started.num_valid_tokens) == (told.num_train_tokens, told.num_valid_tokens)


def test_a_run_starts_with_what_was_chosen_before_and_measures_nothing(
    library: Library, corpus: str, speed: list[Configuration]
) -> None:
    told = estimated(library, Request(corpus, {"training": {"minutes": 5}}, "auto", is_planned=True))
    assert len(speed) == 3  # two widths for the choice, and the one chosen
    speed.clear()
    request = Request(corpus, told.tables, "auto", explanation=told.explanation)
    session = finished(create_run(library, request, RunControl()))
    assert not speed
    assert session.record.explanation == told.explanation
    assert session.record.configuration == told.tables


def test_an_explanation_of_ones_own_is_kept_with_the_run(library: Library, corpus: str) -> None:
    request = Request(corpus, {**SMALL}, "own", explanation=message("Because {reason}.", reason="so"))
    session = finished(create_run(library, request, RunControl()))
    assert next(session.run()).summary.text == "Because so."


def test_a_second_estimate_measures_nothing_and_comes_at_once(
    library: Library, corpus: str, speed: list[Configuration]
) -> None:
    request = Request(corpus, {"training": {"minutes": 5}}, "auto", is_planned=True)
    first = estimated(library, request)
    speed.clear()
    began = time.perf_counter()
    assert estimated(library, request) == first
    assert time.perf_counter() - began < 0.5
    assert not speed


@pytest.mark.usefixtures("speed")
def test_counted_steps_take_their_measured_time(library: Library, corpus: str) -> None:
    told = estimated(library, Request(corpus, SMALL, "own"))
    assert (told.num_steps, told.predicted_steps, told.seconds_per_step) == (40, 40, 0.01)
    assert told.tokens_per_second == pytest.approx(4 * 64 / 0.01, rel=0.1)
    assert 40 * 0.01 <= told.seconds <= 40 * 0.01 * 3
    assert told.explanation.text == ""
    windows = told.num_train_tokens / (4 * 64)
    assert told.epochs == pytest.approx(40 / windows, rel=0.1)


@pytest.mark.usefixtures("speed")
def test_minutes_take_their_minutes_and_the_number_of_steps_is_not_known(library: Library, corpus: str) -> None:
    told = estimated(library, Request(corpus, {**SMALL, "training": {"minutes": 2, "batch_size": 4}}, "own"))
    assert (told.seconds, told.num_steps) == (120, None)
    assert 0.8 * 120 / 0.01 < told.predicted_steps < 120 / 0.01


@pytest.mark.usefixtures("speed")
def test_fewer_epochs_than_the_minutes_allow_take_less(library: Library, corpus: str) -> None:
    told = estimated(library, Request(corpus, {"training": {"minutes": 30}}, "auto", is_planned=True))
    assert told.tables["training"]["epochs"] == 20
    assert told.num_steps == told.predicted_steps
    assert told.epochs == pytest.approx(20, abs=0.1)
    assert told.seconds < 600


@pytest.mark.usefixtures("speed")
def test_what_is_cut_to_a_short_text_is_told_and_stands_in_the_tables(
    library: Library, imported: Callable[[str], str]
) -> None:
    told = estimated(library, Request(imported("To be, or not to be."), {"training": {"steps": 3}}, "own"))
    assert (told.tables["training"]["window_size"], told.tables["training"]["batch_size"]) == (17, 1)
    assert len(told.warnings) == 2


@pytest.mark.parametrize("is_planned", [True, False])
@pytest.mark.parametrize(
    ("field", "value", "nearest"),
    [
        ("model.hidden_size", 1_000_000, 8192),
        ("training.batch_size", 10**9, 65_536),
        ("training.window_size", 10**9, 65_536),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_the_nearest_possible_value(
    library: Library, corpus: str, field: str, value: int, nearest: int, is_planned: bool
) -> None:
    section, _, name = field.partition(".")
    tables: dict[str, Any] = {"training": {"steps": 5}, section: {"steps": 5} if section == "training" else {}}
    tables[section] = {**tables[section], name: value}
    request = Request(corpus, tables, "own", is_planned)
    for prepared in (estimate(library, request), create_run(library, request, RunControl())):
        with pytest.raises(InvalidSetting) as refused:
            finished(prepared)
        assert (refused.value.field, refused.value.message.values["nearest"]) == (field, nearest)
    assert not library.list_runs()


@pytest.mark.parametrize(
    ("tables", "field"),
    [
        ({"model": {"hidden_size": 8192, "num_layers": 8}}, "model.hidden_size"),
        ({"training": {"batch_size": 60_000}}, "training.batch_size"),
        ({"training": {"batch_size": 1, "window_size": 60_000}}, "training.window_size"),
    ],
)
def test_what_does_not_fit_into_memory_is_refused_before_anything_is_measured(
    library: Library,
    imported: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    speed: list[Configuration],
    tables: dict[str, Any],
    field: str,
) -> None:
    text = "All work and no play makes Jack a dull boy.\n"
    corpus = imported(text * 100_000)
    monkeypatch.setattr(planning, "available_bytes", lambda _device: 600_000_000)
    complete = {**tables, "training": {"steps": 5, **tables.get("training", {})}}
    with pytest.raises(InvalidSetting, match=r"The nearest possible value is [0-9,]+\.$") as refused:
        estimated(library, Request(corpus, complete, "own"))
    assert refused.value.field == field
    assert not speed
    section, _, name = field.partition(".")
    nearest = refused.value.message.values["nearest"]
    possible = from_tables({**complete, section: {**complete[section], name: nearest}})
    assert training_bytes(possible, len(set(text))) <= 600_000_000


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("a" * 3000, "char"), ("\n" * 500 + "a", "byte"), ("\n" * 500 + "a", "word"), ("ab", "char"), ("abcde", "word")],
)
def test_a_text_with_nothing_to_learn_is_refused_in_one_sentence_or_two(
    library: Library, imported: Callable[[str], str], text: str, tokens: str
) -> None:
    request = Request(imported(text), {**SMALL, "corpus": {"tokens": tokens}}, "own")
    for prepared in (estimate(library, request), create_run(library, request, RunControl())):
        with pytest.raises(BadInput):
            finished(prepared)
    assert not library.list_runs()


def test_quick_facts_are_those_of_the_model() -> None:
    facts = quick_facts({"model": {"cell": "gru", "hidden_size": 7, "num_layers": 2}, "training": {"steps": 1}}, 30)
    configuration = from_tables({"model": {"cell": "gru", "hidden_size": 7, "num_layers": 2}, "training": {"steps": 1}})
    assert facts.num_parameters == num_parameters(configuration.model, 30)
    assert facts.num_parameters == sum(matrix.count for matrix in facts.matrices.values())
    assert facts.matrices["layers.1.weight_hh"].shape == (21, 7)
    assert facts.training_bytes == training_bytes(configuration, 30)
    with pytest.raises(InvalidSetting):
        quick_facts({"model": {"hidden_size": 10**6}, "training": {"steps": 1}}, 30)


def test_products_are_counted_without_biases_and_lookups() -> None:
    def counted(**model: object) -> int:
        return num_products(from_tables({"model": model, "training": {"steps": 1}}).model, 30)

    assert counted(cell="rnn", hidden_size=7, embedding_size=5) == 7 * 5 + 7 * 7 + 30 * 7
    assert counted(cell="rnn", hidden_size=7, embedding_size=0) == 7 * 30 + 7 * 7 + 30 * 7
    assert counted(cell="rnn", hidden_size=7, embedding_size=7, tied=True) == 2 * 7 * 7 + 30 * 7


def test_quick_facts_and_requests_are_known_without_torch() -> None:
    script = (
        "import sys, engine.models.sizes as s, engine.training.request;"
        "s.quick_facts({'training': {'steps': 1}}, 65);"
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def measured_at(library: Library, seconds: float) -> float:
    """What a step takes, by a clock that shows so many seconds."""
    measurements = Measurements(library, torch.device("cpu"), clock=lambda: seconds)
    return measurements.step_seconds(from_tables(SMALL), 30, torch.float32)


def test_a_measurement_holds_for_a_week_and_one_beside_busy_programs_for_two_minutes(
    library: Library, speed: list[Configuration], monkeypatch: pytest.MonkeyPatch
) -> None:
    week = 7 * 24 * 3600.0
    for seconds, count in ((1e6, 1), (1e6 + week - 1, 1), (1e6 + week + 1, 2)):
        assert measured_at(library, seconds) == 0.01
        assert len(speed) == count
    monkeypatch.setattr(machine, "QUIET_SHARE", 2.0)
    for seconds, count in ((9e6, 3), (9e6 + 100, 3), (9e6 + 130, 4)):
        measured_at(library, seconds)
        assert len(speed) == count


def test_another_shape_or_precision_is_measured_anew(library: Library, speed: list[Configuration]) -> None:
    measurements = Measurements(library, torch.device("cpu"))
    shapes = [{}, {"model": {"hidden_size": 13}}, {"training": {"steps": 1, "batch_size": 5}}]
    for changes in shapes:
        measurements.step_seconds(from_tables({**SMALL, **changes}), 30, torch.float32)
    measurements.step_seconds(from_tables(SMALL), 31, torch.float32)
    measurements.step_seconds(from_tables(SMALL), 30, torch.bfloat16)
    assert len(speed) == 5


@pytest.mark.parametrize("steps", [None, 3, {"seconds": 5}, "odd"])
def test_a_machine_file_with_odd_values_is_measured_anew(
    library: Library, speed: list[Configuration], steps: object
) -> None:
    measured_at(library, 0.0)
    facts = library.read_machine()
    ((key, own),) = facts.items()
    assert isinstance(own, dict)
    odd = dict.fromkeys(own["steps"], steps) if steps != "odd" else steps
    library.write_machine({key: {"precision": 3, "steps": odd}, "other": [1]})
    assert measured_at(library, 0.0) == 0.01
    assert len(speed) == 2
    assert Measurements(library, torch.device("cpu")).precision() == torch.float32
    assert library.read_machine()["other"] == [1]


def test_what_was_measured_is_kept_apart_from_the_precision(library: Library, speed: list[Configuration]) -> None:
    measurements = Measurements(library, torch.device("cpu"))
    measured_at(library, 0.0)
    measurements.precision()
    measured_at(library, 0.0)
    assert len(speed) == 1


@pytest.mark.usefixtures("speed")
def test_a_library_that_cannot_be_written_to_is_estimated_all_the_same(
    library: Library, corpus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated(library, Request(corpus, SMALL, "own"))

    def refuse(*_arguments: Any) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(Library, "write_machine", refuse)
    library.machine_path.unlink()
    assert estimated(library, Request(corpus, SMALL, "own")).seconds_per_step == 0.01
    library.is_read_only = True
    assert estimated(library, Request(corpus, SMALL, "own")).seconds_per_step == 0.01


@pytest.mark.parametrize(
    ("model", "vocabulary_size"),
    [
        ({"hidden_size": 8192, "num_layers": 8}, 65),
        ({"hidden_size": 8192, "embedding_size": 8192, "tied": True}, 1_000_000),
        ({"hidden_size": 10, "embedding_size": 0, "cell": "gru"}, 1_000_000),
    ],
)
def test_of_a_large_model_a_part_is_timed(model: dict[str, Any], vocabulary_size: int) -> None:
    large = from_tables({"model": model, "training": {"steps": 1, "batch_size": 60_000, "window_size": 60_000}})
    part, kinds = machine._part(large, vocabulary_size)
    assert num_parameters(part.model, kinds) <= machine.MOST_WEIGHTS
    assert (part.model.num_layers, part.model.cell) == (large.model.num_layers, large.model.cell)
    assert part.training.batch_size <= machine.MOST_STREAMS


def test_a_measured_step_takes_about_as_long_as_a_part_of_it_tells() -> None:
    wide = from_tables({"model": {"hidden_size": 256}, "training": {"steps": 1, "batch_size": 16}})
    device = torch.device("cpu")
    whole = machine.step_seconds(wide, 65, device, torch.float32)
    told = machine.estimated_step_seconds(wide, 65, device, torch.float32)
    assert whole / 5 < told < whole * 5


def test_references_are_computed_once_for_a_split(
    library: Library, corpus: str, new_run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.training import references

    first = next(new_run().run()).references
    assert set(first) == {"uniform", "frequency", "pair", "xz"}
    assert next(new_run(corpus_config={"valid_share": 0.2}).run()).references != first

    def fail(*_arguments: Any) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(references, "reference_values", fail)
    assert next(new_run().run()).references == first
    monkeypatch.undo()
    for path in library.corpus(corpus).path.glob("references-*.json"):
        Path(path).write_text('{"nats_per_character": {"uniform": true}}', encoding="utf-8")
    assert next(new_run().run()).references == first
