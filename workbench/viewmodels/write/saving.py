"""How a document reaches the disk: a second after the last change, and before it is left."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError, message
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import Document, HeldDocument

SAVE_MILLISECONDS = 1000
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 300  # before the next attempt where the disk refuses


class Saving(QObject):
    """Keeps the file of one document up to date. saved: it is on the disk; failed: it is not (Failure)."""

    saved = Signal()
    failed = Signal(object)

    def __init__(self, held: HeldDocument, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = held
        self._document = self._saved = document
        self._is_saving = False
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_ticked)

    @property
    def id(self) -> str:
        """The document's id; empty before it was saved for the first time."""
        return self._held.id

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been written in it yet, so that it needs no disk."""
        document = self._document
        return not self.id and not document.text and not document.edits and not document.candidates

    @property
    def is_saved(self) -> bool:
        """Whether all of it is on the disk."""
        return self._document is self._saved or self.is_blank

    def take(self, document: Document) -> None:
        """This is how it stands now; it is written soon."""
        self._document = document
        self._timer.start(SAVE_MILLISECONDS)

    def save(self) -> None:
        """Write it on a thread, if there is something new."""
        self._timer.stop()
        if self.is_saved or self._is_saving:
            return
        self._is_saving = True
        document = self._document
        self._held.save(document, lambda: self._on_save_done(document), self._on_save_failed)

    def save_now(self) -> None:
        """Write what is new and return when it is on the disk; a failure is told."""
        if self.is_saved:
            return
        document = self._document
        try:
            self._held.save_now(document)
        except TextloomError as error:
            self._try_again(Failure(error.message))
        else:
            self._timer.stop()
            self._saved = document

    def close(self) -> None:
        """Write what is new and let others have it. Raises TextloomError; it is still open then."""
        if not self.is_saved:
            self._held.save_now(self._document)
            self._saved = self._document
        self._timer.stop()
        self._held.release()

    def _on_timer_ticked(self) -> None:
        self.save()

    def _on_save_done(self, document: Document) -> None:
        self._is_saving = False
        self._saved, self._pause_seconds = document, FIRST_PAUSE_SECONDS
        if self.is_saved:
            self.saved.emit()
        else:
            self._timer.start(SAVE_MILLISECONDS)

    def _on_save_failed(self, failure: Failure) -> None:
        self._is_saving = False
        self._try_again(failure)

    def _try_again(self, failure: Failure) -> None:
        """Tell it, and write once more after a while, which grows: a full disk is not asked every second."""
        self._timer.start(1000 * self._pause_seconds)
        remark = message("It is tried again by itself in {seconds} s.", seconds=self._pause_seconds)
        self._pause_seconds = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)
        self.failed.emit(replace(failure, remark=remark))
