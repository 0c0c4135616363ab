"""The texts of the library as rows of a list."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workbench.bridge.protocols.texts import CorpusEntry
from workbench.viewmodels.shelves import TextShelf
from workbench.viewmodels.texts.amounts import letters
from workbench.words import told, tr

ID_ROLE = Qt.ItemDataRole.UserRole
SIZE_ROLE = Qt.ItemDataRole.UserRole + 1
PROBLEM_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TextListModel(QAbstractListModel):
    """Newest first. Roles: id, size in words, and what is wrong (empty when nothing is)."""

    def __init__(self, shelf: TextShelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._entries: list[CorpusEntry] = shelf.entries()
        shelf.changed.connect(self._on_shelf_changed)

    def row_of(self, corpus_id: str) -> int:
        """The row of a text; -1 when it is not there."""
        return next((row for row, entry in enumerate(self._entries) if entry.id == corpus_id), -1)

    def id_at(self, row: int) -> str:
        """The text of a row; empty beside the rows."""
        return self._entries[row].id if 0 <= row < len(self._entries) else ""

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{entry.title}, {size_text(entry)}"
            case Qt.ItemDataRole.ToolTipRole:
                return told(entry.problem) if entry.problem else entry.title
            case _ if role == ID_ROLE:
                return entry.id
            case _ if role == SIZE_ROLE:
                return size_text(entry)
            case _ if role == PROBLEM_ROLE:
                return told(entry.problem) if entry.problem else ""
            case _:
                return None

    def _on_shelf_changed(self) -> None:
        self.beginResetModel()
        self._entries = self._shelf.entries()
        self.endResetModel()


def size_text(entry: CorpusEntry) -> str:
    """The size of a text in words, or that something is wrong with it."""
    return tr("Cannot be used") if entry.problem else letters(entry.num_characters)
