"""What is refused for lack of memory, and what the recipe auto chooses."""

import pytest

from engine.config.configuration import Configuration, from_tables
from engine.errors import InvalidSetting, is_out_of_memory
from engine.models.build import num_parameters
from engine.training.auto import Facts, choose
from engine.training.memory import check_memory, training_bytes

GIGABYTE = 10**9


def configuration(**settings: dict[str, object]) -> Configuration:
    return from_tables({"model": settings.get("model", {}), "training": {"steps": 1, **settings.get("training", {})}})


def test_a_model_that_does_not_fit_is_refused_with_the_width_that_does() -> None:
    wide = configuration(model={"hidden_size": 8192, "num_layers": 8})
    with pytest.raises(InvalidSetting, match="nearest possible value is") as refused:
        check_memory(wide, 65, 8 * GIGABYTE)
    nearest = refused.value.message.values["nearest"]
    assert refused.value.field == "model.hidden_size"
    assert isinstance(nearest, int)
    narrower = configuration(model={"hidden_size": nearest, "num_layers": 8})
    assert training_bytes(narrower, 65) <= 8 * GIGABYTE
    assert training_bytes(configuration(model={"hidden_size": nearest + 1, "num_layers": 8}), 65) > 8 * GIGABYTE


def test_a_batch_that_fits_with_no_width_is_refused_with_the_batch_that_does() -> None:
    huge = configuration(model={"hidden_size": 2}, training={"batch_size": 65_536, "window_size": 65_536})
    with pytest.raises(InvalidSetting) as refused:
        check_memory(huge, 65, GIGABYTE)
    assert refused.value.field == "training.batch_size"


def test_what_fits_is_accepted_and_so_is_all_where_the_memory_is_not_known() -> None:
    check_memory(configuration(), 65, GIGABYTE)
    check_memory(configuration(model={"hidden_size": 8192, "num_layers": 8}), 65, None)


def step_seconds(vocabulary_size: int, operations_per_second: float = 1.5e11) -> object:
    def measure(candidate: Configuration) -> float:
        num_tokens = candidate.training.batch_size * candidate.training.window_size
        return 0.001 + 6 * num_parameters(candidate.model, vocabulary_size) * num_tokens / operations_per_second

    return measure


def chosen(num_tokens: int, minutes: float, speed: float = 1.5e11, tokens: str = "char") -> Configuration:
    facts = Facts(num_tokens, 65 if tokens == "char" else 10_000, tokens)
    tables = {"corpus": {"tokens": tokens}, "training": {"minutes": minutes}}
    measure = step_seconds(facts.vocabulary_size, speed)
    return choose(tables, facts, measure).configuration  # type: ignore[arg-type]


def test_more_time_or_a_faster_machine_makes_a_wider_model() -> None:
    widths = [chosen(20_000_000, minutes).model.hidden_size for minutes in (1, 5, 60)]
    assert widths[0] < widths[1] < widths[2]
    assert chosen(20_000_000, 5, speed=1.5e12).model.hidden_size > widths[1]


def test_a_short_text_gets_a_narrow_model_more_dropout_and_fewer_streams() -> None:
    short, long = chosen(4_000, 5), chosen(18_000_000, 5)
    assert short.model.hidden_size < long.model.hidden_size
    assert short.model.dropout > long.model.dropout
    assert short.training.batch_size <= long.training.batch_size


def test_a_short_text_is_not_read_until_it_is_known_by_heart() -> None:
    assert chosen(45_000, 30).training.epochs == 20
    assert chosen(18_000_000, 5).training.epochs == 0


def test_what_the_person_sets_is_kept() -> None:
    facts = Facts(1_000_000, 65, "char")
    tables = {"model": {"hidden_size": 100, "cell": "gru"}, "training": {"minutes": 2, "batch_size": 7}}
    choice = choose(tables, facts, step_seconds(65))  # type: ignore[arg-type]
    assert (choice.configuration.model.cell, choice.configuration.model.hidden_size) == ("gru", 100)
    assert choice.configuration.training.batch_size == 7
    assert "GRU" in choice.explanation.text


@pytest.mark.parametrize(
    "model", [{"hidden_size": 200}, {"embedding_size": 50}, {"tied": False}, {"hidden_size": 96, "tied": True}]
)
def test_sizes_that_the_person_sets_never_contradict_what_auto_ties(model: dict[str, object]) -> None:
    for tokens in ("char", "word"):
        facts = Facts(1_000_000, 500, tokens)
        tables = {"corpus": {"tokens": tokens}, "model": model, "training": {"minutes": 2}}
        made = choose(tables, facts, step_seconds(500)).configuration  # type: ignore[arg-type]
        assert all(getattr(made.model, name) == value for name, value in model.items())


def test_steps_that_the_person_sets_are_not_cut_short() -> None:
    facts = Facts(20_000, 65, "char")
    made = choose({"training": {"steps": 50_000}}, facts, step_seconds(65)).configuration  # type: ignore[arg-type]
    assert (made.training.steps, made.training.epochs) == (50_000, 0)


def test_auto_passes_by_what_does_not_fit_into_memory() -> None:
    facts = Facts(500_000_000, 65, "char")
    tables = {"training": {"minutes": 10_000}}
    wide = choose(tables, facts, step_seconds(65)).configuration  # type: ignore[arg-type]
    narrow = choose(tables, facts, step_seconds(65), 400_000_000).configuration  # type: ignore[arg-type]
    assert training_bytes(narrow, 65) <= 400_000_000 < training_bytes(wide, 65)


@pytest.mark.parametrize(
    "words",
    [
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried",
        "MPS backend out of memory (MPS allocated: 1 GB)",
    ],
)
def test_an_error_that_tells_of_too_little_memory_is_known_as_that(words: str) -> None:
    assert is_out_of_memory(RuntimeError(words))
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 must have the same dtype"))
