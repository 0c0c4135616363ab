"""How fast this machine trains: measured once per processor, torch version and number of threads, and remembered.

A step of a small model is timed as it is. Of a large one a part is timed, a narrower model on fewer streams and a
shorter window, and scaled by the number of products, so that no measurement takes longer than about a second. On a
processor the time that counts is that of our own thread: beside two busy programs on two cores it was about twice as
long as alone, that on the wall ten times as long.
"""

import contextlib
import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import torch

from engine.config.configuration import Configuration, from_tables
from engine.config.model import ModelConfig
from engine.device import machine_key
from engine.errors import StorageFailed
from engine.library.library import Library
from engine.models.build import num_parameters
from engine.models.sizes import num_products
from engine.training.batches import Batches
from engine.training.trainer import Trainer

# A measured gain below this may be noise.
LEAST_GAIN = 1.15
PROBE = from_tables(
    {
        "model": {"cell": "lstm", "hidden_size": 256, "embedding_size": 64},
        "training": {"steps": 1, "batch_size": 16, "window_size": 32},
    }
)
BUDGET_SECONDS = 0.15
PROBE_BUDGET_SECONDS = 0.15
FIRST_BUDGET_SECONDS = 0.05
SHORTEST_SECONDS = 1e-6
# What is timed at most; a step of so many weights, streams and tokens takes some tenths of a second.
MOST_WEIGHTS = 4_000_000
LARGEST_VOCABULARY = 20_000
MOST_STREAMS = 128
FIRST_WINDOW = 4
# A machine ages: programs beside it, a new system, a battery. What was measured lately is not measured again.
FRESH_SECONDS = 7 * 24 * 3600.0
# A thread that got less of its processor than this shared it with other programs: soon it is measured again.
QUIET_SHARE = 0.85
BUSY_FRESH_SECONDS = 120.0
MOST_SPEEDS = 300

FOREVER = math.inf

Facts = dict[str, Any]
T = TypeVar("T")


class Measurements:
    """What was measured on this machine for one device, kept in the library's machine.json.

    A library that cannot be written to is only read.
    """

    def __init__(self, library: Library, device: torch.device, clock: Callable[[], float] = time.time) -> None:
        self._library = library
        self._device = device
        self._clock = clock
        self._key = machine_key(device)

    def precision(self) -> torch.dtype:
        """The precision that gains on this device. The probe of an LSTM with 256 units takes half a second."""
        known = self._own()
        if known.get("precision") in ("float32", "bfloat16") and not self._is_outdated(known, FOREVER):
            return as_dtype(str(known["precision"]))
        if self._device.type == "mps":
            return torch.float32
        measured, is_quiet = self._quietly(lambda: measured_precision(self._device))
        self._remember({**measured, **self._stamp(is_quiet)})
        return as_dtype(str(measured["precision"]))

    def step_seconds(self, configuration: Configuration, vocabulary_size: int, precision: torch.dtype) -> float:
        """Seconds of one training step, measured in less than a second where nobody has measured them lately."""
        shape = _shape(configuration, vocabulary_size, precision)
        known = self._speeds().get(shape)
        if not isinstance(known, Mapping):
            known = {}
        if _is_positive(known.get("seconds")) and not self._is_outdated(known, FRESH_SECONDS):
            return float(known["seconds"])
        measured, is_quiet = self._quietly(
            lambda: estimated_step_seconds(configuration, vocabulary_size, self._device, precision)
        )
        seconds = float(f"{measured:.4g}")
        others = [(name, entry) for name, entry in self._speeds().items() if name != shape]
        entry = {"seconds": seconds, **self._stamp(is_quiet)}
        self._remember({"steps": dict([*others, (shape, entry)][-MOST_SPEEDS:])})
        return seconds

    def _quietly(self, measure: Callable[[], T]) -> tuple[T, bool]:
        """What was measured, and whether the machine was free for it."""
        wall, own = time.perf_counter(), time.thread_time()
        measured = measure()
        wall, own = time.perf_counter() - wall, time.thread_time() - own
        return measured, self._device.type != "cpu" or own >= QUIET_SHARE * wall

    def _stamp(self, is_quiet: bool) -> Facts:
        return {"measured_at": round(self._clock()), "was_quiet": is_quiet}

    def _is_outdated(self, entry: Mapping[str, Any], seconds: float) -> bool:
        """Whether an entry is older than `seconds`, or than a little while where the machine was busy then."""
        limit = seconds if entry.get("was_quiet", True) is True else BUSY_FRESH_SECONDS
        measured_at = entry.get("measured_at")
        if not isinstance(measured_at, int | float):
            return limit < FOREVER  # earlier versions wrote no time beside the precision
        return abs(self._clock() - measured_at) > limit

    def _own(self) -> Mapping[str, Any]:
        facts = self._library.read_machine().get(self._key)
        return facts if isinstance(facts, Mapping) else {}

    def _speeds(self) -> Mapping[str, Any]:
        speeds = self._own().get("steps")
        return speeds if isinstance(speeds, Mapping) else {}

    def _remember(self, facts: Facts) -> None:
        if self._library.is_read_only:
            return
        known = self._library.read_machine()
        with contextlib.suppress(StorageFailed):  # it is measured again the next time
            self._library.write_machine({**known, self._key: {**self._own(), **facts}})


def _shape(configuration: Configuration, vocabulary_size: int, precision: torch.dtype) -> str:
    """What the speed of a step depends on, as a name."""
    model, training = configuration.model, configuration.training
    words = [
        model.cell,
        f"{model.num_layers}x{model.hidden_size}",
        f"embedding {model.embedding_size}{' tied' if model.tied else ''}",
        f"vocabulary {vocabulary_size}",
        f"batch {training.batch_size}x{training.window_size}",
        training.optimizer.kind,
        "bfloat16" if precision == torch.bfloat16 else "float32",
        *(["dropout"] if model.dropout else []),
    ]
    return ", ".join(words)


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value > 0


def estimated_step_seconds(
    configuration: Configuration, vocabulary_size: int, device: torch.device, precision: torch.dtype
) -> float:
    """Seconds of one training step, from timing at most a part of it."""
    part, kinds = _part(configuration, vocabulary_size)
    trainer = _trainer(part, kinds, device, precision)
    seconds = _window_seconds(trainer, part.training.window_size)
    return seconds * _work(configuration, vocabulary_size) / _work(part, kinds)


def _part(configuration: Configuration, vocabulary_size: int) -> tuple[Configuration, int]:
    """A configuration and a vocabulary that are small enough to be timed."""
    model, training = configuration.model, configuration.training
    kinds = min(vocabulary_size, LARGEST_VOCABULARY)
    while num_parameters(model, kinds) > MOST_WEIGHTS and (model.hidden_size > 64 or kinds > 256):
        kinds = max(kinds // 2, min(kinds, 256)) if kinds > model.hidden_size else kinds
        model = _narrower(model) if model.hidden_size > 64 else model
    # Whatever the start, its numbers do not change the speed, and an orthogonal one takes long to make.
    model = replace(model, input_init="uniform", recurrent_init="uniform")
    streams = min(training.batch_size, MOST_STREAMS)
    return replace(configuration, model=model, training=replace(training, batch_size=streams)), kinds


def _narrower(model: ModelConfig) -> ModelConfig:
    width = max(model.hidden_size // 2, 64)
    embedding_size = width if model.tied else min(model.embedding_size, width)
    return replace(model, hidden_size=width, embedding_size=embedding_size)


def _work(configuration: Configuration, vocabulary_size: int) -> float:
    training = configuration.training
    return float(num_products(configuration.model, vocabulary_size) * training.batch_size * training.window_size)


def _window_seconds(trainer: Trainer, window_size: int) -> float:
    """Seconds of a step over a window: timed whole if it is quick, else from two shorter ones as a straight line."""

    def seconds(size: int, budget_seconds: float) -> float:
        return shortest(_stepping(trainer, size), budget_seconds, _clock(trainer.device))

    first = min(FIRST_WINDOW, window_size)
    at_first = seconds(first, FIRST_BUDGET_SECONDS)
    if at_first * window_size / first <= BUDGET_SECONDS:
        return seconds(window_size, BUDGET_SECONDS)
    second = min(max(int(first * BUDGET_SECONDS / at_first), 2 * first), window_size)
    at_second = seconds(second, 0.0)
    slope = max(at_second - at_first, 0.0) / max(second - first, 1)
    return at_second + slope * (window_size - second)


def _stepping(trainer: Trainer, window_size: int) -> Callable[[], object]:
    """The trainer's step, over windows of another size."""
    batch_size = trainer.batches.batch_size
    token_ids = _token_ids(2 * batch_size * window_size + 1, trainer.model.vocabulary_size)
    trainer.batches = Batches(token_ids, batch_size, window_size)
    return trainer.step


def _token_ids(count: int, vocabulary_size: int) -> np.ndarray[Any, np.dtype[np.uint32]]:
    return (np.arange(count, dtype=np.uint64) * 7919 % vocabulary_size).astype(np.uint32)


def _trainer(
    configuration: Configuration, vocabulary_size: int, device: torch.device, precision: torch.dtype
) -> Trainer:
    training = configuration.training
    token_ids = _token_ids(training.batch_size * training.window_size * 2 + 1, vocabulary_size)
    return Trainer(configuration, token_ids, vocabulary_size, device, precision)


def step_seconds(
    configuration: Configuration,
    vocabulary_size: int,
    device: torch.device,
    precision: torch.dtype,
    budget_seconds: float = PROBE_BUDGET_SECONDS,
) -> float:
    """Seconds of one training step, measured on tokens without meaning with the least of a few repetitions.

    Runs at least two steps however long they take.
    """
    trainer = _trainer(configuration, vocabulary_size, device, precision)
    return shortest(trainer.step, budget_seconds, _clock(device))


def shortest(
    action: Callable[[], object], budget_seconds: float, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The shortest of the durations of `action`, repeated for the budget after one unmeasured call."""
    action()
    started = time.perf_counter()
    durations: list[float] = []
    while not durations or time.perf_counter() - started < budget_seconds:
        before = clock()
        action()
        durations.append(clock() - before)
    return max(min(durations), SHORTEST_SECONDS)


def _clock(device: torch.device) -> Callable[[], float]:
    """What to time a device with. Windows counts the time of a thread in pieces of 16 ms."""
    return time.thread_time if device.type == "cpu" and sys.platform != "win32" else time.perf_counter


def measured_precision(device: torch.device) -> Facts:
    """The precision that gains on this device, as machine.json keeps it."""
    plain = step_seconds(PROBE, 65, device, torch.float32)
    try:
        gain = plain / step_seconds(PROBE, 65, device, torch.bfloat16)
    except RuntimeError:
        # Some devices have no product of bfloat16 numbers.
        gain = 0.0
    return {"precision": "bfloat16" if gain >= LEAST_GAIN else "float32", "gain_of_bfloat16": round(gain, 3)}


def as_dtype(name: str) -> torch.dtype:
    """The torch type of a precision's name."""
    return torch.bfloat16 if name == "bfloat16" else torch.float32
