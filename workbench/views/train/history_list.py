"""What was done to a run, line by line."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from workbench.theme.icons import icon, icon_size
from workbench.theme.theme import theme
from workbench.viewmodels.train.happenings import Happening
from workbench.words import tr


class HistoryList(QListWidget):
    """A line for each change, rescue and warning, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Happening] = []
        self.setWordWrap(True)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("What was done to this run"))
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def show_lines(self, lines: Sequence[Happening]) -> None:
        """Show these."""
        if list(lines) == self._lines and self.count():
            return
        self._lines = list(lines)
        self.clear()
        for line in self._lines:
            self._add(line.icon, f"{line.sentence}\n{line.place}" if line.place else line.sentence)
        if not self._lines:
            self._add("", tr("Nothing was changed so far. What you change while it trains is written down here."))

    def _add(self, icon_name: str, text: str) -> None:
        item = QListWidgetItem(text)
        if icon_name:
            item.setIcon(icon(icon_name, "quiet"))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addItem(item)

    def _on_theme_changed(self) -> None:
        self.setIconSize(QSize(icon_size(), icon_size()))
