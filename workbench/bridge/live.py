"""The runs that train in this window, asked for their weights."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.control import RunControl, Snapshot
from engine.errors import Cancelled
from workbench.bridge.product_threads import fit_products

LOOK_SECONDS = 0.05


class LiveRuns:
    """Which runs train now. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fitting = threading.Lock()
        self._controls: dict[str, RunControl] = {}

    @contextmanager
    def training(self, run_id: str, control: RunControl) -> Iterator[None]:
        """A run trains as long as this lasts."""
        with self._lock:
            self._controls[run_id] = control
        self.fit_products()
        try:
            yield
        finally:
            with self._lock:
                del self._controls[run_id]
            self.fit_products()

    def fit_products(self) -> None:
        """Let who asks a model have the processor cores that the training leaves. Loads NumPy."""
        with self._fitting:
            fit_products(is_training=bool(self.ids()))

    def ids(self) -> set[str]:
        """Those that train now."""
        with self._lock:
            return set(self._controls)

    def snapshot(self, run_id: str, is_cancelled: Callable[[], bool]) -> Snapshot | None:
        """A copy of a run's weights after the step that it takes now; None when it does not train here (any more).

        Raises Cancelled.
        """
        with self._lock:
            control = self._controls.get(run_id)
        if control is None:
            return None
        wish = control.ask_snapshot()
        while not wish.wait(LOOK_SECONDS):
            if is_cancelled():
                raise Cancelled
        return wish.snapshot
