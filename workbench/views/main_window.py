"""The window: a rail at the left, one page at a time, notices at the bottom."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.program_icon import program_icon
from workbench.viewmodels.navigator import PAGES, Page
from workbench.viewmodels.window.closing import Closing
from workbench.viewmodels.window.endings import Endings
from workbench.viewmodels.window.status import StatusLine
from workbench.viewmodels.workbench import Workbench
from workbench.views.texts.dropping import install_dropping
from workbench.views.window.close_dialog import ask_about_import, ask_about_training, ask_about_unsaved
from workbench.views.window.failure_bar import FailureBar
from workbench.views.window.menus import Menus
from workbench.views.window.tray import Tray
from workbench.widgets.drop_overlay import Dropped
from workbench.widgets.notice import ToastHost
from workbench.widgets.rail import Rail, RailStatus
from workbench.words import tr

FRAME = QSize(8, 40)  # what a window manager puts around a window, about
PageMaker = Callable[[Workbench], QWidget]


class MainWindow(QMainWindow):
    """Makes each page when it is first shown, and lets itself be closed when nothing is lost by it."""

    def __init__(self, workbench: Workbench, makers: Mapping[Page, PageMaker]) -> None:
        super().__init__()
        self.workbench = workbench
        self._makers = makers
        self._pages: dict[Page, QWidget] = {}
        self._help: QWidget | None = None
        self.closing = Closing(workbench, self)
        self.endings = Endings(workbench, self)
        self.status_line = StatusLine(workbench, self)
        self.setWindowTitle("Textloom")
        self.setWindowIcon(program_icon())
        self.setMinimumSize(900, 480)
        self.rail, self.status = self._made_rail()
        self.failures = FailureBar()
        self.stack = QStackedWidget()
        self._lay_out()
        self.toasts = ToastHost(self.stack)
        self.menus = Menus(self, workbench)
        self.tray = Tray(self, workbench, program_icon())
        self.dropping = install_dropping(self, workbench)
        self._connect()
        self._restore()

    def page(self, name: Page) -> QWidget:
        """A page, made at its first use."""
        if name not in self._pages:
            self.workbench.runs.list_now()  # no page is ever made without them, and fills itself a moment later
            self._pages[name] = self._makers[name](self.workbench)
            self.stack.addWidget(self._pages[name])
        return self._pages[name]

    def offer_paths(self, paths: list[Path]) -> None:
        """Come to the front, and offer files for import or a model to write with."""
        self.tray.show_window() if self.tray.is_there else self._come_to_front()
        models = [path for path in paths if path.suffix == ".textloom"]
        if models:
            self.workbench.navigator.write_with_file(models[0])
        elif paths:
            self.workbench.navigator.offer_files(Dropped(tuple(paths), "", ()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what shall happen to a text that is imported and a run that trains; then save everything and go."""
        if self.closing.is_importing and not ask_about_import(self):
            event.ignore()
            return
        if self.closing.is_training and not self.closing.is_finishing:
            event.ignore()
            self._ask_about_training()
            return
        if not self.closing.save_all() and not ask_about_unsaved(self):
            event.ignore()
            return
        self.closing.cancel_import()
        self._remember()
        event.accept()
        QApplication.quit()

    def _ask_about_training(self) -> None:
        answer = ask_about_training(self, self.closing, has_tray=self.tray.is_there)
        if answer == "tray":
            self.hide()
        elif answer == "finish":
            self.closing.cancel_import()
            self.closing.finish_run()

    def _made_rail(self) -> tuple[Rail, RailStatus]:
        texts = {"texts": tr("Texts"), "train": tr("Train"), "write": tr("Write"), "runs": tr("Runs")}
        rail, status = Rail(), RailStatus()
        for place, name in enumerate(PAGES, 1):
            rail.add_entry(name, name, texts[name], f"Ctrl+{place}")
        rail.set_footer(status)
        return rail, status

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.failures)
        column.addWidget(self.stack, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self.setCentralWidget(body)

    def _connect(self) -> None:
        workbench = self.workbench
        self.rail.chosen.connect(workbench.navigator.show_page)
        self.rail.collapsed_changed.connect(self._on_rail_collapsed)
        self.status.clicked.connect(self.status_line.show_current)
        self.status_line.changed.connect(self._on_status_changed)
        workbench.navigator.page_changed.connect(self._on_page_changed)
        workbench.navigator.help_wanted.connect(self._on_help_wanted)
        workbench.notices.toast_wanted.connect(self.toasts.show_toast)
        workbench.notices.failure_happened.connect(self.failures.show_failure)
        workbench.notices.announced.connect(self.tray.tell)
        self.closing.ready.connect(self.close)
        self._on_status_changed()

    def _restore(self) -> None:
        """The window as it was left; Texts at the first start."""
        settings = self.workbench.settings
        room = self.screen().availableGeometry().size() - FRAME
        self.resize(QSize(1280, 800).boundedTo(room))
        self.restoreGeometry(settings.data("window/geometry"))
        self.rail.set_collapsed(settings.flag("window/rail_collapsed"))
        page = settings.text("window/page", "texts")
        navigator, runs = self.workbench.navigator, self.workbench.runs
        navigator.begin_with(next((name for name in PAGES if name == page), "texts"))
        self.rail.set_current(navigator.page)
        if runs.is_listed:
            self._on_runs_listed()
        else:
            runs.listed.connect(self._on_runs_listed)

    def _remember(self) -> None:
        settings = self.workbench.settings
        settings.set("window/geometry", self.saveGeometry())
        settings.set("window/page", self.workbench.navigator.page)
        settings.save()

    def _come_to_front(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def _on_runs_listed(self) -> None:
        self.workbench.navigator.show_page(self.workbench.navigator.page)

    def _on_page_changed(self, name: Page) -> None:
        self.stack.setCurrentWidget(self.page(name))
        self.rail.set_current(name)
        self.toasts.stay_in_front()  # over the page that was made after it

    def _on_rail_collapsed(self, is_collapsed: bool) -> None:
        self.workbench.settings.set("window/rail_collapsed", is_collapsed)
        self.status.set_collapsed(is_collapsed)

    def _on_status_changed(self) -> None:
        status = self.status_line.status()
        self.status.set_status(status.icon, status.text, status.share, status.details)

    def _on_help_wanted(self, name: str) -> None:
        from workbench.views.window.help_window import HelpWindow

        if not isinstance(self._help, HelpWindow):
            self._help = HelpWindow(self)
        self._help.show_page(name)
