"""The recipe `auto`: chooses a model and its training for a text, a machine and a number of minutes.

The rules come from experiments with LSTMs on Tiny Shakespeare, whole and its first 50 KB, on two processor cores; other
families were not compared. In three minutes one wide layer beat two narrow ones; the width is the largest whose weights
see TOKENS_PER_WEIGHT tokens each; what is read more than a few times needs dropout; and a short text is learned better
by a wide model with strong dropout in MOST_EPOCHS passes (50 KB: 384 units, 20 passes 1.54 nats; 128 units, 160 passes
1.58) than by many more, so that such a run ends sooner.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.config.configuration import SECTIONS, Configuration, Table, from_tables, merged
from engine.errors import Message, message
from engine.models.build import num_parameters
from engine.models.sizes import training_bytes

HIDDEN_SIZES = (64, 96, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536)
MEASURED_SIZES = (256, 640)
DEFAULT_MINUTES = 5.0
USED_SHARE = 0.9
TOKENS_PER_WEIGHT = 7.0
WEIGHTS_PER_TOKEN = 30.0
MOST_EPOCHS = 20.0


@dataclass(frozen=True)
class Facts:
    """What is known about a text: tokens of its training part, kinds of tokens, and which tokens they are."""

    num_train_tokens: int
    vocabulary_size: int
    tokens: str


@dataclass(frozen=True)
class Choice:
    """A complete configuration, and one sentence that says why."""

    configuration: Configuration
    explanation: Message


StepSeconds = Callable[[Configuration], float]


def choose(
    tables: Mapping[str, Any], facts: Facts, measure: StepSeconds, free_bytes: int | None = None
) -> Choice:
    """Choose what `tables` leave open. Settings that stand in `tables` are kept.

    measure: gives the seconds of one training step of a configuration; it is asked twice.
    """
    minutes = float(tables.get("training", {}).get("minutes") or DEFAULT_MINUTES)
    seconds = USED_SHARE * minutes * 60
    predict = _speed_law(facts, tables, measure)
    candidates = [_candidate(tables, facts, size, epochs=1.0) for size in HIDDEN_SIZES]
    chosen = candidates[0]
    for candidate in candidates:
        num_weights = num_parameters(candidate.model, facts.vocabulary_size)
        num_tokens = seconds / predict(candidate) * _tokens_per_step(candidate)
        is_learnable = num_tokens >= TOKENS_PER_WEIGHT * num_weights
        has_room = free_bytes is None or training_bytes(candidate, facts.vocabulary_size) <= free_bytes
        if is_learnable and has_room and num_weights <= WEIGHTS_PER_TOKEN * facts.num_train_tokens:
            chosen = candidate
    num_tokens = seconds / predict(chosen) * _tokens_per_step(chosen)
    epochs = num_tokens / facts.num_train_tokens
    final = _candidate(tables, facts, chosen.model.hidden_size, epochs)
    return Choice(final, _explained(final, facts, epochs, minutes))


def _candidate(tables: Mapping[str, Any], facts: Facts, width: int, epochs: float) -> Configuration:
    """The recipe for one width, with the person's own settings. epochs: how often the text would be read."""
    is_words = facts.tokens == "word"
    own = {section: table for section, table in tables.items() if section in SECTIONS}
    own_model, own_training = own.get("model", {}), own.get("training", {})
    hidden_size = own_model.get("hidden_size", width)
    # Tied embeddings are as wide as a layer, unless the person wishes something else.
    is_tied = own_model.get("tied", is_words and own_model.get("embedding_size", hidden_size) == hidden_size)
    window_size = 35 if is_words else 64
    # At least some twenty windows in an epoch, so that a short text is not all read in one step.
    batch_size = int(min(max(facts.num_train_tokens / (20 * window_size), 4), 16 if width < 768 else 32))
    model: Table = {
        "cell": "lstm",
        "num_layers": 1,
        "hidden_size": hidden_size,
        "embedding_size": hidden_size if is_tied is True else min(64, hidden_size),
        "tied": is_tied,
        **_dropout(epochs, is_words),
    }
    training: Table = {
        "optimizer": "adamw",
        "weight_decay": 0.05,
        "learning_rate": round((0.004 if is_words else 0.01) * min((384 / width) ** 0.5, 1.2), 5),
        "warmup_steps": 50,
        "batch_size": batch_size,
        "window_size": window_size,
        "clip_norm": 1.0,
    }
    has_count = any(own_training.get(name) for name in ("epochs", "steps", "tokens"))
    if epochs > MOST_EPOCHS and not has_count:
        training["epochs"] = MOST_EPOCHS
    return from_tables(merged({"format": 1, "model": model, "training": training}, own))


def _dropout(epochs: float, is_words: bool) -> Table:
    """Dropout for a text that is read so often: none up to twice, half of all connections from twenty times on.

    On Tiny Shakespeare .2 was best at 7 epochs and .5, with a fifth of it at the input, at 19.
    """
    dropout = 0.16 * (math.log2(max(epochs, 1e-9)) - 1.2)
    dropout = min(max(dropout, 0.3 if is_words else 0.0), 0.6)
    return {"dropout": round(dropout, 2), "input_dropout_share": 0.2 if epochs > 10 or is_words else 0.0}


def _tokens_per_step(configuration: Configuration) -> int:
    return configuration.training.batch_size * configuration.training.window_size


def _operations(configuration: Configuration, vocabulary_size: int) -> float:
    return float(num_parameters(configuration.model, vocabulary_size) * _tokens_per_step(configuration))


def _speed_law(facts: Facts, tables: Mapping[str, Any], measure: StepSeconds) -> StepSeconds:
    """Seconds of a step of any width, from two measured ones: a constant and a part in proportion to the products."""
    small, large = (_candidate(tables, facts, size, epochs=1.0) for size in MEASURED_SIZES)
    seconds_small, seconds_large = measure(small), measure(large)
    operations_small, operations_large = (_operations(c, facts.vocabulary_size) for c in (small, large))
    if operations_large <= operations_small:
        return lambda _configuration: seconds_large
    slope = max(seconds_large - seconds_small, 0.0) / (operations_large - operations_small)
    constant = max(seconds_small - slope * operations_small, 0.0)
    return lambda c: constant + slope * _operations(c, facts.vocabulary_size)


def _explained(configuration: Configuration, facts: Facts, epochs: float, minutes: float) -> Message:
    model, training = configuration.model, configuration.training
    memory = training_bytes(configuration, facts.vocabulary_size) // 1_000_000
    if not training.minutes:
        return message(
            "Auto chose {layers} x {size} {cell} units with dropout {dropout}; about {memory} MB.",
            layers=model.num_layers, size=model.hidden_size, cell=model.cell.upper(), dropout=model.dropout,
            memory=memory,
        )  # fmt: skip
    read = min(epochs, training.epochs or epochs)
    return message(
        "Auto chose {layers} x {size} {cell} units with dropout {dropout}, because this machine reads the text about "
        "{epochs} times in the time given; about {minutes} minutes and {memory} MB.",
        layers=model.num_layers, size=model.hidden_size, cell=model.cell.upper(), dropout=model.dropout,
        epochs=round(read, 1), minutes=round(minutes * read / epochs, 1), memory=memory,
    )  # fmt: skip
