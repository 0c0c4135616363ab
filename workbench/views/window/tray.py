"""The icon among the system's own, where there is such a place: notifications, and training without a window."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from workbench.viewmodels.workbench import Workbench
from workbench.words import tr


class Tray(QObject):
    """Shown while the program runs. Without a tray nothing happens."""

    def __init__(self, window: QWidget, workbench: Workbench, icon: QIcon) -> None:
        super().__init__(window)
        self._window = window
        self._settings = workbench.settings
        self.icon: QSystemTrayIcon | None = None
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._menu = QMenu()
        self._menu.addAction(tr("Show Textloom")).triggered.connect(self.show_window)
        self._menu.addAction(tr("Quit")).triggered.connect(self._on_quit_wanted)
        self.icon = QSystemTrayIcon(icon, self)
        self.icon.setToolTip("Textloom")
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._on_icon_activated)
        self.icon.messageClicked.connect(self.show_window)
        self.icon.show()

    @property
    def is_there(self) -> bool:
        """Whether the window can go away and come back."""
        return self.icon is not None

    def tell(self, title: str, sentence: str) -> None:
        """A notification of the desktop, unless the person looks at the window or does not want any."""
        if self.icon is not None and self._settings.flag("window/notify", True) and not self._window.isActiveWindow():
            self.icon.showMessage(title, sentence)

    def show_window(self) -> None:
        """Bring the window back."""
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _on_icon_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.show_window()

    def _on_quit_wanted(self) -> None:
        self.show_window()
        self._window.close()
