"""The checkpoints of one run: when they are written, and what is in them."""

import contextlib
import time
from collections.abc import Callable, Iterator

from engine.errors import StorageFailed
from engine.events import CheckpointSaved
from engine.library.runs import RunFolder
from engine.training.checkpoints import packed
from engine.training.pacing import Pace
from engine.training.trainer import Trainer


class Saver:
    """Writes the trainer's state into the run's folder. elapsed: gives the run's seconds; step: of the last checkpoint.

    A checkpoint is also a moment to rewind to.
    """

    def __init__(self, folder: RunFolder, trainer: Trainer, pace: Pace, elapsed: Callable[[], float]) -> None:
        self.step = trainer.counters.step
        self._folder = folder
        self._trainer = trainer
        self._pace = pace
        self._elapsed = elapsed
        self._saved_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the last checkpoint is as old as it may become."""
        return time.monotonic() - self._saved_at >= self._trainer.config.save_every_seconds

    def save(self, *, is_best: bool) -> CheckpointSaved:
        """Write a checkpoint. Raises StorageFailed where the disk refuses; the ones before stay readable."""
        began = time.perf_counter()
        trainer = self._trainer
        trainer.counters.seconds = self._elapsed()
        tensors, numbers = trainer.capture()
        step = trainer.counters.step
        self._folder.write_checkpoint(step, packed(tensors), {"step": step, "numbers": numbers}, is_best=is_best)
        trainer.take_snapshot()
        self._saved_at = time.monotonic()
        self.step = step
        self._pace.count_save(time.perf_counter() - began)
        return CheckpointSaved(step=step, is_best=is_best, is_milestone=False)

    def keep_milestone(self) -> Iterator[CheckpointSaved]:
        """Keep the weights alone, to look at later, where there is room for them."""
        step = self._trainer.counters.step
        tensors, _ = self._trainer.capture()
        weights = {name: tensor for name, tensor in tensors.items() if name.startswith("model/")}
        is_kept = False
        with contextlib.suppress(StorageFailed):
            is_kept = self._folder.write_milestone(step, packed(weights), {"step": step})
        if is_kept:
            yield CheckpointSaved(step=step, is_best=False, is_milestone=True)
