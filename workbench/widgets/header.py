"""The head of a page: its name, one sentence of state, and the one thing to do next."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.widgets.buttons import PrimaryButton
from workbench.widgets.labels import ElidedLabel, Quiet
from workbench.words import tr


class PageHeader(QWidget):
    """Title and state at the left, the primary action at the right; what is quieter stands before it."""

    title_edited = Signal(str)

    def __init__(self, title: str = "", state: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._callback: Callable[[], object] | None = None
        self._title = _EditableTitle(title)
        self._title.edited.connect(self.title_edited)
        self._state = Quiet(state)
        self._state.setVisible(bool(state))
        self.primary = PrimaryButton("")
        self.primary.hide()
        self.primary.clicked.connect(self._on_primary_clicked)
        self._right = QHBoxLayout()
        self._right.setSpacing(GRID)
        self._right.addWidget(self.primary)
        self._arrange()

    @property
    def title(self) -> str:
        """The title as it stands."""
        return self._title.text

    def set_title(self, title: str) -> None:
        """Name the page."""
        self._title.set_text(title)

    def set_state(self, text: str) -> None:
        """Say in one sentence how things stand; an empty one takes no room."""
        self._state.setText(text)
        self._state.setVisible(bool(text))

    def set_primary(self, text: str, callback: Callable[[], object] | None = None, icon: str = "") -> None:
        """Show the primary action; it replaces the one before."""
        self.primary.setText(text)
        self.primary.set_icon_name(icon)
        self._callback = callback
        self.primary.setVisible(True)

    def clear_primary(self) -> None:
        """Have no primary action for now."""
        self._callback = None
        self.primary.hide()

    def add_secondary(self, widget: QWidget) -> None:
        """Put a quieter control before the primary action, after those that are there."""
        self._right.insertWidget(self._right.count() - 1, widget)

    def set_title_editable(self, is_editable: bool) -> None:
        """Let a double click, F2 or Enter on the title change it; title_edited tells the new one."""
        self._title.set_editable(is_editable)

    def edit_title(self) -> None:
        """Begin to change the title, where it may be changed."""
        self._title.begin()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._title, 1)
        row.addLayout(self._right)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self._state)  # has the whole width: beside the buttons it would break into many lines
        # Not fixed: that would cut a state that takes more lines than it has at its preferred width.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def _on_primary_clicked(self) -> None:
        if self._callback is not None:
            self._callback()


class _TitleLabel(ElidedLabel):
    """The title as it is read; it asks to be edited."""

    edit_asked = Signal()

    def face(self) -> QFont:
        return fonts.page_title()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.edit_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_asked.emit()
        else:
            super().keyPressEvent(event)


class _EditableTitle(QStackedWidget):
    """A title, and the line in which it is changed."""

    edited = Signal(str)

    def __init__(self, text: str) -> None:
        super().__init__()
        self._label = _TitleLabel(text)
        self._line = QLineEdit()
        self._line.setProperty("look", "title")
        self._line.setAccessibleName(tr("Title"))
        fonts.follow(self._line, fonts.page_title)
        self._line.installEventFilter(self)
        self._line.editingFinished.connect(self._on_editing_finished)
        self._label.edit_asked.connect(self.begin)
        self._is_editable = False
        self.addWidget(self._label)
        self.addWidget(self._line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        return self._label.text()

    def set_text(self, text: str) -> None:
        self._label.setText(text)

    def set_editable(self, is_editable: bool) -> None:
        self._is_editable = is_editable
        policy = Qt.FocusPolicy.TabFocus if is_editable else Qt.FocusPolicy.NoFocus
        self._label.setFocusPolicy(policy)
        self._label.setCursor(Qt.CursorShape.IBeamCursor if is_editable else Qt.CursorShape.ArrowCursor)
        self._label.setAccessibleDescription(tr("Press F2 to change it.") if is_editable else "")

    def begin(self) -> None:
        if self._is_editable:
            self._line.setText(self.text)
            self.setCurrentWidget(self._line)
            self._line.setFocus()
            self._line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and watched is self._line:
            if event.type() == QEvent.Type.KeyPress:
                self._line.setText(self.text)
                self._show_label()
            return True
        return super().eventFilter(watched, event)

    def _show_label(self) -> None:
        had_focus = self._line.hasFocus()
        self.setCurrentWidget(self._label)
        if had_focus:
            self._label.setFocus()

    def _on_editing_finished(self) -> None:
        if self.currentWidget() is not self._line:
            return
        new, old = self._line.text().strip(), self.text
        self._show_label()
        if new and new != old:
            self.set_text(new)
            self.edited.emit(new)
