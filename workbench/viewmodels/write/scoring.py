"""Has the open text scored by the chosen model, what is in sight first, and again only what an edit changed."""

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import ScoreRequest, ScoresCame, Writing
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.token_scores import TokenScores
from workbench.viewmodels.write.writer import ModelWriter

PATIENCE_MILLISECONDS = 250  # after the last letter
MOST_CHARACTERS = 4000  # asked at once, so that what comes into sight meanwhile need not wait long


class Scoring(QObject):
    """Works while it is active and the model does not write.

    changed: scores of characters [start, stop) came or went; state_changed: of `is_busy` and `problem`.
    """

    changed = Signal(int, int)
    state_changed = Signal()

    def __init__(
        self, writing: Writing, documents: Documents, models: ModelChoices, writer: ModelWriter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._writing, self._documents, self._models, self._writer = writing, documents, models, writer
        self._scores = TokenScores()
        self._visible = (0, 0)
        self._is_active = False
        self._job: Job | None = None
        self._stop = self._done_until = 0  # of the job
        self.problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_ended)
        documents.opened.connect(self._on_document_opened)
        models.current_changed.connect(self._on_model_changed)
        writer.changed.connect(self._on_writer_changed)
        self._on_document_opened()

    @property
    def scores(self) -> TokenScores:
        """Those of the text as it is now."""
        self._follow()
        return self._scores

    @property
    def is_busy(self) -> bool:
        """Whether scores are on their way."""
        return self._job is not None

    def set_active(self, is_active: bool) -> None:
        """Score the text from now on, or no longer; what is scored is kept."""
        if is_active != self._is_active:
            self._is_active = is_active
            self._plan(0) if is_active else self._drop()

    def set_visible(self, start: int, stop: int) -> None:
        """These characters are in sight."""
        self._visible = start, stop
        if not self._is_active:
            return
        wanted = self.scores.wanted(*self._clipped())
        is_elsewhere = wanted is not None and not start <= self._done_until < stop
        if self._job is None or is_elsewhere:
            self._plan(0)

    def _clipped(self) -> tuple[int, int]:
        size = len(self._documents.current.document.text)
        return min(self._visible[0], size), min(self._visible[1], size)

    def _follow(self) -> bool:
        return self._scores.follow(self._documents.current.document.text)

    def _plan(self, milliseconds: int) -> None:
        if self._is_active and not self._writer.is_busy:
            self._timer.start(milliseconds)

    def _drop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.drop()
            self._set_job(None)

    def _set_job(self, job: Job | None) -> None:
        was_busy, self._job = self.is_busy, job
        if was_busy != self.is_busy:
            self.state_changed.emit()

    def _ask(self) -> None:
        self._drop()
        self._follow()
        wanted, model = self._next_wanted(), self._models.current
        if wanted is None or model is None or not self._is_active or self._writer.is_busy:
            return
        text = self._documents.current.document.text
        start = self._done_until = wanted[0]
        self._stop = min(wanted[1], start + MOST_CHARACTERS)
        request = ScoreRequest(model=model.ref, text=text, start=start, stop=self._stop)
        self._set_job(self._writing.score(request, self._on_scores_came, self._on_done, self._on_failed))

    def _next_wanted(self) -> tuple[int, int] | None:
        start, stop = self._clipped()
        size = len(self._documents.current.document.text)
        parts = ((start, stop), (stop, size), (0, start))
        return next((wanted for part in parts if (wanted := self._scores.wanted(*part)) is not None), None)

    def _on_scores_came(self, event: ScoresCame) -> None:
        start, stop = self._done_until, event.scores[-1].stop
        self._done_until = stop
        if self._scores.take(start, stop, event.scores):
            self._plan(0)
        self._set_problem("")
        self.changed.emit(start, stop)

    def _on_done(self) -> None:
        if self._done_until < self._stop:  # the model does not read the last letters
            self._scores.take(self._done_until, self._stop, ())
        self._set_job(None)
        self._ask()

    def _on_failed(self, failure: Failure) -> None:
        self._set_job(None)
        self._set_problem(sentence_of(failure))

    def _set_problem(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.state_changed.emit()

    def _on_timer_ended(self) -> None:
        self._ask()

    def _on_document_opened(self) -> None:
        self._documents.current.changed.connect(self._on_document_changed)
        self._on_model_changed()

    def _on_document_changed(self) -> None:
        if self._is_active and self._follow():
            self._drop()
            self._plan(PATIENCE_MILLISECONDS)

    def _on_model_changed(self) -> None:
        self._drop()
        self._scores.clear()
        self._set_problem("")
        self.changed.emit(0, len(self._documents.current.document.text))
        self._plan(0)

    def _on_writer_changed(self) -> None:
        if self._writer.is_busy:
            self._drop()
        else:
            self._plan(0)
