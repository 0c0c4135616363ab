"""Looks up which passages of the open text stand word for word in the text from which the chosen model learned."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import CopiedPassage, CopyReport, CopyRequest, IndexProgress, Writing
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.positions import changed_part
from workbench.viewmodels.write.writer import ModelWriter
from workbench.words import percent, plural, rough_duration, tr

PATIENCE_MILLISECONDS = 500  # after the last letter
SHORTEST = 30  # letters of a passage that counts


class CopiedPassages(QObject):
    """Works while it is active and the model does not write. changed: other passages, or another `remark`."""

    changed = Signal()

    def __init__(
        self, writing: Writing, documents: Documents, models: ModelChoices, writer: ModelWriter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._writing, self._documents, self._models, self._writer = writing, documents, models, writer
        self._is_active = False
        self._job: Job | None = None
        self._text = ""  # for which the passages stand
        self._passages: list[CopiedPassage] = []
        self._report: CopyReport | None = None
        self._progress: IndexProgress | None = None
        self._problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_ended)
        documents.opened.connect(self._on_document_opened)
        models.current_changed.connect(self._on_model_changed)
        writer.changed.connect(self._on_writer_changed)
        self._on_document_opened()

    @property
    def corpus(self) -> tuple[str, str]:
        """Id and title of the text in which was looked; empty before."""
        return (self._report.corpus, self._report.corpus_title) if self._report is not None else ("", "")

    @property
    def shortest(self) -> int:
        """Only passages of so many letters are surely found; 0 where all that count are."""
        certain = self._report.shortest_certain if self._report is not None else 0
        return certain if certain > SHORTEST else 0

    @property
    def remark(self) -> str:
        """What was found, or why nothing can be, in a sentence."""
        if self._problem:
            return self._problem
        if self._progress is not None and self._progress.share < 1 and self._job is not None:
            return _progress_words(self._progress)
        if self._report is None:
            return ""
        if not self._passages:
            return tr("No copied passage was found.")
        longest = plural("{count} letter", "{count} letters", self._report.longest)
        if self._report.copied_share is None:
            return tr("Copied word for word; the longest passage has {letters}.", letters=longest)
        share = percent(self._report.copied_share)
        return tr("{share} copied word for word; the longest passage has {letters}.", share=share, letters=longest)

    def set_active(self, is_active: bool) -> None:
        """Look from now on, or no longer."""
        if is_active != self._is_active:
            self._is_active = is_active
            self._plan(0) if is_active else self._drop()

    def within(self, start: int, stop: int) -> Iterator[CopiedPassage]:
        """Those that reach into the characters [start, stop)."""
        self._follow()
        for passage in self._passages[bisect_right(self._passages, start, key=_stop) :]:
            if passage.start >= stop:
                break
            yield passage

    def _follow(self) -> bool:
        """Let the passages stand in the text as it is now; those that an edit touched are gone."""
        text = self._documents.current.document.text
        if text is self._text:
            return False
        start, num_removed, inserted = changed_part(self._text, text)
        self._text = text
        stop, by = start + num_removed, len(inserted) - num_removed
        before = [passage for passage in self._passages if passage.stop <= start]
        behind = [passage for passage in self._passages[len(before) :] if passage.start >= stop]
        self._passages = [*before, *(replace(p, start=p.start + by, stop=p.stop + by) for p in behind)]
        return bool(num_removed or inserted)

    def _plan(self, milliseconds: int) -> None:
        if self._is_active and not self._writer.is_busy:
            self._timer.start(milliseconds)

    def _drop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.drop()
            self._job = None

    def _ask(self) -> None:
        self._drop()
        self._follow()
        model = self._models.current
        if model is None or not self._text.strip():
            return
        if not model.origin.run:
            self._fail(tr("This model came as a file: the text from which it learned is not in your library."))
            return
        request = CopyRequest(text=self._text, run=model.origin.run)
        self._job = self._writing.find_copied(request, self._on_progress, self._on_found, self._on_failed)

    def _fail(self, problem: str) -> None:
        self._job, self._report, self._passages = None, None, []
        self._problem = problem
        self.changed.emit()

    def _on_progress(self, progress: IndexProgress) -> None:
        self._progress = progress
        self.changed.emit()

    def _on_found(self, report: CopyReport) -> None:
        self._job, self._progress, self._problem = None, None, ""
        self._report, self._passages = report, sorted(report.passages, key=_stop)
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._fail(sentence_of(failure))

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
        self._report, self._progress, self._problem, self._passages = None, None, "", []
        self.changed.emit()
        self._plan(0)

    def _on_writer_changed(self) -> None:
        if self._writer.is_busy:
            self._drop()
        else:
            self._plan(0)


def _progress_words(progress: IndexProgress) -> str:
    share = percent(progress.share)
    if progress.remaining_seconds is None:
        return tr("Reads the text from which the model learned: {share}.", share=share)
    time = rough_duration(progress.remaining_seconds)
    return tr("Reads the text from which the model learned: {share}, {time} left.", share=share, time=time)


def _stop(passage: CopiedPassage) -> int:
    return passage.stop
