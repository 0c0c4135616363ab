"""What all pages share."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.door import Door
from workbench.viewmodels.navigator import Navigator
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.runs.queue_keeping import QueueKeeping
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.shelves import RunShelf, TextShelf, Watch
from workbench.viewmodels.train.rejoining import Rejoining
from workbench.viewmodels.training_queue import TrainingQueue


class Workbench(QObject):
    """The door to the engine, the shelves of the library, and how pages find each other."""

    brought_back = Signal()  # something came out of the trash, of whatever kind

    def __init__(
        self, door: Door, settings: Settings, parent: QObject | None = None, *, lists_later: bool = False
    ) -> None:
        """lists_later: the runs are not known before `runs.list_later` or `runs.list_now`."""
        super().__init__(parent)
        self.door = door
        self.settings = settings
        self.savers: list[Callable[[], bool]] = []  # each saves what a page has open, and says whether it could
        self.notices = Notices(self)
        self.navigator = Navigator(self)
        self.texts = TextShelf(door.texts, self)
        self.runs = RunShelf(door.runs, self)
        self.queue = TrainingQueue(door.training, self)
        self.rejoining = Rejoining(door.runs, self.queue, self)
        self.watch = Watch(self.texts, self.runs, self)
        self.queue.run_started.connect(lambda _: self.runs.refresh())
        self.queue.run_ended.connect(lambda _: self.runs.refresh())
        self.queue.is_gentle = settings.flag("training/gentle")
        settings.changed.connect(self._on_setting_changed)
        self.keeping = QueueKeeping(self.queue, door.runs, self.notices, is_read_only=door.is_read_only, parent=self)
        self.texts.refresh()
        if not lists_later:
            self.runs.list_now()

    def _on_setting_changed(self, key: str) -> None:
        if key == "training/gentle":
            self.queue.is_gentle = self.settings.flag(key)
