"""The queue: what trains now, what waits, in an order that is dragged, and whether it goes on."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListView, QProgressBar, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.runs.queue_list import QueueListModel, QueueViewModel
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.widgets.buttons import IconButton, QuietButton
from workbench.widgets.fold import Fold
from workbench.widgets.inputs import Switch
from workbench.widgets.labels import Caption, ElidedLabel, StateLabel
from workbench.widgets.notice import NoticeBar
from workbench.words import tr

OPEN_KEY = "runs/queue_open"
MOST_LINES = 4


class QueuePanel(QWidget):
    """Shown while something trains or waits; its parts are made when that is first so."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = QueueViewModel(workbench, self)
        self._settings = workbench.settings
        self._parts: QueueParts | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.model.changed.connect(self.refresh)
        if self.model.is_shown:
            self.parts.refresh()
        else:
            self.hide()

    @property
    def parts(self) -> "QueueParts":
        """What is in it."""
        if self._parts is None:
            self._parts = QueueParts(self.model, self._settings)
            self._column.addWidget(self._parts)
        return self._parts

    def refresh(self) -> None:
        """Show the queue as it is."""
        if self.model.is_shown:
            self.parts.refresh()
        self.setVisible(self.model.is_shown)


class QueueParts(QWidget):
    """A word about what waits from last time, and the fold with what trains and what waits."""

    def __init__(self, model: QueueViewModel, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self._settings = model, settings
        self.notice = NoticeBar("info")
        self.notice.add_action(tr("Go on"), self._on_go_on_pressed)
        self.current = _Current()
        self.list = QueueList(self.model.list)
        self.held = Switch(tr("Hold the queue"))
        self.held.setToolTip(tr("What trains goes on to its end; nothing begins after it."))
        self.up = IconButton("up", tr("Earlier"), "Alt+Up")
        self.down = IconButton("down", tr("Later"), "Alt+Down")
        self.remove = IconButton("trash", tr("Take it out of the queue"), "Del")
        self.fold = Fold(tr("Queue"), self._made_content(), settings.flag(OPEN_KEY))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.notice)
        column.addWidget(self.fold)
        self._connect()

    def refresh(self) -> None:
        """Show the queue as it is."""
        self.notice.setVisible(bool(self.model.restored_sentence))
        self.notice.set_notice("info", self.model.restored_sentence)
        self.fold.set_summary(self.model.summary)
        self.held.blockSignals(True)
        self.held.setChecked(self.model.is_held)
        self.held.blockSignals(False)
        self.list.fit()
        for part in (self.list, self.up, self.down, self.remove):
            part.setVisible(self.model.has_waiting)
        self._on_row_changed()
        self._on_updated()

    def _made_content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(GRID * 3, 0, 0, GRID)
        column.setSpacing(GRID // 2)
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self.current, 1)
        for button in (self.up, self.down, self.remove):
            row.addWidget(button)
        row.addSpacing(GRID)
        row.addWidget(self.held)
        column.addLayout(row)
        column.addWidget(self.list)
        return content

    def _connect(self) -> None:
        self.model.updated.connect(self._on_updated)
        self.fold.toggled.connect(self._on_fold_toggled)
        self.held.toggled.connect(self.model.hold)
        self.current.pressed.connect(self.model.show_current)
        self.list.moved.connect(self._on_row_moved)
        self.list.removed.connect(self.model.remove)
        self.list.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.up.clicked.connect(self._on_up_clicked)
        self.down.clicked.connect(self._on_down_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)

    def _on_updated(self) -> None:
        self.current.show_run(self.model)

    def _on_go_on_pressed(self) -> None:
        self.model.hold(False)

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._settings.set(OPEN_KEY, is_open)

    def _on_row_moved(self, index: int, to: int) -> None:
        self.list.choose(self.model.move(index, to))

    def _on_row_changed(self) -> None:
        row = self.list.row
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.model.list.rowCount() - 1)
        self.remove.setEnabled(row >= 0)

    def _on_up_clicked(self) -> None:
        self._on_row_moved(self.list.row, self.list.row - 1)

    def _on_down_clicked(self) -> None:
        self._on_row_moved(self.list.row, self.list.row + 1)

    def _on_remove_clicked(self) -> None:
        row = self.list.row
        self.model.remove(row)
        self.list.choose(min(row, self.model.list.rowCount() - 1))


class QueueList(QListView):
    """Lines in an order that is changed by dragging or with Alt and the arrow keys."""

    moved = Signal(int, int)  # from, to: its place among all once it is there
    removed = Signal(int)

    def __init__(self, model: QueueListModel) -> None:
        super().__init__()
        self.setAccessibleName(tr("Waiting runs"))
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setToolTip(tr("Drag a run to another place, or press Alt and an arrow key."))

    @property
    def row(self) -> int:
        """The current row; -1 when none is."""
        return self.currentIndex().row()

    def choose(self, row: int) -> None:
        """Make a row the current one."""
        self.setCurrentIndex(self.model().index(row, 0) if row >= 0 else QModelIndex())

    def fit(self) -> None:
        """Be as high as the lines, up to a few."""
        line = max(self.sizeHintForRow(0), self.fontMetrics().height() + GRID)
        self.setFixedHeight(line * min(max(self.model().rowCount(), 1), MOST_LINES) + GRID)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self.row >= 0 and has_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(self.row, self.row + (-1 if event.key() == Qt.Key.Key_Up else 1))
        elif self.row >= 0 and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.row)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.source() is not self or self.row < 0:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)  # we move it ourselves: Qt must not take the row out
        event.accept()
        to = self._place_at(event)
        self.moved.emit(self.row, to - 1 if to > self.row else to)

    def _place_at(self, event: QDropEvent) -> int:
        """The gap between two lines that is nearest to the pointer."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        if not index.isValid():
            return self.model().rowCount()
        return index.row() + (1 if place.y() > self.visualRect(index).center().y() else 0)


class _Current(QWidget):
    """The run that trains: its name, state and how far it is."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = ElidedLabel()
        self.state = StateLabel("waiting", "")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("How much of it is done"))
        self.bar.setMaximumWidth(160)
        self.nothing = Caption(tr("Nothing is training."))
        self.button = QuietButton(tr("Show it"))
        self.button.clicked.connect(self.pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID * 2)
        for part in (self.nothing, self.state, self.bar, self.name, self.button):
            row.addWidget(part)
        row.setStretchFactor(self.name, 1)

    def show_run(self, model: QueueViewModel) -> None:
        """Show what trains now."""
        title = model.current_title
        for part in (self.name, self.state, self.bar, self.button):
            part.setVisible(bool(title))
        self.nothing.setVisible(not title)
        if title:
            self.name.setText(title)
            self.state.set_state(*model.current_state)
            share = model.current_share
            self.bar.setValue(round(1000 * (share or 0.0)))
