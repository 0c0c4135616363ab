"""Two branches beside each other, what they have in common folded away."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.theme.theme import theme
from workbench.viewmodels.write.branches import Branches
from workbench.viewmodels.write.comparing import Part
from workbench.widgets.buttons import Button, PrimaryButton, QuietButton
from workbench.widgets.inputs import ComboBox
from workbench.widgets.labels import Caption, Title
from workbench.widgets.painting import colour
from workbench.words import plural, tr

LEAD_WORDS = 12  # of what both have, so many are shown beside the difference
LONGEST_TITLE = 42  # letters in the list of branches
_WIDTH, _HEIGHT = 880, 600


class ComparisonDialog(QDialog):
    """Left and right a branch each, to be chosen; words that only one has are underlined."""

    def __init__(self, branches: Branches, left_id: str, right_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._branches = branches
        self._is_folded = True
        self.setWindowTitle(tr("Compare branches"))
        self.left, self.right = ComparedSide(tr("Left branch")), ComparedSide(tr("Right branch"))
        self.fold = QuietButton("")
        self._legend = Caption()
        self.close_button = PrimaryButton(tr("Close"))
        self._arrange()
        self.left.fill(branches, left_id)
        self.right.fill(branches, right_id)
        for side in (self.left, self.right):
            side.chosen.connect(self._on_branch_chosen)
            side.show_asked.connect(self._on_show_asked)
        self.fold.clicked.connect(self._on_fold_clicked)
        self.close_button.clicked.connect(self.accept)
        self.finished.connect(self.deleteLater)
        theme().changed.connect(self._on_branch_chosen)
        self._on_branch_chosen()
        room = parent.size() if parent is not None else self.size()
        self.resize(min(_WIDTH, room.width() - 2 * MARGIN), min(_HEIGHT, room.height() - 2 * MARGIN))
        self.close_button.setFocus()

    def _arrange(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(GAP)
        sides.addWidget(self.left, 1)
        sides.addWidget(self.right, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.fold)
        foot.addWidget(self._legend)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        column.addWidget(Title(tr("Compare branches")))
        column.addLayout(sides, 1)
        column.addLayout(foot)

    def _on_branch_chosen(self) -> None:
        found = self._branches.compare(self.left.branch_id, self.right.branch_id)
        for side, parts in ((self.left, found.left), (self.right, found.right)):
            side.show_parts(found.beginning, parts, found.end, self._is_folded)
            side.show_facts(self._branches)
        num_common = len(found.beginning.split()) + len(found.end.split())
        folded = plural("Show the {count} word both have", "Show the {count} words both have", num_common)
        self.fold.setText(folded if self._is_folded else tr("Fold what both have"))
        self.fold.setVisible(num_common > LEAD_WORDS)
        has_marks = any(is_different for _, is_different in (*found.left, *found.right))
        self._legend.setText(tr("Underlined: only in one of the two.") if has_marks else "")

    def _on_fold_clicked(self) -> None:
        self._is_folded = not self._is_folded
        self._on_branch_chosen()

    def _on_show_asked(self, branch_id: str) -> None:
        self._branches.show(branch_id)
        self.accept()


class ComparedSide(QWidget):
    """One of the two."""

    chosen = Signal()
    show_asked = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = ComboBox()
        self.list.setAccessibleName(name)
        self.list.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMinimumContentsLength(10)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.facts = Caption()
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.document().setDocumentMargin(GRID)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(name)
        self.show_button = Button(tr("Show this branch"))
        policy = self.show_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that both texts are equally high
        self.show_button.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.list)
        column.addWidget(self.text, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.facts)
        foot.addStretch(1)
        foot.addWidget(self.show_button)
        column.addLayout(foot)
        self.list.activated.connect(self.chosen)
        self.show_button.clicked.connect(self._on_show_clicked)

    @property
    def branch_id(self) -> str:
        """The branch that is chosen."""
        return str(self.list.currentData())

    def fill(self, branches: Branches, branch_id: str) -> None:
        """Offer all branches, and choose one."""
        for row in branches.rows:
            title = row.title if len(row.title) <= LONGEST_TITLE else f"{row.title[: LONGEST_TITLE - 1].rstrip()}…"
            self.list.addItem(title, row.id)
        self.list.setCurrentIndex(self.list.findData(branch_id))

    def show_facts(self, branches: Branches) -> None:
        """Say how long it is, and whether it is the one on show."""
        row = next(row for row in branches.rows if row.id == self.branch_id)
        self.facts.setText(tr("{length}, on show", length=row.length) if row.is_on_show else row.length)
        self.show_button.setVisible(not row.is_on_show)
        self.list.setToolTip(row.title)

    def show_parts(self, beginning: str, parts: Sequence[Part], end: str, is_folded: bool) -> None:
        """Show the text with what only it has underlined, and of what both have only the nearest words."""
        plain, common, different = _format("text"), _format("quiet"), _format("text", is_different=True)
        self.text.clear()
        self.text.setFont(fonts.serif())
        cursor = self.text.textCursor()
        cursor.insertText(_last_words(beginning) if is_folded else beginning, common)
        start = cursor.position()
        for text, is_different in parts:
            cursor.insertText(text, different if is_different else plain)
        if not parts:
            cursor.insertText(tr("(nothing more)"), common)
        cursor.insertText(_first_words(end) if is_folded else end, common)
        cursor.setPosition(start)
        self.text.setTextCursor(cursor)
        self.text.ensureCursorVisible()

    def _on_show_clicked(self) -> None:
        self.show_asked.emit(self.branch_id)


def _format(token: str, *, is_different: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour(token))
    if is_different:
        made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        made.setUnderlineColor(colour("accent"))
        made.setBackground(colour("accent", "surface", 0.14))
    return made


def _last_words(text: str) -> str:
    words = text.split()
    if len(words) <= LEAD_WORDS:
        return text
    start = len(text.rstrip())
    for word in reversed(words[-LEAD_WORDS:]):
        start = text.rindex(word, 0, start)
    return f"… {text[start:]}"


def _first_words(text: str) -> str:
    words = text.split()
    if len(words) <= LEAD_WORDS:
        return text
    stop = 0
    for word in words[:LEAD_WORDS]:
        stop = text.index(word, stop) + len(word)
    return f"{text[:stop]} …"
