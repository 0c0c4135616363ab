"""How much memory a run needs, told before it starts."""

from collections.abc import Callable
from dataclasses import replace

import torch

from engine.config.configuration import Configuration
from engine.errors import InvalidSetting
from engine.models.build import NUM_GATES, num_parameters

# Weights, gradients, two averages of the optimizer, and a snapshot of weights and averages.
NUMBERS_PER_WEIGHT = 7
# Of each gate and token: what enters, the gate itself, its derivative, its gradient.
NUMBERS_PER_GATE = 4
MOST_LOGITS = 8_000_000
PROGRAM_BYTES = 300_000_000
BYTES = 4


def training_bytes(configuration: Configuration, vocabulary_size: int) -> int:
    """Memory that training needs at its peak, about: the program, the weights and what back-propagation keeps."""
    model, training = configuration.model, configuration.training
    num_tokens = training.batch_size * training.window_size
    per_token = model.num_layers * model.hidden_size * NUM_GATES[model.cell] * NUMBERS_PER_GATE
    per_token += model.embedding_size or vocabulary_size
    logits = 3 * min(num_tokens * vocabulary_size, MOST_LOGITS)
    numbers = NUMBERS_PER_WEIGHT * num_parameters(model, vocabulary_size) + num_tokens * per_token + logits
    return PROGRAM_BYTES + BYTES * numbers


def check_memory(configuration: Configuration, vocabulary_size: int, available_bytes: int | None) -> None:
    """Refuse what does not fit, naming the size that does. available_bytes: None where it is not known.

    Raises InvalidSetting for model.hidden_size, or for training.batch_size if no width would fit.
    """
    if available_bytes is None or training_bytes(configuration, vocabulary_size) <= available_bytes:
        return
    model, training = configuration.model, configuration.training

    def with_width(width: int) -> Configuration:
        embedding_size = width if model.tied else model.embedding_size
        return replace(configuration, model=replace(model, hidden_size=width, embedding_size=embedding_size))

    def with_batch(size: int) -> Configuration:
        return replace(configuration, training=replace(training, batch_size=size))

    for field, value, changed in (
        ("model.hidden_size", model.hidden_size, with_width),
        ("training.batch_size", training.batch_size, with_batch),
    ):
        nearest = _largest(value, lambda size: training_bytes(changed(size), vocabulary_size) <= available_bytes)  # noqa: B023
        if nearest:
            raise InvalidSetting(
                "{field} is {value}, but that needs about {needed} MB of memory and {available} MB are free. "
                "The nearest possible value is {nearest}.",
                field=field,
                value=value,
                needed=training_bytes(configuration, vocabulary_size) // 1_000_000,
                available=available_bytes // 1_000_000,
                nearest=nearest,
            )
    raise InvalidSetting(
        "{field} is {value}, but the memory does not suffice for any batch. Choose a smaller model and batch.",
        field="training.window_size",
        value=training.window_size,
    )


def _largest(highest: int, fits: Callable[[int], bool]) -> int:
    """The largest size below `highest` that fits, 0 if none does."""
    low, high = 0, highest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def available_bytes(device: torch.device) -> int | None:
    """Memory that is free on the device, None where nothing tells."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        import psutil
    except ImportError:
        return None
    return int(psutil.virtual_memory().available)
