"""Several selected runs: their curves over each other, and the settings in which they differ."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.runs.deeds import RunDeeds
from workbench.viewmodels.runs.differences import differences_of
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.widgets.buttons import IconButton
from workbench.widgets.labels import Caption, Title
from workbench.widgets.tables import PlainTableModel, TableView
from workbench.words import plural, tr

SPLITTER_KEY = "runs/compare_splitter"
LEAST_SIZE = (410, 300)  # of the curves with their switches
WIDEST_COLUMN = 200
SETTLE_MILLISECONDS = 120  # while a selection is being drawn, not every step of it is compared


class CompareView(QWidget):
    """Binds curves and table to the selection. The curves are made at their first use."""

    def __init__(self, model: RunsViewModel, deeds: RunDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._overlay: QWidget | None = None
        self.title, self.sentence = Title(), Caption()
        self.sentence.setWordWrap(True)
        self.trash_button = IconButton("trash", tr("Move to trash"))
        self.trash_button.clicked.connect(deeds.trash)
        self.table = TableView()
        self.table.setAccessibleName(tr("Settings that differ"))
        self.table.setSortingEnabled(False)
        self.table.horizontalHeader().setSortIndicatorShown(False)
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._made_right())
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self._on_settled)

    def show_runs(self) -> None:
        """Compare what is selected, a moment from now."""
        self._timer.start()

    def _on_settled(self) -> None:
        entries = [row.entry for row in self._model.selected]
        if len(entries) < 2 or not self.isVisible():
            return
        found = differences_of(entries)
        self.title.setText(plural("{count} run", "{count} runs", len(entries)))
        self.sentence.setText(found.sentence)
        self.table.setModel(PlainTableModel(found.headers, found.rows, self.table))
        self.table.resizeColumnsToContents()
        for place in range(len(found.headers)):
            self.table.setColumnWidth(place, min(self.table.columnWidth(place), WIDEST_COLUMN))
        self.table.setVisible(bool(found.rows))
        self._curves().show_runs([entry.id for entry in entries])  # type: ignore[attr-defined]

    def _curves(self) -> QWidget:
        if self._overlay is None:
            from workbench.views.curves.overlay import OverlayPanel  # loads the plots

            self._overlay = OverlayPanel(self._model.workbench)
            self._overlay.setMinimumSize(*LEAST_SIZE)
            self.splitter.insertWidget(0, self._overlay)
            self.splitter.setStretchFactor(0, 1)
            self.splitter.setSizes([640, 360])
            self.splitter.restoreState(self._model.workbench.settings.data(SPLITTER_KEY))
        return self._overlay

    def _made_right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(GAP, 0, 0, 0)
        column.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch()
        head.addWidget(self.trash_button)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addWidget(self.table, 1)
        column.addStretch()
        right.setMinimumWidth(230)
        return right

    def _on_splitter_moved(self) -> None:
        self._model.workbench.settings.set(SPLITTER_KEY, self.splitter.saveState())
