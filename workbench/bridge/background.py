"""Torch is loaded and warmed on a thread while the person reads."""

import gc
import importlib
import logging
import threading
from collections.abc import Callable

from workbench.bridge.pump import Pump

# What writing needs, and numpy with it: a model can write before torch is there.
WRITING_MODULES = (
    "numpy", "numpy.random", "engine.models.model_file", "engine.models.run_model", "engine.sampling.generate",
    "engine.sampling.mixing", "engine.sampling.suggestions",
)  # fmt: skip


class TorchLoader:
    """Loads torch once. `wait` is for threads that need it; the interface thread never waits.

    numpy comes before torch, and all of it: two threads that import it at the same time can each meet a half of it.
    """

    def __init__(self, pump: Pump) -> None:
        self._pump = pump
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._numpy_lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self.also_import: tuple[str, ...] = ()  # modules that are needed soon and take long, such as the plots
        self.default_threads = 0  # processor cores that torch takes by itself, once it is there

    @property
    def is_ready(self) -> bool:
        """Whether training can begin at once."""
        return self._ready.is_set()

    def start(self) -> None:
        """Begin to load, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, name="torch loader", daemon=True)
            self._thread.start()

    def when_ready(self, call: Callable[[], None]) -> None:
        """Make this call on the interface thread once torch is there."""
        if self.is_ready:
            call()
        else:
            self._callbacks.append(call)

    def wait(self) -> None:
        """Return when torch is there. For other threads than the interface's."""
        self.start()
        self._ready.wait()

    def load_numpy(self) -> None:
        """Return when numpy is there, loaded by this thread if nobody did. For other threads than the interface's."""
        with self._numpy_lock:
            for name in WRITING_MODULES:
                importlib.import_module(name)

    def join(self, seconds: float) -> bool:
        """Wait for the end of the loading thread; whether it ended."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _load(self) -> None:
        try:
            self.load_numpy()
            from workbench.bridge.warming import warm

            self.default_threads = warm()
        except Exception:  # the first job that needs torch meets the same error and tells it
            logging.getLogger("textloom").exception("Torch could not be warmed")
        self._ready.set()
        self._pump.post(self._announce)
        for name in self.also_import:
            importlib.import_module(name)
        # What was loaded stays for good: a collection need not look at it again (130 ms each).
        self._pump.post(gc.freeze)

    def _announce(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for call in callbacks:
            call()
