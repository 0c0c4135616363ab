"""What the curves are called by people."""

from collections.abc import Iterable

from workbench.viewmodels.run_history import Axis
from workbench.words import tr


def reference_name(key: str) -> str:
    """A simple method to compare with, in words."""
    names = {
        "uniform": tr("pure guessing"),
        "frequency": tr("letter frequencies alone"),
        "pair": tr("pairs of letters"),
        "xz": tr("file compression (xz)"),
    }
    return names.get(key, key)


def axis_name(axis: Axis) -> str:
    """A horizontal axis in words."""
    names = {"step": tr("Step"), "epoch": tr("Pass through the text"), "tokens": tr("Tokens read"), "time": tr("Time")}
    return names[axis]


def axis_short_name(axis: Axis) -> str:
    """A horizontal axis in one word, for a row of choices."""
    names = {"step": tr("Steps"), "epoch": tr("Passes"), "tokens": tr("Tokens"), "time": tr("Time")}
    return names[axis]


def matrix_names(names: Iterable[str]) -> dict[str, str]:
    """Parameters in words: "Layer 1, memory"."""
    return {name: _matrix_name(name) for name in names}


def _matrix_name(name: str) -> str:
    parts = name.split(".")
    match parts:
        case ["embedding", "weight"]:
            return tr("Embedding")
        case ["output", "weight"]:
            return tr("Output")
        case ["output", "bias"]:
            return tr("Output, bias")
        case ["layers", index, part] if index.isdigit():
            return _layer_part(int(index) + 1, part)
        case _:
            return name


def _layer_part(layer: int, part: str) -> str:
    match part:
        case "weight_ih":
            return tr("Layer {layer}, input", layer=layer)
        case "weight_hh":
            return tr("Layer {layer}, memory", layer=layer)
        case "bias":
            return tr("Layer {layer}, bias", layer=layer)
        case _:
            return tr("Layer {layer}, {part}", layer=layer, part=part)
