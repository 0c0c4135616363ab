"""The sheet on which person and model write: plain text in lines that are easy to read."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QTextEdit, QToolTip, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID, MARGIN, max_text_width
from workbench.theme.theme import theme
from workbench.views.write.text_places import area_of, character_at
from workbench.views.write.tint import Marks, Tint
from workbench.words import tr

LINE_HEIGHT = 150  # per cent of the face's own
WRITING_SIZE = 1.15  # of the system's font: this is read, not glanced at
_CLICKS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier)
_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_LINE_ENDS = {ord(sign): "\n" for sign in "\u2028\u2029\ufdd0\ufdd1"}


KeyTaker = Callable[[QKeyEvent], bool]
MenuFiller = Callable[[QMenu], None]


class Editor(QTextEdit):
    """Shows a text and tells what is done to it; whoever owns it keeps the text and its history.

    edited: by the person: position, units taken out, text put in, units of the whole text; typed: a letter by the
    keyboard; caret_moved: position; pressed: a plain click on a character, or one with Alt (true); in_sight_changed:
    other parts may be in sight; left: the focus is elsewhere.
    """

    edited = Signal(int, int, str, int)
    typed = Signal(str)
    caret_moved = Signal(int)
    pressed = Signal(int, bool)
    in_sight_changed = Signal()
    left = Signal()
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, marks: Marks, parent: QWidget | None = None) -> None:
        """marks: how the positions [start, stop) are coloured."""
        super().__init__(parent)
        self.take_key: KeyTaker = lambda _: False  # gets each key first, and says whether that was all
        self.note_at: Callable[[int], str] = lambda _: ""  # what a bubble says about the character at a position
        self.fill_menu: MenuFiller = lambda _: None  # adds to what can be done
        self._pressed_at: QPoint | None = None
        self._is_showing = False
        self._is_mono = False
        self.setProperty("frame", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Text"))
        self.document().setDocumentMargin(0)
        self.document().contentsChange.connect(self._on_contents_changed)  # before the tint, which needs the new spans
        self.tint = Tint(self.document(), marks)
        self.anchor = QWidget(self.viewport())  # sheets hang at it
        self.anchor.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.cursorPositionChanged.connect(self._on_caret_moved)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_text(self, text: str) -> None:
        """Show another text, the caret at its end."""
        self._is_showing = True
        self.tint.pause(True)
        self.setPlainText(text)
        self._space_lines()
        self.tint.pause(False)
        self._is_showing = False
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._on_caret_moved()
        self.in_sight_changed.emit()

    def replace_text(self, position: int, num_removed: int, inserted: str) -> None:
        """Show what somebody else did to the text; the view follows the caret where it was in sight."""
        was_in_sight = self.viewport().rect().intersects(self.cursorRect())
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + num_removed, QTextCursor.MoveMode.KeepAnchor)
        self._is_showing = True
        cursor.insertText(inserted)
        self._is_showing = False
        if was_in_sight:
            self.ensureCursorVisible()

    def place_caret(self, position: int) -> None:
        """Put the caret somewhere and show it."""
        cursor = self.textCursor()
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def set_invitation(self, text: str) -> None:
        """What stands there while there is no text."""
        self.setPlaceholderText(text)

    def set_mono(self, is_mono: bool) -> None:
        """Show it letter by letter, as code is read, or as prose."""
        self._is_mono = is_mono
        self._on_theme_changed()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.take_key(event):
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            position = character_at(self, event.pos())
            note = self.note_at(position) if position >= 0 else ""
            QToolTip.showText(event.globalPos(), note, self.viewport(), area_of(self, position, position + 1))
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() in _CLICKS
        self._pressed_at = event.position().toPoint() if is_plain else None
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseDoubleClickEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place, was_pressed = event.position().toPoint(), self._pressed_at
        self._pressed_at = None
        if was_pressed is None or (place - was_pressed).manhattanLength() > QApplication.startDragDistance():
            return
        position = character_at(self, place)
        if position >= 0 and not self.textCursor().hasSelection():
            self.pressed.emit(position, event.modifiers() == Qt.KeyboardModifier.AltModifier)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        elif event.key() in _RETURNS and not event.modifiers() & _COMMANDS:
            self._break_line()
        else:
            revision = self.document().revision()
            super().keyPressEvent(event)
            if self.document().revision() != revision:
                self._tell_typed(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        if event.commitString():
            self.typed.emit(event.commitString())

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.textCursor().insertText(source.text())
            self.ensureCursorVisible()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.made_menu()
        menu.exec(event.globalPos())
        menu.deleteLater()

    def made_menu(self) -> QMenu:
        """What can be done here."""
        menu = QMenu(self)
        can_edit, has_selection = not self.isReadOnly(), self.textCursor().hasSelection()
        keys = QKeySequence.StandardKey
        for text, call, key, is_possible in (
            (tr("Undo"), self.undo_asked.emit, keys.Undo, can_edit),
            (tr("Redo"), self.redo_asked.emit, keys.Redo, can_edit),
            (tr("Cut"), self.cut, keys.Cut, can_edit and has_selection),
            (tr("Copy"), self.copy, keys.Copy, has_selection),
            (tr("Paste"), self.paste, keys.Paste, can_edit and self.canPaste()),
            (tr("Select all"), self.selectAll, keys.SelectAll, True),
        ):
            action = menu.addAction(text)
            action.setShortcut(QKeySequence(key))
            action.setEnabled(is_possible)
            action.triggered.connect(call)
        self.fill_menu(menu)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._centre()
        self.in_sight_changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setCursorWidth(2)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _break_line(self) -> None:
        """There is one kind of line end here. Qt's own key takes an empty line for a list that shall end."""
        if not self.isReadOnly():
            self.textCursor().insertText("\n")
            self.ensureCursorVisible()
            self.typed.emit("\n")

    def _tell_typed(self, event: QKeyEvent) -> None:
        letters = event.text()
        if letters and letters.isprintable():
            self.typed.emit(letters)

    def _centre(self) -> None:
        """Lines of at most 75 characters, in the middle of the sheet."""
        room = self.width() - 2 * MARGIN
        side = MARGIN + max(0, (room - max_text_width(self.font())) // 2)
        margins = (side, MARGIN, side - GRID, 0)
        now = self.viewportMargins()
        if (now.left(), now.top(), now.right(), now.bottom()) != margins:
            self.setViewportMargins(*margins)
        # Qt lays out for the viewport as it was before these margins.
        if self.document().textWidth() != self.viewport().width():
            self.document().setTextWidth(self.viewport().width())

    def _space_lines(self) -> None:
        spacing = QTextBlockFormat()
        spacing.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spacing)

    def _inserted(self, position: int, num_added: int) -> str:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + num_added, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText().translate(_LINE_ENDS)

    def _on_contents_changed(self, position: int, num_removed: int, num_added: int) -> None:
        if self._is_showing:
            return
        # Qt counts the end of the text as a character where whole paragraphs were replaced.
        num_units = self.document().characterCount() - 1
        added = min(num_added, num_units - position)
        self.edited.emit(position, num_removed - (num_added - added), self._inserted(position, added), num_units)

    def _on_caret_moved(self) -> None:
        if not self._is_showing:
            cursor = self.textCursor()
            self.caret_moved.emit(cursor.selectionEnd())

    def _on_scrolled(self) -> None:
        self.in_sight_changed.emit()

    def _on_theme_changed(self) -> None:
        font = fonts.mono() if self._is_mono else fonts.serif()
        factor = 1.0 if self._is_mono else WRITING_SIZE
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * factor)
        else:
            font.setPixelSize(round(font.pixelSize() * factor))
        self._is_showing = True
        self.setFont(font)
        self.tint.forget()
        self._is_showing = False
        self._centre()
        self.in_sight_changed.emit()
