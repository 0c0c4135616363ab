"""Lets files be dropped anywhere on a window: it says what letting go will do, and hands over what was let go."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from workbench.viewmodels.texts.dragging import Dragging
from workbench.viewmodels.workbench import Workbench
from workbench.widgets.drop_overlay import DropOverlay, DropTarget

_INSTALLED = "takes_drops"


class Dropping(QObject):
    """Joins the overlay of a window with what a drag means. `target.watch(editor)` adds widgets that take drops."""

    def __init__(self, window: QWidget, workbench: Workbench) -> None:
        super().__init__(window)
        self.overlay = DropOverlay(window)
        self.target = DropTarget(self.overlay)
        self._dragging = Dragging(workbench, self)
        self.target.entered.connect(self._dragging.enter)
        self.target.left.connect(self._dragging.leave)
        self.target.dropped.connect(self._dragging.drop)
        self._dragging.offer_changed.connect(self._on_offer_changed)
        self._spared: list[QWidget] = []

    def spare(self, widget: QWidget) -> None:
        """While this widget is seen, nothing covers the window: it says itself what letting go on it does."""
        self._spared.append(widget)

    def _on_offer_changed(self) -> None:
        offer = self._dragging.offer
        if offer is not None and not any(widget.isVisible() for widget in self._spared):
            self.overlay.show_zones(offer.headline, offer.zones)


def install_dropping(window: QWidget, workbench: Workbench) -> Dropping:
    """Let a window take what is dropped, once; what is there already is returned."""
    known = window.property(_INSTALLED)
    if isinstance(known, Dropping):
        return known
    dropping = Dropping(window, workbench)
    window.setProperty(_INSTALLED, dropping)
    return dropping
