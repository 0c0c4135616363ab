"""The row above the table: search, state, group and columns."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.runs.filters import Filter, state_choices
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.widgets.buttons import IconButton, QuietButton
from workbench.widgets.inputs import ComboBox, SearchField
from workbench.words import tr

SEARCH_MILLISECONDS = 80


class Toolbar(QWidget):
    """Chooses which runs are listed."""

    def __init__(self, model: RunsViewModel, columns: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.search = SearchField(tr("Search titles, texts, tags and notes"))
        self.state = ComboBox()
        self.state.setAccessibleName(tr("State"))
        for key, text in state_choices():
            self.state.addItem(text, key)
        self.group = ComboBox()
        self.group.setAccessibleName(tr("Group"))
        self.group.setMaximumWidth(self.fontMetrics().averageCharWidth() * 30)
        self.all_button = QuietButton(tr("Show all"))
        self.columns_button = IconButton("view", tr("Columns"))
        self.columns_button.setMenu(columns)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MILLISECONDS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.search, 1)
        for part in (self.state, self.group, self.all_button, self.columns_button):
            row.addWidget(part)
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen, and the groups that there are."""
        chosen = self._model.table.filter
        for field in (self.search, self.state, self.group):
            field.blockSignals(True)
        if not self._timer.isActive() and self.search.text().strip() != chosen.words:
            self.search.setText(chosen.words)
        self.state.setCurrentIndex(self.state.findData(chosen.state))
        self._fill_groups(chosen.group)
        for field in (self.search, self.state, self.group):
            field.blockSignals(False)
        self.all_button.setVisible(not chosen.is_open)

    def _fill_groups(self, chosen: str) -> None:
        groups = self._model.groups()
        if [self.group.itemData(place) for place in range(self.group.count())] != ["", *groups]:
            self.group.clear()
            self.group.addItem(tr("All groups"), "")
            for group in groups:
                self.group.addItem(group, group)
        self.group.setCurrentIndex(max(0, self.group.findData(chosen)))
        self.group.setVisible(bool(groups))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._timer.start)
        self._timer.timeout.connect(self._on_filter_chosen)
        self.state.currentIndexChanged.connect(self._on_filter_chosen)
        self.group.currentIndexChanged.connect(self._on_group_chosen)
        self.all_button.clicked.connect(self._on_all_clicked)
        self._model.runs_changed.connect(self.refresh)

    def _on_filter_chosen(self) -> None:
        words, state = self.search.text().strip(), self.state.currentData()
        self._model.set_filter(Filter(words, state, self.group.currentData() or ""))

    def _on_group_chosen(self) -> None:
        group = self.group.currentData()
        if group:
            self._model.show_group(group)
        else:
            self._on_filter_chosen()

    def _on_all_clicked(self) -> None:
        self._timer.stop()
        self._model.set_filter(Filter())
        self.search.setFocus()
