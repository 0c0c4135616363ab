"""What happened in a run, as growing columns of numbers: the one source of its curves, samples and sentences.

Plain data without Qt, so that a long history can be read on another thread before anybody else sees it.
"""

import math
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from engine.errors import Message, message
from engine.events import (
    CheckpointSaved,
    PlanFixed,
    PreparationProgressed,
    Rewound,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
    SampleWritten,
    SettingChanged,
    StepCompleted,
    ValidationCompleted,
    ValidationStarted,
    WarningIssued,
)

Axis = Literal["step", "epoch", "tokens", "time"]
AXES: tuple[Axis, ...] = ("step", "epoch", "tokens", "time")


@dataclass(frozen=True)
class Mark:
    """Something that was done to a run at a step. kind: changed, rewound, resumed, warning."""

    step: int
    kind: Literal["changed", "rewound", "resumed", "warning"]
    sentence: Message


class Columns:
    """Columns of equal length, appended to row by row. Column `step` never falls."""

    def __init__(self, *names: str) -> None:
        self._columns = {name: array("d") for name in names}

    def __len__(self) -> int:
        return len(self._columns["step"])

    def __getitem__(self, name: str) -> "array[float]":
        return self._columns[name]

    def append(self, **values: float | None) -> None:
        """Add a row; None becomes NaN."""
        self.append_row(*map(values.get, self._columns))

    def append_row(self, *values: float | None) -> None:
        """Add a row of values in the order of the columns, which takes half the time; None becomes NaN."""
        for column, value in zip(self._columns.values(), values, strict=True):
            column.append(math.nan if value is None else value)

    def forget_after(self, step: int) -> None:
        """Drop the rows of later steps, which a resumed run does again."""
        keep = bisect_right(self._columns["step"], step)
        for column in self._columns.values():
            del column[keep:]

    @property
    def num_bytes(self) -> int:
        """What the numbers take."""
        return sum(len(column) * column.itemsize for column in self._columns.values())

    def last(self, name: str) -> float:
        """The newest value of a column; NaN when there is none."""
        return self._columns[name][-1] if len(self) else math.nan


@dataclass
class RunHistory:
    """Columns of training and validation, and everything else that was told.

    Losses in nats per token. bits_factor: multiplies a loss to give bits per character, NaN when not known.
    """

    started: RunStarted | None = None
    plan: PlanFixed | None = None
    ended: RunEnded | None = None
    preparation: PreparationProgressed | None = None
    is_paused: bool = False
    last_saved_step: int | None = None
    num_saves: int = 0
    bits_factor: float = math.nan
    best_row: int | None = None
    references: Mapping[str, float] = field(default_factory=dict)
    samples: list[SampleWritten] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    changes: list[SettingChanged] = field(default_factory=list)
    last_step: StepCompleted | None = None
    last_validation: ValidationCompleted | None = None
    training: Columns = field(
        default_factory=lambda: Columns(
            "step", "epoch", "tokens", "time", "loss", "gradient_norm", "clipped_share", "learning_rate",
            "tokens_per_second", "memory", "parameter_norm", "update_ratio",
        )
    )  # fmt: skip
    validation: Columns = field(
        default_factory=lambda: Columns("step", "epoch", "tokens", "time", "loss", "accuracy")
    )
    matrix_norms: dict[str, Columns] = field(default_factory=dict)
    version: int = 0  # grows with every event, so that a view knows whether to draw again

    def add(self, event: RunEvent) -> None:
        """Take in one event, in the order in which they happened."""
        self.version += 1
        match event:
            case RunStarted():
                self._start(event)
            case PreparationProgressed():
                self.preparation = event
            case PlanFixed():
                self.plan = event
            case StepCompleted():
                self._step(event)
            case ValidationCompleted():
                self._validate(event)
            case SampleWritten():
                self.samples.append(event)
            case CheckpointSaved():
                self._save(event)
            case SettingChanged():
                self._change(event)
            case Rewound():
                self._rewind(event)
            case ValidationStarted():
                pass
            case RunPaused():
                self.is_paused = True
            case RunResumed():
                self.is_paused = False
            case WarningIssued():
                self.marks.append(Mark(self.step, "warning", event.message))
            case RunEnded():
                self.ended, self.is_paused = event, False
            case _:
                assert_never(event)

    def become(self, other: "RunHistory") -> None:
        """Hold from now on what another history holds, which is given up."""
        vars(self).update(vars(other))

    @property
    def step(self) -> int:
        """The newest step that was reported."""
        if self.last_step is not None:
            return self.last_step.step
        return self.started.step if self.started else 0

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        times = [columns.last("time") for columns in (self.training, self.validation)]
        return max((time for time in times if not math.isnan(time)), default=0.0)

    @property
    def total_steps(self) -> int | None:
        """When the run will end; None while that is not known."""
        return self.plan.total_steps if self.plan else None

    @property
    def share_done(self) -> float | None:
        """How much of the run is done, 0 to 1; None while that is not known."""
        if self.total_steps is None:
            return None
        return min(1.0, self.step / max(1, self.total_steps))

    @property
    def best_loss(self) -> float:
        """The best validation loss in nats per token; NaN before the first validation."""
        return math.nan if self.best_row is None else self.validation["loss"][self.best_row]

    @property
    def best_step(self) -> int | None:
        """The step of the best validation."""
        return None if self.best_row is None else int(self.validation["step"][self.best_row])

    @property
    def num_bytes(self) -> int:
        """What its columns take."""
        return sum(columns.num_bytes for columns in (self.training, self.validation, *self.matrix_norms.values()))

    def _start(self, event: RunStarted) -> None:
        is_again = self.started is not None
        self.started, self.ended, self.is_paused = event, None, False
        self.references = dict(event.references)
        if not is_again:
            return
        for columns in (self.training, self.validation, *self.matrix_norms.values()):
            columns.forget_after(event.step)
        self.samples[:] = [sample for sample in self.samples if sample.step <= event.step]
        self.last_step = None
        self._find_best()
        if event.step:
            self.marks.append(Mark(event.step, "resumed", message("The run went on here.")))

    def _find_best(self) -> None:
        losses = self.validation["loss"]
        self.best_row = min(range(len(losses)), key=losses.__getitem__) if losses else None

    def _step(self, event: StepCompleted) -> None:
        self.last_step = event
        if event.bits_per_character is not None and event.loss_nats:
            self.bits_factor = event.bits_per_character / event.loss_nats
        self.training.append(
            step=event.step, epoch=event.epoch, tokens=event.tokens, time=event.seconds, loss=event.loss_nats,
            gradient_norm=event.gradient_norm, clipped_share=event.clipped_share, learning_rate=event.learning_rate,
            tokens_per_second=event.tokens_per_second, memory=event.memory_bytes,
            parameter_norm=event.parameter_norm, update_ratio=event.update_ratio,
        )  # fmt: skip
        for name, norm in event.gradient_norms.items():
            columns = self.matrix_norms.get(name)
            if columns is None:
                columns = self.matrix_norms[name] = Columns("step", "epoch", "tokens", "time", "norm")
            columns.append_row(event.step, event.epoch, event.tokens, event.seconds, norm)

    def _validate(self, event: ValidationCompleted) -> None:
        self.last_validation = event
        if event.bits_per_character is not None and event.loss_nats:
            self.bits_factor = event.bits_per_character / event.loss_nats
        self.validation.append(
            step=event.step, epoch=event.epoch, tokens=self.training.last("tokens"), time=event.seconds,
            loss=event.loss_nats, accuracy=event.accuracy,
        )  # fmt: skip
        if event.is_best or self.best_row is None:
            self.best_row = len(self.validation) - 1

    def _save(self, event: CheckpointSaved) -> None:
        if not event.is_milestone:
            self.last_saved_step = event.step
            self.num_saves += 1

    def _change(self, event: SettingChanged) -> None:
        self.changes.append(event)
        sentence = message("{setting} changed from {old} to {new}.", setting=event.field, old=event.old, new=event.new)
        self.marks.append(Mark(event.step, "changed", sentence))

    def _rewind(self, event: Rewound) -> None:
        sentence = message(
            "The training went out of control. It went back to step {step}, at {factor} of the learning rate.",
            step=event.to_step, factor=event.learning_rate_factor,
        )  # fmt: skip
        self.marks.append(Mark(event.step, "rewound", sentence))
