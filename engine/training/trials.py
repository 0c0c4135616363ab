"""How good the model is: validations while it trains, and the best state as one stream at the end."""

import math
import time
from collections.abc import Callable, Iterator

from engine.evaluation.evaluate import finish
from engine.evaluation.validation import Validation, validation_loss
from engine.events import RunEvent, ValidationCompleted, ValidationStarted
from engine.library.runs import RunFolder
from engine.training.data import RunData
from engine.training.judging import best_model, full_figures, judge, validated_figures
from engine.training.pacing import Pace
from engine.training.reporting import bits_per_character, perplexity
from engine.training.run_record import RunRecord
from engine.training.saving import Saver
from engine.training.steering import Steering
from engine.training.trainer import Trainer

# A run that ends before its first validation is tried for so long, on small windows, so that it has a best state.
GLANCE_SECONDS = 0.1
GLANCE_PREDICTIONS = 2**14
GLANCE_WINDOW_SIZE = 16


class Trials:
    """Tries the trainer's model on the validation text and saves what is best. elapsed: gives the run's seconds."""

    def __init__(
        self,
        folder: RunFolder,
        record: RunRecord,
        data: RunData,
        trainer: Trainer,
        saver: Saver,
        pace: Pace,
        steering: Steering,
        elapsed: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._record = record
        self._data = data
        self._trainer = trainer
        self._saver = saver
        self._pace = pace
        self._steering = steering
        self._elapsed = elapsed

    @property
    def is_due(self) -> bool:
        """Whether the cadence asks for a validation that this step has not had."""
        counters = self._trainer.counters
        every = counters.validate_every_steps
        return bool(every and counters.step % every == 0 and not self.is_done)

    @property
    def is_done(self) -> bool:
        """Whether this step was validated."""
        return self._trainer.counters.validated_step == self._trainer.counters.step

    def validate(self) -> Iterator[RunEvent]:
        """Validate, and save a best state; a validation during which the person ends the run does not count."""
        counters, model = self._trainer.counters, self._trainer.model
        yield ValidationStarted(step=counters.step)
        began = self._elapsed()
        windows = validation_loss(model, self._data.valid_ids, compute_dtype=model.compute_dtype)
        validation = yield from self._steering.patiently(windows)
        if validation is None:
            return
        self._pace.count_validation(self._elapsed() - began)
        counters.validated_step = counters.step
        is_best = judge(counters, self._trainer.config.schedule, validation)
        yield self._told(validation, is_best=is_best)
        if is_best:
            yield from self._keep_best(validation)

    def glance(self) -> Iterator[RunEvent]:
        """A short validation in place of the first one; not counted, so that any whole one is better."""
        model = self._trainer.model
        end = time.perf_counter() + GLANCE_SECONDS
        windows = validation_loss(
            model,
            self._data.valid_ids,
            compute_dtype=model.compute_dtype,
            most_predictions=GLANCE_PREDICTIONS,
            window_size=GLANCE_WINDOW_SIZE,
            is_enough=lambda: time.perf_counter() >= end,
        )
        validation = finish(windows)
        if math.isfinite(validation.loss_nats):
            yield self._told(validation, is_best=True)
            yield from self._keep_best(validation)

    def present_best(self) -> Iterator[RunEvent]:
        """Evaluate the best state as one stream, and let it write; left where the person ends the run."""
        model = best_model(self._folder, self._trainer)
        if model is None:
            return
        figures = yield from self._steering.patiently(full_figures(model, self._data))
        if figures is not None:
            self._record.best = {**self._record.best, **figures}
            yield from self._steering.sample(model)

    def recall_best(self) -> None:
        """Give the record the figures of the best state where it has none, as in a run of an earlier version."""
        counters = self._trainer.counters
        if not self._record.best and counters.best_step is not None and counters.best_valid_loss_nats is not None:
            self._record.best = validated_figures(
                counters.best_step, counters.best_valid_loss_nats, counters.best_valid_accuracy, self._data
            )

    def _keep_best(self, validation: Validation) -> Iterator[RunEvent]:
        step = self._trainer.counters.step
        yield self._saver.save(is_best=True)
        self._record.best = validated_figures(step, validation.loss_nats, validation.accuracy, self._data)
        self._folder.write_info(self._record.to_json())

    def _told(self, validation: Validation, *, is_best: bool) -> ValidationCompleted:
        return ValidationCompleted(
            step=self._trainer.counters.step,
            epoch=self._trainer.batches.epoch,
            seconds=self._elapsed(),
            loss_nats=validation.loss_nats,
            perplexity=perplexity(validation.loss_nats),
            bits_per_character=bits_per_character(validation.loss_nats, self._data.valid_characters_per_token),
            accuracy=validation.accuracy,
            is_best=is_best,
        )
