"""The ways in: drop, choose, paste, or take a text that comes with Textloom."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.icons import pixmap
from workbench.theme.spacing import CORNER, GAP, GRID, MARGIN
from workbench.theme.theme import theme
from workbench.widgets.buttons import Button, PrimaryButton, QuietButton
from workbench.widgets.card import ChoiceCard
from workbench.widgets.labels import PageTitle, Quiet, StateLabel, Title
from workbench.widgets.painting import colour
from workbench.widgets.scroll import ScrollArea
from workbench.words import tr

_WIDEST, _HIGHEST = 880, 480
_CARDS_BESIDE = 660  # narrower pages have the cards below each other
_ICON = 44


class Welcome(QWidget):
    """Invites to bring a text."""

    files_pressed = Signal()
    folder_pressed = Signal()
    paste_pressed = Signal()
    back_pressed = Signal()
    sample_chosen = Signal(str)

    def __init__(self, samples: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.invitation = _Invitation()
        self.invitation.files_button.clicked.connect(self.files_pressed)
        self.invitation.folder_button.clicked.connect(self.folder_pressed)
        self.invitation.paste_button.clicked.connect(self.paste_pressed)
        self.back_button = QuietButton(tr("Back"), "chevron-left")
        self.back_button.clicked.connect(self.back_pressed)
        self.cards = [self._made_card(title, sentence) for title, sentence in samples]
        self._cards_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards_row.setSpacing(GAP)
        for card in self.cards:
            self._cards_row.addWidget(card, 1)
        self._arrange()

    def set_can_go_back(self, can_go_back: bool) -> None:
        """Offer the way back to the texts that are there."""
        self.back_button.setVisible(can_go_back)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _CARDS_BESIDE * theme().text_scale
        side = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._cards_row.direction() != side:
            self._cards_row.setDirection(side)

    def _made_card(self, title: str, sentence: str) -> ChoiceCard:
        card = ChoiceCard(title, sentence)
        card.setAutoExclusive(False)
        card.setCheckable(False)
        card.setCursor(Qt.CursorShape.PointingHandCursor)
        card.clicked.connect(self._on_card_clicked)
        return card

    def _arrange(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        head = QHBoxLayout()
        head.addWidget(PageTitle(tr("Add a text")), 1)
        head.addWidget(self.back_button)
        column.addLayout(head)
        column.addWidget(self.invitation, 3)
        column.addSpacing(GRID)
        column.addWidget(Title(tr("Or begin with one of these")))
        column.addLayout(self._cards_row)
        column.addStretch(1)
        column.addWidget(StateLabel("lock", tr("Your texts stay on this computer."), "quiet"))
        content.setMaximumWidth(_WIDEST)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(content, 1000)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollArea(middle))

    def _on_card_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, ChoiceCard):
            self.sample_chosen.emit(card.text())


class _Invitation(QWidget):
    """A place that looks like something can be dropped on it; it can be dropped anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.files_button = PrimaryButton(tr("Choose files…"))
        self.folder_button = Button(tr("Choose a folder…"))
        self.paste_button = Button(tr("Paste a text…"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setMaximumHeight(_HIGHEST)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._arrange()
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the buttons below each other would be."""
        buttons = (self.files_button, self.folder_button, self.paste_button)
        widest = max(button.sizeHint().width() for button in buttons)
        return QSize(widest + 2 * MARGIN, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        buttons = (self.files_button, self.folder_button, self.paste_button)
        needed = sum(button.sizeHint().width() for button in buttons) + 2 * GRID + 2 * MARGIN
        is_wide = self.width() >= needed
        side = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._buttons.direction() != side:
            self._buttons.setDirection(side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("quiet", "window", 0.5), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(colour("surface"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER * 1.5, CORNER * 1.5)

    def _arrange(self) -> None:
        title = Title(tr("Drop files anywhere in this window"))
        sentence = Quiet(
            tr(
                "A novel, letters, notes, code: anything you wrote or like to read. Word, PDF, EPUB, OpenDocument, "
                "RTF, web pages and plain text. The more there is, the better a model learns: 500 KB is a good start."
            )
        )
        for label in (title, sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(title)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(sentence, 1000)
        line.addStretch(1)
        column.addLayout(line)
        column.addSpacing(GAP)
        self._buttons.setSpacing(GRID)
        self._buttons.addStretch()
        for button in (self.files_button, self.folder_button, self.paste_button):
            self._buttons.addWidget(button)
        self._buttons.addStretch()
        column.addLayout(self._buttons)
        column.addStretch(1)

    def _on_theme_changed(self) -> None:
        self._picture.setPixmap(pixmap("texts", "quiet", _ICON, self.devicePixelRatioF()))
