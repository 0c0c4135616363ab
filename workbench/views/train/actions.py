"""The buttons of the page: the one to press next, a quieter one, and a menu of the rest."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from workbench.theme.icons import icon
from workbench.viewmodels.train.deeds import Deeds
from workbench.viewmodels.train.head import ButtonWords, head_of, menu_of
from workbench.viewmodels.train.settings_table import settings_rows
from workbench.viewmodels.train.train_page import TrainViewModel
from workbench.widgets.buttons import Button, IconButton
from workbench.widgets.header import PageHeader
from workbench.widgets.tables import PlainTableModel, TableDialog
from workbench.words import tr


class RunActions(QObject):
    """Shows what can be done now and does it."""

    def __init__(self, model: TrainViewModel, deeds: Deeds, header: PageHeader, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._deeds, self._header, self._window = model, deeds, header, parent
        self._settings_dialog: TableDialog | None = None
        self._stray: QWidget | None = None  # where the focus went while there was nothing to press
        self.secondary = Button("")
        self.secondary.clicked.connect(deeds.press_secondary)
        self.more = IconButton("more", tr("More"))
        self.menu = QMenu(self.more)
        self.menu.aboutToShow.connect(self.fill_menu)
        self.menu.triggered.connect(self._on_item_triggered)
        self.menu.setToolTipsVisible(True)
        self.more.setMenu(self.menu)

    def refresh(self) -> None:
        """Show the buttons, the title and the sentence of what is shown now."""
        has_focus = QApplication.focusWidget() in (self._header.primary, self.secondary, self._stray or self.secondary)
        head = head_of(self._model)
        self._header.set_title_editable(head.is_renamable)
        if self._header.title != head.title:
            self._header.set_title(head.title)
        self._header.set_state(head.sentence)
        self._show_primary(head.primary)
        self.secondary.setVisible(head.secondary is not None)
        if head.secondary is not None:
            self.secondary.setText(head.secondary.text)
            self.secondary.set_icon_name(head.secondary.icon)
        if has_focus:
            self._keep_focus()

    def take_focus(self) -> None:
        """Make the button to press next the one that Enter presses."""
        self._header.primary.setFocus()

    def _keep_focus(self) -> None:
        """Let the focus stay with what leads on, though a button vanished or rests for a moment."""
        if not self.secondary.hasFocus():
            self.take_focus()
        leading = self._header.primary.hasFocus() or self.secondary.hasFocus()
        self._stray = None if leading else QApplication.focusWidget()

    def fill_menu(self) -> None:
        """What can be done seldom."""
        self.menu.clear()
        for item in menu_of(self._model):
            if item is None:
                self.menu.addSeparator()
                continue
            action = self.menu.addAction(item.text)
            if item.icon:
                action.setIcon(icon(item.icon))
            action.setData(item.key)
            action.setToolTip(item.tip)
            action.setCheckable(item.is_checkable)
            action.setChecked(item.is_checked)

    def _show_primary(self, primary: ButtonWords | None) -> None:
        if primary is None:
            self._header.clear_primary()
            return
        self._header.set_primary(primary.text, self._deeds.press_primary, primary.icon)
        self._header.primary.setEnabled(primary.is_possible)

    def _on_item_triggered(self, action: QAction) -> None:
        match str(action.data()):
            case "settings":
                self.show_settings()
            case "export":
                self.ask_export()
            case key:
                self._deeds.choose(key)

    def show_settings(self) -> None:
        """Show all settings of the run, to read."""
        shown = self._model.shown
        if shown is None:
            return
        rows = settings_rows(shown.settings(), shown.history.changes)
        model = PlainTableModel([tr("Part"), tr("Setting"), tr("Value"), tr("At the start")], rows)
        self._settings_dialog = TableDialog(tr("Settings of {title}", title=shown.title), model, self._window)
        self._settings_dialog.open()

    def ask_export(self) -> None:
        """Ask where the model shall be written."""
        suggested = str(Path.home() / self._deeds.export_name())
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Export the model"), suggested, tr("Textloom models (*.textloom)")
        )
        if name:
            self._deeds.export(Path(name))
