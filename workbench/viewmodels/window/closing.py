"""What happens when the window is closed, while something trains or not."""

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.workbench import Workbench


class Closing(QObject):
    """Lets the window go once nothing trains any more."""

    ready = Signal()  # the program may end now

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._queue = workbench.queue
        self._run: ActiveRun | None = None

    @property
    def is_training(self) -> bool:
        """Whether closing now would interrupt a run."""
        return self._queue.is_busy

    @property
    def is_finishing(self) -> bool:
        """Whether the window waits for a run to end."""
        return self._run is not None

    def save_all(self) -> bool:
        """Save what is open; whether all of it is on the disk."""
        outcomes = [save() for save in self._workbench.savers]
        return all(outcomes)

    def finish_run(self) -> None:
        """End the run, keep its best state, then be ready."""
        run = self._queue.current
        if run is None or run.is_over:
            self.ready.emit()
            return
        self._run = run
        self._queue.hold(True)
        run.ended.connect(self._on_run_over)
        run.failed.connect(self._on_run_over)
        run.resume()
        run.finish()

    def _on_run_over(self, _: object) -> None:
        self.ready.emit()
