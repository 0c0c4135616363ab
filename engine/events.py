"""What happens during a job, told as it happens: frozen records of plain numbers and words.

Each family of events is a closed union; whoever consumes one does so in a single `match` ended by `assert_never`.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.errors import Message, message_record

Outcome = Literal["completed", "stopped_early", "stopped", "failed"]


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run begins or goes on. step: optimizer updates done before; the rest describes what will be trained."""

    run: str
    title: str
    corpus: str
    step: int
    num_parameters: int
    vocabulary_size: int
    num_train_tokens: int
    num_valid_tokens: int
    device: str
    precision: str
    num_threads: int
    summary: Message
    references: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PreparationProgressed:
    """Work before the first step: its part, and how much of it is done (0 to 1)."""

    part: str
    share: float


@dataclass(frozen=True, kw_only=True)
class PlanFixed:
    """The number of steps is known. seconds: the predicted time in all, None without a measured speed."""

    total_steps: int
    validate_every_steps: int
    at_step: int
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class StepCompleted:
    """Figures of the steps since the last report. Losses in nats per token; norms before clipping.

    Values that are not computed at this step are None; the mappings are by parameter name.
    """

    step: int
    epoch: float
    tokens: int
    seconds: float
    loss_nats: float
    perplexity: float
    bits_per_character: float | None
    gradient_norm: float
    clipped_share: float
    learning_rate: float
    tokens_per_second: float
    remaining_seconds: float | None
    memory_bytes: int
    parameter_norm: float | None = None
    update_ratio: float | None = None
    gradient_norms: Mapping[str, float] = field(default_factory=dict)
    spectral_norms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ValidationStarted:
    """From here to `ValidationCompleted`, or the end of the run, the model is tried. It is not kept with the run."""

    step: int


@dataclass(frozen=True, kw_only=True)
class ValidationCompleted:
    """The model was tried on validation text it never trains on. accuracy: share of next tokens guessed right."""

    step: int
    epoch: float
    seconds: float
    loss_nats: float
    perplexity: float
    bits_per_character: float | None
    accuracy: float
    is_best: bool


@dataclass(frozen=True, kw_only=True)
class SampleWritten:
    """A sample text by the model as it is now. known_word_share: the share of its words that stand in the corpus.

    copied_share: of what the model wrote, the share of its runs of 30 characters that stand in the training text;
    longest_copied: characters of the longest passage that does. Both are None where that is not known (yet).
    """

    step: int
    seconds: float
    prompt: str
    text: str
    seed: int
    temperature: float
    known_word_share: float | None
    copied_share: float | None = None
    longest_copied: int | None = None


@dataclass(frozen=True, kw_only=True)
class CheckpointSaved:
    """Everything needed to go on from here is on the disk."""

    step: int
    is_best: bool
    is_milestone: bool


@dataclass(frozen=True, kw_only=True)
class SettingChanged:
    """A live setting took another value from this step on."""

    step: int
    field: str
    old: bool | int | float | str
    new: bool | int | float | str


@dataclass(frozen=True, kw_only=True)
class Rewound:
    """A loss or gradient was not finite: the weights of an earlier step are back and the learning rate is lower."""

    step: int
    to_step: int
    learning_rate_factor: float
    attempt: int


@dataclass(frozen=True, kw_only=True)
class RunPaused:
    """The run waits at a step boundary."""

    step: int


@dataclass(frozen=True, kw_only=True)
class RunResumed:
    """The run goes on after a pause."""

    step: int


@dataclass(frozen=True, kw_only=True)
class WarningIssued:
    """Something the person should know; the job goes on."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class RunEnded:
    """The last event of every run, with the figures of its best state.

    best_valid: those of the validation that was the best, as they were told then; full_valid, best_test: of the
    evaluation at the end, which reads the text as one stream and comes out a little different.
    """

    outcome: Outcome
    reason: Message
    run: str
    step: int
    seconds: float
    best_step: int | None
    best_valid_loss_nats: float | None
    best_valid_perplexity: float | None
    best_valid_bits_per_character: float | None
    best_valid_accuracy: float | None
    best_test_loss_nats: float | None = None
    full_valid_loss_nats: float | None = None
    full_valid_bits_per_character: float | None = None


RunEvent = (
    RunStarted
    | PreparationProgressed
    | PlanFixed
    | StepCompleted
    | ValidationStarted
    | ValidationCompleted
    | SampleWritten
    | CheckpointSaved
    | SettingChanged
    | Rewound
    | RunPaused
    | RunResumed
    | WarningIssued
    | RunEnded
)


def as_record(event: Any) -> dict[str, Any]:
    """The event as plain values with its name under "event", for JSON; a number that is not finite becomes None.

    A sentence `x` is there in English, and once more as `x_template` and `x_values` so that it can be translated.
    """
    return {"event": type(event).__name__, **_plain(event)}


def _plain(event: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name in (f.name for f in dataclasses.fields(event)):
        value = getattr(event, name)
        record |= message_record(name, value) if isinstance(value, Message) else {name: _value(value)}
    return record


def _value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_value(item) for item in value]
    if dataclasses.is_dataclass(value):
        return _plain(value)
    return value
