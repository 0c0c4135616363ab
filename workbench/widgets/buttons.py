"""Buttons by how much they ask for attention: one primary on a page, plain ones, quiet ones, and one that warns."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from workbench.theme.icons import set_icon
from workbench.widgets.focus import KeyboardRing

_OTHER_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)  # Qt's buttons take the space bar only


class Button(KeyboardRing, QPushButton):
    """A plain button: a verb, and an icon if it helps."""

    look = ""
    icon_role = "text"

    def __init__(self, text: str, icon: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", self.look)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if icon:
            self.set_icon_name(icon)

    def set_icon_name(self, icon: str) -> None:
        """Show another drawing of the family; an empty name shows none."""
        set_icon(self, icon, self.icon_role)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PRESS and not event.modifiers() & _OTHER_KEYS and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


class PrimaryButton(Button):
    """The one filled button of a page: what to do next."""

    look = "primary"
    icon_role = "on_accent"
    ring_colour = "on_accent"
    ring_inset = 3.0


class QuietButton(Button):
    """A button without a frame, for what is seldom needed."""

    look = "quiet"

    def set_accented(self, is_accented: bool) -> None:
        """Show the text in the accent colour, as the action of a notice does."""
        self.setProperty("tone", "accent" if is_accented else "")
        self.style().unpolish(self)
        self.style().polish(self)


class DangerButton(Button):
    """A button that takes something away."""

    look = "danger"
    icon_role = "danger"


class IconButton(KeyboardRing, QToolButton):
    """An icon that is a button. Its name is its bubble and what a screen reader says.

    A shortcut is only shown: the action in the menu owns it.
    """

    def __init__(
        self,
        icon_name: str,
        accessible_name: str,
        shortcut: str = "",
        parent: QWidget | None = None,
        role: str = "text",
    ) -> None:
        super().__init__(parent)
        self._role = role
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.set_icon_name(icon_name)
        self.set_name(accessible_name, shortcut)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PRESS and not event.modifiers() & _OTHER_KEYS and not event.isAutoRepeat():
            self.showMenu() if self.menu() is not None else self.click()
        else:
            super().keyPressEvent(event)

    def setMenu(self, menu: QMenu) -> None:
        super().setMenu(menu)
        menu.aboutToHide.connect(self._on_menu_closed)

    def _on_menu_closed(self) -> None:
        """No leave event comes for the pointer that left while the menu was open."""
        is_over = self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_over)
        self.update()

    def set_icon_name(self, icon_name: str) -> None:
        """Show another drawing of the family."""
        set_icon(self, icon_name, self._role)

    def set_name(self, accessible_name: str, shortcut: str = "") -> None:
        """Say something else in the bubble and to screen readers."""
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        self.setAccessibleName(accessible_name)
        self.setToolTip(f"{accessible_name} ({keys})" if keys else accessible_name)
