"""What is refused for lack of memory, before a run starts."""

from collections.abc import Callable
from dataclasses import replace

import torch

from engine.config.configuration import Configuration
from engine.config.model import LstmConfig
from engine.config.options import default_of
from engine.config.training import TrainingConfig
from engine.errors import InvalidSetting
from engine.models.sizes import training_bytes


def check_memory(configuration: Configuration, vocabulary_size: int, available_bytes: int | None) -> None:
    """Refuse what does not fit, naming the size that does. available_bytes: None where it is not known.

    Raises InvalidSetting for the size that is furthest above its default, of those that alone can be made to fit.
    """
    if available_bytes is None or training_bytes(configuration, vocabulary_size) <= available_bytes:
        return

    def fits(changed: Configuration) -> bool:
        return training_bytes(changed, vocabulary_size) <= available_bytes

    sizes = _sizes(configuration)
    for field in sorted(sizes, key=lambda name: -sizes[name][0] / sizes[name][1]):
        value, _, with_size = sizes[field]
        nearest = _largest(value, lambda size: fits(with_size(size)))  # noqa: B023
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
        value=configuration.training.window_size,
    )


def _sizes(configuration: Configuration) -> dict[str, tuple[int, int, Callable[[int], Configuration]]]:
    """The sizes that memory depends on: their value, their default, and the configuration with another value."""
    model, training = configuration.model, configuration.training

    def with_width(width: int) -> Configuration:
        embedding_size = width if model.tied else model.embedding_size
        return replace(configuration, model=replace(model, hidden_size=width, embedding_size=embedding_size))

    def with_batch(size: int) -> Configuration:
        return replace(configuration, training=replace(training, batch_size=size))

    def with_window(size: int) -> Configuration:
        return replace(configuration, training=replace(training, window_size=size))

    def default(section: type, name: str) -> int:
        return int(default_of(section, name))

    return {
        "model.hidden_size": (model.hidden_size, default(LstmConfig, "hidden_size"), with_width),
        "training.batch_size": (training.batch_size, default(TrainingConfig, "batch_size"), with_batch),
        "training.window_size": (training.window_size, default(TrainingConfig, "window_size"), with_window),
    }


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
