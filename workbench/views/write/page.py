"""The page Write: the text, and at its right how the model writes."""


from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.theme.theme import theme
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.page import WritePageModel
from workbench.views.write.branches_view import BranchesView
from workbench.views.write.candidates_view import CandidatesView
from workbench.views.write.controls_view import ControlsView, asked_model_file
from workbench.views.write.documents_list import DocumentsList
from workbench.views.write.editor import Editor
from workbench.views.write.editor_aids import EditorAids
from workbench.views.write.export_menu import ExportMenu
from workbench.views.write.gap_view import GapAid
from workbench.views.write.legend import Legend
from workbench.views.write.toolbar import WriteToolbar
from workbench.widgets.buttons import Button
from workbench.widgets.empty import EmptyState
from workbench.widgets.header import PageHeader
from workbench.widgets.labels import Caption
from workbench.widgets.notice import NoticeBar
from workbench.widgets.popover import Popover
from workbench.widgets.scroll import ScrollArea
from workbench.widgets.segmented import SegmentedControl
from workbench.words import tr

COLUMN_WIDTH = 288
LARGEST_COLUMN_SCALE = 1.3  # with larger text than that the sheet needs the room more
LARGEST_COLUMN_SHARE = 0.43
LEAST_COLUMN_WIDTH = 240


class WritePage(QWidget):
    """A text that person and model write together."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = workbench.settings
        self._shown: tuple[bool, bool] | None = None
        self.model = WritePageModel(workbench, self)
        self.header = PageHeader()
        self.header.set_title_editable(True)
        self.failure = NoticeBar("danger")
        self.failure.set_dismissible(True)
        self.editor = Editor(self.model.aids.colouring.marks)
        self.legend = Legend()
        self.toolbar = WriteToolbar()
        self.aids = EditorAids(self.editor, self.toolbar, self.legend, self.model.aids, self._on_primary_asked)
        self.gap = GapAid(self.editor, self.toolbar, self.model.gap)
        self.export_menu = ExportMenu(self.model.export, self)
        self.toolbar.export.setMenu(self.export_menu)
        self.notice = Caption()
        self.notice.setWordWrap(True)
        self.controls = ControlsView(self.model.column)
        self.candidates = CandidatesView(self.model)
        self.branches = BranchesView(self.model.branches)
        self.tabs = SegmentedControl(
            [("settings", tr("Settings")), ("candidates", tr("Candidates")), ("branches", tr("Branches"))],
            fills=True,
        )
        self.empty = self._made_empty()
        self.column = self._made_column()
        self._arrange()
        self._connect()
        self._add_shortcuts()
        self._show_all()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.models.refresh()
        self.model.models.prepare()
        self.aids.set_shown(True)
        self.editor.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.aids.set_shown(False)
        self.model.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_theme_changed()

    def _arrange(self) -> None:
        sheet = QFrame()
        sheet.setProperty("look", "card")
        inside = QVBoxLayout(sheet)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.toolbar)
        inside.addWidget(self.editor, 1)
        inside.addWidget(self.legend)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(sheet, 1)
        left.addWidget(self.notice)
        body = QHBoxLayout()
        body.setSpacing(GAP)
        body.addLayout(left, 1)
        body.addWidget(self.column)
        page = QVBoxLayout(self)
        page.setContentsMargins(MARGIN, MARGIN - GRID // 2, MARGIN, MARGIN)
        page.setSpacing(GAP)
        page.addWidget(self.header)
        page.addWidget(self.failure)
        page.addLayout(body, 1)

    def _made_empty(self) -> EmptyState:
        sentence = tr("Train one on a text of yours, and it writes with you here.")
        return EmptyState("write", tr("No model yet"), sentence, tr("Train a model"), self.model.train_model)

    def _made_column(self) -> QStackedWidget:
        self.pages = QStackedWidget()
        for page in (self.controls, ScrollArea(self.candidates), self.branches):
            self.pages.addWidget(page)
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        without = QWidget()
        lone = QVBoxLayout(without)
        lone.setContentsMargins(0, 0, 0, 0)
        lone.setSpacing(GRID)
        lone.addStretch(2)
        lone.addWidget(self.empty)
        self.use_demo = Button(tr("Use the ready-made model"))
        self.open_file = Button(tr("Open a model file…"))
        for button in (self.use_demo, self.open_file):
            lone.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        lone.addStretch(3)
        stack = QStackedWidget()
        stack.addWidget(filled)
        stack.addWidget(without)
        return stack

    def _connect(self) -> None:
        model, editor, toolbar = self.model, self.editor, self.toolbar
        model.changed.connect(self._on_model_changed)
        model.document_opened.connect(self._on_document_opened)
        model.caret_wanted.connect(editor.place_caret)
        model.notice_changed.connect(self._on_notice_changed)
        model.look.changed.connect(self._on_look_changed)
        model.candidates_wanted.connect(self._on_candidates_wanted)
        model.documents.listed.connect(self._on_documents_listed)
        editor.edited.connect(self._on_text_edited)
        editor.caret_moved.connect(model.place_caret)
        editor.undo_asked.connect(model.undo)
        editor.redo_asked.connect(model.redo)
        self.header.title_edited.connect(model.rename_document)
        self.failure.dismissed.connect(model.dismiss_failure)
        self.tabs.changed.connect(self._on_tab_changed)
        self.controls.chooser.file_chosen.connect(model.open_model_file)
        self.controls.more.toggled.connect(self._on_more_toggled)
        self.branches.branch_asked.connect(self._on_branch_asked)
        self.use_demo.clicked.connect(model.install_demo)
        self.open_file.clicked.connect(self._on_open_file_clicked)
        for signal, call in (
            (toolbar.undo_asked, model.undo), (toolbar.redo_asked, model.redo),
            (toolbar.new_asked, model.begin_document), (toolbar.list_asked, model.documents.look),
            (toolbar.copy_asked, self._on_copy_asked),
            (toolbar.trash_asked, model.trash_document), (toolbar.face_chosen, model.look.set_face),
            (toolbar.column_toggled, self._on_column_toggled),
        ):  # fmt: skip
            signal.connect(call)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(model.leave)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _add_shortcuts(self) -> None:
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, call in (
            ("Ctrl+Return", self._on_primary_asked), ("Ctrl+Enter", self._on_primary_asked),
            ("Ctrl+R", self.aids.rewrite),
            ("Ctrl+Shift+Return", self.model.offer_candidates), ("Ctrl+Shift+Enter", self.model.offer_candidates),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, call, context=context)
        self._escape = QShortcut(QKeySequence("Esc"), self, self.model.stop, context=context)

    def _show_all(self) -> None:
        self.controls.more.set_open(self._settings.flag("write/more_open"))
        self._on_column_toggled(self._settings.flag("write/column_open", True))
        self._on_document_opened()
        self._on_look_changed()
        self._on_notice_changed()
        self._on_candidates_wanted(False)

    def _on_theme_changed(self) -> None:
        wanted = round(COLUMN_WIDTH * min(theme().text_scale, LARGEST_COLUMN_SCALE))
        self.column.setFixedWidth(max(min(wanted, round(LARGEST_COLUMN_SHARE * self.width())), LEAST_COLUMN_WIDTH))

    def _on_model_changed(self) -> None:
        self.header.set_title(self.model.document.document.title)
        self.header.set_state(self.model.state)
        self.toolbar.set_possible(self.model.document.can_undo, self.model.document.can_redo)
        if self._shown != (self.model.has_models, self.model.writer.is_busy):
            self._show_actions(self.model.has_models, self.model.writer.is_busy)

    def _show_actions(self, has_models: bool, is_busy: bool) -> None:
        """Only when they are others: to do this with every letter would cost time, and an input method its word."""
        self._shown = has_models, is_busy
        if has_models:
            text, icon = (tr("Stop"), "stop") if is_busy else (tr("Continue the text"), "write")
            self.header.set_primary(text, self._on_primary_asked, icon)
        else:
            self.header.clear_primary()
        self.column.setCurrentIndex(0 if has_models else 1)
        self.editor.set_invitation(self.model.invitation)
        self.editor.setReadOnly(is_busy)
        self._escape.setEnabled(is_busy)

    def _on_document_opened(self) -> None:
        document = self.model.document
        self.editor.show_text(document.document.text)
        document.text_replaced.connect(self.editor.replace_text)
        document.text_reset.connect(self._on_text_reset)
        self._on_model_changed()

    def _on_text_reset(self) -> None:
        self.editor.show_text(self.model.document.document.text)

    def _on_text_edited(self, position: int, num_removed: int, inserted: str, num_units: int) -> None:
        self.model.document.take_edit(position, num_removed, inserted, num_units)

    def _on_primary_asked(self) -> None:
        self.model.run_primary()
        self.editor.setFocus()

    def _on_branch_asked(self) -> None:
        self.model.branches.begin(self.editor.textCursor().position())
        self.editor.setFocus()

    def _on_candidates_wanted(self, is_wanted: bool) -> None:
        if is_wanted or self.tabs.current == "candidates":
            self.tabs.set_current("candidates" if is_wanted else "settings")
            self._on_tab_changed(self.tabs.current)
        if is_wanted:
            self._on_column_toggled(True)

    def _on_tab_changed(self, key: str) -> None:
        self.pages.setCurrentIndex(("settings", "candidates", "branches").index(key))

    def _on_notice_changed(self) -> None:
        self.notice.setText(self.model.notice)
        self.notice.setVisible(bool(self.model.notice))
        self.failure.set_notice("danger", self.model.failure)
        self.failure.setVisible(bool(self.model.failure))

    def _on_look_changed(self) -> None:
        look = self.model.look
        is_mono = look.face == "mono"
        self.editor.set_mono(is_mono)
        self.candidates.set_mono(is_mono)
        self.toolbar.show_face(look.face)

    def _on_column_toggled(self, is_open: bool) -> None:
        self.column.setVisible(is_open)
        self.toolbar.show_column(is_open)
        self._settings.set("write/column_open", is_open)

    def _on_more_toggled(self, is_open: bool) -> None:
        self._settings.set("write/more_open", is_open)

    def _on_documents_listed(self) -> None:
        sheet, documents = Popover(self.toolbar.documents), DocumentsList(self.model.documents)
        documents.chosen.connect(self.model.open_document)
        documents.chosen.connect(sheet.close_now)
        sheet.set_content(documents)
        sheet.show_near(self.toolbar.documents)
        documents.setFocus()

    def _on_copy_asked(self) -> None:
        QGuiApplication.clipboard().setText(self.model.document.document.text)

    def _on_open_file_clicked(self) -> None:
        self.model.open_model_file(asked_model_file(self))
