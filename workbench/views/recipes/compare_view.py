"""Two recipes side by side: only the settings in which they differ."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.recipes.comparing import compared, titles_of
from workbench.viewmodels.recipes.shelf import RecipeShelf
from workbench.widgets.inputs import ComboBox
from workbench.widgets.labels import Label, Quiet
from workbench.widgets.tables import PlainTableModel, TableView
from workbench.words import tr


class CompareView(QWidget):
    """Two lists to choose from, and a table of the differences."""

    def __init__(self, shelf: RecipeShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.setObjectName("compare")
        self.one, self.other = ComboBox(), ComboBox()
        self.one.setAccessibleName(tr("First recipe"))
        self.other.setAccessibleName(tr("Second recipe"))
        self.note = Quiet()
        self.table = TableView()
        self.table.setAccessibleName(tr("Differences"))
        self.table.setSortingEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._choices())
        column.addWidget(self.note)
        column.addWidget(self.table)
        self._on_shelf_changed()
        shelf.changed.connect(self._on_shelf_changed)
        self.one.currentIndexChanged.connect(self._on_choice_changed)
        self.other.currentIndexChanged.connect(self._on_choice_changed)

    def _choices(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.one)
        row.addWidget(Label(tr("and")))
        row.addWidget(self.other)
        row.addStretch()
        return row

    def _on_shelf_changed(self) -> None:
        for place, box in enumerate((self.one, self.other)):
            chosen = box.currentData()
            box.blockSignals(True)
            box.clear()
            for recipe_id, title in titles_of(self._shelf.comparable()):
                box.addItem(title, recipe_id)
            box.setCurrentIndex(max(box.findData(chosen), 0) if chosen else min(place, box.count() - 1))
            box.blockSignals(False)
        self._on_choice_changed()

    def _on_choice_changed(self) -> None:
        shown = compared(self._shelf, self.one.currentData(), self.other.currentData())
        self.note.setText(shown.sentence)
        self.table.setModel(PlainTableModel([tr("Setting"), shown.one, shown.other], shown.rows, self))
        self.table.resizeColumnsToContents()
        self.table.setVisible(bool(shown.rows))
        self.table.setMinimumHeight(_height(self.table))


def _height(table: TableView) -> int:
    """Room for all rows, so that only the page scrolls."""
    rows = table.model().rowCount()
    return int(table.verticalHeader().defaultSectionSize() * (rows + 1) + 2 * GRID)
