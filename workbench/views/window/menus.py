"""The menu bar."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QDialog, QFileDialog, QMainWindow, QMenu

from workbench.theme.theme import theme
from workbench.viewmodels.navigator import PAGES
from workbench.viewmodels.window import appearance
from workbench.viewmodels.window.trash import TrashModel
from workbench.viewmodels.workbench import Workbench
from workbench.views.window.about_dialog import AboutDialog
from workbench.views.window.settings_dialog import SettingsDialog
from workbench.views.window.trash_dialog import TrashDialog
from workbench.widgets.drop_overlay import Dropped
from workbench.words import tr

Deed = Callable[[], object]


class Menus(QObject):
    """Fills the menu bar of the window, and owns the shortcuts."""

    def __init__(self, window: QMainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._navigator = workbench.navigator
        self._queue = workbench.queue
        self.trash = TrashModel(workbench, self)
        self._add_file(self._menu(tr("&File")))
        self._add_run(self._menu(tr("&Run")))
        self._add_view(self._menu(tr("&View")))
        self._add_help(self._menu(tr("&Help")))
        self._queue.changed.connect(self._on_queue_changed)
        self._on_queue_changed()

    def _menu(self, title: str) -> QMenu:
        return self._window.menuBar().addMenu(title)

    def _add(self, menu: QMenu, text: str, deed: Deed, shortcut: str = "") -> QAction:
        action = QAction(text, menu)  # which takes it along when it is cleared
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda: deed())  # without the signal's own argument
        menu.addAction(action)
        return action

    def _add_file(self, menu: QMenu) -> None:
        self._add(menu, tr("Import files..."), self._on_files_wanted, "Ctrl+O")
        self._add(menu, tr("Import a folder..."), self._on_folder_wanted)
        self._add(menu, tr("Paste a text..."), self._on_paste_wanted, "Ctrl+Shift+V")
        self.recent = menu.addMenu(tr("Recent files"))
        menu.aboutToShow.connect(self._on_file_menu_shown)
        menu.addSeparator()
        self._add(menu, tr("Open a model file..."), self._on_model_wanted)
        menu.addSeparator()
        self._add(menu, tr("Trash..."), self._on_trash_wanted)
        self._add(menu, tr("Settings..."), self._on_settings_wanted, "Ctrl+,")
        menu.addSeparator()
        self._add(menu, tr("Quit"), self._window.close, "Ctrl+Q")

    def _add_run(self, menu: QMenu) -> None:
        self.run_menu = menu
        self.pause = self._add(menu, tr("Pause"), self._on_pause_wanted, "Ctrl+P")
        self.finish = self._add(menu, tr("Finish and keep the best"), self._on_finish_wanted)
        self.save = self._add(menu, tr("Save now"), self._on_save_wanted, "Ctrl+S")
        self.sample = self._add(menu, tr("Sample now"), self._on_sample_wanted, "Ctrl+Shift+S")
        menu.addSeparator()
        self._add(menu, tr("All runs"), self._on_runs_wanted)

    def _add_view(self, menu: QMenu) -> None:
        names = {"texts": tr("Texts"), "train": tr("Train"), "write": tr("Write"), "runs": tr("Runs")}
        for place, page in enumerate(PAGES, 1):
            self._add(menu, names[page], partial(self._navigator.show_page, page), f"Ctrl+{place}")
        menu.addSeparator()
        colours = menu.addMenu(tr("Colours"))
        self._themes = QActionGroup(self)
        for choice in appearance.themes():
            action = self._add(colours, choice.text, partial(self.choose_theme, choice.key))
            action.setCheckable(True)
            action.setData(choice.key)
            self._themes.addAction(action)
        colours.aboutToShow.connect(self._on_colours_shown)
        self._add(menu, tr("Larger text"), self._on_larger_wanted, "Ctrl++")
        self._add(menu, tr("Smaller text"), self._on_smaller_wanted, "Ctrl+-")
        self._add(menu, tr("Normal text"), self._on_normal_wanted, "Ctrl+0")
        self._add(menu, tr("Text for a projector"), self._on_projector_wanted, "Ctrl+Shift+P")
        menu.addSeparator()
        self._add(menu, tr("Full screen"), self._on_full_screen_wanted, "F11")

    def _add_help(self, menu: QMenu) -> None:
        from workbench.views.window.help_window import PAGES as HELP_PAGES
        from workbench.views.window.help_window import page_title

        for name in HELP_PAGES:
            shortcut = "F1" if name == HELP_PAGES[0] else ""
            self._add(menu, page_title(name), partial(self._navigator.help_wanted.emit, name), shortcut)
        menu.addSeparator()
        self._add(menu, tr("About Textloom"), self._on_about_wanted)

    def choose_theme(self, key: str) -> None:
        """Light, dark, or as the system."""
        self._workbench.settings.set("window/theme", key)
        theme().set_choice(appearance.theme_choice(key))

    def choose_text_scale(self, scale: float) -> None:
        """Give all text another size."""
        self._workbench.settings.set("window/text_scale", scale)
        theme().set_text_scale(scale)

    def _on_queue_changed(self) -> None:
        run = self._queue.current
        is_going = run is not None and run.is_running
        is_paused = run is not None and run.state in ("pausing", "paused")
        self.pause.setText(tr("Resume") if is_paused else tr("Pause"))
        self.pause.setVisible(run is not None and (run.can_pause or is_paused))
        for action in (self.finish, self.save, self.sample):
            action.setVisible(is_going)

    def _on_colours_shown(self) -> None:
        current = appearance.theme_choice(self._workbench.settings.text("window/theme"))
        for action in self._themes.actions():
            action.setChecked(action.data() == current)

    def _on_files_wanted(self) -> None:
        self._navigator.choose_import("files")

    def _on_folder_wanted(self) -> None:
        self._navigator.choose_import("folder")

    def _on_paste_wanted(self) -> None:
        self._navigator.choose_import("paste")

    def _on_file_menu_shown(self) -> None:
        self.recent.clear()
        for text in self._workbench.settings.texts("recent/files"):
            offer = Dropped((Path(text),), "", ())
            self._add(self.recent, text.replace("&", "&&"), partial(self._navigator.offer_files, offer))
        self.recent.menuAction().setVisible(not self.recent.isEmpty())

    def _on_model_wanted(self) -> None:
        pattern = tr("Models") + " (*.textloom)"
        path, _ = QFileDialog.getOpenFileName(self._window, tr("Open a model file"), "", pattern)
        if path:
            self._navigator.write_with_file(Path(path))

    def _on_settings_wanted(self) -> None:
        self._show_dialog(SettingsDialog(self._workbench, self._window))

    def _on_trash_wanted(self) -> None:
        self._show_dialog(TrashDialog(self.trash, self._window))

    def _on_about_wanted(self) -> None:
        self._show_dialog(AboutDialog(self._window))

    def _show_dialog(self, dialog: QDialog) -> None:
        dialog.exec()
        dialog.deleteLater()

    def _on_pause_wanted(self) -> None:
        run = self._queue.current
        if run is not None:
            run.pause() if run.can_pause else run.resume()

    def _on_finish_wanted(self) -> None:
        if self._queue.current is not None:
            self._queue.current.finish()

    def _on_save_wanted(self) -> None:
        if self._queue.current is not None:
            self._queue.current.save_now()

    def _on_sample_wanted(self) -> None:
        if self._queue.current is not None:
            self._queue.current.sample_now()

    def _on_runs_wanted(self) -> None:
        self._navigator.show_page("runs")

    def _on_larger_wanted(self) -> None:
        self.choose_text_scale(appearance.stepped_scale(theme().text_scale, 1))

    def _on_smaller_wanted(self) -> None:
        self.choose_text_scale(appearance.stepped_scale(theme().text_scale, -1))

    def _on_normal_wanted(self) -> None:
        self.choose_text_scale(1.0)

    def _on_projector_wanted(self) -> None:
        self.choose_text_scale(appearance.projector_scale(theme().text_scale))

    def _on_full_screen_wanted(self) -> None:
        self._window.showNormal() if self._window.isFullScreen() else self._window.showFullScreen()
