"""The body of a draft: its text, its recipe in one line, and behind Details everything that can be set."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.draft_words import network_of_draft, text_choices, warnings_text
from workbench.viewmodels.recipes.shelf import RecipeShelf
from workbench.viewmodels.workbench import Workbench
from workbench.views.recipes.changes_row import ChangesRow
from workbench.views.recipes.facts_panel import FactsRow, MatrixFold
from workbench.views.recipes.network_drawing import NetworkDrawing
from workbench.views.recipes.recipe_chooser import RecipeChooser
from workbench.views.recipes.settings_form import SettingsForm
from workbench.widgets.buttons import QuietButton
from workbench.widgets.card import Card
from workbench.widgets.fold import Fold
from workbench.widgets.inputs import ComboBox
from workbench.widgets.labels import Caption, ElidedLabel, Label
from workbench.widgets.notice import NoticeBar
from workbench.widgets.scroll import ScrollArea
from workbench.words import tr

_DETAILS_KEY = "recipes/details_open"


class DraftPanel(QWidget):
    """Follows a draft. The page around it has the title and Start."""

    def __init__(self, workbench: Workbench, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.shelf = RecipeShelf(workbench.door.recipes, workbench.notices, self)
        workbench.brought_back.connect(self.shelf.refresh)
        self.head = DraftHead(workbench, draft)
        self.details = DraftDetails(workbench, draft, self.shelf)
        self.chooser = RecipeChooser(draft, self.shelf, workbench.settings)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.details)
        self._stack.addWidget(ScrollArea(self.chooser))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.head)
        column.addWidget(self._stack, 1)
        self.head.change_button.toggled.connect(self._on_change_toggled)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._stack.widget(1))
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._on_escape_pressed)

    def _on_change_toggled(self, is_choosing: bool) -> None:
        self.shelf.refresh()
        self._stack.setCurrentIndex(int(is_choosing))

    def _on_escape_pressed(self) -> None:
        self.head.change_button.setChecked(False)
        self.head.change_button.setFocus()


class DraftHead(QWidget):
    """Which text, and which recipe in one line."""

    def __init__(self, workbench: Workbench, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._draft = workbench, draft
        self.text_box = ComboBox()
        self.text_box.setAccessibleName(tr("Text to train on"))
        self.text_box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.text_box.setMinimumContentsLength(36)
        self.line = _RecipeLine()
        self.change_button = QuietButton("")
        self.change_button.set_accented(True)
        self.change_button.setCheckable(True)
        self.status = Caption()
        self.status.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._on_texts_changed()

    def _lay_out(self) -> None:
        text_row = QHBoxLayout()
        text_row.setSpacing(GRID)
        text_row.addWidget(Label(tr("Text")))
        text_row.addWidget(self.text_box)
        text_row.addStretch()
        line_row = QHBoxLayout()
        line_row.setSpacing(GRID)
        line_row.addWidget(self.line)
        line_row.addWidget(self.change_button)
        line_row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(text_row)
        column.addLayout(line_row)
        column.addWidget(self.status)

    def _connect(self) -> None:
        self.text_box.activated.connect(self._on_text_chosen)
        self.change_button.toggled.connect(self._on_change_toggled)
        self._draft.changed.connect(self._on_draft_changed)
        self._draft.estimate_changed.connect(self._on_draft_changed)
        self._workbench.texts.changed.connect(self._on_texts_changed)
        self._on_change_toggled(False)

    def _on_text_chosen(self, index: int) -> None:
        self._draft.set_corpus(self.text_box.itemData(index))

    def _on_change_toggled(self, is_choosing: bool) -> None:
        self.change_button.setText(tr("Done") if is_choosing else tr("Change"))
        self.change_button.setAccessibleName(tr("Close the recipes") if is_choosing else tr("Change the recipe"))

    def _on_texts_changed(self) -> None:
        self.text_box.clear()
        for corpus_id, label in text_choices(self._workbench):
            self.text_box.addItem(label, corpus_id)
        self._on_draft_changed()

    def _on_draft_changed(self) -> None:
        self.text_box.setCurrentIndex(self.text_box.findData(self._draft.corpus_id))
        self.line.setText(self._draft.line)
        self.status.setText(self._draft.status)
        self.status.setVisible(bool(self._draft.status))


class DraftDetails(QWidget):
    """Numbers and the form at the left, the drawing at the right."""

    def __init__(self, workbench: Workbench, draft: Draft, shelf: RecipeShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._settings = draft, workbench.settings
        self.changes = ChangesRow(draft, shelf)
        self.warnings = NoticeBar("care")
        self.facts = FactsRow(draft)
        self.form = SettingsForm(draft)
        self.fold = Fold(tr("Details"), self._details(), self._settings.flag(_DETAILS_KEY))
        self.fold.set_summary(tr("Every setting of the recipe, and what it does"))
        self.fold.toggled.connect(self._on_fold_toggled)
        self.matrices = MatrixFold(draft)
        self.drawing = NetworkDrawing()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(MARGIN)
        self._row.addWidget(ScrollArea(self._left()))
        self._row.addWidget(self._right())
        self._share_width()
        draft.changed.connect(self._on_draft_changed)
        draft.estimate_changed.connect(self._on_draft_changed)
        self._on_draft_changed()

    def _details(self) -> QWidget:
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.changes)
        column.addWidget(self.form)
        return details

    def _left(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GAP)
        for part in (self.warnings, self.facts, self.matrices, self.fold):
            column.addWidget(part)
        column.addStretch()
        return left

    def _right(self) -> QWidget:
        card = Card()
        card.column.setContentsMargins(GRID, GRID, GRID, GRID)
        card.column.addWidget(self.drawing)
        card.setMaximumWidth(680)
        return card

    def _share_width(self) -> None:
        """The form needs the room when it is open; else the drawing takes it."""
        for place, share in enumerate((5, 3) if self.fold.is_open else (1, 1)):
            self._row.setStretch(place, share)

    def _on_fold_toggled(self, is_open: bool) -> None:
        self._settings.set(_DETAILS_KEY, is_open)
        self._share_width()

    def _on_draft_changed(self) -> None:
        warnings = warnings_text(self._draft)
        self.warnings.set_notice("care", warnings)
        self.warnings.setVisible(bool(warnings))
        network = network_of_draft(self._draft)
        if network is not None:
            self.drawing.set_network(network)


class _RecipeLine(ElidedLabel):
    def face(self) -> QFont:
        return fonts.title()
