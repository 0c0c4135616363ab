"""Side by side, the ways in which a file can be read."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.texts.encoding_question import EncodingQuestion, doubtful_files, question_of
from workbench.viewmodels.texts.import_offer import ImportOffer
from workbench.views.texts.tiles import Tiles
from workbench.widgets.card import ChoiceCard
from workbench.widgets.inputs import ComboBox, Switch
from workbench.widgets.notice import NoticeBar
from workbench.words import tr


class EncodingView(QWidget):
    """Asks about one file at a time. chosen: path, encoding, and whether it holds for all."""

    chosen = Signal(object, str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: ImportOffer | None = None
        self._question: EncodingQuestion | None = None
        self._paths: list[Path] = []
        self.notice = NoticeBar("care")
        self.files = ComboBox()
        self.files.setAccessibleName(tr("File that is in doubt"))
        self.files.activated.connect(self._on_file_chosen)
        self.for_all = Switch("")
        self.for_all.setChecked(True)
        self.cards: list[ChoiceCard] = []
        self._tiles = Tiles()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.notice)
        column.addWidget(self.files)
        column.addWidget(self._tiles)
        column.addWidget(self.for_all)
        column.setSpacing(GAP)

    def show_offer(self, offer: ImportOffer) -> None:
        """Ask about the files of an import that are in doubt; nothing is shown when none is."""
        known = doubtful_files(offer)
        self._offer = offer
        self.setVisible(bool(known))
        if not known:
            return
        paths = [path for path, _ in known]
        if paths != self._paths:
            self._paths = paths
            self.files.clear()
            self.files.addItems([name for _, name in known])
            self.files.setVisible(len(known) > 1)
        self._ask()

    def _ask(self) -> None:
        assert self._offer is not None
        question = question_of(self._offer, self._paths[max(0, self.files.currentIndex())])
        if question == self._question:
            return
        self._question = question
        self.notice.set_notice("care", question.sentence)
        self.for_all.setText(question.for_all)
        self.for_all.setVisible(bool(question.for_all))
        if [card.property("encoding") for card in self.cards] != [answer.encoding for answer in question.answers]:
            self._make_cards(question)
        for card, answer in zip(self.cards, question.answers, strict=True):
            card.set_words(answer.name, "\n".join(answer.lines))
            card.setChecked(answer.is_chosen)

    def _make_cards(self, question: EncodingQuestion) -> None:
        self.cards = []
        for answer in question.answers:
            card = ChoiceCard(answer.name)
            card.setProperty("encoding", answer.encoding)
            card.clicked.connect(self._on_card_clicked)
            self.cards.append(card)
        self._tiles.set_widgets(self.cards)

    def _on_card_clicked(self) -> None:
        if self._question is not None:
            encoding = str(self.sender().property("encoding"))
            is_for_all = bool(self._question.for_all) and self.for_all.isChecked()
            self.chosen.emit(self._question.path, encoding, is_for_all)

    def _on_file_chosen(self) -> None:
        self._ask()
