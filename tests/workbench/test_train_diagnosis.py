"""What is said about a run, told from synthetic histories."""

from collections.abc import Sequence

import pytest

from engine.events import PlanFixed, Rewound, SettingChanged, StepCompleted, ValidationCompleted
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.diagnosis import findings, sentence_of
from workbench.viewmodels.train.remedies import Remedy, remedy_for, settings_now

REPORTS = 10  # between two validations
TABLES = {"model": {"dropout": 0.1}, "training": {"clip_norm": 1.0, "clip_value": 0.0, "learning_rate_factor": 1.0}}


def history_of(
    validation: Sequence[float],
    training: Sequence[float] = (),
    *,
    clipped: float = 0.2,
    speeds: Sequence[float] = (),
    total_steps: int = 10_000,
) -> RunHistory:
    """A run with so many validations; training: the mean loss before each of them, as the validation if left out."""
    history = RunHistory()
    history.add(PlanFixed(total_steps=total_steps, validate_every_steps=100, at_step=0, seconds=None))
    best = float("inf")
    for index, loss in enumerate(validation):
        for report in range(REPORTS):
            history.add(
                _report(
                    100 * index + 10 * (report + 1),
                    training[index] if training else loss,
                    clipped,
                    speeds[index] if speeds else 5000.0,
                )
            )
        history.add(_validation(100 * (index + 1), loss, is_best=loss < best))
        best = min(best, loss)
    return history


def _report(step: int, loss: float, clipped: float, speed: float) -> StepCompleted:
    return StepCompleted(
        step=step, epoch=0.1, tokens=step, seconds=step / 10, loss_nats=loss, perplexity=2.0, bits_per_character=None,
        gradient_norm=0.5, clipped_share=clipped, learning_rate=0.01, tokens_per_second=speed, remaining_seconds=10.0,
        memory_bytes=1,
    )  # fmt: skip


def _validation(step: int, loss: float, *, is_best: bool) -> ValidationCompleted:
    return ValidationCompleted(
        step=step, epoch=0.1, seconds=step / 10, loss_nats=loss, perplexity=2.0, bits_per_character=None, accuracy=0.5,
        is_best=is_best,
    )  # fmt: skip


def first_kind(history: RunHistory) -> str:
    found = findings(history)
    return found[0].kind if found else ""


def test_a_falling_validation_still_improves() -> None:
    assert first_kind(history_of([3.0, 2.5, 2.2, 2.0])) == "improving"


def test_small_gains_are_called_slow() -> None:
    assert first_kind(history_of([2.0, 1.5, 1.498, 1.497, 1.495], total_steps=2000)) == "slowly"


def test_the_same_gain_in_a_small_part_of_the_run_is_no_slow_one() -> None:
    assert first_kind(history_of([2.0, 1.5, 1.498, 1.497, 1.495], total_steps=20_000)) == "improving"


@pytest.mark.parametrize("num_validations", [0, 1, 2, 3])
def test_nothing_is_said_about_a_trend_before_it_held_for_three_validations(num_validations: int) -> None:
    assert findings(history_of([3.0, 2.5, 2.2][:num_validations])) == []


@pytest.mark.parametrize(("losses", "is_told"), [([2.0, 1.5, 1.6, 1.6], False), ([2.0, 1.5, 1.6, 1.6, 1.6], True)])
def test_standing_still_is_told_after_three_validations_without_a_new_best(losses: list[float], is_told: bool) -> None:
    flat = [1.4] * len(losses)
    assert (first_kind(history_of(losses, flat)) == "stopped") is is_told


def test_falling_training_under_rising_validation_is_learning_by_heart() -> None:
    history = history_of([2.0, 1.5, 1.55, 1.6, 1.7], [1.9, 1.4, 1.2, 1.1, 1.0])
    assert first_kind(history) == "memorising"
    assert findings(history)[0].step == 200


def test_an_exploded_gradient_is_told_at_once_with_its_count() -> None:
    history = history_of([2.0])
    for step in (110, 120):
        history.add(Rewound(step=step, to_step=100, learning_rate_factor=0.5, attempt=1))
    assert sentence_of(findings(history)[0]).startswith("The gradient exploded 2 times.")


def test_an_old_explosion_is_not_told_for_ever() -> None:
    history = history_of([2.0])
    history.add(Rewound(step=110, to_step=100, learning_rate_factor=0.5, attempt=1))
    later = history_of([2.0, 1.9, 1.8, 1.7, 1.6])
    later.marks[:] = history.marks
    assert first_kind(later) == "improving"


@pytest.mark.parametrize(("share", "kind"), [(0.9, "clipping_always"), (0.5, "improving"), (0.0, "improving")])
def test_clipping_is_told_where_it_nearly_always_acts(share: float, kind: str) -> None:
    assert first_kind(history_of([3.0, 2.5, 2.2, 2.0], clipped=share)) == kind


def test_clipping_that_never_acts_is_told_after_everything_else() -> None:
    found = findings(history_of([3.0, 2.5, 2.2, 2.0], clipped=0.0))
    assert [finding.kind for finding in found] == ["improving", "clipping_never"]


def test_nothing_is_said_about_clipping_that_is_switched_off() -> None:
    found = findings(history_of([3.0, 2.5, 2.2, 2.0], clipped=0.0), is_clipping=False)
    assert [finding.kind for finding in found] == ["improving"]


def test_a_loss_that_rises_early_blames_the_learning_rate() -> None:
    assert first_kind(history_of([3.0, 3.2, 3.5, 3.9], [3.0, 3.2, 3.4, 3.8])) == "rate_too_high"


def test_a_loss_that_rises_late_does_not_blame_the_learning_rate() -> None:
    losses = [3.0, 2.5, 2.0, 1.9, 1.8, 1.7, 1.6, 1.7, 1.8, 1.9]
    assert first_kind(history_of(losses, total_steps=1000)) == "stopped"


def test_half_the_speed_for_three_validations_points_to_another_program() -> None:
    speeds = [5000.0, 5000.0, 2000.0, 2000.0, 2000.0]
    assert first_kind(history_of([3.0, 2.5, 2.2, 2.0, 1.9], speeds=speeds)) == "slowed"


def test_a_short_dip_of_the_speed_is_not_mentioned() -> None:
    speeds = [5000.0, 5000.0, 2000.0, 2000.0, 5000.0]
    assert first_kind(history_of([3.0, 2.5, 2.2, 2.0, 1.9], speeds=speeds)) == "improving"


def remedy_of(history: RunHistory, *, is_live: bool = True, tables: object = None) -> Remedy | None:
    settings = settings_now(tables or TABLES, history.changes)  # type: ignore[arg-type]
    return remedy_for(findings(history)[0], history, settings, is_live=is_live)


def test_a_remedy_for_a_rising_loss_halves_the_learning_rate_of_this_run() -> None:
    remedy = remedy_of(history_of([3.0, 3.2, 3.5, 3.9], [3.0, 3.2, 3.4, 3.8]))
    assert remedy is not None
    assert remedy.change == ("training.learning_rate_factor", 0.5)
    assert remedy.consequence == "Changes this run from its next step on."


def test_a_remedy_for_learning_by_heart_says_that_it_begins_a_new_run() -> None:
    remedy = remedy_of(history_of([2.0, 1.5, 1.55, 1.6, 1.7], [1.9, 1.4, 1.2, 1.1, 1.0]))
    assert remedy is not None
    assert remedy.new_settings == {"model": {"dropout": 0.3}}
    assert remedy.consequence == "Ends this run and begins a new one from its best state."


def test_no_second_remedy_is_offered_while_the_first_is_young() -> None:
    history = history_of([3.0, 3.2, 3.5, 3.9], [3.0, 3.2, 3.4, 3.8])
    history.add(SettingChanged(step=390, field="training.learning_rate_factor", old=1.0, new=0.5))
    assert remedy_of(history) is None


def test_a_remedy_goes_on_from_what_was_changed_before() -> None:
    history = history_of([3.0, 2.5, 2.2, 2.0, 1.9, 1.8, 1.7], clipped=0.95)
    history.add(SettingChanged(step=150, field="training.clip_norm", old=1.0, new=4.0))
    remedy = remedy_of(history)
    assert remedy is not None
    assert remedy.change == ("training.clip_norm", 8.0)


def test_waiting_is_the_remedy_for_what_goes_well() -> None:
    assert remedy_of(history_of([3.0, 2.5, 2.2, 2.0])) is None
