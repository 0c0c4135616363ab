"""Which document is open, and the others."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import Document, HeldDocument, Writing, WritingEntry
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.document import OpenDocument
from workbench.words import plural, told, tr

LAST = "write/document"


class Documents(QObject):
    """Opens, begins and throws away documents. There always is an open one, at first an empty new one.

    opened: another document is open; listed: `entries` are new; failed: why something could not be done.
    """

    opened = Signal()
    listed = Signal()
    failed = Signal(object)  # Failure

    def __init__(self, writing: Writing, notices: Notices, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writing, self._notices, self._settings = writing, notices, settings
        self.entries: list[WritingEntry] = []
        self._awaited = ""
        self._opening: set[str] = set()  # read and held on threads now, awaited or not any more
        self.current = self._made(writing.new_document(), Document(title=tr("New text")))

    def begin(self) -> bool:
        """Begin a new document; whether the one before could be saved."""
        self._awaited = ""
        if self.current.is_blank:
            return True
        if not self._close():
            return False
        self._show(self._writing.new_document(), Document(title=tr("New text")))
        return True

    def open(self, writing_id: str) -> None:
        """Open another document, as soon as it is read. Of several that are wished, the last one counts."""
        if not writing_id:
            return
        self._awaited = "" if writing_id == self.current.id else writing_id
        if not self._awaited or writing_id in self._opening:  # twice at once, each would refuse the other
            return

        def take(held: HeldDocument, document: Document) -> None:
            if self._is_awaited(writing_id) and self._close():
                self._show(held, document)
            else:
                held.release()

        def fail(failure: Failure) -> None:
            if self._is_awaited(writing_id):
                self.failed.emit(failure)

        self._opening.add(writing_id)
        self._writing.open_document(writing_id, take, fail)

    def _is_awaited(self, writing_id: str) -> bool:
        """Whether a document that was read, or could not be, is the one that is still wished; asked once."""
        self._opening.discard(writing_id)
        is_awaited = self._awaited == writing_id
        self._awaited = "" if is_awaited else self._awaited
        return is_awaited

    def open_last(self) -> None:
        """Open what was open last, or what was changed last."""
        self._writing.list_documents(self._on_first_listed, self.failed.emit)

    def look(self) -> None:
        """Read the list of documents again; `listed` follows."""
        self.current.save()
        self._writing.list_documents(self._on_listed, self.failed.emit)

    def trash(self) -> None:
        """Throw the open document away; a notice offers to bring it back."""
        document = self.current
        if not document.id:
            self.current.deleteLater()
            self._show(self._writing.new_document(), Document(title=tr("New text")))
            return
        writing_id, title = document.id, document.document.title
        if not self._close():
            return
        try:
            place = self._writing.trash(writing_id)
        except TextloomError as error:
            self.failed.emit(Failure(error.message))
            self.open(writing_id)
            return
        self._show(self._writing.new_document(), Document(title=tr("New text")))
        self._notices.say(tr("“{title}” is in the trash.", title=title), tr("Undo"), self._restorer(place, writing_id))

    def _restorer(self, place: Path, writing_id: str) -> Callable[[], None]:
        def restore() -> None:
            try:
                self._writing.restore(place)
            except TextloomError as error:
                self.failed.emit(Failure(error.message))
            else:
                self.open(writing_id)

        return restore

    def _close(self) -> bool:
        """Save and release the open document; whether that was possible."""
        try:
            self.current.close()
        except TextloomError as error:
            self.failed.emit(Failure(error.message))
            return False
        self.current.deleteLater()
        return True

    def _show(self, held: HeldDocument, document: Document) -> None:
        self.current = self._made(held, document)
        self._settings.set(LAST, held.id)
        self.opened.emit()

    def _made(self, held: HeldDocument, document: Document) -> OpenDocument:
        made = OpenDocument(held, document, self)
        made.failed.connect(self.failed)
        made.saved.connect(self._on_document_saved)
        return made

    def _on_document_saved(self) -> None:
        self._settings.set(LAST, self.current.id)

    def _on_first_listed(self, entries: list[WritingEntry]) -> None:
        usable = [entry.id for entry in entries if entry.problem is None]
        last = self._settings.text(LAST)
        if usable and self.current.is_blank:
            self.open(last if last in usable else usable[0])

    def _on_listed(self, entries: list[WritingEntry]) -> None:
        self.entries = entries
        self.listed.emit()


def fact_line(entry: WritingEntry, now: datetime) -> str:
    """What a list says under the title of a document."""
    if entry.problem is not None:
        return told(entry.problem)
    count = plural("{count} character", "{count} characters", entry.num_characters)
    when = when_changed(entry.changed, now)
    return tr("{count}, {when}", count=count, when=when) if when else count


def when_changed(changed: str, now: datetime) -> str:
    """How long ago, in words."""
    try:
        then = datetime.fromisoformat(changed)
    except ValueError:
        return ""
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return plural("{count} minute ago", "{count} minutes ago", minutes)
    if minutes < 24 * 60:
        return plural("{count} hour ago", "{count} hours ago", minutes // 60)
    return plural("{count} day ago", "{count} days ago", minutes // (24 * 60))
