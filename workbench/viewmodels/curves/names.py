"""What the curves are called by people."""

from collections.abc import Mapping

from workbench.words import tr


def reference_names(references: Mapping[str, float]) -> list[tuple[str, float]]:
    """Reference values with names, worst first; nats per token."""
    names = {
        "uniform": tr("pure guessing"),
        "frequency": tr("frequencies alone"),
        "pair": tr("pairs"),
        "xz": tr("file compression (xz)"),
    }
    found = [(names.get(key, key), value) for key, value in references.items()]
    return sorted(found, key=lambda item: -item[1])


def matrix_name(name: str) -> str:
    """A parameter in words: "Layer 1, memory"."""
    first, _, rest = name.partition(".")
    if first == "layers":
        index, _, part = rest.partition(".")
        layer = int(index) + 1 if index.isdigit() else 0
        if part == "weight_ih":
            return tr("layer {layer}, input", layer=layer)
        if part == "weight_hh":
            return tr("layer {layer}, memory", layer=layer)
        return tr("layer {layer}, bias", layer=layer)
    if name == "embedding.weight":
        return tr("embedding")
    if name == "output.weight":
        return tr("output")
    return tr("output, bias") if name == "output.bias" else name
