"""Training as the window sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import Message
from engine.events import PreparationProgressed, RunEvent
from workbench.bridge.protocols.jobs import Failure, Job


@dataclass(frozen=True, kw_only=True)
class TrainRequest:
    """What shall be trained: a corpus with a recipe, or a run that goes on.

    tables: the configuration (complete unless is_planned, when `auto` fills what is open); resume_run: the run to go on
    with instead, for so many `added_minutes` (0: as planned); start_from: the run whose best weights a new run begins
    with; explanation: why auto chose so, when `tables` are already its choice; is_gentle: leave room for others.
    """

    corpus_id: str = ""
    tables: Mapping[str, Any] = field(default_factory=dict)
    recipe: str = "auto"
    is_planned: bool = False
    title: str = ""
    start_from: str = ""
    explanation: Message | None = None
    resume_run: str = ""
    added_minutes: float = 0.0
    group: str = ""
    is_gentle: bool = False


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What training would be: the whole configuration as tables, sizes, and the predicted time on this machine.

    matrices: name to (shape, number of weights). seconds and num_steps are None where nothing predicts them.
    epochs: how often the text will be read, about; warnings: what was cut to fit a short text.
    """

    tables: Mapping[str, Any]
    explanation: Message
    num_parameters: int
    matrices: Mapping[str, tuple[tuple[int, ...], int]]
    memory_bytes: int
    vocabulary_size: int
    seconds: float | None
    num_steps: int | None
    tokens_per_second: float | None
    epochs: float = 0.0
    warnings: tuple[Message, ...] = ()


class RunHandle(Protocol):
    """Steers the run that trains. All calls return at once; the run answers with events."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def save_now(self) -> None: ...
    def sample_now(self) -> None: ...
    def change(self, field: str, value: bool | int | float | str) -> None: ...

    @property
    def is_running(self) -> bool:
        """Whether its thread is still at work."""
        ...

    def abandon(self) -> None:
        """End as soon as possible without the work after the last step; the last save stands."""
        ...


class Training(Protocol):
    """Trains one run at a time."""

    def start(
        self,
        request: TrainRequest,
        on_event: Callable[[RunEvent], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> RunHandle:
        """Begin. Events of the preparation come first; `on_done` follows RunEnded, `on_failed` if there is no run."""
        ...

    def estimate(
        self,
        request: TrainRequest,
        on_progress: Callable[[PreparationProgressed], None],
        on_done: Callable[[Estimate], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """Predict a request; a newer question drops the older one."""
        ...

    def sizes(
        self, tables: Mapping[str, Any], vocabulary_size: int
    ) -> tuple[Mapping[str, tuple[tuple[int, ...], int]], int]:
        """Matrices (name to shape and number of weights) and bytes of training memory, at once, without torch.

        Raises TextloomError when the tables cannot be a configuration.
        """
        ...


class Background(Protocol):
    """The part of the program that loads while the person reads."""

    @property
    def is_ready(self) -> bool:
        """Whether training can begin at once."""
        ...

    def when_ready(self, call: Callable[[], None]) -> None:
        """Make this call on the interface thread once training can begin at once."""
        ...
