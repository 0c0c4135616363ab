"""Writes what happens in a run to its folder: metrics.jsonl and samples.jsonl."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from engine.events import RunEnded, RunEvent, SampleWritten, ValidationStarted, as_record
from engine.library.json_lines import LineWriter
from engine.library.runs import RunFolder


class Recorder:
    """A context manager that appends events. Samples go to samples.jsonl, what else is to be kept to metrics.jsonl.

    After a resume the file holds a second RunStarted; lines before it with a later step belong to steps that were lost
    and trained again.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.has_ended = False

    def __enter__(self) -> Self:
        self._metrics = self._stack.enter_context(LineWriter(self._folder.metrics_path))
        self._samples = self._stack.enter_context(LineWriter(self._folder.samples_path))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def record(self, event: RunEvent) -> None:
        """Append one event, unless it tells only what is going on just now."""
        if isinstance(event, ValidationStarted):
            return
        if isinstance(event, SampleWritten):
            self._samples.append(as_record(event))
            return
        self._metrics.append(as_record(event))
        if isinstance(event, RunEnded):
            self.has_ended = True
            self._metrics.sync()
            self._samples.sync()
