"""What the program has to say: a bar that stays where it matters, and a toast that goes away by itself."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.theme.theme import theme
from workbench.widgets.buttons import IconButton, QuietButton
from workbench.widgets.labels import Body, ElidedLabel
from workbench.widgets.popover import SHADOW, paint_sheet
from workbench.words import tr

_KINDS = {
    "info": ("info", "accent"),
    "good": ("check", "good"),
    "care": ("warning", "care"),
    "danger": ("error", "danger"),
}
_TOAST_MS = 10_000


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say it, wherever the focus is."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class NoticeBar(QFrame):
    """One sentence with an icon and what can be done about it."""

    dismissed = Signal()

    def __init__(self, kind: str = "info", text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._text = Body()
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = IconButton("close", tr("Dismiss"))
        self._close.hide()
        self._close.clicked.connect(self._on_close_clicked)
        self._actions: list[QuietButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GAP, GRID, GRID, GRID)
        self._row.setSpacing(GRID)
        self._row.addWidget(self._picture)
        self._row.addSpacing(GRID // 2)
        self._row.addWidget(self._text, 1000)
        self._row.addStretch(1)
        self._row.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.set_notice(kind, text)
        theme().changed.connect(self._on_theme_changed)

    @property
    def text(self) -> str:
        """The sentence it shows."""
        return self._text.text()

    def set_notice(self, kind: str, text: str) -> None:
        """Say something; the kind (info, good, care, danger) chooses icon and ground."""
        self._icon_name, self._role = _KINDS[kind]
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._on_theme_changed()

    def add_action(self, text: str, callback: Callable[[], object]) -> QuietButton:
        """Offer something to do, two at most."""
        assert len(self._actions) < 2, "a notice has at most two actions"
        button = QuietButton(text)
        button.set_accented(True)
        button.clicked.connect(lambda: callback())
        self._actions.append(button)
        self._row.insertWidget(self._row.count() - 1, button)
        return button

    def clear_actions(self) -> None:
        """Offer nothing."""
        for button in self._actions:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._actions.clear()

    def set_dismissible(self, is_dismissible: bool) -> None:
        """Let the person put it away."""
        self._close.setVisible(is_dismissible)

    def _on_close_clicked(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _on_theme_changed(self) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, self._role, icon_size() + 2, self.devicePixelRatioF()))


class ToastHost(QObject):
    """Shows one short message at the foot of a widget, with a way back."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._toast: _Toast | None = None
        parent.installEventFilter(self)

    def show_toast(self, text: str, action_text: str = "", action: Callable[[], object] | None = None) -> None:
        """Show a message for ten seconds; it replaces the one before. Esc or its cross puts it away sooner."""
        self.dismiss()
        self._toast = _Toast(self._host, text, action_text, action)
        self._toast.place()
        self._toast.show()
        self._toast.raise_()
        announce(self._host, text)

    @property
    def toast(self) -> QWidget | None:
        """The message that is shown now."""
        return self._toast if self._toast is not None and not self._toast.isHidden() else None

    def stay_in_front(self) -> None:
        """Show the message over what was added to the host since."""
        if self.toast is not None:
            self.toast.raise_()

    def dismiss(self) -> None:
        """Put the message away."""
        if self._toast is not None:
            self._toast.hide()
            self._toast.deleteLater()
            self._toast = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._host and self._toast is not None:
            self._toast.place()
        return False


class _Toast(QWidget):
    def __init__(self, host: QWidget, text: str, action_text: str, action: Callable[[], object] | None) -> None:
        super().__init__(host)
        self._host = host
        self._action = action
        self.setAccessibleName(text)
        self._label = ElidedLabel(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(SHADOW + GAP, SHADOW + GRID // 2, SHADOW + GRID // 2, SHADOW + GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._label, 1)
        if action_text:
            button = QuietButton(action_text)
            button.set_accented(True)
            button.clicked.connect(self._on_action_clicked)
            if action_text == tr("Undo"):
                button.setShortcut(QKeySequence.StandardKey.Undo)  # a text that is edited keeps its own
            row.addWidget(button)
        close = IconButton("close", tr("Dismiss"), role="quiet")
        close.clicked.connect(self.hide)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time_passed)
        self._timer.start(_TOAST_MS)

    def place(self) -> None:
        """Stand at the bottom centre of the host."""
        host = self._host
        width = min(self.sizeHint().width(), host.width() - 2 * GAP)
        height = self.sizeHint().height()
        self.setGeometry((host.width() - width) // 2, host.height() - height - MARGIN + SHADOW, width, height)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.start(_TOAST_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            paint_sheet(painter, QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW))

    def _on_time_passed(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):  # it is being read or used
            self._timer.start(_TOAST_MS)
        else:
            self.hide()

    def _on_action_clicked(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()
