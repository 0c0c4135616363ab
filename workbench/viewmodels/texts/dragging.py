"""A drag over the window: what it offers while it hangs there, and what comes of letting go."""

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Job
from workbench.bridge.protocols.texts import Glance
from workbench.viewmodels.texts.drop_offer import DropOffer, zones_for
from workbench.viewmodels.texts.offered import Brought, How, Offered, offered_from
from workbench.viewmodels.workbench import Workbench


class Dragging(QObject):
    """offer_changed: there is something else to say. Names are told at once, files are looked at in the background."""

    offer_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._over: Offered | None = None
        self._job: Job | None = None
        self.offer: DropOffer | None = None

    def enter(self, brought: Brought) -> None:
        """Something is dragged over the window."""
        self._over = offered_from(brought)
        self._say(None)
        if self._over.paths:
            self._job = self._workbench.door.texts.glance(self._over.paths, self._on_glance_done)

    def leave(self) -> None:
        """It is dragged away again."""
        if self._job is not None:
            self._job.drop()
        self._over, self._job, self.offer = None, None, None

    def drop(self, brought: Brought, zone: str) -> None:
        """It was let go over a zone; no zone leaves open what shall become of several files."""
        self.leave()
        offered = offered_from(brought)
        how: How = "one" if zone == "one" else "each" if zone == "each" else ""
        if not zone and (len(offered.paths) == 1 or not offered.paths):
            how = "one"
        self._workbench.navigator.offer_files(Offered(offered.paths, offered.text, offered.addresses, how))

    def _on_glance_done(self, glance: Glance) -> None:
        if self._over is not None:
            self._say(glance)

    def _say(self, glance: Glance | None) -> None:
        if self._over is not None:
            self.offer = zones_for(self._over, glance)
            self.offer_changed.emit()
