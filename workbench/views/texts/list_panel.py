"""The texts of the library at the left of the page."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
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
from workbench.viewmodels.texts.text_list import PROBLEM_ROLE, SIZE_ROLE, TextListModel
from workbench.widgets.buttons import Button
from workbench.widgets.painting import colour
from workbench.words import tr

Index = QModelIndex | QPersistentModelIndex


class ListPanel(QWidget):
    """A list to choose from, and the way to more."""

    chosen = Signal(int)
    add_pressed = Signal()
    delete_pressed = Signal()
    opened = Signal()

    def __init__(self, model: TextListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_button = Button(tr("Add a text"), "add")
        self.list = _TextList(model)
        self.list.clicked.connect(self._on_row_clicked)
        self.list.row_reached.connect(self.chosen)
        self.list.delete_pressed.connect(self.delete_pressed)
        self.list.activated.connect(self._on_row_activated)
        self.add_button.clicked.connect(self.add_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.add_button)
        column.addWidget(self.list, 1)

    def show_row(self, row: int) -> None:
        """Mark a row without a signal; -1 marks none."""
        self.list.mark(row)

    def _on_row_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())
        self.opened.emit()

    def _on_row_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())


class _TextList(QListView):
    row_reached = Signal(int)  # by the keyboard
    delete_pressed = Signal()

    def __init__(self, model: TextListModel) -> None:
        super().__init__()
        self._marked = -1
        self.setAccessibleName(tr("Texts"))
        self.setModel(model)
        self.setItemDelegate(_TextRow(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; border: none; padding: 0; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        theme().changed.connect(self._on_theme_changed)

    def mark(self, row: int) -> None:
        """Make a row the current one."""
        self._marked = row
        if row < 0:
            self.clearSelection()
            return
        index = self.model().index(row, 0)
        if index != self.currentIndex() or not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)

    def reset(self) -> None:
        super().reset()  # forgets the mark, and comes after those who are told that the rows are new
        self.mark(self._marked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        if self.currentIndex() != before and self.currentIndex().isValid():
            self.row_reached.emit(self.currentIndex().row())

    def _on_theme_changed(self) -> None:
        self.scheduleDelayedItemsLayout()


class _TextRow(QStyledItemDelegate):
    """Title over size; what cannot be used has an icon beside the words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(80, self._line() + self._small_line() + 2 * GRID + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        style: Any = option  # Qt's stubs leave its members out
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = style.rect.adjusted(1, 1, -1, -1)
        self._paint_ground(painter, style, area)
        inside = area.adjusted(GRID + 4, GRID, -GRID, -GRID)
        is_chosen = bool(style.state & QStyle.StateFlag.State_Selected)
        painter.setFont(fonts.strong() if is_chosen else fonts.body())
        painter.setPen(colour("text"))
        title = QRect(inside.left(), inside.top(), inside.width(), self._line())
        shown = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        self._paint_size(painter, inside, index)
        painter.restore()

    def _paint_size(self, painter: QPainter, inside: QRect, index: Index) -> None:
        line = QRect(inside.left(), inside.bottom() - self._small_line() + 1, inside.width(), self._small_line())
        has_problem = bool(index.data(PROBLEM_ROLE))
        if has_problem:
            side = icon_size() - 2
            painter.drawPixmap(line.left(), line.center().y() - side // 2, pixmap("warning", "care", side, 2.0))
            line.setLeft(line.left() + side + GRID // 2)
        painter.setFont(fonts.caption())
        painter.setPen(colour("care" if has_problem else "quiet"))
        shown = painter.fontMetrics().elidedText(index.data(SIZE_ROLE), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_ground(self, painter: QPainter, option: Any, area: QRect) -> None:
        view = option.widget
        has_focus = isinstance(view, QWidget) and view.hasFocus()
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(colour("accent", "window", 0.16))
            painter.drawRoundedRect(area, CORNER, CORNER)
            bar = QRect(area.left(), area.top() + GRID, 3, area.height() - 2 * GRID)
            painter.setBrush(colour("accent"))
            painter.drawRoundedRect(bar, 1.5, 1.5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colour("text", "window", 0.05))
            painter.drawRoundedRect(area, CORNER, CORNER)
        if has_focus and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colour("accent"))
            painter.drawRoundedRect(area, CORNER, CORNER)

    @staticmethod
    def _line() -> int:
        return QFontMetrics(fonts.strong()).height() + 2

    @staticmethod
    def _small_line() -> int:
        return QFontMetrics(fonts.caption()).height() + 2
