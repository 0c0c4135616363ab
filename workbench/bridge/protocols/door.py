"""All that the window may ask of the engine, in one place."""

from pathlib import Path
from typing import Protocol

from workbench.bridge.protocols.jobs import Jobs
from workbench.bridge.protocols.recipes import Recipes
from workbench.bridge.protocols.runs import Runs
from workbench.bridge.protocols.texts import Texts
from workbench.bridge.protocols.training import Background, Training
from workbench.bridge.protocols.trash import Trash
from workbench.bridge.protocols.writing import Writing


class Door(Protocol):
    """The one door between the window and the engine."""

    @property
    def library_path(self) -> Path: ...
    @property
    def is_own_library(self) -> bool: ...
    @property
    def is_read_only(self) -> bool: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def texts(self) -> Texts: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def training(self) -> Training: ...
    @property
    def writing(self) -> Writing: ...
    @property
    def recipes(self) -> Recipes: ...
    @property
    def trash(self) -> Trash: ...
    @property
    def background(self) -> Background: ...
