"""One run from its first step to its last event: drives the trainer, serves wishes, records, samples and saves.

The window, the commands and the tests all drive a session, so their files are identical.
"""

import contextlib
import time
from collections.abc import Generator, Iterator

import torch

from engine.control import Change, RunControl
from engine.errors import Message, StorageFailed, TextloomError, is_out_of_memory, message
from engine.evaluation.validation import Validation, validation_loss
from engine.events import (
    CheckpointSaved,
    Outcome,
    PlanFixed,
    Rewound,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
    SampleWritten,
    ValidationCompleted,
    WarningIssued,
)
from engine.library.runs import RunFolder, is_milestone
from engine.training.checkpoints import packed
from engine.training.data import RunData
from engine.training.durations import Plan, counted_steps, plan
from engine.training.judging import best_figures, judge
from engine.training.live import apply_change
from engine.training.pacing import Pace
from engine.training.recorder import Recorder
from engine.training.reporting import Reporter, bits_per_character, perplexity
from engine.training.run_record import RunRecord
from engine.training.sample_texts import SampleTexts
from engine.training.stopwatch import Stopwatch
from engine.training.trainer import MOST_REWINDS, Trainer


class Session:
    """Drives one run in one thread. Build it with `create_run` or `resume_run`, iterate `run()` once."""

    def __init__(
        self, folder: RunFolder, record: RunRecord, data: RunData, trainer: Trainer, control: RunControl
    ) -> None:
        self.folder = folder
        self.record = record
        self.control = control
        self.error: BaseException | None = None
        self.ended: RunEnded | None = None
        self._data = data
        self._trainer = trainer
        self._training = trainer.config
        self._watch = Stopwatch(trainer.counters.seconds)
        spent = trainer.counters.seconds if trainer.counters.step else 0.0
        self._pace = Pace(trainer, data, lambda: self._watch.seconds, spent)
        self._reporter = Reporter(trainer, data)
        self._samples = SampleTexts(self._training, data, self._watch.seconds)
        self._saved_at = time.monotonic()
        self._saved_step = trainer.counters.step
        self._validated_step = -1

    @property
    def step(self) -> int:
        """Optimizer updates done."""
        return self._trainer.counters.step

    def run(self) -> Generator[RunEvent, None, None]:
        """Train to the end. The last event is RunEnded, whatever happens; `error` holds what made it fail.

        Closing the generator saves nothing further: the last checkpoint stands. `ended` is the last event then, too.
        """
        with self.folder.lock(), Recorder(self.folder) as recorder:
            try:
                with contextlib.closing(self._events()) as events:
                    for event in events:
                        yield self._recorded(event, recorder, events)
            except (GeneratorExit, KeyboardInterrupt):
                if self.ended is not None and not recorder.has_ended:
                    with contextlib.suppress(StorageFailed):
                        recorder.record(self.ended)
                raise

    def _recorded(self, event: RunEvent, recorder: Recorder, events: Generator[RunEvent, None, None]) -> RunEvent:
        """The event, once it is on the disk; the end of the run where the disk refuses it."""
        try:
            recorder.record(event)
        except StorageFailed as error:
            if not isinstance(event, RunEnded):
                return self._recorded(events.throw(error), recorder, events)
        return event

    def _events(self) -> Generator[RunEvent, None, None]:
        outcome: Outcome = "failed"
        reason = message("Training was interrupted.")
        try:
            self._write_record()
            yield self._started()
            for warning in self._data.warnings:
                yield WarningIssued(message=warning)
            outcome, reason = yield from self._train()
            yield from self._wind_up(outcome)
        except TextloomError as error:
            self.error = error
            outcome, reason = "failed", error.message
        except Exception as error:
            self.error = error
            outcome, reason = "failed", _unexpected(error)
        except (GeneratorExit, KeyboardInterrupt):
            self._ended("stopped", reason)
            raise
        yield self._ended(outcome, reason)

    def _started(self) -> RunStarted:
        record, trainer = self.record, self._trainer
        return RunStarted(
            run=record.id,
            title=record.title,
            corpus=self._data.corpus_id,
            step=self.step,
            num_parameters=record.num_parameters,
            vocabulary_size=record.vocabulary_size,
            num_train_tokens=len(self._data.train_ids),
            num_valid_tokens=len(self._data.valid_ids),
            device=trainer.device.type,
            precision=str(record.machine.get("precision", "float32")),
            num_threads=torch.get_num_threads(),
            summary=record.explanation,
            references=dict(self._data.references),
        )

    def _train(self) -> Generator[RunEvent, None, tuple[Outcome, Message]]:
        """Step after step; returns outcome and reason."""
        yield from self._plan()
        while True:
            yield from self._serve_wishes()
            ending = self._ending()
            if ending is not None:
                return ending
            next_is_reported = (self.step + 1) % self._training.report_every_steps == 0
            self._trainer.measures_update = next_is_reported and self._reporter.expects_details()
            before = time.perf_counter()
            result = self._trainer.step()
            seconds = time.perf_counter() - before
            self._pace.count_step(seconds)
            if not result.is_finite:
                failed = yield from self._rewind()
                if failed:
                    return "failed", _diverged()
            else:
                self._reporter.count(result, seconds)
            if self._reporter.has_news and self.step % self._training.report_every_steps == 0:
                yield self._reporter.report(self._watch.seconds, self._pace.remaining_seconds(self._training))
            yield from self._after_step()

    def _after_step(self) -> Iterator[RunEvent]:
        counters = self._trainer.counters
        if counters.total_steps is None and self._can_plan():
            yield from self._validate()
            yield from self._plan()
        elif counters.validate_every_steps and self.step % counters.validate_every_steps == 0:
            yield from self._validate()
        if self._samples.is_due(self._watch.seconds):
            yield self._sample()
        if is_milestone(self.step):
            yield from self._keep_milestone()
        if time.monotonic() - self._saved_at >= self._training.save_every_seconds:
            yield from self._save(is_best=False)

    def _can_plan(self) -> bool:
        """Whether the speed is known; a run that lost its last steps is planned again where it was."""
        planned_at = self.record.plan.get("at_step", -1)
        return self.step == planned_at if self.step <= planned_at else self._pace.is_measured(self._training)

    def _plan(self) -> Iterator[RunEvent]:
        """Fix the number of steps as soon as it can be known; a plan that is fixed stays."""
        counters = self._trainer.counters
        if counters.total_steps is not None:
            return
        counted = counted_steps(self._training, self._trainer.batches)
        made = self._plan_before() or plan(self._training, counted, self.step, self._watch.seconds, self._pace.costs)
        if made is None:
            return
        counters.total_steps, counters.validate_every_steps = made.total_steps, made.validate_every_steps
        fixed = PlanFixed(
            total_steps=made.total_steps,
            validate_every_steps=made.validate_every_steps,
            at_step=self.step,
            seconds=made.seconds,
        )
        self.record.plan = {
            "total_steps": made.total_steps,
            "validate_every_steps": made.validate_every_steps,
            "at_step": self.step,
            "seconds": made.seconds,
        }
        self._write_record()
        yield fixed

    def _plan_before(self) -> Plan | None:
        """The plan that was made at this very step, before the run lost its last steps."""
        made = self.record.plan
        if made.get("at_step") != self.step:
            return None
        return Plan(made["total_steps"], made["validate_every_steps"], made["seconds"])

    def _ending(self) -> tuple[Outcome, Message] | None:
        counters = self._trainer.counters
        if self.control.is_stopping:
            return "stopped", message("You ended the run at step {step}.", step=self.step)
        if self._training.stop_after and counters.validations_without_gain >= self._training.stop_after:
            return "stopped_early", message(
                "Validation has not improved for {count} validations.", count=counters.validations_without_gain
            )
        if counters.total_steps is not None and self.step >= counters.total_steps:
            return "completed", message("All {count} steps are done.", count=counters.total_steps)
        counted = counted_steps(self._training, self._trainer.batches)
        if counted is not None and self.step >= counted:
            return "completed", message("All {count} steps are done.", count=counted)
        costs = self._pace.costs
        reserve = costs.ending if costs else 0.0
        if self._training.minutes and self._watch.seconds >= self._training.minutes * 60 - reserve and self.step:
            return "completed", message("The time is over.")
        return None

    def _serve_wishes(self) -> Iterator[RunEvent]:
        yield from self._serve_changes()
        if self.control.take_save():
            yield from self._save(is_best=False)
        if self.control.take_sample():
            yield self._sample()
        if self.control.is_paused and not self.control.is_stopping:
            yield from self._pause()

    def _serve_changes(self) -> Iterator[RunEvent]:
        for change in self.control.take_changes():
            yield self._change(change)
            # A new duration is planned for at once, or the schedule would start anew until it is.
            yield from self._plan()

    def _change(self, change: Change) -> RunEvent:
        try:
            self._training, event = apply_change(self._trainer, self._training, change)
        except TextloomError as error:
            return WarningIssued(message=error.message)
        if event.field in ("training.minutes", "training.epochs", "training.steps", "training.tokens"):
            self._trainer.counters.total_steps = None
            self.record.plan = {}
        elif self.record.plan:
            self.record.plan["validate_every_steps"] = self._trainer.counters.validate_every_steps
        self._samples.training = self._training
        section, _, name = event.field.partition(".")
        self.record.configuration[section][name] = event.new
        self._write_record()
        return event

    def _pause(self) -> Iterator[RunEvent]:
        yield RunPaused(step=self.step)
        yield from self._save(is_best=False)
        while self.control.is_paused and not self.control.is_stopping:
            with self._watch.held():
                self.control.wait()
            yield from self._serve_changes()
            if self.control.take_save():
                yield from self._save(is_best=False)
            if self.control.take_sample():
                yield self._sample()
        yield RunResumed(step=self.step)

    def _rewind(self) -> Generator[RunEvent, None, bool]:
        """Go back to the last good weights; returns whether that happened too often."""
        counters = self._trainer.counters
        if counters.rewinds_in_a_row >= MOST_REWINDS - 1:
            return True
        to_step = self._trainer.rewind()
        self._reporter.forget()
        yield Rewound(
            step=self.step,
            to_step=to_step,
            learning_rate_factor=self._trainer.rate_factor * counters.guard_factor,
            attempt=counters.rewinds_in_a_row,
        )
        return False

    def _validate(self) -> Iterator[RunEvent]:
        began = time.perf_counter()
        model = self._trainer.model
        windows = validation_loss(model, self._data.valid_ids, compute_dtype=model.compute_dtype)
        validation: Validation | None = None
        while validation is None:
            try:
                next(windows)
            except StopIteration as ended:
                validation = ended.value
            if self.control.is_stopping and self._trainer.counters.best_step is not None:
                return
        self._pace.count_validation(time.perf_counter() - began)
        self._validated_step = self.step
        is_best = judge(self._trainer.counters, self._training.schedule, validation)
        yield ValidationCompleted(
            step=self.step,
            epoch=self._trainer.batches.epoch,
            seconds=self._watch.seconds,
            loss_nats=validation.loss_nats,
            perplexity=perplexity(validation.loss_nats),
            bits_per_character=bits_per_character(validation.loss_nats, self._data.valid_characters_per_token),
            accuracy=validation.accuracy,
            is_best=is_best,
        )
        if is_best:
            yield from self._save(is_best=True)

    def _sample(self) -> SampleWritten:
        return self._samples.write(
            self._trainer.model, self.step, self._watch.seconds, lambda: self.control.is_stopping
        )

    def _save(self, *, is_best: bool) -> Iterator[RunEvent]:
        """Write a checkpoint. Raises StorageFailed where the disk refuses; the ones before stay readable."""
        self._write_checkpoint(is_best=is_best)
        yield CheckpointSaved(step=self.step, is_best=is_best, is_milestone=False)

    def _write_checkpoint(self, *, is_best: bool) -> None:
        began = time.perf_counter()
        self._trainer.counters.seconds = self._watch.seconds
        tensors, numbers = self._trainer.capture()
        self.folder.write_checkpoint(
            self.step, packed(tensors), {"step": self.step, "numbers": numbers}, is_best=is_best
        )
        self._trainer.take_snapshot()
        self._saved_at = time.monotonic()
        self._saved_step = self.step
        self._pace.count_save(time.perf_counter() - began)

    def _keep_milestone(self) -> Iterator[RunEvent]:
        tensors, _ = self._trainer.capture()
        weights = {name: tensor for name, tensor in tensors.items() if name.startswith("model/")}
        is_kept = False
        with contextlib.suppress(StorageFailed):
            is_kept = self.folder.write_milestone(self.step, packed(weights), {"step": self.step})
        if is_kept:
            yield CheckpointSaved(step=self.step, is_best=False, is_milestone=True)

    def _wind_up(self, outcome: Outcome) -> Iterator[RunEvent]:
        """After the last step: a last report, validation and checkpoint, and the best state as one stream."""
        if self.step == 0:
            return
        if self._reporter.has_news and outcome != "failed":
            yield self._reporter.report(self._watch.seconds, 0.0)
        if self._validated_step != self.step and outcome != "failed":
            yield from self._validate()
        if self._saved_step != self.step and outcome != "failed":
            yield from self._save(is_best=False)
        self.record.best = best_figures(self.folder, self._trainer, self._data)
        if outcome in ("completed", "stopped_early"):
            yield self._sample()

    def _ended(self, outcome: Outcome, reason: Message) -> RunEnded:
        self._close_record(outcome, reason)
        best = self.record.best
        self.ended = RunEnded(
            outcome=outcome,
            reason=reason,
            run=self.record.id,
            step=self.step,
            seconds=self._watch.seconds,
            best_step=best.get("step"),
            best_valid_loss_nats=best.get("loss_nats"),
            best_valid_perplexity=best.get("perplexity"),
            best_valid_bits_per_character=best.get("bits_per_character"),
            best_valid_accuracy=best.get("accuracy"),
            best_test_loss_nats=best.get("test_loss_nats"),
        )
        return self.ended

    def _close_record(self, outcome: Outcome, reason: Message) -> None:
        self.record.outcome, self.record.reason = outcome, reason.text
        self.record.step, self.record.seconds = self.step, self._watch.seconds
        with contextlib.suppress(StorageFailed):
            self._write_record()

    def _write_record(self) -> None:
        self.folder.write_info(self.record.to_json())


def _diverged() -> Message:
    return message(
        "The training went out of control {count} times in a row. What was best until then is kept. "
        "Start again with a lower learning rate or a lower clipping threshold.",
        count=MOST_REWINDS,
    )


def _unexpected(error: BaseException) -> Message:
    if is_out_of_memory(error):
        return message("The memory does not suffice. Use a smaller batch, window or model.")
    return message("Something unexpected happened ({kind}). The log has the details.", kind=type(error).__name__)
