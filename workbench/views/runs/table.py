"""The table of runs: rows that open, columns that can be hidden, files that can be dropped on a row."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionViewItem, QWidget

from workbench.theme.icons import icon, icon_size
from workbench.theme.spacing import CORNER
from workbench.viewmodels.runs.columns import COLUMN_KEYS, HIDDEN_AT_FIRST, STAR, TITLE, WIDTHS, column_titles
from workbench.viewmodels.runs.runs_page import TABLE_KEY
from workbench.viewmodels.runs.table_model import ICON_ROLE, RunTableModel
from workbench.viewmodels.settings import Settings
from workbench.widgets.drop_overlay import Dropped, dropped_from
from workbench.widgets.painting import colour
from workbench.widgets.tables import ElidingDelegate, TableView
from workbench.words import tr

Index = QModelIndex | QPersistentModelIndex
SAVE_MILLISECONDS = 400
_ICON_ROLES = {
    "training": "accent", "validating": "accent", "preparing": "accent", "finished": "good", "stopped-early": "good",
    "interrupted": "care", "failed": "danger", "error": "danger", "star-filled": "care",
    "star": "quiet",
}  # fmt: skip
_SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class RunTable(TableView):
    """Says which runs are selected, opened, starred, renamed or dropped on. What is selected survives every change."""

    selection_moved = Signal(object)  # ids of the selected runs, in the order of the table
    run_opened = Signal(str)
    star_pressed = Signal(str)
    menu_wanted = Signal(QPoint)
    drag_entered = Signal(object)  # Dropped
    drag_left = Signal()  # it was dragged away or let go
    file_dropped = Signal(str, object)  # run id, Dropped
    other_dropped = Signal(object)  # Dropped, beside the rows

    def __init__(self, model: RunTableModel, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs, self._settings = model, settings
        self._kept: tuple[list[str], str] = ([], "")
        self._drop_row = -1
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(SAVE_MILLISECONDS)
        self.column_menu = QMenu(self)
        self.setAccessibleName(tr("Runs"))
        self.setItemDelegate(_RunCells(self))
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self._set_up()
        self._connect()

    def select_runs(self, run_ids: Sequence[str], current: str = "") -> None:
        """Select these runs and bring the first one into sight."""
        selection = QItemSelection()
        places = [place for run_id in run_ids if (place := self._runs.place_of(run_id)) >= 0]
        for place in places:
            selection.select(self._runs.index(place, 0), self._runs.index(place, len(COLUMN_KEYS) - 1))
        chosen = self.selectionModel()
        first = self._runs.place_of(current) if current else min(places, default=-1)
        if first >= 0:
            index = self._runs.index(first, TITLE)
            chosen.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)
        chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selected_ids(self) -> list[str]:
        """The selected runs, in the order of the table."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._runs.id_at(self._runs.index(row, 0)) for row in rows]

    def edit_title(self) -> None:
        """Let the title of the current row be changed in place."""
        current = self.currentIndex()
        if current.isValid():
            self.edit(self._runs.index(current.row(), TITLE))

    def save_columns(self) -> None:
        """Remember widths, order, sorting and what is hidden."""
        self._save_timer.stop()
        self._settings.set(TABLE_KEY, f"{len(COLUMN_KEYS)}:{self.save_state()}")

    # What the mouse and the keys do

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.edit_title()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        is_link = self.indexAt(event.position().toPoint()).column() in (TITLE, STAR)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.pos()
        current = self.currentIndex()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and current.isValid():
            place = self.visualRect(current).center()
        if self.indexAt(place).isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(place))

    # Files over the rows

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._take_drag(event)
        self.drag_entered.emit(dropped_from(event.mimeData()))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._take_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(-1)
        self.drag_left.emit()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        dropped = dropped_from(event.mimeData())
        index = self.indexAt(event.position().toPoint())
        self._light(-1)
        self.drag_left.emit()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if index.isValid() and dropped.paths:
            self.file_dropped.emit(self._runs.id_at(index), dropped)
        else:
            self.other_dropped.emit(dropped)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_row < 0:
            return
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(colour("accent", share=0.12))
            painter.drawRoundedRect(QRectF(self._row_area(self._drop_row)).adjusted(1, 1, -1, -1), CORNER, CORNER)

    def _take_drag(self, event: QDragMoveEvent) -> None:
        dropped: Dropped = dropped_from(event.mimeData())
        if dropped.is_empty:
            event.ignore()
            return
        index = self.indexAt(event.position().toPoint())
        self._light(index.row() if dropped.paths else -1)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _light(self, row: int) -> None:
        if row != self._drop_row:
            self._drop_row = row
            self.viewport().update()

    def _row_area(self, row: int) -> QRect:
        top, height = self.rowViewportPosition(row), self.rowHeight(row)
        return QRect(0, top, self.viewport().width(), height)

    # Columns

    def _set_up(self) -> None:
        header = self.horizontalHeader()
        header.setSortIndicator(COLUMN_KEYS.index("date"), Qt.SortOrder.DescendingOrder)
        self.setModel(self._runs)
        letter = self.fontMetrics().averageCharWidth()
        for place, key in enumerate(COLUMN_KEYS):
            header.resizeSection(place, letter * WIDTHS[key])
            header.setSectionHidden(place, key in HIDDEN_AT_FIRST)
        number, _, state = self._settings.text(TABLE_KEY).partition(":")
        if number == str(len(COLUMN_KEYS)):
            self.restore_state(state)
            header.setSectionHidden(TITLE, False)
            self.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())
        header.setMinimumSectionSize(letter * 4)
        for key, title in column_titles().items():
            self._add_column_choice(COLUMN_KEYS.index(key), title)

    def _add_column_choice(self, place: int, title: str) -> None:
        if place != TITLE:  # without titles the rows would say nothing
            action = self.column_menu.addAction(title)
            action.setCheckable(True)
            action.setData(place)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu_wanted)
        for signal in (header.sectionResized, header.sectionMoved, header.sortIndicatorChanged):
            signal.connect(self._on_columns_changed)
        self._save_timer.timeout.connect(self.save_columns)
        self.column_menu.aboutToShow.connect(self._on_column_menu_opening)
        self.column_menu.triggered.connect(self._on_column_triggered)
        self._runs.modelAboutToBeReset.connect(self._on_reset_coming)
        self._runs.modelReset.connect(self._on_reset_done)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.clicked.connect(self._on_cell_clicked)
        self.opened.connect(self._on_row_opened)

    def _on_header_menu_wanted(self, place: QPoint) -> None:
        self.column_menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _on_column_menu_opening(self) -> None:
        for action in self.column_menu.actions():
            action.setChecked(not self.isColumnHidden(action.data()))

    def _on_column_triggered(self, action: QAction) -> None:
        self.setColumnHidden(action.data(), not action.isChecked())
        self._on_columns_changed()

    def _on_columns_changed(self) -> None:
        self._save_timer.start()

    # Selection

    def _on_reset_coming(self) -> None:
        self._kept = self.selected_ids(), self._runs.id_at(self.currentIndex())

    def _on_reset_done(self) -> None:
        ids, current = self._kept
        self.select_runs([run_id for run_id in ids if self._runs.place_of(run_id) >= 0], current)
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        self.selection_moved.emit(self.selected_ids())

    def _on_cell_clicked(self, index: QModelIndex) -> None:
        if index.column() == STAR:
            self.star_pressed.emit(self._runs.id_at(index))
        elif index.column() == TITLE and len(self.selected_ids()) == 1:
            self.run_opened.emit(self._runs.id_at(index))

    def _on_row_opened(self, index: QModelIndex) -> None:
        self.run_opened.emit(self._runs.id_at(index))


class _RunCells(ElidingDelegate):
    """Draws states and stars as pictures, and titles as what leads on."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        style: Any = option  # Qt's stubs leave its members out
        name = index.data(ICON_ROLE)
        if name:
            style.icon = icon(name, _ICON_ROLES.get(name, "text"))
            style.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            style.decorationSize = style.decorationSize.__class__(icon_size(), icon_size())
        if index.column() == TITLE:
            role = QPalette.ColorRole.HighlightedText if style.state & QStyle.StateFlag.State_Selected else None
            for each in (QPalette.ColorRole.Text, role):
                if each is not None:
                    style.palette.setColor(each, colour("accent"))
            style.font.setUnderline(bool(style.state & QStyle.StateFlag.State_MouseOver))
