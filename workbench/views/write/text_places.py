"""Where in a text editor something stands: characters under the pointer, rooms for sheets, what is in sight."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit


def positions_in_sight(editor: QTextEdit, pages: int = 0) -> tuple[int, int]:
    """From the first to behind the last position that can be seen, whole lines; so many pages more at both ends."""
    area = editor.viewport().rect()
    area.adjust(0, -pages * area.height(), 0, pages * area.height())
    first, last = editor.cursorForPosition(area.topLeft()), editor.cursorForPosition(area.bottomRight())
    first.movePosition(QTextCursor.MoveOperation.StartOfLine)
    last.movePosition(QTextCursor.MoveOperation.EndOfLine)
    return first.position(), last.position() + 1


def character_at(editor: QTextEdit, place: QPoint) -> int:
    """The position of the character under a point of the viewport; -1 for none."""
    cursor = editor.cursorForPosition(place)
    caret = editor.cursorRect(cursor)
    position = cursor.position() - (place.x() < caret.left())
    if not caret.top() <= place.y() <= caret.bottom() or not 0 <= position < editor.document().characterCount() - 1:
        return -1
    reach = editor.fontMetrics().averageCharWidth()  # not in the empty room beside the line
    area = area_of(editor, position, position + 1)
    return position if area.left() - reach <= place.x() <= area.right() + reach else -1


def area_of(editor: QTextEdit, start: int, stop: int) -> QRect:
    """Where characters stand in the viewport: in the first line of theirs."""
    cursor = editor.textCursor()
    cursor.setPosition(start)
    first = editor.cursorRect(cursor)
    cursor.setPosition(min(stop, editor.document().characterCount() - 1))
    last = editor.cursorRect(cursor)
    right = last.right() if last.top() == first.top() else first.right() + editor.fontMetrics().averageCharWidth()
    return QRect(first.topLeft(), QPoint(max(right, first.right()), first.bottom()))
