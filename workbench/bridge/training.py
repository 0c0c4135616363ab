"""Runs trained on a thread of the window, one at a time."""

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from engine.config.configuration import from_tables
from engine.control import RunControl, SettingValue
from engine.errors import Cancelled, TextloomError, message
from engine.events import PreparationProgressed, RunEvent
from engine.library.library import Library
from workbench.bridge.background import TorchLoader
from workbench.bridge.failures import failure_of
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.live import LiveRuns
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.training import Estimate, TrainRequest

if TYPE_CHECKING:
    from engine.training.runs import Request

GENTLE_NICENESS = 10
LOOK_SECONDS = 0.02  # so often somebody who waits looks whether the person changed their mind


class TrainingHandle:
    """Steers a run that trains on a thread."""

    def __init__(self, control: RunControl, job: ThreadJob) -> None:
        self._control = control
        self._job = job

    def pause(self) -> None:
        """Wait at the next step boundary."""
        self._control.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self._control.resume()

    def stop(self) -> None:
        """End the run and keep its best state."""
        self._control.stop()

    def save_now(self) -> None:
        """Write a checkpoint soon."""
        self._control.save_now()

    def sample_now(self) -> None:
        """Write a sample text soon."""
        self._control.sample_now()

    def change(self, field: str, value: SettingValue) -> None:
        """Give a live setting another value."""
        self._control.change(field, value)

    @property
    def is_running(self) -> bool:
        """Whether the thread is still at work."""
        return self._job.is_running

    def abandon(self) -> None:
        """End as soon as possible; the last save stands."""
        self._control.stop()
        self._job.cancel()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the thread; whether it came."""
        return self._job.wait(seconds)


class TorchTraining:
    """Trains in the engine. Every event reaches the interface thread through the pump."""

    def __init__(self, library: Library, jobs: ThreadJobs, loader: TorchLoader, live: LiveRuns) -> None:
        self._library = library
        self._jobs = jobs
        self._loader = loader
        self._live = live
        self._estimates: list[ThreadJob] = []  # those that may still be measuring, dropped ones among them

    def start(
        self,
        request: TrainRequest,
        on_event: Callable[[RunEvent], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> TrainingHandle:
        """Begin; see the protocol."""
        control = RunControl()
        estimates = self._running_estimates()
        for estimate in estimates:
            estimate.drop()

        def work(is_cancelled: Callable[[], bool]) -> Iterator[RunEvent]:
            _wait_for(estimates, lambda: control.is_stopping or is_cancelled())
            _settle(request, _wished_threads(self._library, request), self._loader.default_threads)
            return _trained(self._library, request, control, is_cancelled, self._live)

        job = self._jobs.start(
            "training", work, on_event=on_event, on_done=lambda _: on_done(),
            on_failed=lambda failure: on_failed(_explained(failure, self._library, request)),
            on_cancelled=on_done, is_exclusive=False, needs="torch",
        )  # fmt: skip
        return TrainingHandle(control, job)

    def estimate(
        self,
        request: TrainRequest,
        on_progress: Callable[[PreparationProgressed], None],
        on_done: Callable[[Estimate], None],
        on_failed: Callable[[Failure], None],
    ) -> ThreadJob:
        """Predict a request; see the protocol."""

        def work(_: Callable[[], bool]) -> Iterator[Any]:
            return _estimated(self._library, request)

        job = self._jobs.start(
            "estimate", work, on_event=on_progress, on_done=on_done, on_failed=on_failed, needs="torch"
        )
        self._estimates = [*self._running_estimates(), job]
        return job

    def _running_estimates(self) -> list[ThreadJob]:
        return [job for job in self._estimates if job.is_running]

    def sizes(
        self, tables: Mapping[str, Any], vocabulary_size: int
    ) -> tuple[Mapping[str, tuple[tuple[int, ...], int]], int]:
        """Matrices and bytes of training memory; see the protocol."""
        from math import prod

        from engine.models.build import parameter_shapes
        from engine.models.sizes import training_bytes

        configuration = from_tables(tables)
        shapes = parameter_shapes(configuration.model, vocabulary_size)
        return {name: (shape, prod(shape)) for name, shape in shapes.items()}, training_bytes(
            configuration, vocabulary_size
        )


def _trained(
    library: Library,
    request: TrainRequest,
    control: RunControl,
    is_cancelled: Callable[[], bool],
    live: LiveRuns,
) -> Iterator[RunEvent]:
    from engine.training.runs import Durations, create_run, resume_run

    if request.resume_run:
        preparing = resume_run(library, request.resume_run, Durations(minutes=request.added_minutes), control)
    else:
        preparing = create_run(library, _engine_request(request), control)
    with closing(preparing):
        while True:
            try:
                event = next(preparing)
            except StopIteration as end:
                session = end.value
                break
            yield event
            if control.is_stopping or is_cancelled():
                raise Cancelled
    if request.group:
        from workbench.bridge.runs import change_label

        with suppress(TextloomError):
            change_label(session.folder, group=request.group)
    with closing(session.run()) as events, live.training(session.folder.id, control):
        yield from events
    if session.error is not None:
        failure_of(session.error)  # logs it; the sentence came with RunEnded


def _wait_for(estimates: Sequence[ThreadJob], is_cancelled: Callable[[], bool]) -> None:
    """Return when these have ended: they measure the machine, and would take it from the first steps of a run."""
    for estimate in estimates:
        while not estimate.wait(LOOK_SECONDS):
            if is_cancelled():
                raise Cancelled


def _explained(failure: Failure, library: Library, request: TrainRequest) -> Failure:
    """The failure of a run that could not begin, which may be that its text was thrown away."""
    corpus_id = request.corpus_id
    if request.resume_run:
        with suppress(TextloomError):
            corpus = library.run(request.resume_run).read_info().get("corpus")
            corpus_id = str(corpus.get("id", "")) if isinstance(corpus, Mapping) else ""
    with suppress(TextloomError):  # an id that is none
        if corpus_id and library.corpora_path.is_dir() and not library.corpus(corpus_id).path.exists():
            sentence = message("The text of this run is not in the library any more. Bring it back from the trash.")
            return Failure(sentence, failure.details, is_text_gone=True)
    return failure


def _engine_request(request: TrainRequest) -> "Request":
    from engine.training.runs import Request

    return Request(
        corpus_id=request.corpus_id, tables=request.tables, recipe=request.recipe, is_planned=request.is_planned,
        title=request.title, explanation=request.explanation, start_from=request.start_from,
    )  # fmt: skip


def _estimated(library: Library, request: TrainRequest) -> Generator[PreparationProgressed, None, Estimate]:
    from engine.training.planning import estimate

    found = yield from estimate(library, _engine_request(request))
    return Estimate(
        tables=found.tables, explanation=found.explanation, num_parameters=found.num_parameters,
        matrices={name: (matrix.shape, matrix.count) for name, matrix in found.matrices.items()},
        memory_bytes=found.memory_bytes, vocabulary_size=found.vocabulary_size, seconds=found.seconds,
        num_steps=found.num_steps, tokens_per_second=found.tokens_per_second, epochs=found.epochs,
        warnings=found.warnings,
    )  # fmt: skip


def _wished_threads(library: Library, request: TrainRequest) -> int:
    """The processor cores that the settings ask for; 0 where they leave it open. A run goes on with its own."""
    tables: Any = request.tables
    if request.resume_run:
        with suppress(TextloomError):  # what cannot be read is told when the run is opened
            tables = library.run(request.resume_run).read_info().get("configuration", {})
    training = tables.get("training", {}) if isinstance(tables, Mapping) else {}
    wished = training.get("num_threads", 0) if isinstance(training, Mapping) else 0
    return wished if isinstance(wished, int) and wished > 0 else 0


def _settle(request: TrainRequest, wished: int, default_threads: int) -> None:
    """Choose threads and priority of this thread, and of those that torch starts for it."""
    import torch

    cores = os.cpu_count() or 1
    torch.set_num_threads(wished or (max(1, cores - 1) if request.is_gentle else default_threads))
    if request.is_gentle and sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GENTLE_NICENESS)

