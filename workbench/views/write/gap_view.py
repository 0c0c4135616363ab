"""Proposals for a gap in the text, in a sheet at the caret."""

from html import escape

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import CORNER, GRID
from workbench.viewmodels.write.gap import WORDS, GapFilling, Proposal
from workbench.views.write.editor import Editor
from workbench.views.write.text_places import area_of
from workbench.views.write.toolbar import WriteToolbar
from workbench.widgets.buttons import Button
from workbench.widgets.focus import HandPainted
from workbench.widgets.inputs import SpinBox
from workbench.widgets.labels import Caption, Label
from workbench.widgets.painting import colour
from workbench.widgets.popover import Popover
from workbench.widgets.progress import ProgressRow
from workbench.words import tr

KEYS = "Ctrl+G"
_LINE = 62  # letters


class GapAid(QObject):
    """Offers to fill a gap in the menus of the editor and the toolbar, and by a key."""

    def __init__(self, editor: Editor, toolbar: WriteToolbar, gap: GapFilling) -> None:
        super().__init__(editor)
        self._editor, self._gap = editor, gap
        self.sheet: GapSheet | None = None
        self.action = QAction(tr("Fill the gap…"), self)
        self.action.setShortcut(QKeySequence(KEYS))
        self.action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.action.setToolTip(tr("Texts that fit before what follows, for the caret or what is marked"))
        self.action.triggered.connect(self.open)
        editor.addAction(self.action)
        toolbar.menu.insertAction(toolbar.menu.actions()[0], self.action)
        toolbar.menu.insertSeparator(toolbar.menu.actions()[1])
        toolbar.menu.aboutToShow.connect(self._on_menu_opened)
        toolbar.menu.aboutToHide.connect(self._on_menu_closed)
        self._fill_others = editor.fill_menu
        editor.fill_menu = self._fill_menu
        gap.filled.connect(editor.place_caret)

    def open(self) -> None:
        """Look for texts for the gap, and show them as they come."""
        start, stop = self._marked()
        if self._editor.isReadOnly() or not self._gap.can_fill(stop):
            return
        self._gap.begin(start, stop)
        self.sheet = GapSheet(self._editor, self._gap)
        self.sheet.show_at(area_of(self._editor, start, max(stop, start + 1)))

    def _fill_menu(self, menu: QMenu) -> None:
        self._fill_others(menu)
        self._on_menu_opened()
        menu.addAction(self.action)
        menu.aboutToHide.connect(self._on_menu_closed)

    def _marked(self) -> tuple[int, int]:
        cursor = self._editor.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    def _on_menu_opened(self) -> None:
        self.action.setEnabled(not self._editor.isReadOnly() and self._gap.can_fill(self._marked()[1]))

    def _on_menu_closed(self) -> None:
        self.action.setEnabled(True)  # the key asks by itself whether it is possible


class GapSheet(Popover):
    """Made for one showing. Arrows walk, Enter takes, Esc leaves the text as it is."""

    def __init__(self, editor: Editor, gap: GapFilling) -> None:
        super().__init__(editor)
        self._editor, self._gap = editor, gap
        self.choices: list[GapChoice] = []
        self.words = SpinBox()
        self.words.setRange(*WORDS)
        self.words.setValue(gap.num_words)
        self.words.setKeyboardTracking(False)
        self.words.setAccessibleName(tr("Words in the gap"))
        self.again = Button(tr("Look for others"), "dice")
        self.progress = ProgressRow(tr("Looking for what fits…"))
        self.note = Caption()
        self.note.setWordWrap(True)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self._arrange()
        self.words.valueChanged.connect(gap.look)
        self.again.clicked.connect(self._on_again_clicked)
        self.progress.cancelled.connect(self.close_now)
        gap.changed.connect(self._show)
        self.closed.connect(gap.leave)
        self._show()

    def show_at(self, area: QRect) -> None:
        """Show it at an area of the editor's viewport."""
        self._editor.anchor.setGeometry(area)
        self.show_near(self._editor.anchor)
        self._fit()

    def _arrange(self) -> None:
        content = self._content = QWidget()
        content.setAccessibleName(tr("Fill the gap"))
        content.setFixedWidth(content.fontMetrics().averageCharWidth() * _LINE)
        heading = Label(tr("Fill the gap"))
        fonts.follow(heading, fonts.strong)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(Caption(tr("Words")))
        head.addWidget(self.words)
        head.addWidget(self.again)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.progress)
        column.addLayout(self._column)
        column.addWidget(self.note)
        self.set_content(content)

    def _show(self) -> None:
        gap = self._gap
        self.progress.setVisible(gap.is_looking)
        if any(choice.hasFocus() for choice in self.choices):
            self.again.setFocus(Qt.FocusReason.OtherFocusReason)  # else it would go to the page, and close the sheet
        for choice in self.choices:
            self._column.removeWidget(choice)
            choice.hide()
            choice.deleteLater()
        self.choices = [self._added(place, proposal) for place, proposal in enumerate(gap.proposals)]
        if self.choices:
            self.note.setText(tr("What fits best before the text that follows stands first."))
        else:
            self.note.setText(gap.failure)
        self.note.setVisible(bool(self.note.text()))
        if self.isVisible():
            self._fit()
            self._lead_focus()

    def _fit(self) -> None:
        """As high as what it shows now."""
        outer, inner = self.layout(), self._content.layout()
        assert outer is not None and inner is not None  # noqa: PT018
        for layout in (inner, outer):
            layout.invalidate()
            layout.activate()
        margins, width = outer.contentsMargins(), self._content.width()
        height = inner.totalHeightForWidth(width) + margins.top() + margins.bottom()
        self.resize(width + margins.left() + margins.right(), height)
        self.move(self._place(self._editor.anchor))

    def _lead_focus(self) -> None:
        if self.choices and not self.words.hasFocus():
            self.choices[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _added(self, place: int, proposal: Proposal) -> "GapChoice":
        choice = GapChoice(place, proposal)
        choice.chosen.connect(self._on_chosen)
        self._column.addWidget(choice)
        choice.show()
        return choice

    def _on_again_clicked(self) -> None:
        self._gap.look()

    def _on_chosen(self, place: int) -> None:
        self._gap.choose(place)
        self.close_now()


class GapChoice(HandPainted, QAbstractButton):
    """One proposal between the words around it."""

    chosen = Signal(int)
    ring_corner = CORNER - 2

    def __init__(self, place: int, proposal: Proposal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(proposal.text.strip())
        self.setAccessibleDescription(f"{proposal.before}{proposal.text}{proposal.after}")
        self.words = _Words(proposal)
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID - 2, GRID, GRID - 2)
        row.addWidget(self.words, 1)
        self.clicked.connect(self._on_clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paint_face(self, painter: QPainter) -> None:
        if self.underMouse() or self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent", "raised", 0.08))
            painter.drawRoundedRect(self.rect(), self.ring_corner, self.ring_corner)

    def _on_clicked(self) -> None:
        self.chosen.emit(self._place)


class _Words(Label):
    """The proposal underlined between quiet words."""

    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal
        super().__init__()
        self.setWordWrap(True)

    def face(self) -> QFont:
        return fonts.serif()

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        proposal, quiet = self._proposal, colour("quiet").name()
        bare = proposal.text.rstrip()
        before, text, after = map(_markup, (proposal.before, bare, proposal.text[len(bare) :] + proposal.after))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(
            f'<span style="color:{quiet}">{before}</span><u>{text}</u><span style="color:{quiet}">{after}</span>'
        )


def _markup(text: str) -> str:
    return escape(text).replace("\n", " ¶ ")
