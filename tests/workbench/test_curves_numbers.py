"""The arithmetic behind the curves: smoothing, units, references, means, the threshold's words."""

import math
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import message
from engine.events import PlanFixed, Rewound, RunEnded, RunStarted, SettingChanged, StepCompleted, ValidationCompleted
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.runs import HistoryPlace, RunEntry
from workbench.viewmodels.curves import saved as saved_module
from workbench.viewmodels.curves.losses import reference_lines, smoothed_name
from workbench.viewmodels.curves.names import matrix_names
from workbench.viewmodels.curves.options import CurveOptions, planned_seconds, position
from workbench.viewmodels.curves.overlay import mean_of, seed_groups
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.saved import SavedHistories
from workbench.viewmodels.curves.smoothing import Smoothed
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench

BITS = 1 / math.log(2)
LOSSES = st.lists(st.floats(0, 20), max_size=40)
WEIGHTS = st.sampled_from([0.0, 0.3, 0.6, 0.9, 0.99])


def started(step: int = 0) -> RunStarted:
    return RunStarted(
        run="a", title="A", corpus="c", step=step, num_parameters=10, vocabulary_size=5, num_train_tokens=100,
        num_valid_tokens=10, device="cpu", precision="float32", num_threads=1, summary=message(""),
        references={"pair": 2.0, "uniform": 4.0, "frequency": 3.0},
    )  # fmt: skip


def stepped(step: int, loss: float = 2.0, bits_of_nat: float | None = BITS) -> StepCompleted:
    return StepCompleted(
        step=step, epoch=step / 10, tokens=step * 64, seconds=step * 0.5, loss_nats=loss, perplexity=math.exp(loss),
        bits_per_character=None if bits_of_nat is None else loss * bits_of_nat, gradient_norm=1.0, clipped_share=0.0,
        learning_rate=0.01, tokens_per_second=100.0, remaining_seconds=None, memory_bytes=1,
        gradient_norms={"layers.0.weight_hh": loss},
    )  # fmt: skip


def validated(step: int, loss: float = 2.0) -> ValidationCompleted:
    return ValidationCompleted(
        step=step, epoch=1.0, seconds=step * 0.5, loss_nats=loss, perplexity=math.exp(loss),
        bits_per_character=loss * BITS, accuracy=0.5, is_best=True,
    )  # fmt: skip


def history_of(*losses: float) -> RunHistory:
    history = RunHistory()
    history.add(started())
    for place, loss in enumerate(losses, 1):
        history.add(stepped(place, loss))
    return history


@pytest.fixture
def workbench(tmp_path: Path, qapp: object) -> Iterator[Workbench]:
    door = EngineDoor(Library.open(tmp_path / "library"))
    yield Workbench(door, Settings(tmp_path / "window.ini"))
    door.close(20)
    door.pump.drain(1.0)


def by_the_book(values: list[float], weight: float) -> list[float]:
    average, smoothed = 0.0, []
    for place, value in enumerate(values, 1):
        average = weight * average + (1 - weight) * value
        smoothed.append(average / (1 - weight**place))
    return smoothed


@given(LOSSES, WEIGHTS, st.integers(0, 40))
def test_smoothing_in_pieces_is_the_debiased_average_of_the_whole(values: list[float], weight: float, cut: int) -> None:
    smoothed, column = Smoothed(weight), array("d", values[:cut])
    smoothed.follow(column)
    column.extend(values[cut:])
    assert list(smoothed.follow(column)) == pytest.approx(by_the_book(values, weight))


@given(LOSSES, LOSSES, WEIGHTS, st.integers(0, 40))
def test_a_column_that_was_cut_and_has_grown_again_is_smoothed_from_the_cut(
    before: list[float], after: list[float], weight: float, cut: int
) -> None:
    smoothed = Smoothed(weight)
    smoothed.follow(array("d", before))
    column = before[:cut] + after
    assert list(smoothed.follow(column, keep=min(cut, len(before)))) == pytest.approx(by_the_book(column, weight))


def test_what_is_no_number_leaves_the_smoothed_curve_where_it_was() -> None:
    values = Smoothed(0.5).follow([math.nan, 2.0, math.nan, 4.0])
    assert math.isnan(values[0])
    assert list(values[1:]) == pytest.approx([2.0, 2.0, (0.5 * 1.0 + 0.5 * 4.0) / 0.75])


class _Reading:
    """A job that is done when the test says so."""

    def drop(self) -> None:
        pass


def read_at_once(workbench: Workbench, monkeypatch: pytest.MonkeyPatch, num_steps: int) -> list[str]:
    """Let every run have so many steps, read the moment it is asked for. Returns what is read, in its order."""
    read: list[str] = []

    def read_history(run_id: str, into: Callable[[Any], None], on_done: Callable[[Any], None], *_: object) -> _Reading:
        read.append(run_id)
        for event in (started(), *map(stepped, range(1, num_steps + 1)), validated(num_steps)):
            into(event)
        on_done(HistoryPlace())
        return _Reading()

    monkeypatch.setattr(workbench.door.runs, "read_history", read_history)
    monkeypatch.setattr(workbench.runs, "entry", finished)
    return read


def finished(run_id: str) -> RunEntry:
    return RunEntry(id=run_id, path=Path(run_id), title=run_id, state="finished", outcome="completed", step=10)


def test_histories_beside_others_hold_what_their_curves_need_and_nothing_more(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at_once(workbench, monkeypatch, num_steps=100)
    saved = SavedHistories(workbench)
    history = saved.history("a") or saved.history("a")
    assert history is not None
    assert len(history.training) == 100
    assert len(history.validation) == 1
    assert not history.matrix_norms
    assert not history.samples


def test_histories_that_nobody_looks_at_are_forgotten_when_they_take_too_much(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(saved_module.time, "monotonic", lambda: now[0])
    read = read_at_once(workbench, monkeypatch, num_steps=100)
    saved = SavedHistories(workbench)
    saved.history("first")
    one = saved.num_bytes
    monkeypatch.setattr(saved_module, "MOST_BYTES", 3 * one)
    for run_id in "abcdef":
        saved.history(run_id)
    assert saved.num_bytes == 7 * one  # all of them may be on show now
    now[0] += 60
    for run_id in "def":
        saved.history(run_id)
    saved.history("new")
    assert saved.num_bytes <= 4 * one
    read.clear()
    for run_id in "def":
        assert saved.history(run_id) is not None
    assert not read
    saved.history("first")
    assert read == ["first"]


def test_without_smoothing_the_curve_is_what_was_reported() -> None:
    assert list(Smoothed(0.0).follow([3.0, 1.0])) == [3.0, 1.0]
    assert smoothed_name(0.0) == "training"
    assert smoothed_name(0.6) == "training, smoothed 0.6"


def test_a_run_that_goes_on_from_an_earlier_step_is_smoothed_anew_from_there(workbench: Workbench) -> None:
    history = history_of(4.0, 3.0, 9.0, 9.0)
    curves = RunCurves(history, CurveOptions.shared(workbench))
    curves.smoothed()
    history.add(started(step=2))
    for step, loss in ((3, 2.0), (4, 1.0), (5, 0.5)):
        history.add(stepped(step, loss))
    curves.renew()
    assert list(curves.smoothed()) == pytest.approx(by_the_book([4.0, 3.0, 2.0, 1.0, 0.5], 0.6))
    assert curves.generation == 1


def test_a_loss_is_told_in_the_chosen_unit(workbench: Workbench) -> None:
    units = Units.shared(workbench)
    assert units.text(math.log(2) * 2.087, BITS) == ("2.09", "bits per character")
    units.set_unit("nats")
    assert units.text(1.4966, BITS) == ("1.50", "nats")
    units.set_unit("perplexity")
    assert units.text(math.log(103.4), BITS) == ("103", "perplexity")
    assert units.text(math.log(4.218), BITS) == ("4.22", "perplexity")


def test_words_are_told_in_perplexity_until_the_person_chooses_and_the_choice_is_kept(workbench: Workbench) -> None:
    units = Units.shared(workbench)
    assert units.unit == "bits"
    units.set_tokens("word")
    assert units.unit == "perplexity"
    units.set_unit("nats")
    units.set_tokens("char")
    assert units.unit == "nats"
    assert Units.shared(workbench) is units
    assert Units(workbench).unit == "nats"


def test_bits_are_not_called_bits_per_character_where_nobody_knows_how_long_a_word_is(workbench: Workbench) -> None:
    units = Units.shared(workbench)
    units.set_tokens("word")
    units.set_unit("bits")
    assert units.text(math.log(2) * 6, math.nan) == ("6.00", "bits per token")
    assert units.text(math.log(2) * 6, BITS / 5)[1] == "bits per character"


def test_reference_values_are_told_per_token_of_the_run_and_worst_first(workbench: Workbench) -> None:
    units, options = Units.shared(workbench), CurveOptions.shared(workbench)
    units.set_unit("nats")
    letters = RunCurves(history_of(), options)
    assert reference_lines(letters, "char", units) == [
        ("pure guessing", 4.0), ("letter frequencies alone", 3.0), ("pairs of letters", 2.0),
    ]  # fmt: skip
    words = RunHistory()
    words.add(started())
    assert reference_lines(RunCurves(words, options), "word", units) == []
    words.add(stepped(1, 6.0, bits_of_nat=BITS / 5))  # a word has five characters
    assert [value for _, value in reference_lines(RunCurves(words, options), "word", units)] == pytest.approx(
        [20.0, 15.0, 10.0]
    )
    units.set_unit("bits")
    assert reference_lines(RunCurves(words, options), "word", units)[1][1] == pytest.approx(3.0 * BITS)


def test_short_runs_go_by_time_and_long_ones_by_step_unless_the_person_chose(workbench: Workbench) -> None:
    options, history = CurveOptions.shared(workbench), history_of(2.0)
    assert options.axis(planned_seconds(history)) == "time"
    history.add(PlanFixed(total_steps=9000, validate_every_steps=10, at_step=0, seconds=3600.0))
    assert options.axis(planned_seconds(history)) == "step"
    options.set_axis("tokens")
    assert options.axis(planned_seconds(history)) == "tokens"


def test_a_mark_stands_where_its_step_is_on_every_axis() -> None:
    history = history_of(2.0, 2.0, 2.0)
    assert position(history.training, 2, "step") == 2
    assert position(history.training, 2, "time") == 1.0
    assert position(history.training, 99, "tokens") == 192
    assert math.isnan(position(RunHistory().training, 1, "time"))


def test_marks_say_what_was_changed_by_the_name_of_the_form(workbench: Workbench) -> None:
    history = history_of(2.0, 2.0, 2.0)
    history.add(SettingChanged(step=2, field="training.clip_norm", old=1.0, new=0.5))
    history.add(Rewound(step=3, to_step=1, learning_rate_factor=0.5, attempt=1))
    marks = RunCurves(history, CurveOptions.shared(workbench)).marks("step")
    assert [(x, kind) for x, _, kind in marks] == [(2.0, "setting"), (3.0, "rewound")]
    assert marks[0][1] == "Clip the gradient norm at: 1 became 0.5."


def test_parameters_have_plain_names() -> None:
    names = ["embedding.weight", "layers.0.weight_ih", "layers.2.weight_hh", "layers.0.bias", "output.bias", "odd"]
    assert list(matrix_names(names).values()) == [
        "Embedding", "Layer 1, input", "Layer 3, memory", "Layer 1, bias", "Output, bias", "odd",
    ]  # fmt: skip


def entry(run_id: str, group: str, seed: int, dropout: float = 0.1) -> RunEntry:
    tables = {"model": {"dropout": dropout}, "training": {"seed": seed}}
    return RunEntry(id=run_id, path=Path(run_id), title=run_id, group=group, configuration=tables)


def test_runs_of_a_group_that_differ_by_their_seed_stand_together() -> None:
    entries = [entry("a", "g", 1), entry("b", "g", 2, 0.3), entry("c", "g", 3), entry("d", "", 1), entry("e", "", 2)]
    assert [[one.id for one in group] for group in seed_groups(entries)] == [["a", "c"], ["b"], ["d"], ["e"]]


def test_mean_and_range_are_taken_where_all_runs_are_known() -> None:
    mean = mean_of([([1.0, 2.0, 3.0], [4.0, 2.0, 1.0]), ([2.0, 4.0], [6.0, 2.0])])
    assert list(mean.x) == [2.0, 3.0]
    assert list(mean.low) == [2.0, 1.0]
    assert list(mean.high) == [6.0, 4.0]
    assert list(mean.mean) == [4.0, 2.5]
    assert len(mean_of([([1.0], [1.0]), ([], [])]).x) == 0


def test_the_length_of_a_run_is_what_its_end_says() -> None:
    history = history_of(2.0)
    history.add(
        RunEnded(
            outcome="completed", reason=message(""), run="a", step=1, seconds=7200.0, best_step=1,
            best_valid_loss_nats=1.0, best_valid_perplexity=1.0, best_valid_bits_per_character=1.0,
            best_valid_accuracy=0.5,
        )
    )  # fmt: skip
    assert planned_seconds(history) == 7200.0
