"""By what a text can be coloured, and what each step of a colour means, in words and numbers."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from workbench.bridge.protocols.writing import Source, TokenScore
from workbench.viewmodels.write.next_picture import share_words, token_name
from workbench.words import number, tr

ColourMode = Literal["none", "author", "surprise", "entropy", "copied"]
MODES: tuple[ColourMode, ...] = ("author", "surprise", "entropy", "copied", "none")
SCORED: tuple[ColourMode, ...] = ("surprise", "entropy")

SURPRISE_BITS = (1.0, 3.0, 6.0)  # where steps 1, 2 and 3 begin: 1 in 2, 1 in 8, 1 in 64
ENTROPY_BITS = (1.0, 3.0, 5.0)  # as unsure as among 2, 8 and 32 equal choices

# What a passage shows besides its colour: step 1, 2, 3 are a dotted, a dashed and a drawn line beneath.
Mark = tuple[int, int, str, int]  # start, stop, mode, step


@dataclass(frozen=True)
class LegendEntry:
    """One step: how it looks (mode and step), and what it means."""

    mode: ColourMode
    step: int
    text: str


def surprise_step(score: TokenScore) -> int:
    """0 for what the model expected, to 3."""
    return bisect_right(SURPRISE_BITS, score.surprise_bits)


def entropy_step(score: TokenScore) -> int:
    """0 where the model was sure, to 3."""
    return bisect_right(ENTROPY_BITS, score.entropy_bits)


def mode_name(mode: ColourMode) -> str:
    """What the person chooses."""
    match mode:
        case "author":
            return tr("Who wrote it")
        case "surprise":
            return tr("Surprise")
        case "entropy":
            return tr("How unsure the model was")
        case "copied":
            return tr("Copied passages")
        case "none":
            return tr("No colours")


def legend_title(mode: ColourMode) -> str:
    """What the steps measure; empty where there is only one."""
    match mode:
        case "surprise":
            return tr("How likely it was")
        case "entropy":
            return tr("Choices it wavered among")
        case _:
            return ""


def legend(mode: ColourMode, shortest: int = 0) -> list[LegendEntry]:
    """What the steps mean. shortest: so many letters a copied passage has that is surely found; 0: all are."""
    match mode:
        case "surprise":
            texts = [
                tr("1 in 2 or likelier"), tr("1 in 2 to 1 in 8"), tr("1 in 8 to 1 in 64"), tr("rarer than 1 in 64"),
            ]  # fmt: skip
        case "entropy":
            texts = [tr("1 or 2"), tr("2 to 8"), tr("8 to 32"), tr("more than 32")]
        case "copied":
            text = tr("also stands in the text from which the model learned")
            if shortest:
                text = tr(
                    "also stands in the text from which the model learned (from {count} letters on)", count=shortest
                )
            return [LegendEntry("copied", 1, text)]
        case "author":
            return [LegendEntry("author", 1, tr("written by the model"))]
        case "none":
            return []
    return [LegendEntry(mode, step, text) for step, text in enumerate(texts)]


def surprise_note(score: TokenScore) -> str:
    """What the model thought of one token."""
    return tr(
        "“{token}”: {share} likely, number {rank} of the model's choices, {bits} bits of surprise.",
        token=token_name(score.text)[0], share=share_words(score.probability), rank=score.rank,
        bits=number(score.surprise_bits, 1),
    )  # fmt: skip


def entropy_note(score: TokenScore) -> str:
    """How unsure the model was before one token."""
    choices = 2**score.entropy_bits
    return tr(
        "Before “{token}” the model wavered as among {count} equal choices, {bits} bits.",
        token=token_name(score.text)[0], count=number(choices, 1 if choices < 10 else 0),
        bits=number(score.entropy_bits, 1),
    )  # fmt: skip


def source_note(source: Source | None) -> str:
    """Who wrote a passage of a model's."""
    if source is None:
        return tr("Written by a model.")
    temperature = source.settings.get("temperature")
    title = source.origin.title or tr("a model")
    if not isinstance(temperature, int | float):
        return tr("Proposed by {title}, chosen by you.", title=title)
    return tr(
        "Written by {title}, temperature {temperature}, seed {seed}.",
        title=title, temperature=number(temperature, 2).rstrip("0").rstrip(".,") or "0", seed=str(source.seed),
    )  # fmt: skip
