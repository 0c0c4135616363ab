"""The branches of the open document: which there are, and what a person does with them."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import Branch
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.write.branch_rows import BranchDescriptions, BranchRow, first_words
from workbench.viewmodels.write.comparing import Comparison, compared
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.titles import LONGEST_TITLE
from workbench.words import tr

REFRESH_MILLISECONDS = 300  # after a letter was typed
ROW_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class Branches(QObject):
    """The tree of the document that is open.

    changed: the rows are others; caret_wanted: put the caret at a position of the editor; failed: a Failure.
    """

    changed = Signal()
    caret_wanted = Signal(int)
    failed = Signal(object)

    def __init__(
        self, documents: Documents, stop_writing: Callable[[], None], notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._documents, self._stop_writing, self._notices = documents, stop_writing, notices
        self._descriptions = BranchDescriptions()
        self.list = BranchList(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)
        documents.opened.connect(self._on_document_opened)
        self._on_document_opened()

    @property
    def rows(self) -> list[BranchRow]:
        """The tree, parents before their children; empty while nothing departs."""
        return self.list.rows

    @property
    def shown_row(self) -> int:
        """The row of the branch on show; -1 without branches."""
        return next((index for index, row in enumerate(self.rows) if row.is_on_show), -1)

    def begin(self, unit: int) -> None:
        """Keep the text as it is, and go on in another way at a position of the editor."""
        self._stop_writing()
        document = self._documents.current
        if document.document.text and self._attempt(lambda: document.begin_branch(document.place_at(unit))):
            self.caret_wanted.emit(unit)

    def show(self, branch_id: str) -> None:
        """Show a branch, the caret where it differs."""
        document = self._documents.current
        if branch_id == document.document.branch:
            return
        self._stop_writing()
        if self._attempt(lambda: document.show_branch(branch_id)):
            self.caret_wanted.emit(document.unit_at(self._place_of(branch_id)))

    def rename(self, branch_id: str, name: str) -> None:
        """Give a branch a name; without one its first words stand for it."""
        if name.strip() != self.branch(branch_id).name:
            self._documents.current.rename_branch(branch_id, name)

    def keep(self, branch_id: str) -> None:
        """Keep a branch when there is no room, or no longer."""
        self._documents.current.keep_branch(branch_id, not self.branch(branch_id).is_kept)

    def delete(self, branch_id: str) -> None:
        """Let a branch go; a notice offers to bring it back."""
        self._stop_writing()
        self._refresh()  # what was typed last may be in its title
        document, title = self._documents.current, self.title(branch_id)
        restore = document.delete_branch(branch_id)

        def restore_here() -> None:
            if self._documents.current is document:
                self._attempt(restore)

        self._notices.say(tr("The branch “{title}” is deleted.", title=title), tr("Undo"), restore_here)

    def compare(self, left_id: str, right_id: str) -> Comparison:
        """What tells two branches apart."""
        return compared(self.branch(left_id).text, self.branch(right_id).text)

    def partner_of(self, branch_id: str) -> str:
        """With which branch to compare one at first: the one on show, or for that its parent, or any other."""
        row = next(row for row in self.rows if row.id == branch_id)
        if not row.is_on_show:
            return self._documents.current.document.branch
        return row.parent or next(other.id for other in self.rows if other.id != branch_id)

    def branch(self, branch_id: str) -> Branch:
        """A branch with its text."""
        return self._documents.current.document.branch_with(branch_id)

    def title(self, branch_id: str) -> str:
        """Its name, or its first words."""
        return next((row.title for row in self.rows if row.id == branch_id), "")

    def _place_of(self, branch_id: str) -> int:
        """Where a branch goes on in its own way."""
        branch = self.branch(branch_id)
        return min(branch.place, len(branch.text)) if branch.parent else len(branch.text)

    def _attempt(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except TextloomError as error:
            self.failed.emit(Failure(error.message))
            return False
        return True

    def _refresh(self) -> None:
        self._timer.stop()
        if self.list.take(self._descriptions.rows_of(self._documents.current.document)):
            self.changed.emit()

    def _on_document_opened(self) -> None:
        document = self._documents.current
        document.branches_changed.connect(self._refresh)
        document.changed.connect(self._on_document_changed)
        document.room_made.connect(self._on_room_made)
        self._refresh()

    def _on_document_changed(self) -> None:
        if self.rows and not self._timer.isActive():
            self._timer.start()

    def _on_timer_ticked(self) -> None:
        self._refresh()

    def _on_room_made(self, gone: tuple[Branch, ...]) -> None:
        if len(gone) > 1:
            sentence = tr(
                "There was no room for all branches: the {count} oldest without name and star are gone.",
                count=len(gone),
            )
        else:
            title = first_words(gone[0].text[gone[0].place :], "")[:LONGEST_TITLE]
            sentence = tr(
                "There was no room for all branches: “{title}”, the oldest without name and star, is gone.", title=title
            )
        self._notices.say(sentence)


class BranchList(QAbstractListModel):
    """The rows for a view. To edit one is to rename its branch."""

    def __init__(self, branches: Branches) -> None:
        super().__init__(branches)
        self._branches = branches
        self.rows: list[BranchRow] = []

    def take(self, rows: list[BranchRow]) -> bool:
        """Show other rows; whether they are others."""
        if rows == self.rows:
            return False
        if [row.id for row in rows] == [row.id for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return row.title
            case Qt.ItemDataRole.EditRole:
                return row.title if row.is_named else ""
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case _ if role == ROW_ROLE:
                return row
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._branches.rename(self.rows[index.row()].id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable
