"""Suggestions while one types. Tab takes one; all other keys are the text's, unless Ctrl+Space leads into the list."""

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from workbench.viewmodels.write.suggesting import Suggesting
from workbench.views.write.editor import Editor
from workbench.views.write.suggestion_list import SuggestionList
from workbench.widgets.notice import announce

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)  # fmt: skip


class SuggestionKeys(QObject):
    """Shows the list at the caret and takes the keys that are meant for it."""

    def __init__(self, editor: Editor, suggesting: Suggesting) -> None:
        super().__init__(editor)
        self._editor, self._suggesting = editor, suggesting
        self._is_entering = False
        self.list = SuggestionList(editor)
        self._checking = QTimer(self)
        self._checking.setSingleShot(True)
        self._checking.timeout.connect(self._on_check_due)
        editor.typed.connect(self._on_letters_typed)
        editor.caret_moved.connect(self._on_caret_moved)
        editor.in_sight_changed.connect(self._on_in_sight_changed)
        editor.left.connect(suggesting.clear)
        suggesting.changed.connect(self._on_words_changed)
        suggesting.taken.connect(editor.place_caret)
        self.list.chosen.connect(suggesting.take)

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether a key was meant for the list, and so is done with."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & _MODIFIERS
        if key == Qt.Key.Key_Space and modifiers == Qt.KeyboardModifier.ControlModifier:
            return self._enter()
        if self.list.isHidden() or modifiers:
            return False
        if key == Qt.Key.Key_Tab or (self.list.is_entered and key in _TAKE):
            self._suggesting.take(self.list.current)
            return True
        if key == Qt.Key.Key_Escape:
            self._suggesting.dismiss()
            return True
        if self.list.is_entered and key in _STEPS:
            self.list.move_on(_STEPS[key])
            self._say()
            return True
        return False

    def _enter(self) -> bool:
        if self._editor.isReadOnly():
            return False
        if self.list.isHidden():
            self._is_entering = True
            self._suggesting.ask(self._editor.textCursor().position())
        else:
            self.list.enter()
            self._say()
        return True

    def _say(self) -> None:
        announce(self.list, self.list.words[self.list.current][0])

    def _caret_area(self) -> QRect:
        area = self._editor.cursorRect()
        return area.translated(self._editor.viewport().mapTo(self._editor, QPoint(0, 0)))

    def _on_letters_typed(self, letters: str) -> None:
        self.list.leave()
        self._suggesting.take_typing(self._editor.textCursor().position(), letters)

    def _on_words_changed(self) -> None:
        is_free = self._editor.hasFocus() and not self._editor.textCursor().hasSelection()
        self.list.show_words(self._suggesting.words if is_free else [], self._caret_area())
        if self._is_entering and self.list.words:
            self._is_entering = False
            self._enter()

    def _on_caret_moved(self) -> None:
        self._checking.start(0)  # typing moves the caret, too: what was typed is told a moment later

    def _on_check_due(self) -> None:
        cursor = self._editor.textCursor()
        if cursor.hasSelection() or cursor.position() != self._suggesting.unit:
            self._is_entering = False
            self._suggesting.clear()

    def _on_in_sight_changed(self) -> None:
        if self.list.isVisible():
            self.list.show_words(self.list.words, self._caret_area())
