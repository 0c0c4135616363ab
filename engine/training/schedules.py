"""Learning-rate schedules: pure functions of counts, never of the clock."""

import math
from dataclasses import dataclass
from typing import assert_never

from engine.config.optimizer import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    OneCycleSchedule,
    PlateauSchedule,
    StepSchedule,
)
from engine.config.training import TrainingConfig


@dataclass
class Progress:
    """Where a run stands.

    step: updates done; epoch: passes done; total_steps: all updates, None while a run given in minutes still measures
    its speed; plateau_share: what a plateau schedule has left of the rate.
    """

    step: int
    epoch: float
    total_steps: int | None
    plateau_share: float = 1.0


def learning_rate(config: TrainingConfig, progress: Progress, factor: float = 1.0) -> float:
    """Learning rate of the next update. factor: the person's and the guard's, multiplied."""
    rate = config.learning_rate * factor * _share(config, progress)
    if progress.step < config.warmup_steps:
        rate *= (progress.step + 1) / config.warmup_steps
    return rate


def _share(config: TrainingConfig, progress: Progress) -> float:
    schedule = config.schedule
    match schedule:
        case ConstantSchedule():
            return 1.0
        case StepSchedule():
            # Zaremba et al. 2014: the rate of epoch n (from 1) is factor ** max(n - hold, 0).
            over = progress.epoch - schedule.hold_epochs
            # Without a hold the first drop comes after the first interval.
            first = 1 if schedule.hold_epochs else 0
            drops = math.floor(over / schedule.decay_every_epochs) + first if over >= 0 else 0
            return float(schedule.decay_factor**drops)
        case ExponentialSchedule():
            return float(schedule.decay_factor ** max(progress.epoch - schedule.hold_epochs, 0.0))
        case CosineSchedule():
            return _half_cosine(1.0, schedule.final_share, _done(progress, config.warmup_steps))
        case OneCycleSchedule():
            done = _done(progress, 0)
            if done < schedule.rise_share:
                return _half_cosine(schedule.start_share, 1.0, done / schedule.rise_share)
            return _half_cosine(1.0, schedule.final_share, (done - schedule.rise_share) / (1 - schedule.rise_share))
        case PlateauSchedule():
            return max(progress.plateau_share, schedule.min_share)
        case _:
            assert_never(schedule)


def _done(progress: Progress, skipped: int) -> float:
    """Share of the updates after the first `skipped` that is done; 0 while the number of steps is not known."""
    if progress.total_steps is None:
        return 0.0
    return min(max(progress.step - skipped, 0) / max(progress.total_steps - skipped, 1), 1.0)


def _half_cosine(start: float, end: float, done: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * done))
