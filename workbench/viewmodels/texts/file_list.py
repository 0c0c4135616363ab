"""The files of an import as rows that can be given another order."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from workbench.bridge.protocols.texts import TextFile
from workbench.words import file_size, tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class FileListModel(QAbstractListModel):
    """Shows files; a move by dragging is told as `move_wanted` (from, to) and done by whoever owns them."""

    move_wanted = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: list[TextFile] = []

    def set_files(self, files: list[TextFile]) -> None:
        """Show these, in this order."""
        if files != self._files:
            self.beginResetModel()
            self._files = list(files)
            self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        file = self._files[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr("{place}.  {name}, {size}", place=index.row() + 1, name=file.name, size=file_size(file.size))
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(file.path)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled  # between rows, never onto one
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def moveRows(self, source: Index, row: int, count: int, target: Index, to: int) -> bool:  # noqa: ARG002
        if count != 1 or to in (row, row + 1):
            return False
        self.move_wanted.emit(row, to - 1 if to > row else to)
        return True
