"""All candidates beside each other, in a sheet nearly as wide as the window."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.write.candidates import MOST_KEYS, CandidateRow, CandidateTable
from workbench.widgets.buttons import Button, IconButton, QuietButton
from workbench.widgets.card import Card
from workbench.widgets.columns import ColumnsLayout
from workbench.widgets.focus import KeyboardRing
from workbench.widgets.labels import Body, Caption, Label, TermLabel, Title
from workbench.widgets.meter import Meter
from workbench.widgets.progress import ProgressRow
from workbench.widgets.scroll import ScrollArea
from workbench.widgets.segmented import SegmentedControl
from workbench.words import tr

WIDTH, HEIGHT = 1480, 900
LEAST_HEIGHT = 480
LEAST_CARD_WIDTH = 248
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class SideBySideDialog(QDialog):
    """Cards in the chosen order. Digits take a candidate, arrows walk, S keeps, C copies."""

    used = Signal(int)
    starred = Signal(int)
    copied = Signal(int)
    asked = Signal()

    def __init__(self, table: CandidateTable, *, is_mono: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table, self._is_mono = table, is_mono
        self.cards: list[SideCard] = []
        self.setWindowTitle(tr("Candidates side by side"))
        self.sorting = SegmentedControl(
            [("order", tr("As written")), ("likelihood", tr("Likeliest first")), ("novelty", tr("Most novel first"))]
        )
        self.sorting.setAccessibleName(tr("Sorted"))
        self.sorting.set_current(table.order)
        self.progress = ProgressRow(table.progress_text)
        self.more = Button(tr("Several candidates"))
        self.close_button = QuietButton(tr("Close"))
        self._cells = ColumnsLayout(min_width=LEAST_CARD_WIDTH, spacing=GAP)
        self._arrange()
        self._connect()
        self._show_rows()
        self._show_progress()
        self._room = parent.window().size() if parent is not None else self.size()

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()  # before Qt finds a place for it
        super().showEvent(event)
        if self.cards:
            self.cards[0].setFocus(Qt.FocusReason.TabFocusReason)

    def done(self, result: int) -> None:
        """Closed in any way: nothing is looked for any more."""
        self._table.watch(False)
        super().done(result)

    def _fit(self) -> None:
        """Nearly as wide as the window, and as high as the cards need."""
        width, most = min(WIDTH, self._room.width() - 2 * MARGIN), min(HEIGHT, self._room.height() - 2 * MARGIN)
        around = self.sizeHint().height() - self._area.sizeHint().height()
        height = self._cells.heightForWidth(width - 2 * MARGIN - GAP) + around + GAP
        self.resize(width, max(min(height, most), min(LEAST_HEIGHT, most)))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(Title(tr("Candidates side by side")))
        head.addStretch(1)
        head.addWidget(self.sorting)
        ground = QWidget()
        ground.setLayout(self._cells)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        for label in (_likelihood_term(), _novelty_term()):
            foot.addWidget(label)
        keys = Caption(tr("1 to 9 take one, arrows walk, S keeps one, Esc closes."))
        keys.setWordWrap(True)
        foot.addWidget(keys, 1)
        foot.addWidget(self.more)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, GAP)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self.progress)
        self._area = ScrollArea(ground)
        column.addWidget(self._area, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._table.changed.connect(self._show_rows)
        self._table.progress_changed.connect(self._show_progress)
        self.sorting.changed.connect(self._table.sort_by)
        self.progress.cancelled.connect(self._table.stop)
        self.more.clicked.connect(self.asked)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self.deleteLater)
        for number in range(1, MOST_KEYS + 1):
            QShortcut(QKeySequence(str(number)), self, lambda number=number: self._on_number_pressed(number))
        QShortcut(QKeySequence("S"), self, self._on_star_pressed)
        QShortcut(QKeySequence("C"), self, self._on_copy_pressed)
        self._table.watch(True)

    def _show_rows(self) -> None:
        rows = self._table.rows()
        while len(self.cards) > len(rows):
            card = self.cards.pop()
            self._cells.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < len(rows):
            self._add_card()
        focused = next((card.row.index for card in self.cards if card.hasFocus() and card.row), None)
        for card, row in zip(self.cards, rows, strict=True):
            card.show_row(row)
            if row.index == focused:
                card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_card(self) -> None:
        card = SideCard(is_mono=self._is_mono)
        card.used.connect(self._on_used)
        card.starred.connect(self.starred)
        card.copied.connect(self.copied)
        card.walked.connect(self._on_walked)
        self._cells.addWidget(card)
        self.cards.append(card)

    def _show_progress(self) -> None:
        progress = self._table.progress
        self.progress.setVisible(progress is not None)
        if progress is not None:
            self.progress.set_progress(progress.share, self._table.remaining_text)

    def _focused(self) -> "SideCard | None":
        widget = self.focusWidget()
        return next((card for card in self.cards if card is widget or card.isAncestorOf(widget)), None)

    def _on_walked(self, step: int) -> None:
        place = next((place for place, card in enumerate(self.cards) if card.hasFocus()), 0) + step
        if 0 <= place < len(self.cards):
            self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(self.cards[place])

    def _on_used(self, index: int) -> None:
        self.used.emit(index)
        self.accept()

    def _on_number_pressed(self, number: int) -> None:
        card = next((card for card in self.cards if card.row is not None and card.row.number == number), None)
        if card is not None and card.can_be_used:
            self._on_used(number - 1)

    def _on_star_pressed(self) -> None:
        card = self._focused()
        if card is not None and card.can_be_used:
            card.star.click()

    def _on_copy_pressed(self) -> None:
        card = self._focused()
        if card is not None and card.can_be_used:
            card.copy.click()


class SideCard(KeyboardRing, Card):
    """One candidate with what is known of it."""

    used = Signal(int)
    starred = Signal(int)
    copied = Signal(int)
    walked = Signal(int)

    def __init__(self, *, is_mono: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: CandidateRow | None = None
        self.can_be_used = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.number = _Number()
        self.star = IconButton("star", tr("Keep"))
        self.copy = IconButton("copy", tr("Copy"))
        self.text = _CandidateText(is_mono=is_mono)
        self.use = Button(tr("Use this"))
        self.likelihood, self.novelty, self.longest = Caption(), Caption(), Caption()
        self.likelihood_meter, self.novelty_meter = Meter(), Meter()
        self._facts: list[QWidget] = []
        self._arrange()
        self.use.clicked.connect(self._on_use_clicked)
        self.star.clicked.connect(self._on_star_clicked)
        self.copy.clicked.connect(self._on_copy_clicked)

    def show_row(self, row: CandidateRow) -> None:
        """Show a candidate, or what it has become."""
        if row == self.row:
            return
        self.row = row
        self.can_be_used = row.is_written
        for part in (self.star, self.copy, self.use, *self._facts):
            part.setVisible(row.is_written)
        self.number.setText(str(row.number))
        self.text.setText(row.text.strip() or "…")
        self.star.set_icon_name("star-filled" if row.is_starred else "star")
        self.star.set_name(tr("Keep no longer") if row.is_starred else tr("Keep"))
        self.likelihood.setText(row.likelihood or "…")
        self.likelihood_meter.set_share(row.likelihood_share)
        self.novelty.setText(row.novelty or "…")
        self.novelty_meter.set_share(row.novelty_share)
        self.longest.setText(row.copied)
        self.setAccessibleName(tr("Candidate {number}", number=row.number))
        self.setAccessibleDescription(row.text.strip()[:500])
        self.use.setAccessibleDescription(row.text[:200])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.can_be_used:
            self.use.click()
        elif Qt.Key(event.key()) in _STEPS:  # which the area would scroll by
            self.walked.emit(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self.number)
        head.addStretch(1)
        head.addWidget(self.star)
        head.addWidget(self.copy)
        facts = QGridLayout()
        facts.setHorizontalSpacing(GRID)
        facts.setVerticalSpacing(2)
        facts.setColumnStretch(2, 1)
        for line, (words, meter, value) in enumerate(
            (
                (tr("How likely"), self.likelihood_meter, self.likelihood),
                (tr("How new"), self.novelty_meter, self.novelty),
            )
        ):
            for column, part in enumerate((Caption(words), meter, value)):
                facts.addWidget(part, line, column)
                self._facts.append(part)
        self._facts.append(self.longest)
        self.longest.setWordWrap(True)
        facts.addWidget(self.longest, 2, 0, 1, 3)
        self.column.addLayout(head)
        self.column.addWidget(self.text)
        self.column.addStretch(1)
        self.column.addLayout(facts)
        self.column.addWidget(self.use)

    def _on_use_clicked(self) -> None:
        if self.row is not None:
            self.used.emit(self.row.index)

    def _on_star_clicked(self) -> None:
        if self.row is not None:
            self.starred.emit(self.row.index)

    def _on_copy_clicked(self) -> None:
        if self.row is not None:
            self.copied.emit(self.row.index)


class _Number(Label):
    def face(self) -> QFont:
        return fonts.tabular(fonts.strong())


class _CandidateText(Body):
    """In the face of the sheet."""

    def __init__(self, *, is_mono: bool) -> None:
        self._is_mono = is_mono
        super().__init__()
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def face(self) -> QFont:
        return fonts.mono() if self._is_mono else fonts.serif()


def _likelihood_term() -> TermLabel:
    return TermLabel(
        tr("How likely"), tr("How likely the model finds it"),
        tr(
            "The bits of surprise that the model itself has at each letter or word of a candidate, in the mean: fewer "
            "bits, and a longer bar, are likelier. A very likely text is often one that repeats itself."
        ),
        face=fonts.caption, colour="quiet",
    )  # fmt: skip


def _novelty_term() -> TermLabel:
    return TermLabel(
        tr("How new"), tr("How much of it is new"),
        tr(
            "What stands nowhere in the text from which the model learned, measured in passages of 30 letters or 5 "
            "words. The longest copied passage is the longest one that stands there word for word."
        ),
        face=fonts.caption, colour="quiet",
    )  # fmt: skip
