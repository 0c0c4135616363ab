"""One mechanism for background work: generators of events, or plain functions, on plain threads.

What they tell comes through the pump.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from engine.errors import Cancelled
from workbench.bridge.background import TorchLoader
from workbench.bridge.failures import failure_of
from workbench.bridge.protocols.jobs import Failure, Needs, Work
from workbench.bridge.pump import Pump


class ThreadJob:
    """Work driven on a thread of its own. Callbacks are made by the pump, unless the job was dropped."""

    def __init__(
        self,
        name: str,
        work: Work,
        pump: Pump,
        *,
        on_event: Callable[[Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Failure], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> None:
        self._work: Work | None = work
        self._pump = pump
        self._on_event, self._on_done = on_event, on_done
        self._on_failed, self._on_cancelled = on_failed, on_cancelled
        self._is_cancelled = self._is_dropped = False
        self._thread = threading.Thread(target=self._drive, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Ask it to end; `on_cancelled` follows."""
        self._is_cancelled = True

    def drop(self) -> None:
        """Ask it to end and hear nothing of it any more."""
        self._is_cancelled = self._is_dropped = True

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the thread; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _drive(self) -> None:
        try:
            result = self._run()
        except Cancelled:
            self._post(self._on_cancelled)
        except BaseException as error:
            self._post(self._on_failed, failure_of(error))
        else:
            self._post(self._on_done, result)
        self._pump.post(self._let_go)

    def _let_go(self) -> None:
        """Hold nothing of those who asked: what they are made of may only be destroyed on the interface thread."""
        self._work = None
        self._on_event = self._on_done = self._on_failed = self._on_cancelled = None

    def _run(self) -> Any:
        assert self._work is not None
        events = self._work(lambda: self._is_cancelled)
        if not isinstance(events, Generator):
            return events
        with contextlib.closing(events):
            while True:
                try:
                    event = next(events)
                except StopIteration as end:
                    return end.value
                self._post(self._on_event, event)
                if self._is_cancelled:
                    raise Cancelled

    def _post(self, callback: Callable[..., None] | None, *values: Any) -> None:
        if callback is not None and not self._is_dropped:
            self._pump.post(self._deliver, callback, values)

    def _deliver(self, callback: Callable[..., None], values: tuple[Any, ...]) -> None:
        if not self._is_dropped:
            callback(*values)


class ThreadJobs:
    """Starts jobs and knows those that run. loader: has what some of them need."""

    def __init__(self, pump: Pump, loader: TorchLoader | None = None) -> None:
        self._pump = pump
        self._loader = loader or TorchLoader(pump)
        self._jobs: list[tuple[str, ThreadJob]] = []

    def start(
        self,
        kind: str,
        work: Work,
        *,
        on_event: Callable[[Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Failure], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        is_exclusive: bool = True,
        needs: Needs = "",
    ) -> ThreadJob:
        """Run `work` on a thread of its own. An exclusive one drops the running job of the same kind.

        needs: what must be loaded before it begins; no job imports that itself while the window opens.
        """
        self._jobs = [(other, job) for other, job in self._jobs if job.is_running]
        if is_exclusive:
            for other, job in self._jobs:
                if other == kind:
                    job.drop()
        job = ThreadJob(
            kind, self._prepared(work, needs), self._pump,
            on_event=on_event, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled,
        )  # fmt: skip
        self._jobs.append((kind, job))
        job.start()
        return job

    def _prepared(self, work: Work, needs: Needs) -> Work:
        if not needs:
            return work
        prepare = self._loader.wait if needs == "torch" else self._loader.load_numpy

        def work_when_loaded(is_cancelled: Callable[[], bool]) -> Any:
            prepare()
            return work(is_cancelled)

        return work_when_loaded

    def close(self, seconds: float) -> bool:
        """Drop all jobs and wait for their threads, so long in all; whether all ended."""
        for _, job in self._jobs:
            job.drop()
        until = time.monotonic() + seconds
        has_ended = True
        for _, job in self._jobs:
            has_ended = job.wait(max(0.0, until - time.monotonic())) and has_ended
        return has_ended
