"""How the candidates of a document are judged: values that pass between the window and the bridge."""

from dataclasses import dataclass

from workbench.bridge.protocols.asking import CopyReport, IndexProgress, ModelRef


@dataclass(frozen=True, kw_only=True)
class JudgedText:
    """A text that a model wrote. before: the end of what it read before that."""

    model: ModelRef
    text: str
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class JudgeRequest:
    """These texts, each by its own model and by the text from which that learned."""

    texts: tuple[JudgedText, ...]


@dataclass(frozen=True, kw_only=True)
class Likelihood:
    """How likely text number `index` is to its model: bits of surprise in the mean per token (char, byte or word)."""

    index: int
    bits_per_token: float
    tokens: str


@dataclass(frozen=True, kw_only=True)
class Novelty:
    """What of text number `index` stands in what its model learned from."""

    index: int
    report: CopyReport


JudgeEvent = Likelihood | Novelty | IndexProgress
