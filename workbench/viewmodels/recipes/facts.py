"""What a draft would be, in numbers: weights, memory, time, and each matrix."""

import re
from dataclasses import dataclass

from workbench.viewmodels.recipes.draft import Draft
from workbench.viewmodels.recipes.labels import tokens_word
from workbench.words import file_size, number, rough_duration, significant, tr

_LAYER = re.compile(r"layers\.(\d+)\.(\w+)")


@dataclass(frozen=True)
class Fact:
    """A number with what it means."""

    caption: str
    value: str


@dataclass(frozen=True)
class MatrixRow:
    """One matrix: its name, its shape and how many weights it has."""

    name: str
    shape: str
    count: str


def facts_of(draft: Draft) -> list[Fact] | None:
    """Always the same facts, so that nothing moves while one types; None while a setting is not possible."""
    if draft.faults:
        return None
    sizes, estimate = draft.sizes() if draft.has_chosen else None, draft.estimate
    unknown = "…" if draft.is_estimating else "–"
    weights = memory = time = speed = times = unknown
    if sizes is not None:
        weights = number(sum(count for _, count in sizes[0].values()))
        memory = tr("about {size}", size=file_size(sizes[1]))
    if draft.seconds is not None:
        time = rough_duration(draft.seconds)
    if estimate is not None and estimate.tokens_per_second is not None:
        rate, tokens = significant(estimate.tokens_per_second, 2), tokens_word(draft.values)
        speed = tr("{count} {tokens}/s", count=rate, tokens=tokens)
    if estimate is not None and estimate.epochs:
        times = _times(estimate.epochs)
    return [
        Fact(tr("Weights"), weights),
        Fact(tr("Memory"), memory),
        Fact(tr("Time on this machine"), time),
        Fact(tr("Speed"), speed),
        Fact(tr("Reads your text"), times),
    ]


def matrix_rows(draft: Draft) -> list[MatrixRow]:
    """All matrices in the order of the model; empty while they are not known."""
    sizes = draft.sizes()
    if sizes is None or not draft.has_chosen:
        return []
    return [MatrixRow(_name(name), _shape(shape), number(count)) for name, (shape, count) in sizes[0].items()]


def total_words(draft: Draft) -> str:
    """The sum of all matrices; empty while it is not known."""
    sizes = draft.sizes()
    if sizes is None or not draft.has_chosen:
        return ""
    return number(sum(count for _, count in sizes[0].values()))


def _times(epochs: float) -> str:
    if epochs < 1.5:
        return tr("about once") if epochs >= 0.75 else tr("less than once")
    return tr("about {count} times", count=number(epochs, 0 if epochs >= 3 else 1))


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(number(size) for size in shape)


def _name(name: str) -> str:
    found = _LAYER.fullmatch(name)
    if found is not None:
        layer = int(found[1]) + 1
        words = {
            "weight_ih": tr("Layer {layer}: what comes in", layer=layer),
            "weight_hh": tr("Layer {layer}: its own last answer", layer=layer),
            "bias": tr("Layer {layer}: bias", layer=layer),
        }
        return words.get(found[2], name)
    words = {
        "embedding.weight": tr("Embedding"),
        "output.weight": tr("Output"),
        "output.bias": tr("Output: bias"),
    }
    return words.get(name, name)
