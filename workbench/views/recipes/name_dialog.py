"""Asks for the name of a recipe."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.widgets.buttons import Button, PrimaryButton
from workbench.widgets.labels import Caption, Title
from workbench.words import tr


class NameDialog(QDialog):
    """A line for a name; `taken` gives the name to `use` and closes. Made for one showing with `open()`."""

    def __init__(
        self, title: str, verb: str, name: str, is_free: Callable[[str], bool], use: Callable[[str], object],
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(title)
        self._own, self._is_free, self._use = name, is_free, use
        self.line = QLineEdit(name)
        self.line.setAccessibleName(tr("Name of the recipe"))
        self.line.setMaxLength(80)
        self.line.selectAll()
        self.line.textChanged.connect(self._on_name_changed)
        self._note = Caption()
        self.button = PrimaryButton(verb)
        self.button.setDefault(True)
        self.button.clicked.connect(self._on_button_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID)
        column.addWidget(Title(title))
        column.addWidget(self.line)
        column.addWidget(self._note)
        column.addSpacing(GAP - GRID)
        column.addLayout(self._foot())
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)
        self._on_name_changed(name)

    def _foot(self) -> QHBoxLayout:
        cancel = Button(tr("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        return foot

    def _on_name_changed(self, name: str) -> None:
        is_taken = name.strip() != self._own and not self._is_free(name)
        self._note.setText(tr("Another recipe has this name already; both are kept.") if is_taken else "")
        self.button.setEnabled(bool(name.strip()))

    def _on_button_clicked(self) -> None:
        self._use(self.line.text().strip())
        self.accept()
