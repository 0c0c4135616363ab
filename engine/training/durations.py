"""How many steps a run takes: durations in several units, and minutes that become steps once.

The clock never enters the mathematics: a run given minutes measures its speed at the beginning, fixes its number of
steps, and counts from then on.
"""

import math
from dataclasses import dataclass

from engine.config.training import TrainingConfig
from engine.training.batches import Batches

MEASURING_SECONDS = 20.0
MEASURING_SHARE = 0.12
PLANNED_SHARE = 0.97
VALIDATION_SHARE = 0.05
FEWEST_VALIDATIONS, MOST_VALIDATIONS = 4, 40


@dataclass(frozen=True)
class Costs:
    """Measured seconds: of one step, of one validation, and of the work after the last step."""

    step: float
    validation: float
    ending: float


@dataclass(frozen=True)
class Plan:
    """total_steps: when the run ends; validate_every_steps: the cadence; seconds: predicted for the whole run."""

    total_steps: int
    validate_every_steps: int
    seconds: float | None


def counted_steps(training: TrainingConfig, batches: Batches) -> int | None:
    """The steps after which epochs, steps or tokens end the run, whichever is first; None if only minutes limit it."""
    limits = []
    if training.steps:
        limits.append(training.steps)
    if training.epochs:
        limits.append(max(1, math.ceil(training.epochs * batches.windows_per_epoch - 1e-9)))
    if training.tokens:
        per_step = batches.tokens_per_epoch / batches.windows_per_epoch
        limits.append(max(1, math.ceil(training.tokens / per_step - 1e-9)))
    return min(limits) if limits else None


def measuring_seconds(training: TrainingConfig, spent: float = 0.0) -> float:
    """Until which second a run given minutes measures its speed before it fixes its number of steps.

    spent: seconds of an earlier part of the run.
    """
    return spent + min(MEASURING_SECONDS, MEASURING_SHARE * (training.minutes * 60 - spent))


def plan(training: TrainingConfig, counted: int | None, step: int, elapsed: float, costs: Costs | None) -> Plan | None:
    """The plan at `step` after `elapsed` seconds, or None while minutes limit the run and no costs are measured."""
    if not training.minutes:
        assert counted is not None
        every = training.validate_every_steps or max(1, counted // 20)
        seconds = None if costs is None else elapsed + _seconds(counted - step, every, costs)
        return Plan(counted, every, seconds)
    if costs is None:
        return None
    left = PLANNED_SHARE * (training.minutes * 60 - elapsed) - costs.ending
    if training.validate_every_steps:
        every = training.validate_every_steps
        num_steps = int(left / (costs.step + costs.validation / every))
    else:
        num_validations = min(max(VALIDATION_SHARE * left / costs.validation, FEWEST_VALIDATIONS), MOST_VALIDATIONS)
        num_steps = int((left - num_validations * costs.validation) / costs.step)
        every = max(1, math.ceil((step + num_steps) / num_validations))
    total = step + max(num_steps, 1)
    if counted is not None:
        total = min(total, counted)
    return Plan(total, every, elapsed + _seconds(total - step, every, costs))


def _seconds(num_steps: int, every: int, costs: Costs) -> float:
    return num_steps * costs.step + (num_steps // every) * costs.validation + costs.ending
