"""Several ways to go on, as cards."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.write.page import WritePageModel
from workbench.views.write.side_by_side import SideBySideDialog
from workbench.widgets.buttons import Button, IconButton, QuietButton
from workbench.widgets.card import Card
from workbench.widgets.flow import FlowLayout
from workbench.widgets.labels import Body, Caption
from workbench.words import tr


class CandidatesView(QWidget):
    """The candidates of a document, or those that are being written, in a narrow column."""

    def __init__(self, model: WritePageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._table = model, model.candidates
        self._cards: list[CandidateCard] = []
        self._is_mono = False
        self.dialog: SideBySideDialog | None = None
        self._empty = Caption(tr("Let the model write several ways to go on, and take the one you like."))
        self._empty.setWordWrap(True)
        self.ask = Button(tr("Several candidates"))
        self.wide = QuietButton(tr("Side by side"), "side-by-side")
        self._dismiss = QuietButton(tr("Clear"))
        self._dismiss.setToolTip(tr("Those with a star stay."))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        buttons = QWidget()
        row = FlowLayout(buttons)
        for button in (self.ask, self.wide, self._dismiss):
            row.addWidget(button)
        self._column.addWidget(buttons)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.ask.clicked.connect(model.offer_candidates)
        self.wide.clicked.connect(self.show_side_by_side)
        self._dismiss.clicked.connect(self._table.dismiss)
        self._table.changed.connect(self._show_candidates)
        self._show_candidates()

    @property
    def cards(self) -> list["CandidateCard"]:
        """Those that are shown, in their order."""
        return self._cards

    def show_side_by_side(self) -> None:
        """Show them in a sheet nearly as large as the window."""
        self.dialog = SideBySideDialog(self._table, is_mono=self._is_mono, parent=self.window())
        for signal, call in (
            (self.dialog.used, self._model.use_candidate), (self.dialog.starred, self._table.star),
            (self.dialog.copied, self._on_candidate_copied), (self.dialog.asked, self._model.offer_candidates),
        ):  # fmt: skip
            signal.connect(call)
        self.dialog.open()

    def _show_candidates(self) -> None:
        candidates, is_writing = self._table.texts, self._table.is_writing
        while len(self._cards) > len(candidates):
            card = self._cards.pop()
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self._cards) < len(candidates):
            self._add_card()
        for card, (text, is_starred) in zip(self._cards, candidates, strict=True):
            card.show_candidate(text, is_starred, is_writing)
        self._empty.setVisible(not candidates)
        if is_writing and self.ask.hasFocus():
            self.setFocus()  # kept here: Qt would give it to the next control of the window, wherever that is
        self.ask.setVisible(not is_writing)
        if not is_writing and self.hasFocus():
            self.ask.setFocus()
        self.wide.setVisible(len(candidates) > 1)
        self._dismiss.setVisible(not is_writing and any(not is_starred for _, is_starred in candidates))

    def _on_candidate_copied(self, index: int) -> None:
        QGuiApplication.clipboard().setText(self._table.texts[index][0])

    def set_mono(self, is_mono: bool) -> None:
        """Show them in the face of the text."""
        self._is_mono = is_mono
        for card in self._cards:
            card.set_mono(is_mono)

    def _add_card(self) -> None:
        card = CandidateCard(len(self._cards))
        card.set_mono(self._is_mono)
        card.used.connect(self._model.use_candidate)
        card.starred.connect(self._table.star)
        card.copied.connect(self._on_candidate_copied)
        self._column.insertWidget(len(self._cards) + 2, card)
        self._cards.append(card)


class CandidateCard(Card):
    """One candidate, and what can be done with it."""

    used = Signal(int)
    starred = Signal(int)
    copied = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self.text = _CandidateText()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = Button(tr("Use this"))
        self.star = IconButton("star", tr("Keep"))
        self.copy = IconButton("copy", tr("Copy"))
        self.use.clicked.connect(self._on_use_clicked)
        self.star.clicked.connect(self._on_star_clicked)
        self.copy.clicked.connect(self._on_copy_clicked)
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self.use)
        row.addStretch(1)
        row.addWidget(self.star)
        row.addWidget(self.copy)
        self.column.addWidget(self.text)
        self.column.addLayout(row)

    def show_candidate(self, text: str, is_starred: bool, is_writing: bool) -> None:
        """Show a text; while it is being written nothing can be done with it."""
        self.text.setText(text.strip() or "…")
        self.setAccessibleName(tr("Candidate {number}", number=self._index + 1))
        self.use.setAccessibleDescription(text[:200])
        self.star.set_icon_name("star-filled" if is_starred else "star")
        self.star.set_name(tr("Keep no longer") if is_starred else tr("Keep"))
        for button in (self.use, self.star, self.copy):
            button.setVisible(not is_writing)

    def set_mono(self, is_mono: bool) -> None:
        """Show it in the face of the text."""
        self.text.is_mono = is_mono
        self.text.setFont(self.text.face())

    def _on_use_clicked(self) -> None:
        self.used.emit(self._index)

    def _on_star_clicked(self) -> None:
        self.starred.emit(self._index)

    def _on_copy_clicked(self) -> None:
        self.copied.emit(self._index)


class _CandidateText(Body):
    """The text itself, in the face of the sheet."""

    is_mono = False

    def face(self) -> QFont:
        return fonts.mono() if self.is_mono else fonts.serif()
