"""The Texts page: the library's texts at the left, what is done with one of them at the right."""

from pathlib import Path

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, MARGIN
from workbench.theme.theme import theme
from workbench.viewmodels.texts.import_offer import title_of_pasted
from workbench.viewmodels.texts.texts_model import TextsModel, chosen_files
from workbench.viewmodels.workbench import Workbench
from workbench.views.texts.dropping import install_dropping
from workbench.views.texts.list_panel import ListPanel
from workbench.views.texts.offer_view import OfferView
from workbench.views.texts.paste_view import PasteView
from workbench.views.texts.text_view import TextView
from workbench.views.texts.welcome import Welcome
from workbench.widgets.notice import NoticeBar, announce
from workbench.widgets.progress import ProgressRow
from workbench.words import tr

_LIST_WIDTHS = (190, 300)
_LIST_SHARE = 0.24
_LAST_FOLDER = "texts/last_folder"


class TextsPage(QWidget):
    """Makes the parts and shows the one that the viewmodel names."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.model = TextsModel(workbench, self)
        self.list_panel = ListPanel(self.model.list)
        self.welcome = Welcome(self.model.samples())
        self.text_view = TextView(self.model.shown, workbench.settings)
        self.offer_view = OfferView(self.model.desk)
        self.paste_view = PasteView()
        self.complaint = NoticeBar("danger")
        self.waiting = NoticeBar("info")
        self.progress = ProgressRow()
        self.stack = QStackedWidget()
        self._row = QHBoxLayout(self)
        self._parts: dict[str, QWidget] = {
            "welcome": self.welcome, "text": self.text_view, "offer": self.offer_view, "paste": self.paste_view,
        }  # fmt: skip
        self._arrange()
        self._connect()
        self._on_part_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        dropping = install_dropping(self.window(), self._workbench)
        for editor in (self.paste_view.field, self.text_view.text.page, self.offer_view.files.list):
            dropping.target.watch(editor.viewport())
        dropping.target.watch(self.offer_view.title_field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrowest, widest = _LIST_WIDTHS
        share = round(self.width() * _LIST_SHARE)
        self.list_panel.setFixedWidth(min(max(share, narrowest), round(widest * theme().text_scale)))
        self._row.activate()  # in the same frame

    def choose_files(self) -> None:
        """Ask for files and arrange their import."""
        paths, _ = QFileDialog.getOpenFileNames(self, tr("Choose files"), self._last_folder())
        self._take(paths)

    def choose_folder(self) -> None:
        """Ask for a folder and arrange the import of what it holds."""
        path = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self._last_folder())
        self._take([path] if path else [])

    def _take(self, paths: list[str]) -> None:
        if paths:
            self._workbench.settings.set(_LAST_FOLDER, str(Path(paths[0]).parent))
            self.model.take_files(chosen_files(paths))

    def _last_folder(self) -> str:
        return self._workbench.settings.text(_LAST_FOLDER)

    def _arrange(self) -> None:
        for part in self._parts.values():
            self.stack.addWidget(part)
        self.complaint.set_dismissible(True)
        self.complaint.add_action(tr("Choose files…"), self.choose_files)
        self._try_button = self.complaint.add_action(tr("Try again"), self.model.desk.try_again)
        self.waiting.add_action(tr("Go on"), self.model.go_on)
        self._bars = QWidget()
        bars = QVBoxLayout(self._bars)
        bars.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        bars.setSpacing(GAP)
        for bar in (self.complaint, self.waiting, self.progress):
            bars.addWidget(bar)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._bars)
        right.addWidget(self.stack, 1)
        row = self._row
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(MARGIN, MARGIN, 0, MARGIN)
        left.addWidget(self.list_panel)
        row.addWidget(self._left)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        model, welcome = self.model, self.welcome
        model.part_changed.connect(self._on_part_changed)
        model.busy_changed.connect(self._on_busy_changed)
        model.text_opened.connect(self._on_text_opened)
        model.desk.progressed.connect(self._on_progressed)
        self.progress.cancelled.connect(model.desk.cancel)
        self.complaint.dismissed.connect(model.desk.dismiss)
        self.list_panel.chosen.connect(model.choose_row)
        self.list_panel.add_pressed.connect(model.add)
        self.list_panel.delete_pressed.connect(model.shown.trash)
        self.list_panel.opened.connect(self._on_text_opened)
        welcome.files_pressed.connect(self.choose_files)
        welcome.folder_pressed.connect(self.choose_folder)
        welcome.paste_pressed.connect(model.paste)
        welcome.back_pressed.connect(model.go_on)
        welcome.sample_chosen.connect(model.desk.bring_sample)
        self._workbench.navigator.import_wanted.connect(self._on_import_wanted)
        self.paste_view.taken.connect(self._on_pasted)
        self.paste_view.left.connect(model.go_on)

    def _on_import_wanted(self, kind: str) -> None:
        {"files": self.choose_files, "folder": self.choose_folder, "paste": self.model.paste}[kind]()

    def _on_part_changed(self) -> None:
        part = self._parts[self.model.part]
        has_texts = self.model.list.rowCount() > 0
        self._left.setVisible(has_texts)
        self.welcome.set_can_go_back(has_texts)
        is_new = self.stack.currentWidget() is not part
        self.stack.setCurrentWidget(part)
        self.list_panel.show_row(self.model.marked_row)
        if is_new and part is self.offer_view:
            self.offer_view.begin()
        elif is_new and part is self.paste_view:
            self.paste_view.begin()
        self._show_bars()

    def _show_bars(self) -> None:
        desk = self.model.desk
        if desk.complaint and desk.complaint != self.complaint.text:
            announce(self, desk.complaint)
        self.complaint.set_notice("danger", desk.complaint)
        self.complaint.setVisible(bool(desk.complaint))
        self._try_button.setVisible(desk.can_try_again)
        self.waiting.set_notice("info", tr("Waiting: {what}", what=self.model.waiting_offer))
        self.waiting.setVisible(bool(self.model.waiting_offer))
        self.progress.setVisible(self.model.shows_progress)
        self._bars.setVisible(any(not bar.isHidden() for bar in (self.complaint, self.waiting, self.progress)))

    def _on_busy_changed(self) -> None:
        self._show_bars()

    def _on_progressed(self) -> None:
        sentence, share, remaining = self.model.desk.progress
        self.progress.set_text(sentence)
        self.progress.set_progress(share, remaining)

    def _on_text_opened(self) -> None:
        self.text_view.header.primary.setFocus()

    def _on_pasted(self, text: str) -> None:
        self.model.take_pasted(text, title_of_pasted(text))
