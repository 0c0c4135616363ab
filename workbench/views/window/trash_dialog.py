"""The trash: what was thrown away, the way back, and the end."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.window.trash import TrashModel
from workbench.widgets.buttons import Button, PrimaryButton, QuietButton
from workbench.widgets.empty import EmptyState
from workbench.widgets.labels import Body, PageTitle
from workbench.widgets.notice import NoticeBar
from workbench.widgets.progress import ProgressRow
from workbench.widgets.tables import PlainTableModel, TableView
from workbench.words import tr

SIZE = QSize(680, 520)


class TrashDialog(QDialog):
    """A list with Bring back; nothing is deleted for ever without a question."""

    def __init__(self, model: TrashModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setWindowTitle(tr("Trash"))
        self.resize(SIZE)
        self._rows = PlainTableModel([tr("Kind"), tr("Title"), tr("Thrown away")], parent=self)
        self.table = self._made_table()
        self.notice = NoticeBar()
        self.notice.hide()
        self.progress = ProgressRow(tr("Deleting"), is_cancellable=False)
        self.progress.hide()
        self.empty_button = QuietButton(tr("Empty the trash..."), "trash")
        self.back_button = PrimaryButton(tr("Bring back"), "undo")
        self.close_button = Button(tr("Close"))
        self.parts = QStackedWidget()
        self._lay_out()
        self._connect()
        model.refresh()
        self._show()

    def _made_table(self) -> TableView:
        table = TableView()
        table.setSortingEnabled(False)  # the newest first, which is what one looks for
        table.horizontalHeader().setSortIndicatorShown(False)
        table.horizontalHeader().setSectionsClickable(False)
        table.setAccessibleName(tr("What is in the trash"))
        table.setModel(self._rows)
        return table

    def _lay_out(self) -> None:
        about = Body(tr("What you throw away stays here until you bring it back or empty the trash."))
        about.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.parts.addWidget(QWidget())  # while it is read
        self.parts.addWidget(self.table)
        self.parts.addWidget(
            EmptyState("trash", tr("Nothing is in the trash"), tr("What you throw away can be brought back from here."))
        )
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.empty_button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        foot.addWidget(self.back_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        column.addWidget(PageTitle(tr("Trash")))
        column.addWidget(about)
        column.addWidget(self.notice)
        column.addWidget(self.parts, 1)
        column.addWidget(self.progress)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.model.changed.connect(self._show)
        self.model.progressed.connect(self._on_emptying_progressed)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.opened.connect(self._on_back_wanted)
        self.back_button.clicked.connect(self._on_back_wanted)
        self.empty_button.clicked.connect(self._on_emptying_wanted)
        self.close_button.clicked.connect(self.reject)

    def _show(self) -> None:
        model = self.model
        self._rows.set_rows(model.rows())
        self.parts.setCurrentIndex(0 if model.is_reading else 1 if model.entries else 2)
        self.notice.set_notice("care" if model.problem else "good", model.problem or model.outcome)
        self.notice.setVisible(bool(model.problem or model.outcome))
        self.progress.setVisible(model.is_emptying)
        if model.entries:
            self.table.resizeColumnsToContents()
            self.table.setColumnWidth(1, max(self.table.columnWidth(1), SIZE.width() // 2))
            self.table.selectRow(0)
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        has_rows = self.table.selectionModel().hasSelection() and bool(self.model.entries)
        self.back_button.setVisible(bool(self.model.entries))
        self.empty_button.setVisible(bool(self.model.entries))
        self.back_button.setEnabled(has_rows and self.model.can_change)
        self.empty_button.setEnabled(self.model.can_change)

    def _on_back_wanted(self) -> None:
        if self.model.can_change:
            self.model.bring_back([index.row() for index in self.table.selectionModel().selectedRows()])

    def _on_emptying_wanted(self) -> None:
        if ask_about_emptying(self, self.model.question()):
            self.model.empty()

    def _on_emptying_progressed(self) -> None:
        self.progress.set_progress(self.model.share)


def ask_about_emptying(parent: QWidget, question: str) -> bool:
    """Whether to delete what cannot be brought back then."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("Empty the trash"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(tr("It cannot be brought back then."))
    delete = box.addButton(tr("Delete for ever"), QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is delete
