"""What a person wishes while a run trains: pauses, saves, sample texts and changes, and the end of what takes long."""

import contextlib
from collections.abc import Generator, Iterator
from typing import TypeVar

from engine.control import Change, RunControl, Snapshot
from engine.errors import TextloomError
from engine.events import RunEvent, RunPaused, RunResumed, WarningIssued
from engine.library.runs import RunFolder
from engine.models.language_model import LanguageModel
from engine.models.parameters import parameter_arrays
from engine.training.course import Course
from engine.training.live import apply_change
from engine.training.run_record import RunRecord
from engine.training.sample_texts import SampleTexts
from engine.training.saving import Saver
from engine.training.stopwatch import Stopwatch
from engine.training.trainer import Trainer

T = TypeVar("T")


class Steering:
    """Serves the wishes of a control. The watch stands still while the run waits."""

    def __init__(
        self,
        control: RunControl,
        folder: RunFolder,
        record: RunRecord,
        trainer: Trainer,
        course: Course,
        saver: Saver,
        samples: SampleTexts,
        watch: Stopwatch,
    ) -> None:
        self._control = control
        self._folder = folder
        self._record = record
        self._trainer = trainer
        self._course = course
        self._saver = saver
        self._samples = samples
        self._watch = watch
        self._is_pausing = False

    @property
    def is_stopping(self) -> bool:
        """Whether the person ends the run."""
        return self._control.is_stopping

    def serve(self) -> Iterator[RunEvent]:
        """Do what was wished since the last call; a pause lasts until it is over."""
        for change in self._control.take_changes():
            yield self._change(change)
            # A new duration is planned for at once, or the schedule would start anew until it is.
            yield from self._course.plan()
        self._give_snapshots()
        if self._control.take_save():
            yield self._saver.save(is_best=False)
        if self._control.take_sample():
            yield from self.sample()
        if self._wants_pause():
            yield from self._pause()

    def patiently(self, work: Generator[object, None, T]) -> Generator[RunEvent, None, T | None]:
        """Do work that takes long, paused in between where it is wished; None, at once, if the person ends the run."""
        with contextlib.closing(work):
            while not self.is_stopping:
                self._give_snapshots()
                if self._wants_pause():
                    yield from self._pause()
                    continue
                try:
                    next(work)
                except StopIteration as end:
                    result: T = end.value
                    return result
        return None

    def sample(self, model: LanguageModel | None = None) -> Iterator[RunEvent]:
        """Let the trainer's model, or this one, write a sample text; none if the person ends the run meanwhile."""
        event = yield from self.patiently(self._samples.write(self._watch.seconds, self._is_interrupted, model))
        if event is not None:
            yield event

    def _give_snapshots(self) -> None:
        """Copy the weights for those who wait for them: nothing of the run is changed, and nothing is drawn."""
        wishes = self._control.take_snapshot_wishes()
        if wishes:
            snapshot = Snapshot(self._trainer.counters.step, parameter_arrays(self._trainer.model))
            for wish in wishes:
                wish.answer(snapshot)

    def _wants_pause(self) -> bool:
        return self._control.is_paused and not self.is_stopping and not self._is_pausing

    def _is_interrupted(self) -> bool:
        return self.is_stopping or self._wants_pause()

    def _pause(self) -> Iterator[RunEvent]:
        step = self._trainer.counters.step
        self._is_pausing = True
        yield RunPaused(step=step)
        yield self._saver.save(is_best=False)
        while self._control.is_paused and not self.is_stopping:
            with self._watch.held():
                self._control.wait()
            yield from self.serve()
        self._is_pausing = False
        yield RunResumed(step=step)

    def _change(self, change: Change) -> RunEvent:
        try:
            event = apply_change(self._trainer, change)
        except TextloomError as error:
            return WarningIssued(message=error.message)
        self._course.take_over(event.field)
        section, _, name = event.field.partition(".")
        self._record.configuration[section][name] = event.new
        self._folder.write_info(self._record.to_json())
        return event
