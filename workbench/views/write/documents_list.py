"""The other documents, in a sheet that hangs at a button."""

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.write.documents import Documents, fact_line
from workbench.widgets.labels import Caption
from workbench.words import tr

_WIDTH, _MOST_HEIGHT = 360, 420


class DocumentsList(QWidget):
    """All documents, the one that was changed last first; a click or Enter opens one."""

    chosen = Signal(str)

    def __init__(self, documents: Documents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = documents
        self.setAccessibleName(tr("Documents"))
        self._empty = Caption(tr("What you write is kept here by itself."))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Documents"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(_WIDTH)
        self.list.itemActivated.connect(self._on_item_chosen)
        self.list.itemClicked.connect(self._on_item_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._empty)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        self._fill()

    def _fill(self) -> None:
        now = datetime.now(UTC)
        for entry in self._documents.entries:
            item = QListWidgetItem(f"{entry.title}\n{fact_line(entry, now)}")
            item.setData(Qt.ItemDataRole.UserRole, entry.id)
            item.setToolTip(entry.beginning)
            if entry.problem is not None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
            if entry.id == self._documents.current.id:
                self.list.setCurrentItem(item)
        row = self.list.sizeHintForRow(0) if self.list.count() else 0
        self.list.setFixedHeight(min(_MOST_HEIGHT, self.list.count() * row + GRID))
        self.list.setVisible(bool(self.list.count()))
        self._empty.setVisible(not self.list.count())

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, super().sizeHint().height())

    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
