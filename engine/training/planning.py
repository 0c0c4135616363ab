"""What a run will be, before it is: its complete configuration, its size, and the time it takes."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from engine.config.configuration import Configuration, from_tables, to_tables
from engine.device import choose_device
from engine.errors import Message, message
from engine.events import PreparationProgressed
from engine.library.library import Library
from engine.models.build import num_parameters
from engine.models.sizes import Matrix, matrices, training_bytes
from engine.text.ids import TokenIds
from engine.training.auto import Choice, Facts, choose
from engine.training.batches import Batches
from engine.training.data import open_ids
from engine.training.durations import counted_steps, plan
from engine.training.machine import Measurements, as_dtype
from engine.training.memory import available_bytes, check_memory
from engine.training.origins import Origin, read_origin, tables_from
from engine.training.pacing import Reading
from engine.training.request import Request

# A checkpoint holds each weight and two averages of the optimizer, and is read back.
BYTES_SAVED_PER_WEIGHT = 12
BYTES_SAVED_PER_SECOND = 200e6


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A configuration that can be trained, and where. warnings: what was cut to fit a short text."""

    configuration: Configuration
    explanation: Message
    device: torch.device
    precision: torch.dtype
    warnings: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is known of a run before it starts.

    tables: the complete configuration; explanation: why it was chosen so, empty where nothing was chosen; matrices:
    by name, in the order of the model; memory_bytes: of the whole process at its peak, about; num_steps: None where it
    is only fixed while the run measures its speed; seconds, predicted_steps, epochs: of the whole run, about.
    """

    tables: Mapping[str, Any]
    explanation: Message
    warnings: tuple[Message, ...]
    vocabulary_size: int
    num_train_tokens: int
    num_valid_tokens: int
    num_parameters: int
    matrices: Mapping[str, Matrix]
    memory_bytes: int
    seconds: float
    num_steps: int | None
    predicted_steps: int
    epochs: float
    seconds_per_step: float
    tokens_per_second: float


def estimate(library: Library, request: Request) -> Generator[PreparationProgressed, None, Estimate]:
    """Estimate a run; yields what happens. Quick once the corpus was tokenized and the machine was measured.

    Nothing is written but what is derived from corpus and machine. Raises InvalidSetting or BadInput, as the run would.
    """
    origin, tables = inherited(library, request)
    corpus = from_tables(tables).corpus
    own = None if origin is None else origin.tokenizer
    ids = yield from open_ids(library.corpus(request.corpus_id), corpus, own)
    facts = Facts(len(ids.train.ids), ids.tokenizer.vocabulary_size, corpus.tokens)
    draft = yield from drafted(library, request, tables, facts)
    yield PreparationProgressed(part="speed", share=0.9)
    measurements = Measurements(library, draft.device)
    per_step = measurements.step_seconds(draft.configuration, facts.vocabulary_size, draft.precision)
    return _estimated(draft, ids, per_step)


def inherited(library: Library, request: Request) -> tuple[Origin | None, Mapping[str, Any]]:
    """The run that a new one starts from, if there is one, and the tables with what is taken over from it."""
    if not request.start_from:
        return None, request.tables
    origin = read_origin(library, request.start_from)
    return origin, tables_from(origin, request.tables)


def drafted(
    library: Library, request: Request, tables: Mapping[str, Any], facts: Facts
) -> Generator[PreparationProgressed, None, Draft]:
    """Choose what the request leaves open, and make it fit text and memory. tables: of the request, as `inherited`.

    Raises InvalidSetting before anything large is allocated.
    """
    preliminary = from_tables(tables)
    device = choose_device(preliminary.training.device)
    measurements = Measurements(library, device)
    yield PreparationProgressed(part="speed", share=0.0)
    wished = preliminary.training.precision
    precision = measurements.precision() if wished == "auto" else as_dtype(wished)
    choice = Choice(preliminary, request.explanation or Message(""))
    if request.is_planned:
        yield PreparationProgressed(part="speed", share=0.3)

        def measure(configuration: Configuration) -> float:
            return measurements.step_seconds(configuration, facts.vocabulary_size, precision)

        choice = choose(tables, facts, measure, available_bytes(device))
    configuration, warnings = _fitted(choice.configuration, facts.num_train_tokens)
    check_memory(configuration, facts.vocabulary_size, available_bytes(device))
    return Draft(
        configuration=configuration,
        explanation=choice.explanation,
        device=device,
        precision=precision,
        warnings=tuple(warnings),
    )


def _fitted(configuration: Configuration, num_train_tokens: int) -> tuple[Configuration, list[Message]]:
    """The configuration with batch and window cut to fit a short text, and the warnings that say so."""
    training = configuration.training
    num_predictions = num_train_tokens - 1
    window_size = min(training.window_size, num_predictions)
    # Streams shorter than a window would waste the window: fewer streams instead.
    batch_size = max(1, min(training.batch_size, num_predictions // window_size))
    warnings = []
    if window_size < training.window_size:
        warnings.append(
            message(
                "The training text has only {count} tokens: the window is cut to {window} tokens. Add more text, or "
                "expect it to be learned by heart.",
                count=num_train_tokens,
                window=window_size,
            )
        )
    if batch_size < training.batch_size:
        warnings.append(
            message(
                "The training text has only {count} tokens: the batch is cut to {batch}.",
                count=num_train_tokens,
                batch=batch_size,
            )
        )
    fitted = replace(training, window_size=window_size, batch_size=batch_size)
    return replace(configuration, training=fitted), warnings


def _estimated(draft: Draft, ids: TokenIds, per_step: float) -> Estimate:
    configuration, training = draft.configuration, draft.configuration.training
    vocabulary_size = ids.tokenizer.vocabulary_size
    num_weights = num_parameters(configuration.model, vocabulary_size)
    batches = Batches(ids.train.ids, training.batch_size, training.window_size)
    reading = Reading.of(len(ids.valid.ids), 0 if ids.test is None else len(ids.test.ids))
    saving = num_weights * BYTES_SAVED_PER_WEIGHT / BYTES_SAVED_PER_SECOND
    costs = reading.costs(per_step, reading.validation_seconds(per_step, batches), saving)
    counted = counted_steps(training, batches)
    made = plan(training, counted, 0, 0.0, costs)
    assert made is not None
    assert made.seconds is not None
    limit = training.minutes * 60
    is_counted = made.total_steps == counted
    return Estimate(
        tables=to_tables(configuration),
        explanation=draft.explanation,
        warnings=draft.warnings,
        vocabulary_size=vocabulary_size,
        num_train_tokens=len(ids.train.ids),
        num_valid_tokens=len(ids.valid.ids),
        num_parameters=num_weights,
        matrices=matrices(configuration.model, vocabulary_size),
        memory_bytes=training_bytes(configuration, vocabulary_size),
        seconds=min(made.seconds, limit or made.seconds) if is_counted else limit,
        num_steps=counted if is_counted else None,
        predicted_steps=made.total_steps,
        epochs=made.total_steps / batches.windows_per_epoch,
        seconds_per_step=per_step,
        tokens_per_second=batches.tokens_per_epoch / batches.windows_per_epoch / per_step,
    )
