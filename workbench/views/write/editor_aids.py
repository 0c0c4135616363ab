"""Brings the editor together with what helps a person who writes in it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from workbench.viewmodels.write.aids import WritingAids
from workbench.views.write.copied_popover import CopiedPopover
from workbench.views.write.editor import Editor
from workbench.views.write.legend import Legend
from workbench.views.write.suggestion_keys import SuggestionKeys
from workbench.views.write.text_places import area_of, positions_in_sight
from workbench.views.write.token_popover import TokenPopover
from workbench.views.write.toolbar import WriteToolbar
from workbench.words import tr

RENEW_MILLISECONDS = 60  # marks that come one after the other are drawn together
# A plain click places the caret: what it opens waits, as it may become a double click or the first of some letters.
CLICK_MILLISECONDS = 220


class EditorAids(QObject):
    """Colours with their legend, other tokens, copied passages, suggestions, and a passage written again."""

    def __init__(
        self, editor: Editor, toolbar: WriteToolbar, legend: Legend, aids: WritingAids, go_on: Callable[[], None]
    ) -> None:
        """go_on: let the model continue at the caret."""
        super().__init__(editor)
        self._editor, self._toolbar, self._legend, self._aids = editor, toolbar, legend, aids
        self._colouring, self._go_on = aids.colouring, go_on
        self._stale = (0, 0)
        self._pressed_at = -1
        self.suggestions = SuggestionKeys(editor, aids.suggesting)
        self._renewing = self._timer(RENEW_MILLISECONDS, self._on_renew_due)
        self._looking = self._timer(0, self._on_look_due)
        self._clicking = self._timer(CLICK_MILLISECONDS, self._on_click_meant)
        editor.take_key = self._take_key
        editor.note_at = self._colouring.note_at
        editor.fill_menu = self._fill_menu
        self._connect()
        self._on_mode_changed()

    def set_shown(self, is_shown: bool) -> None:
        """Whether the page is on show: else nothing is computed for it."""
        self._colouring.set_shown(is_shown)
        self._on_look_due()

    def rewrite(self) -> None:
        """Let the model write again what is marked, or what it wrote at the caret."""
        self._aids.rewrite(*self._marked())
        self._editor.setFocus()

    def look(self) -> None:
        """Show what stands behind the character at the caret: where it was copied from, or what else it could be."""
        self._look_at(self._character_at_caret())

    def _connect(self) -> None:
        editor, toolbar, aids = self._editor, self._toolbar, self._aids
        editor.in_sight_changed.connect(self._looking.start)  # Qt tells it amid an edit, when nothing may be coloured
        editor.caret_moved.connect(self._on_caret_moved)
        editor.pressed.connect(self._on_pressed)
        editor.edited.connect(self._clicking.stop)
        self._colouring.mode_changed.connect(self._on_mode_changed)
        self._colouring.marks_changed.connect(self._on_marks_changed)
        self._colouring.legend_changed.connect(self._on_legend_changed)
        aids.changed.connect(self._on_aids_changed)
        aids.others.came.connect(self._on_others_came)
        aids.others.chosen.connect(editor.place_caret)
        aids.others.failed.connect(self._legend.set_note)
        toolbar.colour_chosen.connect(self._colouring.set_mode)
        toolbar.suggestions_toggled.connect(aids.suggesting.set_on)
        toolbar.again_asked.connect(self.rewrite)
        self._legend.asked.connect(self.look)
        toolbar.show_suggestions(aids.suggesting.is_on)

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _take_key(self, event: QKeyEvent) -> bool:
        if self.suggestions.take_key(event):
            return True
        if event.key() == Qt.Key.Key_Down and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.look()
            return True
        return False

    def _fill_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        position = self._character_at_caret()
        again = menu.addAction(tr("Write again from here"))
        again.setEnabled(self._aids.can_rewrite(*self._marked()))
        again.triggered.connect(self.rewrite)
        look = menu.addAction(self._colouring.action_at(position) or tr("What else?"))
        look.setShortcut(QKeySequence("Alt+Down"))
        look.setEnabled(position >= 0 and self._aids.can_ask)
        look.triggered.connect(self.look)

    def _marked(self) -> tuple[int, int]:
        cursor = self._editor.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    def _character_at_caret(self) -> int:
        """The position of the character behind the caret, at the end of the text before it; -1 for none."""
        size = self._editor.document().characterCount() - 1
        return min(self._editor.textCursor().position(), size - 1)

    def _look_at(self, position: int) -> None:
        if position < 0 or self._editor.isReadOnly():
            return
        passage = self._colouring.passage_at(position)
        if passage is None:
            self._aids.others.ask(position)
            return
        start, stop = self._colouring.units_of(passage.start, passage.stop)
        corpus, title = self._colouring.copied.corpus
        sheet = CopiedPopover(self._editor, title, passage.text_before, self._aids.text_of(passage), passage.text_after)
        sheet.show_asked.connect(lambda: self._aids.show_in_text(corpus, passage.corpus_start))
        in_sight = max(start, positions_in_sight(self._editor)[0])
        sheet.show_at(area_of(self._editor, min(in_sight, stop), stop))

    def _show_note(self) -> None:
        position = self._character_at_caret()
        self._legend.set_note(self._colouring.note_or_remark(position))
        self._legend.set_action(self._colouring.action_at(position))

    def _on_look_due(self) -> None:
        self._editor.tint.show(*positions_in_sight(self._editor, pages=1))
        self._colouring.set_visible(*positions_in_sight(self._editor))

    def _on_mode_changed(self) -> None:
        self._editor.tint.forget()
        self._toolbar.show_colour(self._colouring.mode)
        self._on_legend_changed()
        self._on_look_due()

    def _on_marks_changed(self, start: int, stop: int) -> None:
        is_first = self._stale[0] == self._stale[1]
        self._stale = (start, stop) if is_first else (min(start, self._stale[0]), max(stop, self._stale[1]))
        if not self._renewing.isActive():
            self._renewing.start()

    def _on_renew_due(self) -> None:
        stale, self._stale = self._stale, (0, 0)
        self._editor.tint.renew(*stale, positions_in_sight(self._editor, pages=1))
        self._show_note()

    def _on_legend_changed(self) -> None:
        self._legend.set_entries(self._colouring.legend_title, self._colouring.legend)
        self._legend.setVisible(bool(self._colouring.legend))
        self._show_note()

    def _on_aids_changed(self) -> None:
        self._toolbar.set_can_rewrite(self._aids.can_rewrite(*self._marked()))
        if self._legend.isHidden() == bool(self._colouring.legend):
            self._on_legend_changed()
        elif not self._aids.is_writing:
            self._show_note()

    def _on_caret_moved(self) -> None:
        self._show_note()
        self._toolbar.set_can_rewrite(self._aids.can_rewrite(*self._marked()))

    def _on_pressed(self, position: int, is_alt: bool) -> None:
        self._pressed_at = position
        if is_alt:
            self._look_at(position)
        elif self._colouring.has_alternatives or self._colouring.passage_at(position) is not None:
            self._clicking.start()

    def _on_click_meant(self) -> None:
        if not self._editor.textCursor().hasSelection() and self._editor.hasFocus():
            self._look_at(self._pressed_at)

    def _on_others_came(self) -> None:
        sheet = TokenPopover(self._editor, self._aids.others)
        sheet.go_on_asked.connect(self._go_on)
        sheet.show_at(area_of(self._editor, *self._aids.others.place))
