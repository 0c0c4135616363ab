"""The live picture under the controls: what could come next, and what the settings make of it."""

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.write.next_picture import MOST_TOKENS, NextPicture, TokenBar, share_words
from workbench.widgets.bars import BarsLegend, PairedBar, PairedBars
from workbench.widgets.buttons import IconButton
from workbench.widgets.labels import Caption, Label
from workbench.widgets.tables import PlainTableModel, TableDialog
from workbench.words import tr

LEAST_TOKENS = 4


class DistributionView(QWidget):
    """Bars of the likeliest next tokens, and a table with the same numbers. It asks only while it is seen."""

    def __init__(self, picture: NextPicture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.bars = PairedBars(MOST_TOKENS)
        self.bars.setAccessibleName(tr("What could come next"))
        self.table = IconButton("view", tr("Show the numbers as a table"), role="quiet")
        self.legend = BarsLegend(tr("the model"), tr("with your settings"))
        self.problem = Caption()
        self.problem.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Label(tr("What could come next")), 1)
        head.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        for part in (self.bars, self.legend, self.problem):
            column.addWidget(part)
        self.table.clicked.connect(self._on_table_clicked)
        picture.changed.connect(self._on_picture_changed)
        self._on_picture_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._picture.set_watched(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._picture.set_watched(False)

    def fit(self, height: int) -> None:
        """Show as many tokens as fit when all of it may take a height, within what is useful."""
        others = self._head_height() + self.legend.heightForWidth(self.width()) + GRID
        self.bars.set_num_rows(max(LEAST_TOKENS, min(MOST_TOKENS, (height - others) // self.bars.row_height)))

    def _head_height(self) -> int:
        return max(self.table.sizeHint().height(), self.bars.fontMetrics().height())

    def _on_picture_changed(self) -> None:
        picture = self._picture
        self.bars.set_rows([_paired(bar) for bar in picture.bars])
        self.bars.set_pale(picture.is_slow)
        is_first = picture.is_slow and not picture.bars
        self.problem.setText(tr("The model reads your text.") if is_first else picture.problem)
        self.problem.setVisible(bool(self.problem.text()))
        for part in (self.bars, self.legend):
            part.setVisible(not picture.problem)
        self.table.setEnabled(bool(picture.bars))

    def _on_table_clicked(self) -> None:
        rows = [(bar.name, bar.before, bar.after) for bar in self._picture.bars]
        headers = [tr("Token"), tr("Probability in the model"), tr("With your settings")]
        dialog = TableDialog(tr("What could come next"), PlainTableModel(headers, rows), self.window())
        dialog.open()



def _paired(bar: TokenBar) -> PairedBar:
    return PairedBar(bar.name, bar.before, bar.after, share_words(bar.after), bar.words, bar.is_named)
