"""The page of an import that is arranged before it is done."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFormLayout, QHeaderView, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.texts.cleaning_form import with_option
from workbench.viewmodels.texts.import_desk import ImportDesk
from workbench.viewmodels.texts.import_offer import ImportOffer
from workbench.viewmodels.texts.offer_words import beginning, changed_rows, changes_title, refused_rows, refused_title
from workbench.views.texts.cleaning_view import CleaningView
from workbench.views.texts.encoding_view import EncodingView
from workbench.views.texts.files_view import FilesView
from workbench.widgets.buttons import QuietButton
from workbench.widgets.card import Card
from workbench.widgets.fold import Fold
from workbench.widgets.header import PageHeader
from workbench.widgets.labels import Body, Label, Title
from workbench.widgets.long_text import column_width
from workbench.widgets.notice import NoticeBar
from workbench.widgets.scroll import ScrollArea
from workbench.widgets.segmented import SegmentedControl
from workbench.widgets.tables import PlainTableModel, TableView
from workbench.words import tr

_TABLE_ROWS = 6
_WIDEST = 1100


class OfferView(QWidget):
    """Shows the offer of an import desk and takes the person's choices."""

    def __init__(self, desk: ImportDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.header = PageHeader()
        self.cancel_button = QuietButton(tr("Cancel"))
        self.cancel_button.clicked.connect(desk.give_up)
        self.header.add_secondary(self.cancel_button)
        self.gutenberg = NoticeBar("info", _gutenberg_sentence())
        self.gutenberg.add_action(tr("Leave them out"), desk.leave_out_gutenberg)
        self.title_field = QLineEdit()
        self.title_field.setAccessibleName(tr("Title"))
        self.how = SegmentedControl([("one", tr("One text")), ("each", tr("One text each"))])
        self.files = FilesView()
        self.encoding = EncodingView()
        self.cleaning = CleaningView()
        self._refused = PlainTableModel([tr("File"), tr("Why")])
        self._changed = PlainTableModel([tr("Line"), tr("Before"), tr("After")])
        self._make_parts()
        self._arrange()
        self._connect()

    def begin(self) -> None:
        """Stand ready: Enter imports."""
        self.header.primary.setFocus()

    def show_offer(self) -> None:
        """Show how the offer stands."""
        offer = self._desk.offer
        if offer is None:
            return
        self.header.set_title(offer.headline())
        self.header.set_state(offer.sentence())
        is_idle = self._desk.state == "offer"
        self._body.setEnabled(is_idle)
        self.cancel_button.setVisible(is_idle)
        if is_idle:
            self.header.set_primary(tr("Import"), self._desk.start)
        else:
            self.header.clear_primary()
        self._show_files(offer)
        self.encoding.show_offer(offer)
        self.gutenberg.setVisible(offer.is_gutenberg)
        self.cleaning.show_values(offer.cleaning)
        self._show_results(offer)

    def _show_files(self, offer: ImportOffer) -> None:
        has_several = len(offer.files) > 1
        with QSignalBlocker(self.title_field):
            if self.title_field.text().strip() != offer.title:
                self.title_field.setText(offer.title)
        self._form.setRowVisible(self.title_field, not offer.is_one_each)
        self._form.setRowVisible(self.how, offer.can_be_one_each)
        self.how.set_current("each" if offer.is_one_each else "one")
        self.files.setVisible(has_several)
        if has_several:
            self.files.set_files(offer.files)
        refused = refused_rows(offer)
        self._refused.set_rows(refused)
        self._refused_part.setVisible(bool(refused))
        self._refused_notice.set_notice("care", refused_title(offer))
        self._refused_table.setVisible(len(refused) > 1)
        _fit(self._refused_table, len(refused))

    def _show_results(self, offer: ImportOffer) -> None:
        rows = changed_rows(offer)
        self._changed.set_rows(rows)
        self._changes_heading.setVisible(bool(rows))
        self._changes_title.setVisible(bool(rows))
        self._changes_table.setVisible(bool(rows))
        self._changes_title.setText(changes_title(offer))
        _fit(self._changes_table, len(rows))
        text = beginning(offer)
        self._beginning.show_passage(text)
        self._beginning_title.setVisible(bool(text))
        self._beginning_card.setVisible(bool(text))

    def _make_parts(self) -> None:
        self._refused_notice = NoticeBar("care")
        table = _table(self._refused, tr("Files that are left out"))
        self._refused_part = QWidget()
        column = QVBoxLayout(self._refused_part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._refused_notice)
        column.addWidget(table)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self._refused_table = table
        self._changes_heading = Title(tr("What cleaning changes"))
        self._changes_title = Body()
        self._changes_table = _table(self._changed, tr("Changed lines"))
        for column_number in (1, 2):
            self._changes_table.horizontalHeader().setSectionResizeMode(column_number, QHeaderView.ResizeMode.Stretch)
        self._changes_table.setColumnWidth(0, 72)
        self._beginning_title = Title(tr("How it begins"))
        self._beginning_card = Card()
        self._beginning = _Passage()
        self._beginning_card.column.addWidget(self._beginning)

    def _arrange(self) -> None:
        self._body = QWidget()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(GAP)
        self._form.setVerticalSpacing(GRID)
        for name, control in ((tr("Title"), self.title_field), (tr("Becomes"), self.how)):
            label = Label(name)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
            self._form.addRow(label, control)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        column.setSpacing(GAP)
        column.addWidget(self.gutenberg)
        column.addWidget(self.encoding)
        column.addWidget(self._refused_part)
        column.addLayout(self._form)
        column.addWidget(self.files)
        column.addWidget(self._changes_heading)
        column.addWidget(self._changes_title)
        for widget in (self._changes_table, self._beginning_title, self._beginning_card):
            column.addWidget(widget)
        column.addWidget(Fold(tr("Cleaning"), self.cleaning))
        column.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        head.addWidget(self.header)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(GAP)
        outer.addLayout(head)
        outer.addWidget(ScrollArea(self._body, _WIDEST), 1)

    def _connect(self) -> None:
        self._desk.changed.connect(self.show_offer)
        self.title_field.textEdited.connect(self._on_title_edited)
        self.title_field.returnPressed.connect(self._desk.start)
        self.how.changed.connect(self._on_how_chosen)
        self.files.moved.connect(self._on_file_moved)
        self.files.removed.connect(self._on_file_removed)
        self.encoding.chosen.connect(self._on_encoding_chosen)
        self.cleaning.changed.connect(self._on_cleaning_changed)

    def _on_title_edited(self, title: str) -> None:
        if self._desk.offer is not None:
            self._desk.offer.set_title(title)

    def _on_how_chosen(self, how: str) -> None:
        self._desk.arrange(lambda offer: setattr(offer, "is_one_each", how == "each"))

    def _on_file_moved(self, row: int, to: int) -> None:
        self._desk.arrange(lambda offer: offer.move(row, to))

    def _on_file_removed(self, row: int) -> None:
        self._desk.arrange(lambda offer: offer.remove(row))

    def _on_encoding_chosen(self, path: Path, encoding: str, is_for_all: bool) -> None:
        self._desk.arrange(lambda offer: offer.choose_encoding(path, encoding, is_for_all=is_for_all))

    def _on_cleaning_changed(self, name: str, value: object) -> None:
        if self._desk.offer is not None:
            self._desk.set_cleaning(with_option(self._desk.offer.cleaning, name, value))  # type: ignore[arg-type]


class _Passage(Label):
    """A few lines to read, as wide as their own line ends want it."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def face(self) -> QFont:
        return fonts.serif()

    def show_passage(self, text: str) -> None:
        """Show these lines."""
        self.setText(text)
        self.setMaximumWidth(column_width(text.split("\n"), self.font()))


def _gutenberg_sentence() -> str:
    return tr("This is a book of Project Gutenberg. Its header and its licence would be learned, too.")


def _table(model: PlainTableModel, name: str) -> TableView:
    table = TableView()
    table.setAccessibleName(name)
    table.setSortingEnabled(False)
    table.setModel(model)
    table.horizontalHeader().setSortIndicatorShown(False)
    return table


def _fit(table: TableView, num_rows: int) -> None:
    """As high as its rows, up to six."""
    rows = min(max(num_rows, 1), _TABLE_ROWS)
    height = table.horizontalHeader().sizeHint().height() + rows * table.verticalHeader().defaultSectionSize()
    table.setFixedHeight(height + 4)
