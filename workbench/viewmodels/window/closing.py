"""What happens when the window is closed, while something trains or is imported, or not."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.workbench import Workbench
from workbench.words import tr


@dataclass(frozen=True)
class ClosingWords:
    """What is asked about a run, and what the answers are called. outcome: what becomes of it if the window closes."""

    title: str
    question: str
    outcome: str
    background: str
    finish: str


class Closing(QObject):
    """Lets the window go once nothing trains any more."""

    ready = Signal()  # the program may end now
    words_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._queue = workbench.queue
        self._run: ActiveRun | None = None
        self._queue.changed.connect(self.words_changed)

    @property
    def is_training(self) -> bool:
        """Whether closing now would interrupt a run."""
        return self._queue.is_busy

    @property
    def is_finishing(self) -> bool:
        """Whether the window waits for a run to end."""
        return self._run is not None

    @property
    def is_importing(self) -> bool:
        """Whether closing now would break off the import of a text."""
        return self._workbench.door.texts.is_importing

    def words(self) -> ClosingWords:
        """What is asked about the run that trains, or that is still being prepared."""
        run = self._queue.current
        if run is None or run.has_begun:
            return ClosingWords(
                tr("A run is training"), tr("A run is training. What shall happen to it?"),
                tr("Whatever you choose, its best state is kept and you can go on later."),
                tr("Keep training in the background"), tr("Finish and close"),
            )  # fmt: skip
        outcome = tr("It has not begun yet: if you give it up, nothing of it is kept.")
        if run.request.resume_run:
            outcome = tr("If you give it up, it stays as it was saved last, and you can go on later.")
        return ClosingWords(
            tr("A run is being prepared"), tr("A run is being prepared. What shall happen to it?"), outcome,
            tr("Train it in the background"), tr("Give it up and close"),
        )  # fmt: skip

    def cancel_import(self) -> None:
        """Break off the import of a text; it leaves nothing behind."""
        self._workbench.door.texts.cancel_import()

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
