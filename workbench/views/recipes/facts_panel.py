"""What a draft would be: a few numbers, and behind a fold the sum of its weights matrix by matrix."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.facts import Fact, facts_of, matrix_rows, total_words
from workbench.widgets.columns import ColumnsLayout
from workbench.widgets.fold import Fold
from workbench.widgets.labels import Caption, Label
from workbench.words import tr


class FactsRow(QWidget):
    """Numbers beside each other, as many as there is room for in a line."""

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._facts: list[Fact] = []
        self._layout = ColumnsLayout(self, min_width=130, keeps_width=True)
        self._on_draft_changed()
        draft.changed.connect(self._on_draft_changed)
        draft.estimate_changed.connect(self._on_draft_changed)

    def _on_draft_changed(self) -> None:
        facts = facts_of(self._draft)
        if facts is not None and facts != self._facts:
            self._facts = facts
            _clear(self._layout)
            for fact in facts:
                self._layout.addWidget(_FactLabel(fact))


class MatrixFold(Fold):
    """Name, shape and number of weights of each matrix, and their sum."""

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        self._draft = draft
        self.table = QWidget()
        self._grid = QGridLayout(self.table)
        self._grid.setContentsMargins(GRID, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)
        super().__init__(tr("Weights by matrix"), self.table, parent=parent)
        self._rows: list[object] = []
        self.toggled.connect(self._on_draft_changed)
        draft.changed.connect(self._on_draft_changed)
        draft.estimate_changed.connect(self._on_draft_changed)
        self._on_draft_changed()

    def _on_draft_changed(self) -> None:
        if self._draft.faults:
            return
        total = total_words(self._draft)
        self.set_summary(total)
        rows = matrix_rows(self._draft) if self.is_open else []
        if rows != self._rows:
            self._rows = list(rows)
            self._fill(total)

    def _fill(self, total: str) -> None:
        _clear(self._grid)
        rows = matrix_rows(self._draft) if self._rows else []
        for line, row in enumerate(rows):
            self._add(line, Label(row.name), Caption(row.shape), Label(row.count))
        if rows:
            rule = QFrame()
            rule.setProperty("look", "line")
            rule.setFixedHeight(1)
            self._grid.addWidget(rule, len(rows), 0, 1, 3)
            self._add(len(rows) + 1, Label(tr("Together")), Caption(), Label(total))

    def _add(self, line: int, name: Label, shape: Label, count: Label) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        name.setWordWrap(True)
        self._grid.addWidget(name, line, 0)
        self._grid.addWidget(shape, line, 1, right)
        self._grid.addWidget(count, line, 2, right)


class _FactLabel(QWidget):
    def __init__(self, fact: Fact) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        value = Label(fact.value)
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(Caption(fact.caption))
        column.addWidget(value)
        column.addStretch()


def _clear(layout: ColumnsLayout | QGridLayout | QHBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
