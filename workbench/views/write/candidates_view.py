"""Several ways to go on, as cards."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.widgets.buttons import Button, IconButton, QuietButton
from workbench.widgets.card import Card
from workbench.widgets.flow import FlowLayout
from workbench.widgets.labels import Body, Caption
from workbench.words import tr


class CandidatesView(QWidget):
    """The candidates of a document, or those that are being written."""

    used = Signal(int)
    starred = Signal(int)
    copied = Signal(int)
    dismissed = Signal()
    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[CandidateCard] = []
        self._is_mono = False
        self._empty = Caption(tr("Let the model write several ways to go on, and take the one you like."))
        self._empty.setWordWrap(True)
        self.ask = Button(tr("Several candidates"))
        self.ask.clicked.connect(self.asked)
        self._dismiss = QuietButton(tr("Clear"))
        self._dismiss.setToolTip(tr("Those with a star stay."))
        self._dismiss.clicked.connect(self.dismissed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        buttons = QWidget()
        row = FlowLayout(buttons)
        row.addWidget(self.ask)
        row.addWidget(self._dismiss)
        self._column.addWidget(buttons)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)

    @property
    def cards(self) -> list["CandidateCard"]:
        """Those that are shown, in their order."""
        return self._cards

    def show_candidates(self, candidates: list[tuple[str, bool]], is_writing: bool) -> None:
        """Show these texts with their stars."""
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
        self.ask.setVisible(not is_writing)
        self._dismiss.setVisible(not is_writing and any(not is_starred for _, is_starred in candidates))

    def set_mono(self, is_mono: bool) -> None:
        """Show them in the face of the text."""
        self._is_mono = is_mono
        for card in self._cards:
            card.set_mono(is_mono)

    def _add_card(self) -> None:
        card = CandidateCard(len(self._cards))
        card.set_mono(self._is_mono)
        card.used.connect(self.used)
        card.starred.connect(self.starred)
        card.copied.connect(self.copied)
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
