"""The page of one text: what it is, what it says, and the way on to training."""

from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.theme.theme import theme
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.texts.shown_text import ShownText
from workbench.views.texts.about_text import AboutText
from workbench.views.texts.details import Details
from workbench.widgets.buttons import IconButton
from workbench.widgets.fold import Fold
from workbench.widgets.header import PageHeader
from workbench.widgets.long_text import LongText
from workbench.widgets.notice import NoticeBar
from workbench.widgets.scroll import ScrollArea
from workbench.words import tr

DETAILS_OPEN = "texts/details_open"
_BESIDE = 760  # narrower pages have the facts below the text
_ABOUT_WIDTH = 264
_LOWEST_TEXT, _TEXT_SHARE = 280, 0.45
_MOST_NOTICES = 3
_NO_LIMIT = 16_777_215  # Qt's own


class TextView(QWidget):
    """Shows the text of the viewmodel."""

    def __init__(self, shown: ShownText, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self._settings = settings
        self._text_id = ""
        self.header = self._made_header()
        self._notices = QVBoxLayout()
        self._notices.setSpacing(GRID)
        self.text = LongText(tr("The text"))
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.about = AboutText()
        self.details = Details()
        self.fold = Fold(tr("Details"), self.details, settings.flag(DETAILS_OPEN))
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._arrange()
        self.about.place_asked.connect(self._on_place_asked)
        self.about.run_chosen.connect(shown.show_run)
        self.fold.toggled.connect(self._on_fold_toggled)
        shown.changed.connect(self._on_text_changed)
        shown.validation_found.connect(self._on_validation_found)
        shown.words_counted.connect(self._on_words_counted)
        shown.runs_changed.connect(self._on_runs_changed)
        shown.place_wanted.connect(self.text.show_byte)
        rename = QShortcut(QKeySequence("F2"), self)
        rename.activated.connect(self.header.edit_title)
        self._on_text_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _BESIDE * theme().text_scale
        side = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._body.setDirection(side)
        self.text.setMinimumHeight(max(_LOWEST_TEXT, round(self.height() * _TEXT_SHARE)))
        if is_wide:
            self.about.setFixedWidth(round(_ABOUT_WIDTH * theme().text_scale))
        else:
            self.about.setMinimumWidth(0)
            self.about.setMaximumWidth(_NO_LIMIT)
        self._body.activate()  # in the same frame

    def _made_header(self) -> PageHeader:
        header = PageHeader()
        header.set_title_editable(True)
        header.title_edited.connect(self._shown.rename)
        self.rename_button = IconButton("edit", tr("Rename"), "F2")
        self.rename_button.clicked.connect(header.edit_title)
        self.trash_button = IconButton("trash", tr("Move to the trash"), "Del")
        self.trash_button.clicked.connect(self._shown.trash)
        header.add_secondary(self.rename_button)
        header.add_secondary(self.trash_button)
        return header

    def _arrange(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        self._body.setSpacing(MARGIN)
        self._body.addWidget(self.text, 1)
        self._body.addWidget(self.about)
        column.addWidget(self.header)
        column.addLayout(self._notices)
        column.addLayout(self._body, 1)
        column.addWidget(self.fold)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollArea(content))

    def _on_text_changed(self) -> None:
        shown = self._shown
        self.header.set_title(shown.title)
        self.header.set_state(shown.summary)
        self._set_notices(shown.warnings())
        for widget in (self.text, self.about, self.fold):
            widget.setVisible(shown.is_sound)
        if not shown.is_sound:
            self.header.clear_primary()
            return
        self.header.set_primary(tr("Train on this text"), shown.train)
        self.about.set_changes(shown.changes)
        self.about.set_sources(shown.sources)
        self.fold.set_summary(shown.details_summary)
        self._on_validation_found()
        self._on_runs_changed()
        if shown.id != self._text_id:
            self._text_id = shown.id
            self.text.set_face(fonts.mono if shown.is_code else fonts.serif)
            self.text.set_text(shown.num_bytes, shown.read)
            self._set_notices(shown.warnings())  # the text may have turned out to be gone
            self._fill_details()

    def _fill_details(self) -> None:
        if self.fold.is_open:
            self.details.set_letters(self._shown.letters, self._shown.rare)
            self.details.set_references(self._shown.references)
            self._on_words_counted()
            self._shown.count_words()

    def _set_notices(self, warnings: list[tuple[str, str]]) -> None:
        while (item := self._notices.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        for kind, sentence in warnings[:_MOST_NOTICES]:
            self._notices.addWidget(NoticeBar(kind, sentence))

    def _on_validation_found(self) -> None:
        sentence, place = self._shown.validation_text
        self.about.set_validation(sentence, has_place=place is not None)
        if place is not None:
            self.text.set_mark(place, tr("Validation begins here"))

    def _on_words_counted(self) -> None:
        self.details.set_words(*self._shown.words)

    def _on_runs_changed(self) -> None:
        self.about.set_runs(self._shown.runs())

    def _on_place_asked(self) -> None:
        _, place = self._shown.validation_text
        if place is not None:
            self.text.show_byte(place)

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._settings.set(DETAILS_OPEN, is_open)
        self._fill_details()
