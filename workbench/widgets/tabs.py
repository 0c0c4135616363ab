"""The tabs of an instrument."""

from PySide6.QtWidgets import QTabBar, QWidget

from workbench.widgets.focus import KeyboardRing


class TabBar(KeyboardRing, QTabBar):
    """Words in a row, the current one heavier and underlined; they do not spread over the room."""

    ring_corner = 4

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setExpanding(False)
        self.setDrawBase(False)
