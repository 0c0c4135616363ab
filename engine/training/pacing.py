"""How fast a run is, and what follows from it: when it can be planned, and what time is left."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from engine.config.training import TrainingConfig
from engine.evaluation.validation import MOST_PREDICTIONS
from engine.training.batches import Batches
from engine.training.data import MOST_FINAL_TOKENS, RunData
from engine.training.durations import MEASURING_SHARE, Costs, counted_steps, measuring_seconds
from engine.training.trainer import Trainer

# A prediction of the final evaluation, in float32 and as one stream, costs about as much as so many in a validation.
FINAL_FACTOR = 3.0
# A prediction of a validation costs about so much of one that is learned from.
READING_SHARE = 1 / 3
# The first steps allocate memory and choose kernels.
UNMEASURED_STEPS = 5


@dataclass(frozen=True)
class Reading:
    """Predictions of one validation, and of the evaluation after the last step."""

    in_validation: int
    at_end: int

    @classmethod
    def of(cls, num_valid_tokens: int, num_test_tokens: int) -> Self:
        """What is read of texts of so many tokens; num_test_tokens: 0 without a test text."""
        at_end = min(num_valid_tokens, MOST_FINAL_TOKENS) + min(num_test_tokens, MOST_FINAL_TOKENS)
        return cls(min(num_valid_tokens - 1, MOST_PREDICTIONS), at_end)

    def validation_seconds(self, per_step: float, batches: Batches) -> float:
        """A guess of what a validation takes, from the seconds of a training step."""
        tokens_per_step = batches.tokens_per_epoch / batches.windows_per_epoch
        return self.in_validation / tokens_per_step * per_step * READING_SHARE

    def costs(self, per_step: float, validation: float, saving: float) -> Costs:
        """The costs of a run in which a step, a validation and a checkpoint take so many seconds."""
        ending = validation / self.in_validation * self.at_end * FINAL_FACTOR
        # Most validations find a better state, which is saved at once.
        return Costs(per_step, validation + saving, ending + saving)


class Pace:
    """Measures steps and validations. elapsed: gives the run's seconds; spent: those of an earlier part of the run."""

    def __init__(self, trainer: Trainer, data: RunData, elapsed: Callable[[], float], spent: float) -> None:
        self._trainer = trainer
        self._reading = Reading.of(len(data.valid_ids), 0 if data.test_ids is None else len(data.test_ids))
        self._elapsed = elapsed
        self._spent = spent
        self._stepping_seconds = 0.0
        self._num_steps = 0
        self._validation_seconds: float | None = None
        self._saving_seconds = 0.0

    def count_step(self, seconds: float) -> None:
        """One step took so long."""
        self._num_steps += 1
        if self._num_steps > UNMEASURED_STEPS:
            self._stepping_seconds += seconds

    def count_validation(self, seconds: float) -> None:
        """One validation took so long."""
        self._validation_seconds = seconds

    def count_save(self, seconds: float) -> None:
        """A checkpoint took so long."""
        self._saving_seconds = seconds

    @property
    def seconds_per_step(self) -> float | None:
        """Mean over the measured steps, None before the first of them."""
        counted = self._num_steps - UNMEASURED_STEPS
        return self._stepping_seconds / counted if counted > 0 else None

    def is_measured(self, training: TrainingConfig) -> bool:
        """Whether the speed has been measured for long enough: for a share of the time, or of the counted steps."""
        if self.seconds_per_step is None:
            return False
        counted = counted_steps(training, self._trainer.batches) or math.inf
        return (
            self._elapsed() >= measuring_seconds(training, self._spent)
            or self._trainer.counters.step >= MEASURING_SHARE * counted
        )

    @property
    def costs(self) -> Costs | None:
        """Measured costs; None before both a step and a validation were timed."""
        per_step, validation = self.seconds_per_step, self._validation_seconds
        if per_step is None or validation is None:
            return None
        return self._reading.costs(per_step, validation, self._saving_seconds)

    @property
    def expected_costs(self) -> Costs | None:
        """Costs with a guess in place of a validation that has not been timed."""
        per_step = self.seconds_per_step
        if per_step is None:
            return None
        guess = self._reading.validation_seconds(per_step, self._trainer.batches)
        return self.costs or self._reading.costs(per_step, guess, self._saving_seconds)

    def remaining_seconds(self, training: TrainingConfig) -> float | None:
        """Seconds until the end of the run, None before the first steps are timed."""
        counters, costs = self._trainer.counters, self.expected_costs
        if costs is None:
            return None
        if counters.total_steps is None:
            return max(training.minutes * 60 - self._elapsed(), 0.0)
        left = counters.total_steps - counters.step
        num_validations = left // max(counters.validate_every_steps, 1)
        return left * costs.step + num_validations * costs.validation + costs.ending
