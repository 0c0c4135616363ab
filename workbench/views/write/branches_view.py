"""The branches of a text as a tree to walk, name, keep and compare."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from workbench.theme import fonts
from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import CORNER, GAP, GRID
from workbench.theme.theme import theme
from workbench.viewmodels.write.branch_rows import BranchRow
from workbench.viewmodels.write.branches import ROW_ROLE, Branches
from workbench.views.write.comparison_dialog import ComparisonDialog
from workbench.widgets.buttons import Button, IconButton
from workbench.widgets.labels import Caption
from workbench.widgets.painting import colour
from workbench.words import tr

Index = QModelIndex | QPersistentModelIndex

_DEEPEST = 6  # levels that are told apart by how far a row stands to the right: the column is narrow
_NODE = 5  # half the size of the mark of a branch


class BranchesView(QWidget):
    """The tree, and what can be done with the branch that is marked in it."""

    branch_asked = Signal()  # at the caret, which the page knows

    def __init__(self, branches: Branches, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._branches = branches
        self.begin = Button(tr("Branch here"), "branch")
        self.begin.setToolTip(tr("Keeps the text as it is, and lets you go on from the caret in another way."))
        self._empty = Caption(
            tr("A text can go on in several ways. Put the caret where another one shall begin; this one is kept.")
        )
        self._empty.setWordWrap(True)
        self.list = BranchTree(branches)
        self.rename = IconButton("edit", tr("Rename"), "F2")
        self.keep = IconButton("star", tr("Keep"))
        self.compare = IconButton("side-by-side", tr("Compare"))
        self.delete = IconButton("trash", tr("Delete"), "Del")
        self._tools = QWidget()
        self._arrange()
        self._connect()
        self._on_branches_changed()

    @property
    def marked(self) -> BranchRow | None:
        """The row to which the buttons apply."""
        index = self.list.currentIndex()
        return self._branches.rows[index.row()] if index.isValid() else None

    def _arrange(self) -> None:
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        for button in (self.rename, self.keep, self.compare):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1000)  # as much as its rows need, and no more
        column.addWidget(self._tools)
        column.addStretch(1)

    def _connect(self) -> None:
        self.begin.clicked.connect(self.branch_asked)
        self._branches.changed.connect(self._on_branches_changed)
        self.list.clicked.connect(self._on_row_chosen)
        self.list.show_asked.connect(self._on_show_asked)
        self.list.delete_asked.connect(self._on_delete_asked)
        self.list.menu_asked.connect(self._on_menu_asked)
        self.list.selectionModel().currentChanged.connect(self._on_mark_moved)
        self.rename.clicked.connect(self._on_rename_asked)
        self.keep.clicked.connect(self._on_keep_asked)
        self.compare.clicked.connect(self._on_compare_asked)
        self.delete.clicked.connect(self._on_delete_asked)

    def made_menu(self) -> QMenu:
        """What can be done with the marked branch."""
        menu = QMenu(self)
        row = self.marked
        is_kept = row is not None and row.is_kept
        entries: tuple[tuple[str, Callable[[], None]], ...] = (
            (tr("Show"), self._on_show_asked),
            (tr("Rename"), self._on_rename_asked),
            (tr("Keep no longer") if is_kept else tr("Keep"), self._on_keep_asked),
            (tr("Compare"), self._on_compare_asked),
            (tr("Delete"), self._on_delete_asked),
        )
        for text, call in entries:
            menu.addAction(text).triggered.connect(call)
        return menu

    def _on_branches_changed(self) -> None:
        has_branches = bool(self._branches.rows)
        for widget in (self.list, self._tools):
            widget.setVisible(has_branches)
        self._empty.setVisible(not has_branches)
        self.list.mark_shown()
        self._on_mark_moved()

    def _on_mark_moved(self) -> None:
        row = self.marked
        is_kept = row is not None and row.is_kept
        self.keep.set_icon_name("star-filled" if is_kept else "star")
        self.keep.set_name(tr("Keep no longer") if is_kept else tr("Keep"))

    def _on_row_chosen(self, index: QModelIndex) -> None:
        self._branches.show(self._branches.rows[index.row()].id)

    def _on_show_asked(self) -> None:
        if self.marked is not None:
            self._branches.show(self.marked.id)

    def _on_rename_asked(self) -> None:
        self.list.edit(self.list.currentIndex())

    def _on_keep_asked(self) -> None:
        if self.marked is not None:
            self._branches.keep(self.marked.id)

    def _on_compare_asked(self) -> None:
        if self.marked is not None:
            partner = self._branches.partner_of(self.marked.id)
            ComparisonDialog(self._branches, partner, self.marked.id, self.window()).open()

    def _on_delete_asked(self) -> None:
        if self.marked is not None:
            self._branches.delete(self.marked.id)

    def _on_menu_asked(self, event: QContextMenuEvent) -> None:
        menu = self.made_menu()
        menu.exec(event.globalPos())
        menu.deleteLater()


class BranchTree(QListView):
    """The rows. The arrows walk up and down, to the parent and to the first child; Enter shows."""

    show_asked = Signal()
    delete_asked = Signal()
    menu_asked = Signal(object)  # QContextMenuEvent

    def __init__(self, branches: Branches, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._branches = branches
        self._shown = ""
        self.setModel(branches.list)
        self.setItemDelegate(_BranchRowPainter(self))
        self.setAccessibleName(tr("Branches"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; border: none; padding: 0; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        theme().changed.connect(self._on_theme_changed)

    def mark_shown(self) -> None:
        """Mark the branch on show when it is another, or when no row is marked."""
        row = self._branches.shown_row
        shown = self._branches.rows[row].id if row >= 0 else ""
        if row >= 0 and (shown != self._shown or not self.currentIndex().isValid()):
            self.setCurrentIndex(self._branches.list.index(row))
        self._shown = shown

    def doItemsLayout(self) -> None:
        super().doItemsLayout()
        self.setMaximumHeight(max(1, self.model().rowCount()) * max(1, self.sizeHintForRow(0)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.show_asked.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.delete_asked.emit()
            case Qt.Key.Key_Left:
                self._walk(self._parent_row())
            case Qt.Key.Key_Right:
                self._walk(self._child_row())
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.currentIndex().isValid():
            self.menu_asked.emit(event)

    def _walk(self, row: int) -> None:
        if row >= 0:
            self.setCurrentIndex(self._branches.list.index(row))

    def _parent_row(self) -> int:
        rows, here = self._branches.rows, self.currentIndex().row()
        return next((index for index, row in enumerate(rows) if here >= 0 and row.id == rows[here].parent), -1)

    def _child_row(self) -> int:
        rows, here = self._branches.rows, self.currentIndex().row()
        return next((index for index, row in enumerate(rows) if here >= 0 and row.parent == rows[here].id), -1)

    def _on_theme_changed(self) -> None:
        self.scheduleDelayedItemsLayout()


class _BranchRowPainter(QStyledItemDelegate):
    """Name or first words over the length, at the right of the lines of the tree."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(80, _line() + _small_line() + 2 * GRID + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        style: Any = option  # Qt's stubs leave its members out
        row: BranchRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, style, row)
        self._paint_lines(painter, style.rect, row)
        inside = self._inside(style.rect, row)
        if row.is_kept:
            side = icon_size() - 2
            painter.drawPixmap(inside.right() - side, inside.top(), pixmap("star-filled", "care", side, 2.0))
            inside.setRight(inside.right() - side - GRID // 2)
        title = QRect(inside.left(), inside.top(), inside.width(), _line())
        painter.setFont(fonts.strong() if row.is_named else fonts.serif())
        painter.setPen(colour("text"))
        self._paint_text(painter, title, row.title)
        line = QRect(inside.left(), title.bottom() + 1, inside.width(), _small_line())
        painter.setFont(fonts.caption())
        painter.setPen(colour("quiet"))
        self._paint_text(painter, line, tr("{length}, on show", length=row.length) if row.is_on_show else row.length)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        editor = QLineEdit(parent)
        editor.setAccessibleName(tr("Name of the branch"))
        editor.setPlaceholderText(tr("Name"))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        style: Any = option
        inside = self._inside(style.rect, index.data(ROW_ROLE))
        height = editor.sizeHint().height()
        editor.setGeometry(inside.left(), style.rect.center().y() - height // 2, inside.width(), height)

    @staticmethod
    def _inside(area: QRect, row: BranchRow) -> QRect:
        return area.adjusted(_left_of(row) + GAP + GRID, GRID + 1, -GRID, -GRID)

    @staticmethod
    def _paint_text(painter: QPainter, area: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    @staticmethod
    def _paint_ground(painter: QPainter, option: Any, row: BranchRow) -> None:
        area = QRectF(option.rect.adjusted(_left_of(row), 1, -1, -1))
        painter.setPen(Qt.PenStyle.NoPen)
        is_marked = bool(option.state & QStyle.StateFlag.State_Selected)
        if row.is_on_show:
            painter.setBrush(colour("accent", "window", 0.16))
            painter.drawRoundedRect(area, CORNER, CORNER)
        elif is_marked or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colour("text", "window", 0.09 if is_marked else 0.05))
            painter.drawRoundedRect(area, CORNER, CORNER)
        view = option.widget
        if is_marked and isinstance(view, QWidget) and view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colour("accent"))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)

    @staticmethod
    def _paint_lines(painter: QPainter, area: QRect, row: BranchRow) -> None:
        """From the parent down to this branch and to those that follow; a dot, full for the one on show."""
        middle = area.top() + GRID + 1 + _line() // 2
        node = _left_of(row) + GRID + _NODE
        painter.setPen(colour("text", "window", 0.3))
        for level, goes_on in enumerate(row.lines[:_DEEPEST], 1):
            x = area.left() + (level - 1) * GAP + GRID + _NODE - 1
            is_last = level == min(row.depth, _DEEPEST)
            if goes_on or is_last:
                painter.drawLine(x, area.top(), x, area.bottom() + 1 if goes_on else middle)
            if is_last:
                painter.drawLine(x, middle, area.left() + node - _NODE, middle)
        if row.has_children:
            x = area.left() + min(row.depth, _DEEPEST - 1) * GAP + GRID + _NODE - 1
            painter.drawLine(x, middle, x, area.bottom() + 1)
        painter.setPen(colour("accent" if row.is_on_show else "quiet"))
        painter.setBrush(colour("accent" if row.is_on_show else "window"))
        dot = QRectF(area.left() + node - _NODE + 0.5, middle - _NODE + 0.5, 2 * _NODE - 1, 2 * _NODE - 1)
        painter.drawEllipse(dot)


def _left_of(row: BranchRow) -> int:
    return min(row.depth, _DEEPEST) * GAP


def _line() -> int:
    return max(QFontMetrics(fonts.strong()).height(), QFontMetrics(fonts.serif()).height()) + 2


def _small_line() -> int:
    return QFontMetrics(fonts.caption()).height() + 2
