"""One run from its first step to its last event: drives the trainer, serves wishes, records, samples and saves.

The window, the commands and the tests all drive a session, so their files are identical.
"""

import contextlib
import time
from collections.abc import Generator, Iterator

import torch

from engine.control import RunControl
from engine.errors import Message, StorageFailed, TextloomError, is_out_of_memory, message
from engine.events import Outcome, Rewound, RunEnded, RunEvent, RunStarted, WarningIssued
from engine.library.runs import RunFolder, is_milestone
from engine.training.course import Course
from engine.training.data import RunData
from engine.training.pacing import Pace
from engine.training.recorder import Recorder
from engine.training.reporting import Reporter, is_reported
from engine.training.run_record import RunRecord
from engine.training.sample_texts import SampleTexts
from engine.training.saving import Saver
from engine.training.steering import Steering
from engine.training.stopwatch import Stopwatch
from engine.training.trainer import MOST_REWINDS, Trainer
from engine.training.trials import Trials


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
        self._watch = watch = Stopwatch(trainer.counters.seconds)
        spent = trainer.counters.seconds if trainer.counters.step else 0.0
        self._pace = pace = Pace(trainer, data, self._elapsed, spent)
        self._reporter = Reporter(trainer, data)
        self._course = Course(folder, record, trainer, pace, self._elapsed)
        self._saver = Saver(folder, trainer, pace, self._elapsed)
        self._samples = SampleTexts(trainer, data, pace, watch.seconds)
        self._steering = Steering(control, folder, record, trainer, self._course, self._saver, self._samples, watch)
        self._trials = Trials(folder, record, data, trainer, self._saver, pace, self._steering, self._elapsed)

    @property
    def step(self) -> int:
        """Optimizer updates done."""
        return self._trainer.counters.step

    def _elapsed(self) -> float:
        return self._watch.seconds

    def run(self) -> Generator[RunEvent, None, None]:
        """Train to the end. The last event is RunEnded, whatever happens; `error` holds what made it fail.

        Closing the generator saves nothing further: the last checkpoint stands. `ended` is the last event then, too.
        """
        with contextlib.ExitStack() as ending:
            ending.callback(self.control.end)
            ending.callback(self._samples.close)
            ending.enter_context(self.folder.lock())
            recorder = ending.enter_context(Recorder(self.folder))
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
        yield from self._course.plan()
        if self._trials.is_due:  # a run that was ended at this very step has left it out
            yield from self._trials.validate()
        while True:
            yield from self._steering.serve()
            if self.control.is_stopping:
                return "stopped", message("You ended the run at step {step}.", step=self.step)
            ending = self._course.ending()
            if ending is not None:
                return ending
            is_lost = yield from self._step()
            if is_lost:
                return "failed", _diverged()
            yield from self._after_step()

    def _step(self) -> Generator[RunEvent, None, bool]:
        """One step and its report; returns whether the run is out of control."""
        report_every = self._trainer.config.report_every_steps
        self._trainer.measures_update = is_reported(self.step + 1, report_every) and self._reporter.expects_details()
        before = time.perf_counter()
        result = self._trainer.step()
        seconds = time.perf_counter() - before
        self._pace.count_step(seconds)
        if not result.is_finite:
            return (yield from self._rewind())
        self._reporter.count(result, seconds)
        if is_reported(self.step, report_every):
            yield self._reporter.report(self._watch.seconds, self._pace.remaining_seconds(self._trainer.config))
        return False

    def _after_step(self) -> Iterator[RunEvent]:
        """What is due at this step; of the last one before the person ends the run, only what is quick."""
        if is_milestone(self.step):
            yield from self._saver.keep_milestone()
        if self.control.is_stopping:
            return
        if self._trainer.counters.total_steps is None and self._course.is_ready_to_plan:
            yield from self._trials.validate()
            yield from self._course.plan()
        elif self._trials.is_due:
            yield from self._trials.validate()
        if self._samples.is_due(self._watch.seconds):
            yield from self._steering.sample()
        if self._saver.is_due:
            yield self._saver.save(is_best=False)

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

    def _wind_up(self, outcome: Outcome) -> Iterator[RunEvent]:
        """After the last step: a last report, validation and checkpoint, and the best state as one stream.

        Where the person ends the run, what takes long is left out, and left where it has begun.
        """
        if self.step == 0:
            return
        if outcome != "failed":
            if self._reporter.has_news:
                yield self._reporter.report(self._watch.seconds, 0.0)
            if outcome != "stopped" and not self._trials.is_done:
                yield from self._trials.validate()
            if self._trainer.counters.best_step is None:
                yield from self._trials.glance()
            if self._saver.step != self.step:
                yield self._saver.save(is_best=False)
        self._trials.recall_best()
        if outcome in ("completed", "stopped_early") and not self.control.is_stopping:
            yield from self._trials.present_best()

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
            full_valid_loss_nats=best.get("full_loss_nats"),
            full_valid_bits_per_character=best.get("full_bits_per_character"),
        )
        return self.ended

    def _close_record(self, outcome: Outcome, reason: Message) -> None:
        self.record.outcome, self.record.reason = outcome, reason
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
