"""Checkpoints: what a trainer captures, as tensors of a file and back."""

import math
from collections.abc import Mapping
from typing import Any

import torch

from engine.config.model import ModelConfig
from engine.errors import DamagedFile
from engine.library.tensors import RawTensor
from engine.models.build import parameter_shapes

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "U8": torch.uint8,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def packed(tensors: Mapping[str, torch.Tensor]) -> dict[str, RawTensor]:
    """Tensors as plain little-endian bytes."""
    return {name: _packed(tensor) for name, tensor in tensors.items()}


def _packed(tensor: torch.Tensor) -> RawTensor:
    flat = tensor.detach().to("cpu").contiguous()
    return RawTensor(NAMES[flat.dtype], tuple(flat.shape), flat.reshape(-1).view(torch.uint8).numpy().data)


def unpacked(tensors: Mapping[str, RawTensor]) -> dict[str, torch.Tensor]:
    """Tensors from plain bytes. Raises DamagedFile if a number is not finite."""
    result = {}
    for name, raw in tensors.items():
        tensor = torch.frombuffer(raw.data, dtype=DTYPES[raw.dtype]).reshape(raw.shape)
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise DamagedFile("The checkpoint holds a value in {name} that is not a finite number.", name=name)
        result[name] = tensor
    return result


# What each optimizer remembers of a parameter of its shape; "step" is a single number.
OPTIMIZER_ENTRIES = {
    "sgd": (),
    "momentum": ("momentum_buffer",),
    "adam": ("step", "exp_avg", "exp_avg_sq"),
    "adamw": ("step", "exp_avg", "exp_avg_sq"),
    "rmsprop": ("step", "square_avg"),
    "adagrad": ("step", "sum"),
}


def expected_tensors(
    config: ModelConfig,
    vocabulary_size: int,
    optimizer: str,
    batch_size: int,
    generator_bytes: int,
    *,
    has_stepped: bool,
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Names, types and shapes of a checkpoint, computed before anything is allocated.

    generator_bytes: size of the saved state of the dropout generator; has_stepped: whether the optimizer
    remembers anything yet.
    """
    shapes = parameter_shapes(config, vocabulary_size)
    expected = {f"model/{name}": ("F32", shape) for name, shape in shapes.items()}
    entries = OPTIMIZER_ENTRIES[optimizer] if has_stepped else ()
    for name, shape in shapes.items():
        for entry in entries:
            expected[f"optimizer/{name}/{entry}"] = ("F32", () if entry == "step" else shape)
    for layer in range(config.num_layers):
        for kind in "hc" if config.cell == "lstm" else "h":
            expected[f"state/{layer}.{kind}"] = ("F32", (batch_size, config.hidden_size))
    expected["dropout_generator"] = ("U8", (generator_bytes,))
    return expected


def is_finite(numbers: Mapping[str, Any]) -> bool:
    """Whether all numbers of a checkpoint's counters are finite."""
    return all(math.isfinite(value) for value in numbers.values() if isinstance(value, float))
