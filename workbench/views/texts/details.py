"""Under Details: frequencies, rare characters, and what simple models make of the text."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID, MARGIN
from workbench.theme.theme import theme
from workbench.widgets.bars import BarList
from workbench.widgets.labels import Body, Quiet, Title
from workbench.words import tr

Rows = Sequence[tuple[str, float, str]]
_SIDE_BY_SIDE = 620


class Details(QWidget):
    """Bars beside each other where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.letters, self.words, self.references = BarList(), BarList(), BarList()
        self.letters.setAccessibleName(tr("Most frequent characters"))
        self.words.setAccessibleName(tr("Most frequent words"))
        self.references.setAccessibleName(tr("What simple models make of it"))
        self._words_note, self._rare = Quiet(), Body()
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(2 * MARGIN)
        self._sides.addLayout(_column(tr("Most frequent characters"), self.letters), 1)
        self._sides.addLayout(_column(tr("Most frequent words"), self._words_note, self.words), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, 0)
        column.setSpacing(MARGIN)
        column.addLayout(self._sides)
        column.addLayout(_column(tr("Rare characters"), self._rare))
        note = Quiet(
            tr(
                "How many bits these need for each letter of the validation part. Fewer is better; "
                "a model that has learned something needs fewer than all of them."
            )
        )
        column.addLayout(_column(tr("What simple models make of it"), note, self.references))

    def set_letters(self, rows: Rows, rare: str) -> None:
        """Show the most frequent characters, and say which are rare."""
        self.letters.set_rows(rows)
        self._rare.setText(rare)

    def set_words(self, rows: Rows, note: str) -> None:
        """Show the most frequent words, and say what they are of."""
        self.words.set_rows(rows)
        self._words_note.setText(note)
        self._words_note.setVisible(bool(note))

    def set_references(self, rows: Rows) -> None:
        """Show the reference values."""
        self.references.set_rows(rows)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the columns below each other would be, so that they can come to stand so."""
        widest = max(bars.minimumSizeHint().width() for bars in (self.letters, self.words, self.references))
        return QSize(widest + 2 * GRID, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _SIDE_BY_SIDE * theme().text_scale
        side = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._sides.direction() != side:
            self._sides.setDirection(side)


def _column(title: str, *widgets: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GRID)
    column.addWidget(Title(title))
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return column
