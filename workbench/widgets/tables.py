"""Tables of rows that are opened, sorted and selected whole."""

import base64
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QByteArray,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import GRID, MARGIN
from workbench.theme.theme import theme
from workbench.widgets.buttons import Button, PrimaryButton
from workbench.widgets.labels import Title
from workbench.words import number, significant, tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ARROW = 11
_DIGITS = 4
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableView(QTableView):
    """Whole rows, no grid, sorted by a click on a header; Enter or a double click opens a row."""

    opened = Signal(QModelIndex)
    delete_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.setItemDelegate(ElidingDelegate(self))
        self.setHorizontalHeader(_Header(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSectionsMovable(True)
        self.doubleClicked.connect(self.opened)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def save_state(self) -> str:
        """Widths, order and sorting of the columns, as a text that can be kept."""
        return base64.b64encode(self.horizontalHeader().saveState().data()).decode("ascii")

    def restore_state(self, state: str) -> None:
        """Take the widths, order and sorting that were kept; nonsense changes nothing."""
        try:
            self.horizontalHeader().restoreState(QByteArray(base64.b64decode(state.encode("ascii"), validate=True)))
        except ValueError:
            return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.opened.emit(current)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)

    def _on_theme_changed(self) -> None:
        self.verticalHeader().setDefaultSectionSize(max(self.fontMetrics().height(), icon_size()) + 2 * GRID)


class _Header(QHeaderView):
    """Headers with the arrow of the sorted column drawn by hand, in the colour of the theme."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)

    def paintSection(self, painter: QPainter, area: QRect, section: int) -> None:
        painter.save()
        super().paintSection(painter, area, section)
        painter.restore()
        if section != self.sortIndicatorSection() or not self.isSortIndicatorShown():
            return
        is_rising = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        drawing = pixmap("up" if is_rising else "down", "accent", _ARROW, self.devicePixelRatioF())
        painter.drawPixmap(area.right() - _ARROW - 1, area.center().y() - _ARROW // 2, drawing)


class ElidingDelegate(QStyledItemDelegate):
    """Shows the whole text of a cell in a bubble when the cell is too narrow for it."""

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        own = index.data(Qt.ItemDataRole.ToolTipRole)
        text = str(index.data(Qt.ItemDataRole.DisplayRole)) if index.isValid() else ""
        if own or self.sizeHint(option, index).width() <= view.visualRect(_plain(index)).width():
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), text, view)
        return True


class PlainTableModel(QAbstractTableModel):
    """Rows of values under headers: the table twin of a plot."""

    def __init__(
        self, headers: Sequence[str], rows: Sequence[Sequence[object]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._headers, self._rows = list(headers), list(rows)

    def set_rows(self, rows: Sequence[Sequence[object]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _written(value)
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role == Qt.ItemDataRole.TextAlignmentRole and _is_number(value):
            return _RIGHT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._rows and _is_number(self._rows[0][section]):
            return _RIGHT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self.layoutAboutToBeChanged.emit()
        self._rows.sort(key=lambda row: _sortable(row[column]), reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


class TableDialog(QDialog):
    """The numbers behind a picture, to read and to copy."""

    def __init__(self, title: str, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.table = TableView()
        self.table.setAccessibleName(title)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setModel(model)
        self.table.resizeColumnsToContents()
        self.copy_button = Button(tr("Copy"), "copy")
        self.copy_button.clicked.connect(self._on_copy_clicked)
        close = PrimaryButton(tr("Close"))
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID * 2)
        column.addWidget(Title(title))
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.copy_button)
        foot.addStretch()
        foot.addWidget(close)
        column.addLayout(foot)
        self.resize(640, 480)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(tab_separated(self.table.model()))


def tab_separated(model: QAbstractItemModel) -> str:
    """The headers and exact values of a model as lines with tabs between the cells."""
    columns = range(model.columnCount())
    lines = ["\t".join(str(model.headerData(column, Qt.Orientation.Horizontal)) for column in columns)]
    for row in range(model.rowCount()):
        lines.append("\t".join(str(_exact(model.index(row, column))) for column in columns))
    return "\n".join(lines) + "\n"


def _plain(index: Index) -> QModelIndex:
    return QModelIndex(index) if isinstance(index, QPersistentModelIndex) else index  # type: ignore[call-overload]


def _exact(index: QModelIndex) -> object:
    """The value itself where the model has it, so that other programs can read a number; else what is shown."""
    value = index.data(Qt.ItemDataRole.EditRole)
    return index.data() if value is None else value


def _written(value: object) -> str:
    if isinstance(value, float):
        return significant(value, _DIGITS)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    return str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _sortable(value: object) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value).casefold()
