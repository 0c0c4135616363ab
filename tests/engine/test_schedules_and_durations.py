"""Learning-rate schedules and the lengths of runs, against values computed by hand."""

import math

import numpy as np
import pytest

from engine.config.configuration import from_tables
from engine.config.training import TrainingConfig
from engine.training.batches import Batches
from engine.training.durations import Costs, counted_steps, plan
from engine.training.schedules import Progress, learning_rate


def training(**values: object) -> TrainingConfig:
    return from_tables({"training": {"steps": 100, "learning_rate": 1.0, **values}}).training


def test_zaremba_s_schedule_is_constant_for_four_epochs_and_then_halves_at_each() -> None:
    config = training(schedule="step", hold_epochs=4, decay_factor=0.5)
    rates = [learning_rate(config, Progress(0, epoch, 1000)) for epoch in (0, 3.99, 4, 4.5, 5, 6.2)]
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.25, 0.125]


def test_steps_without_a_hold_begin_at_the_full_rate() -> None:
    config = training(schedule="step", decay_factor=0.5, decay_every_epochs=5)
    assert [learning_rate(config, Progress(0, epoch, 1000)) for epoch in (0, 4.9, 5, 10)] == [1.0, 1.0, 0.5, 0.25]


def test_char_rnn_s_schedule_loses_three_percent_per_epoch_after_ten() -> None:
    config = training(schedule="exponential", hold_epochs=10, decay_factor=0.97)
    assert learning_rate(config, Progress(0, 10.0, None)) == 1.0
    assert learning_rate(config, Progress(0, 13.0, None)) == pytest.approx(0.97**3)


def test_a_cosine_falls_by_half_in_the_middle_and_ends_at_its_final_share() -> None:
    config = training(schedule="cosine", final_share=0.1, warmup_steps=10)
    assert learning_rate(config, Progress(10, 0, 110)) == 1.0
    assert learning_rate(config, Progress(60, 0, 110)) == pytest.approx(0.55)
    assert learning_rate(config, Progress(110, 0, 110)) == pytest.approx(0.1)


def test_the_warm_up_rises_in_equal_parts() -> None:
    config = training(schedule="constant", warmup_steps=4)
    assert [learning_rate(config, Progress(step, 0, 100)) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]


def test_one_cycle_rises_and_falls() -> None:
    config = training(schedule="one-cycle", rise_share=0.5, start_share=0.2, final_share=0.0)
    rates = [learning_rate(config, Progress(step, 0, 100)) for step in (0, 25, 50, 75, 100)]
    assert rates == pytest.approx([0.2, 0.6, 1.0, 0.5, 0.0])


def test_while_a_run_measures_its_speed_a_cosine_stays_at_its_top() -> None:
    assert learning_rate(training(schedule="cosine"), Progress(50, 0, None)) == 1.0


def batches(num_tokens: int, batch_size: int, window_size: int) -> Batches:
    return Batches(np.arange(num_tokens, dtype=np.uint32), batch_size, window_size)


def test_the_first_limit_that_is_reached_ends_a_run() -> None:
    cut = batches(1001, 10, 20)  # five windows of 200 tokens
    assert counted_steps(training(steps=50, epochs=3), cut) == 15
    assert counted_steps(training(steps=7, epochs=3), cut) == 7
    assert counted_steps(training(steps=0, tokens=1001), cut) == 6
    assert counted_steps(training(steps=0, minutes=1), cut) is None


def test_minutes_become_steps_that_leave_time_for_validation_and_the_end() -> None:
    costs = Costs(step=0.1, validation=0.5, ending=2.0)
    made = plan(training(steps=0, minutes=1), None, 100, 12.0, costs)
    assert made is not None
    assert made.seconds is not None
    assert made.seconds <= 60
    num_validations = (made.total_steps - 100) // made.validate_every_steps
    spent = 12.0 + (made.total_steps - 100) * 0.1 + num_validations * 0.5 + 2.0
    assert 0.9 * 60 < spent <= 60


def test_every_window_holds_the_next_tokens_of_its_streams_and_an_epoch_reads_each_once() -> None:
    cut = batches(3 * 17 + 2, 3, 5)
    seen = []
    for index in range(cut.windows_per_epoch):
        window = cut.next_window()
        assert window.starts_epoch == (index == 0)
        assert window.x_TB.shape[0] <= 5
        assert (window.y_TB == window.x_TB + 1).all()
        seen.append(window.x_TB)
    streams = [[token for window in seen for token in window[:, b].tolist()] for b in range(3)]
    assert streams == [list(range(b * 17, b * 17 + 17)) for b in range(3)]
    assert cut.next_window().starts_epoch
    assert cut.epoch == pytest.approx(1 + 1 / cut.windows_per_epoch)


def test_windows_differ_in_length_by_one_token_at_most() -> None:
    cut = batches(1 + 4 * 130, 4, 64)
    lengths = [cut.next_window().x_TB.shape[0] for _ in range(cut.windows_per_epoch)]
    assert sum(lengths) == 130
    assert max(lengths) - min(lengths) <= 1


def test_a_cursor_put_back_gives_the_same_window_again() -> None:
    cut, other = batches(997, 7, 13), batches(997, 7, 13)
    for _ in range(25):
        cut.next_window()
    other.cursor = cut.cursor
    assert (cut.next_window().x_TB == other.next_window().x_TB).all()
    assert math.isclose(cut.tokens_seen, other.tokens_seen)
