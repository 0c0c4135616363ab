"""The files of an import, in the order in which they are joined."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.texts.file_list import FileListModel
from workbench.widgets.buttons import IconButton
from workbench.words import tr

_ROWS = 6


class FilesView(QWidget):
    """Reordered by dragging, by buttons or by Alt and the arrow keys; Delete leaves a file out."""

    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FileListModel(self)
        self.list = _FileList(self.model)
        self.up_button = IconButton("up", tr("Move up"), "Alt+Up")
        self.down_button = IconButton("down", tr("Move down"), "Alt+Down")
        self.remove_button = IconButton("close", tr("Leave out"), "Del")
        self.model.move_wanted.connect(self._on_move_wanted)
        self.list.step_pressed.connect(self._on_step_pressed)
        self.list.remove_pressed.connect(self._on_remove_pressed)
        self.up_button.clicked.connect(self._on_up_pressed)
        self.down_button.clicked.connect(self._on_down_pressed)
        self.remove_button.clicked.connect(self._on_remove_pressed)
        buttons = QVBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self.up_button, self.down_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)

    def set_files(self, files: list) -> None:  # type: ignore[type-arg]
        """Show these; the chosen row stays chosen."""
        row = self.list.currentIndex().row()
        self.model.set_files(files)
        self.choose(min(max(row, 0), len(files) - 1))
        self.list.setFixedHeight(min(len(files), _ROWS) * max(self.list.sizeHintForRow(0), 20) + GRID)

    def choose(self, row: int) -> None:
        """Choose a row."""
        self.list.setCurrentIndex(self.model.index(row, 0))

    def _move(self, row: int, to: int) -> None:
        if row >= 0 and 0 <= to < self.model.rowCount():
            self.moved.emit(row, to)
            self.choose(to)

    def _on_move_wanted(self, row: int, to: int) -> None:
        self._move(row, to)

    def _on_step_pressed(self, step: int) -> None:
        row = self.list.currentIndex().row()
        self._move(row, row + step)

    def _on_up_pressed(self) -> None:
        self._on_step_pressed(-1)

    def _on_down_pressed(self) -> None:
        self._on_step_pressed(1)

    def _on_remove_pressed(self) -> None:
        row = self.list.currentIndex().row()
        if row >= 0:
            self.removed.emit(row)


class _FileList(QListView):
    step_pressed = Signal(int)
    remove_pressed = Signal()

    def __init__(self, model: FileListModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(tr("Files in their order"))
        self.setUniformItemSizes(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.step_pressed.emit(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_pressed.emit()
        else:
            super().keyPressEvent(event)
