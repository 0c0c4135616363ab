"""The engine behind one door."""

import time
from pathlib import Path

from PySide6.QtCore import QObject

from engine.library.library import Library, default_path
from workbench.bridge.background import TorchLoader
from workbench.bridge.jobs import ThreadJobs
from workbench.bridge.live import LiveRuns
from workbench.bridge.pump import Pump
from workbench.bridge.recipes import LibraryRecipes
from workbench.bridge.runs import LibraryRuns
from workbench.bridge.texts import LibraryTexts
from workbench.bridge.training import TorchTraining
from workbench.bridge.trash import LibraryTrash
from workbench.bridge.writing import LibraryWriting


class EngineDoor:
    """See the protocol `Door`."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        self.library = library
        self.pump = Pump(parent)
        self.background = TorchLoader(self.pump)
        self.jobs = ThreadJobs(self.pump, self.background)
        live = LiveRuns()
        self.runs = LibraryRuns(library, self.jobs)
        self.training = TorchTraining(library, self.jobs, self.background, live)
        self.writing = LibraryWriting(library, self.jobs, live)
        self.texts = LibraryTexts(library, self.jobs, self.writing.let_go)
        self.recipes = LibraryRecipes(library)
        self.trash = LibraryTrash(library, self.jobs)

    @property
    def library_path(self) -> Path:
        """The folder of the library."""
        return self.library.path

    @property
    def is_own_library(self) -> bool:
        """Whether it is the one that commands take when none is named."""
        return self.library.path == default_path()

    @property
    def is_read_only(self) -> bool:
        """Whether a newer version made the library."""
        return self.library.is_read_only

    def close(self, seconds: float = 10.0) -> bool:
        """End all background work; whether all of it ended in time."""
        until = time.monotonic() + seconds
        if not self.jobs.close(seconds):
            return False  # a save that hangs keeps its document: to wait for it would hang, too
        self.writing.close()
        return self.background.join(max(0.0, until - time.monotonic()))
