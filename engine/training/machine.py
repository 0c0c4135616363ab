"""How fast this machine trains: measured once per processor, torch version and number of threads, and remembered."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from engine.config.configuration import Configuration, from_tables
from engine.device import machine_key
from engine.training.trainer import Trainer

# A measured gain below this may be noise.
LEAST_GAIN = 1.15
PROBE = from_tables(
    {
        "model": {"cell": "lstm", "hidden_size": 256, "embedding_size": 64},
        "training": {"steps": 1, "batch_size": 16, "window_size": 32},
    }
)

Facts = dict[str, Any]


def step_seconds(
    configuration: Configuration,
    vocabulary_size: int,
    device: torch.device,
    precision: torch.dtype,
    budget_seconds: float = 0.5,
) -> float:
    """Seconds of one training step, measured on random tokens with the least of a few repetitions.

    Runs at least two steps however long they take.
    """
    training = configuration.training
    num_tokens = training.batch_size * training.window_size * 2 + 1
    token_ids = np.arange(num_tokens, dtype=np.uint32) * 7919 % vocabulary_size
    trainer = Trainer(configuration, token_ids, vocabulary_size, device, precision)
    return shortest(trainer.step, budget_seconds)


def shortest(action: Callable[[], object], budget_seconds: float) -> float:
    """The shortest of the durations of `action`, repeated for the budget after one unmeasured call."""
    action()
    started = time.perf_counter()
    durations: list[float] = []
    while not durations or time.perf_counter() - started < budget_seconds:
        before = time.perf_counter()
        action()
        durations.append(time.perf_counter() - before)
    return min(durations)


def measured_precision(device: torch.device, facts: Mapping[str, Any]) -> tuple[torch.dtype, Facts]:
    """The precision that gains on this device, and the facts to remember.

    facts: what machine.json holds. The probe of an LSTM with 256 units takes about two seconds and is kept by
    processor, torch version and number of threads.
    """
    key = machine_key(device)
    known = facts.get(key)
    if isinstance(known, Mapping) and known.get("precision") in ("float32", "bfloat16"):
        return as_dtype(str(known["precision"])), dict(facts)
    if device.type == "mps":
        return torch.float32, dict(facts)
    plain = step_seconds(PROBE, 65, device, torch.float32, budget_seconds=0.6)
    try:
        gain = plain / step_seconds(PROBE, 65, device, torch.bfloat16, budget_seconds=0.6)
    except RuntimeError:
        # Some devices have no product of bfloat16 numbers.
        gain = 0.0
    chosen = "bfloat16" if gain >= LEAST_GAIN else "float32"
    measured = {"precision": chosen, "gain_of_bfloat16": round(gain, 3)}
    return as_dtype(chosen), {**facts, key: measured}


def as_dtype(name: str) -> torch.dtype:
    """The torch type of a precision's name."""
    return torch.bfloat16 if name == "bfloat16" else torch.float32
