"""The dialog that varies a run."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.runs.variation import MOST_SEEDS
from workbench.viewmodels.runs.varying import Varying
from workbench.widgets.buttons import Button, PrimaryButton, QuietButton
from workbench.widgets.inputs import SearchField, SpinBox
from workbench.widgets.labels import Caption, Label, Quiet, Title
from workbench.words import tr

_LINES = 7


class VaryDialog(QDialog):
    """One setting, its values, and how often each. Made for one showing with `open()`."""

    def __init__(self, model: Varying, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        title = tr("Vary {title}", title=model.entry.title)
        self.setWindowTitle(title)
        self.search = SearchField(tr("Search the settings"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Setting"))
        self.list.setFixedHeight((self.fontMetrics().height() + GRID) * _LINES)
        self.help = _Lines(self, 2)
        self.values = QLineEdit()
        self.values.setAccessibleName(tr("Values"))
        self.seeds = SpinBox()
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.setAccessibleName(tr("Seeds"))
        self.problem = Label()
        self.problem.set_colour("danger")
        self.problem.setWordWrap(True)
        self.mend_button = QuietButton("")
        self.mend_button.set_accented(True)
        self.summary, self.budget = Label(), Quiet(model.budget)
        self.button = PrimaryButton("", "queue")
        self.button.setDefault(True)
        self._arrange(title)
        self._connect()
        self._on_search_changed("")
        self._on_model_changed()

    def _arrange(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID)
        for part in (Title(title), self.search, self.list, self.help):
            column.addWidget(part)
        column.addLayout(self._made_fields())
        wrong = QHBoxLayout()
        wrong.addWidget(self.problem, 1)
        wrong.addWidget(self.mend_button)
        column.addLayout(wrong)
        column.addWidget(self.summary)
        column.addWidget(self.budget)
        column.addStretch()
        column.addSpacing(GAP - GRID)
        column.addLayout(self._made_foot())
        self.resize(self.fontMetrics().averageCharWidth() * 78, self.sizeHint().height())

    def _made_fields(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for text, field, stretch in ((tr("Values"), self.values, 1), (tr("Seeds for each"), self.seeds, 0)):
            column = QVBoxLayout()
            column.setSpacing(GRID // 2)
            label = Caption(text)
            label.setBuddy(field)
            column.addWidget(label)
            column.addWidget(field)
            row.addLayout(column, stretch)
        return row

    def _made_foot(self) -> QHBoxLayout:
        cancel = Button(tr("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        return foot

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search_changed)
        self.list.currentItemChanged.connect(self._on_setting_chosen)
        self.values.textChanged.connect(self.model.set_line)
        self.seeds.valueChanged.connect(self.model.set_num_seeds)
        self.mend_button.clicked.connect(self._on_mend_clicked)
        self.button.clicked.connect(self._on_button_clicked)
        self.model.changed.connect(self._on_model_changed)

    def _on_search_changed(self, words: str) -> None:
        self.list.clear()
        for path, name, value in self.model.found(words):
            item = QListWidgetItem(tr("{name}: {value}", name=name, value=value), self.list)
            item.setData(Qt.ItemDataRole.UserRole, path)
        if words and self.list.count():
            self.list.setCurrentRow(0)

    def _on_setting_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.model.choose(item.data(Qt.ItemDataRole.UserRole))

    def _on_model_changed(self) -> None:
        model = self.model
        self.help.setText(model.help)
        self.values.setEnabled(bool(model.setting_name))
        self.values.setPlaceholderText(model.placeholder)
        self.problem.setText(model.problem)
        self.mend_button.setVisible(bool(model.mended))
        self.mend_button.setText(tr("Use {values}", values=model.mended))
        self.summary.setText(model.summary)
        self.button.setText(model.button_text)
        self.button.setEnabled(model.can_queue)

    def _on_mend_clicked(self) -> None:
        self.values.setText(self.model.mended)

    def _on_button_clicked(self) -> None:
        self.model.queue()
        self.accept()


class _Lines(Caption):
    """Quiet words that always have room for so many lines, so that nothing below them moves."""

    def __init__(self, parent: QWidget, count: int) -> None:
        super().__init__("", parent)
        self.setWordWrap(True)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * count)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
