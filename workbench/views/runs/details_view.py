"""The one run that is selected: what became of it, its best numbers, tags and notes, and what can be done."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.runs.deeds import Deed, RunDeeds
from workbench.viewmodels.runs.details import facts, figures, outcome_sentence, reason_sentence
from workbench.viewmodels.runs.labelling import Labelling
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.widgets.buttons import Button, IconButton
from workbench.widgets.labels import Body, Caption, ElidedLabel
from workbench.widgets.numbers import BigNumber
from workbench.words import tr


class DetailsView(QWidget):
    """Binds its parts to the selected run."""

    deed_wanted = Signal(str)

    def __init__(
        self, model: RunsViewModel, deeds: RunDeeds, labelling: Labelling, menu: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._deeds, self._labelling = model, deeds, labelling
        self._run_id = ""
        self.title = _TitleLine()
        self.star = IconButton("star", tr("Star"))
        self.sentence, self.reason, self.facts = Body(), _Wrapped(), _Wrapped()
        self.numbers = [BigNumber("") for _ in range(3)]
        self.tags = QLineEdit()
        self.notes = QPlainTextEdit()
        self.buttons: dict[Deed, Button] = {}
        self.trash = IconButton("trash", tr("Move to trash"), "Del")
        self.trash.setProperty("deed", "trash")
        self.more = IconButton("more", tr("More"))
        self.more.setMenu(menu)
        self._arrange()
        self._connect()

    def show_run(self) -> None:
        """Show the selected run as it is now."""
        row = self._model.one
        if row is None:
            return
        self.title.setText(row.entry.title)
        self.sentence.setText(outcome_sentence(self._model, row))
        for label, text in ((self.reason, reason_sentence(row)), (self.facts, facts(row))):
            label.setText(text)
            label.setVisible(bool(text))
        for widget, figure in zip(self.numbers, figures(self._model, row), strict=True):
            widget.set_caption(figure.caption)
            widget.set_value(figure.text, figure.unit, figure.extra)
            widget.setVisible(row.entry.problem is None)
        self._show_star(row.entry.is_starred)
        self._show_label(row.entry.id)
        for deed, button in self.buttons.items():
            button.setVisible(self._deeds.can(deed))
        self.trash.setEnabled(self._deeds.can("trash"))
        self.updateGeometry()

    def show_label(self) -> None:
        """Show tags and notes as they are kept, whatever stands in the fields."""
        self._run_id = ""
        self.show_run()

    def minimumSizeHint(self) -> QSize:
        # Words that break need more lines where there is less room; Qt counts with one line.
        hint, layout = super().minimumSizeHint(), self.layout()
        needed = layout.minimumHeightForWidth(max(self.width(), hint.width())) if layout is not None else 0
        return QSize(hint.width(), max(hint.height(), needed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _show_star(self, is_starred: bool) -> None:
        self.star.set_icon_name("star-filled" if is_starred else "star")
        self.star.set_name(tr("Take the star away") if is_starred else tr("Give it a star"))

    def _show_label(self, run_id: str) -> None:
        if run_id == self._run_id:  # what is being typed is not disturbed
            return
        self._run_id = run_id
        for field in (self.tags, self.notes):
            field.blockSignals(True)
        self.tags.setText(self._labelling.tags)
        self.notes.setPlainText(self._labelling.notes)
        for field in (self.tags, self.notes):
            field.blockSignals(False)

    def _arrange(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(GAP * 2)
        body.addLayout(self._made_left(), 3)
        body.addLayout(self._made_right(), 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._made_head())
        column.addLayout(body, 1)

    def _made_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.title)
        head.addWidget(self.star)
        head.addStretch(1)
        for deed, text, drawing in _button_words():
            button = Button(text, drawing)
            button.setProperty("deed", deed)
            button.clicked.connect(self._on_button_clicked)
            self.buttons[deed] = button
            head.addWidget(button)
        head.addWidget(self.trash)
        head.addWidget(self.more)
        return head

    def _made_left(self) -> QVBoxLayout:
        numbers = QHBoxLayout()
        numbers.setSpacing(GAP)
        for number in self.numbers:
            numbers.addWidget(number, 1)
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(self.sentence)
        left.addWidget(self.reason)
        left.addSpacing(GRID)
        left.addLayout(numbers)
        left.addWidget(self.facts)
        left.addStretch()
        return left

    def _made_right(self) -> QVBoxLayout:
        self.tags.setAccessibleName(tr("Tags"))
        self.tags.setPlaceholderText(tr("Words with commas between them"))
        self.tags.setToolTip(self.tags.placeholderText())
        self.notes.setAccessibleName(tr("Notes"))
        self.notes.setPlaceholderText(tr("What you found out"))
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(self.fontMetrics().height() * 3)
        right = QVBoxLayout()
        right.setSpacing(GRID // 2)
        for text, field in ((tr("Tags"), self.tags), (tr("Notes"), self.notes)):
            label = Caption(text)
            label.setBuddy(field)
            right.addWidget(label)
            right.addWidget(field)
        return right

    def _connect(self) -> None:
        self.tags.textEdited.connect(self._labelling.type_tags)
        self.notes.textChanged.connect(self._on_notes_changed)
        self.star.clicked.connect(self._on_star_clicked)
        self.trash.clicked.connect(self._on_button_clicked)
        self._labelling.changed.connect(self.show_label)

    def _on_notes_changed(self) -> None:
        self._labelling.type_notes(self.notes.toPlainText())

    def _on_star_clicked(self) -> None:
        self.deed_wanted.emit("star")

    def _on_button_clicked(self) -> None:
        self.deed_wanted.emit(self.sender().property("deed"))


class _TitleLine(ElidedLabel):
    """The title, no wider than its words."""

    def __init__(self) -> None:
        super().__init__()
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Preferred)
        self.setSizePolicy(policy)

    def face(self) -> QFont:
        return fonts.title()


class _Wrapped(Caption):
    """A quiet line that goes on in the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)


def _button_words() -> list[tuple[Deed, str, str]]:
    return [
        ("open", tr("Open"), "open"), ("go_on", tr("Go on"), "resume"), ("vary", tr("Vary…"), "vary"),
    ]  # fmt: skip
