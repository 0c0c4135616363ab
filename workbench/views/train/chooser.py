"""Leads from one run to another without leaving the page."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from workbench.theme.icons import icon
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.viewmodels.train.wording import entry_text
from workbench.viewmodels.window.status import entry_icon
from workbench.widgets.buttons import IconButton
from workbench.words import tr


class RunChooser(IconButton):
    """A menu of the draft, the run that trains, and the newest ones."""

    def __init__(self, model: TrainViewModel) -> None:
        super().__init__("runs", tr("Show a new run or another one"))
        self._model = model
        menu = QMenu(self)
        menu.aboutToShow.connect(self._on_menu_opened)
        menu.triggered.connect(self._on_entry_triggered)
        self.setMenu(menu)

    def _on_menu_opened(self) -> None:
        menu = self.menu()
        menu.clear()
        self._add("add", tr("New run"), "draft")
        live = self._model.live_run
        if live is not None:
            self._add("training", tr("The run that trains"), "live")
        recent = self._model.recent()
        if recent:
            menu.addSeparator()
        for entry in recent:
            self._add(entry_icon(entry), entry_text(entry), f"run {entry.id}")
        menu.addSeparator()
        self._add("runs", tr("All runs"), "all")

    def _add(self, icon_name: str, text: str, target: str) -> None:
        action = self.menu().addAction(icon(icon_name), text.replace("&", "&&"))
        action.setData(target)

    def _on_entry_triggered(self, action: QAction) -> None:
        self._model.go_to(str(action.data()))
