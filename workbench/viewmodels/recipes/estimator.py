"""Asks the engine what a training would be, a moment after the last change, and never while another run trains."""

from PySide6.QtCore import QObject, QTimer, Signal

from engine.events import PreparationProgressed
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.training import Estimate, Training, TrainRequest
from workbench.viewmodels.training_queue import TrainingQueue

WAIT_MILLISECONDS = 300


class Estimator(QObject):
    """Keeps the newest answer, and the question that it answers."""

    changed = Signal()

    def __init__(self, training: Training, queue: TrainingQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._training, self._queue = training, queue
        self._question: TrainRequest | None = None
        self._answered: TrainRequest | None = None
        self._job: Job | None = None
        self.newest: Estimate | None = None  # perhaps of an older question
        self.failure: Failure | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ended)
        queue.changed.connect(self._on_queue_changed)

    @property
    def current(self) -> Estimate | None:
        """The answer to the present question, None while there is none."""
        return self.newest if self._answered is not None and self._answered == self._question else None

    @property
    def is_asking(self) -> bool:
        """Whether an answer is being worked out."""
        return self._timer.isActive() or self._job is not None

    @property
    def is_held(self) -> bool:
        """Whether the answer has to wait because another run trains: its speed would be measured wrong."""
        return self._question is not None and self.current is None and self._queue.is_busy

    def ask(self, question: TrainRequest | None) -> None:
        """Ask this a moment from now; None asks nothing."""
        if question is not None and question == self._question and (self.is_asking or self.current):
            return
        self._drop()
        if question is not None and self._answered is not None and question.corpus_id != self._answered.corpus_id:
            self.newest = self._answered = None
        self._question, self.failure = question, None
        if question is not None and self.current is None and not self._queue.is_busy:
            self._timer.start()
        self.changed.emit()

    def _drop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.drop()
            self._job = None

    def _on_timer_ended(self) -> None:
        if self._question is not None:
            self._job = self._training.estimate(self._question, self._on_progress, self._on_done, self._on_failed)

    def _on_progress(self, _: PreparationProgressed) -> None:
        """Parts of the work are too short to be told."""

    def _on_done(self, estimate: Estimate) -> None:
        self._job = None
        self.newest, self._answered = estimate, self._question
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._job = None
        self.failure = failure
        self.changed.emit()

    def _on_queue_changed(self) -> None:
        was_asking = self.is_asking
        if self._queue.is_busy:
            self._drop()
        elif self._question is not None and not was_asking and self.current is None and self.failure is None:
            self._timer.start()
        if was_asking != self.is_asking:
            self.changed.emit()
