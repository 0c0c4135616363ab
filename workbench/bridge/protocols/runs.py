"""Runs as the window sees them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from engine.errors import Message
from engine.events import RunEvent
from workbench.bridge.protocols.jobs import Failure, Job

RunState = Literal[
    "waiting", "preparing", "training", "validating", "pausing", "paused", "stopping",
    "finished", "stopped_early", "interrupted", "failed", "damaged",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RunEntry:
    """A run as a list shows it: what its folder says.

    configuration: plain tables; best: figures of the best state (step, loss_nats, perplexity, bits_per_character,
    accuracy, ...), empty before the first validation; state: from the folder alone, "training" when a writer holds it;
    is_disk_full: it failed because the disk was full; problem: why its description cannot be read, or that it was never
    finished.
    """

    id: str
    path: Path
    title: str
    created: str = ""
    state: RunState = "interrupted"
    recipe: str = ""
    corpus_id: str = ""
    corpus_title: str = ""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    num_parameters: int = 0
    vocabulary_size: int = 0
    plan: Mapping[str, Any] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)
    explanation: Message | None = None
    outcome: str = ""
    reason: Message | None = None
    is_disk_full: bool = False
    step: int = 0
    seconds: float = 0.0
    best: Mapping[str, Any] = field(default_factory=dict)
    parent: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    notes: str = ""
    group: str = ""
    is_starred: bool = False
    problem: Message | None = None

    @property
    def tokens(self) -> str:
        """What the model reads: char, byte or word."""
        return str(self.configuration.get("corpus", {}).get("tokens", "char"))


@dataclass(frozen=True)
class HistoryPlace:
    """How far the files of a run's history have been read, in bytes."""

    metrics: int = 0
    samples: int = 0


@dataclass(frozen=True, kw_only=True)
class LastFigures:
    """What a run reported last, whether it is over or not; None before there was such a report.

    loss_nats, bits_per_character and accuracy are those of its last validation.
    """

    step: int = 0
    seconds: float = 0.0
    remaining_seconds: float | None = None
    loss_nats: float | None = None
    bits_per_character: float | None = None
    accuracy: float | None = None


class Runs(Protocol):
    """The runs of the library."""

    def refresh(self) -> bool:
        """Look at the folders again; whether anything changed. Cheap: only what changed is read."""
        ...

    def refresh_later(self, on_done: Callable[[], None]) -> Job:
        """Look at the folders on a thread. There are no runs until it is done, well or not."""
        ...

    def finish_refresh(self) -> None:
        """Return when the look that a thread takes is done; at once when none is taken."""
        ...

    def entries(self) -> list[RunEntry]:
        """All runs, newest first."""
        ...

    def entry(self, run_id: str) -> RunEntry | None:
        """One run, None when it is not there."""
        ...

    def read_history(
        self,
        run_id: str,
        into: Callable[[RunEvent], None],
        on_done: Callable[[HistoryPlace], None],
        on_failed: Callable[[Failure], None],
        start: HistoryPlace = HistoryPlace(),
    ) -> Job:
        """Read what happened in a run on a thread: `into` is called THERE with each event, `on_done` here after all."""
        ...

    def write_label(self, run_id: str, **changes: Any) -> None:
        """Change what the person says about a run: title, tags, notes, group, is_starred. Raises TextloomError."""
        ...

    def trash(self, run_id: str) -> Path:
        """Move a run to the trash; returns its place there. Raises TextloomError when it is in use."""
        ...

    def restore(self, place: Path) -> None:
        """Bring something back from the trash. Raises TextloomError."""
        ...

    def export_model(
        self, run_id: str, path: Path, on_done: Callable[[Path], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """Write the best model of a run to a .textloom file; an existing file is replaced."""
        ...

    def export_metrics(
        self, run_id: str, path: Path, on_done: Callable[[Path], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """Write the reports and validations of a run to a CSV file; an existing file is replaced."""
        ...

    def read_last(
        self,
        run_ids: Sequence[str],
        on_found: Callable[[Mapping[str, LastFigures]], None],
        on_done: Callable[[], None],
    ) -> Job:
        """What these runs reported last, told in parts. Runs that cannot be read are left out."""
        ...

    def evaluate(
        self,
        run_id: str,
        paths: list[Path],
        on_progress: Callable[[float], None],
        on_done: Callable[[Mapping[str, Any]], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None] | None = None,
    ) -> Job:
        """How well the best model of a run predicts a text file; the result as `Evaluation.as_record`."""
        ...

    def read_queue(self) -> list[dict[str, object]]:
        """What waited to be trained when it was last written. Raises TextloomError."""
        ...

    def write_queue(self, records: Sequence[Mapping[str, object]]) -> None:
        """Keep what waits to be trained. Raises TextloomError."""
        ...
