"""The runs as a table: sorted by any column, filtered, brought up to date in place."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.runs.columns import (
    COLUMN_KEYS,
    NUMBERS,
    TITLE,
    CellWords,
    ColumnKey,
    column_explanations,
    column_titles,
    state_icon,
)
from workbench.viewmodels.runs.filters import Filter
from workbench.viewmodels.runs.rows import RunRow, long_date_text
from workbench.words import told, tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ICON_ROLE = Qt.ItemDataRole.UserRole + 1  # name of a drawing
ID_ROLE = Qt.ItemDataRole.UserRole + 2
_ANSWERED = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, ICON_ROLE, ID_ROLE,
    )
)  # fmt: skip
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _PLAIN | Qt.ItemFlag.ItemIsEditable
MOST_ONE_BY_ONE = 40  # rows that come or go while the others stay; more are shown anew


class RunTableModel(QAbstractTableModel):
    """Keeps what is selected when rows change, move, come or go.

    rows_changed: what is shown is another, in number or content; title_edited: run id, new title.
    """

    rows_changed = Signal()
    title_edited = Signal(str, str)

    def __init__(self, units: Units, recipes: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._units = units
        self._words = CellWords(units, recipes)
        self._all: list[RunRow] = []  # newest first
        self._shown: list[RunRow] = []
        self._haystacks: dict[str, tuple[object, str]] = {}
        self._filter = Filter()
        self._column: ColumnKey = "date"
        self._order = Qt.SortOrder.DescendingOrder
        units.changed.connect(self._on_units_changed)

    # What is there

    @property
    def num_all(self) -> int:
        """How many runs there are, shown or not."""
        return len(self._all)

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._filter

    def all_rows(self) -> list[RunRow]:
        """All runs, newest first."""
        return self._all

    def rows(self) -> list[RunRow]:
        """The shown runs, in their order."""
        return list(self._shown)

    def row(self, run_id: str) -> RunRow | None:
        """One run, shown or not."""
        return next((row for row in self._all if row.entry.id == run_id), None)

    def id_at(self, index: Index) -> str:
        """The run of a row."""
        return self._shown[index.row()].entry.id if index.isValid() else ""

    def place_of(self, run_id: str) -> int:
        """The row that shows a run; -1 when none does."""
        return next((place for place, row in enumerate(self._shown) if row.entry.id == run_id), -1)

    # What is shown

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Take in the runs as they are now, newest first."""
        self._all = list(rows)
        self._show()

    def set_filter(self, wanted: Filter) -> None:
        """Show these only."""
        if wanted != self._filter:
            self._filter = wanted
            self._show()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what a column says nothing about goes last."""
        if 0 <= column < len(COLUMN_KEYS) and (COLUMN_KEYS[column], order) != (self._column, self._order):
            self._column, self._order = COLUMN_KEYS[column], order
            self._show()

    # Qt's questions

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMN_KEYS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _EDITABLE if index.column() == TITLE else _PLAIN

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED:  # asked first: most questions of a painting have no answer
            return None
        row, column = self._shown[index.row()], COLUMN_KEYS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words.text(row, column)
            case Qt.ItemDataRole.EditRole:
                return row.entry.title if column == "title" else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in NUMBERS else None
            case Qt.ItemDataRole.ToolTipRole:
                return _bubble(row, column) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row, column) or self._words.text(row, column)
        return _icon(row, column) if role == ICON_ROLE else row.entry.id

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or index.column() != TITLE or not title:
            return False
        if title != self._shown[index.row()].entry.title:
            self.title_edited.emit(self.id_at(index), title)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMN_KEYS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if column == "star" else column_titles()[column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column_titles()[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return column_explanations(self._units).get(column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMBERS:
            return _RIGHT
        return None

    # How the rows change

    def _show(self) -> None:
        wanted = self._sorted([row for row in self._all if self._filter.fits(row, self._haystack(row))])
        ids = {row.entry.id for row in wanted}
        known = {row.entry.id for row in self._shown}
        gone, come = known - ids, ids - known
        if len(gone) + len(come) > MOST_ONE_BY_ONE:
            self.beginResetModel()
            self._shown = wanted
            self.endResetModel()
        else:
            self._take_out(gone)
            self._put_in([row for row in wanted if row.entry.id in come])
            self._reorder([row.entry.id for row in wanted])
            self._renew(wanted)
        self.rows_changed.emit()

    def _haystack(self, row: RunRow) -> str:
        if not self._filter.words:
            return ""
        kept = self._haystacks.get(row.entry.id)
        if kept is None or kept[0] is not row.entry:
            kept = (row.entry, self._words.haystack(row))
            self._haystacks[row.entry.id] = kept
        return kept[1]

    def _sorted(self, rows: list[RunRow]) -> list[RunRow]:
        keyed = [(self._words.key(row, self._column), row) for row in rows]
        known: list[tuple[Any, RunRow]] = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self._order == Qt.SortOrder.DescendingOrder)
        return [row for _, row in known] + [row for key, row in keyed if key is None]

    def _take_out(self, ids: set[str]) -> None:
        for place in range(len(self._shown) - 1, -1, -1):
            if ids and self._shown[place].entry.id in ids:
                self.beginRemoveRows(_NOWHERE, place, place)
                del self._shown[place]
                self.endRemoveRows()

    def _put_in(self, rows: list[RunRow]) -> None:
        if rows:
            self.beginInsertRows(_NOWHERE, len(self._shown), len(self._shown) + len(rows) - 1)
            self._shown += rows
            self.endInsertRows()

    def _reorder(self, ids: list[str]) -> None:
        if [row.entry.id for row in self._shown] == ids:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(index, self._shown[index.row()].entry.id, index.column()) for index in before]
        rows = {row.entry.id: row for row in self._shown}
        places = {run_id: place for place, run_id in enumerate(ids)}
        self._shown = [rows[run_id] for run_id in ids]
        self.changePersistentIndexList(before, [self.index(places[run_id], column) for _, run_id, column in held])
        self.layoutChanged.emit()

    def _renew(self, rows: list[RunRow]) -> None:
        """Show the new figures. A title that stays is not told, so that it can be edited meanwhile."""
        before, self._shown = self._shown, rows
        for place, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old.is_as(new):
                continue
            has_same_title = old.entry.title == new.entry.title
            self.dataChanged.emit(self.index(place, 0), self.index(place, TITLE - 1 if has_same_title else TITLE))
            self.dataChanged.emit(self.index(place, TITLE + 1), self.index(place, len(COLUMN_KEYS) - 1))

    def _on_units_changed(self) -> None:
        self._show()
        if self._shown:
            self.dataChanged.emit(self.index(0, TITLE + 1), self.index(len(self._shown) - 1, len(COLUMN_KEYS) - 1))


def _icon(row: RunRow, column: ColumnKey) -> str:
    if column == "state":
        return state_icon(row)
    if column == "star":
        return "star-filled" if row.entry.is_starred else "star"
    return ""


def _bubble(row: RunRow, column: ColumnKey) -> str:
    entry = row.entry
    match column:
        case "state":
            sentence = entry.problem or (entry.reason if not row.is_live else None)
            return told(sentence) if sentence is not None else ""
        case "star":
            return tr("Take the star away") if entry.is_starred else tr("Give it a star")
        case "date":
            return long_date_text(entry.created)
        case "notes":
            return entry.notes
        case _:
            return ""


def _spoken(row: RunRow, column: ColumnKey) -> str:
    if column == "star":
        return tr("starred") if row.entry.is_starred else tr("no star")
    return ""
