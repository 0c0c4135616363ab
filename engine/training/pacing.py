"""How fast a run is, and what follows from it: when it can be planned, and what time is left."""

import math
from collections.abc import Callable

from engine.config.training import TrainingConfig
from engine.evaluation.validation import MOST_PREDICTIONS
from engine.training.data import RunData
from engine.training.durations import MEASURING_SHARE, Costs, counted_steps, measuring_seconds
from engine.training.judging import num_final_tokens
from engine.training.trainer import Trainer

# A prediction of the final evaluation, in float32 and as one stream, costs about as much as so many in a validation.
FINAL_FACTOR = 3.0
# The first steps allocate memory and choose kernels.
UNMEASURED_STEPS = 5


class Pace:
    """Measures steps and validations. elapsed: gives the run's seconds; spent: those of an earlier part of the run."""

    def __init__(self, trainer: Trainer, data: RunData, elapsed: Callable[[], float], spent: float) -> None:
        self._trainer = trainer
        self._num_validated = min(len(data.valid_ids) - 1, MOST_PREDICTIONS)
        self._num_final = num_final_tokens(data)
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
        return self._with_ending(per_step, validation)

    @property
    def expected_costs(self) -> Costs | None:
        """Costs with a guess in place of a validation that has not been timed: reading costs a third of learning."""
        per_step = self.seconds_per_step
        if per_step is None:
            return None
        batches = self._trainer.batches
        tokens_per_step = batches.tokens_per_epoch / batches.windows_per_epoch
        validation = self._num_validated / tokens_per_step * per_step / 3
        return self.costs or self._with_ending(per_step, validation)

    def _with_ending(self, per_step: float, validation: float) -> Costs:
        ending = validation / self._num_validated * self._num_final * FINAL_FACTOR
        # Most validations find a better state, which is saved at once.
        return Costs(per_step, validation + self._saving_seconds, ending + self._saving_seconds)

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
