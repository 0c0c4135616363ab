"""What a model can be asked, and what it answers: values that pass between the window and the bridge."""

from dataclasses import dataclass, field
from typing import Literal

from engine.config.sampling import SamplingConfig

MixKind = Literal["mixture", "product"]

# Characters: what a recurrent network keeps of earlier ones is little, and to read them takes long.
LONGEST_PROMPT = 1000
# The reading begins at a multiple of so many: while the caret moves on, the model has read most of it already.
PROMPT_STEP = 250


def prompt_before(text: str, place: int) -> str:
    """What a model reads before it goes on at a character of a text."""
    too_many = max(0, place - LONGEST_PROMPT)
    return text[-(-too_many // PROMPT_STEP) * PROMPT_STEP : place]


@dataclass(frozen=True, kw_only=True)
class ModelRef:
    """Names a model: the best state of a run, or the model of a file.

    step: that of a milestone of the run instead; is_live: the run as it is now, while it trains. Of a run that another
    program trains, that is its last saved state.
    """

    run: str = ""
    file: str = ""
    step: int | None = None
    is_live: bool = False


@dataclass(frozen=True)
class MixPart:
    """Another model that has a say, and how much; it must have the vocabulary of the first."""

    model: ModelRef
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """Who is asked: a model, alone or mixed with others. own_weight: of `model` itself, in a mixture.

    mix_kind: "mixture" is the weighted mean of the probabilities, "product" that of their logarithms.
    """

    model: ModelRef
    others: tuple[MixPart, ...] = ()
    own_weight: float = 1.0
    mix_kind: MixKind = "mixture"


@dataclass(frozen=True, kw_only=True)
class WriteRequest(ModelRequest):
    """What shall be written. prompt: what is continued, whatever `settings.prompt` says.

    count: so many candidates at once, each with its own seed derived from `settings.seed` (the first has that itself).
    """

    prompt: str = ""
    settings: SamplingConfig = field(default_factory=SamplingConfig)
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class NextRequest(ModelRequest):
    """Which tokens could follow a prompt; the `top` likeliest of them."""

    prompt: str = ""
    settings: SamplingConfig = field(default_factory=SamplingConfig)
    top: int = 12


@dataclass(frozen=True)
class NextToken:
    """A token that could follow: its probability as the model says it, and after all settings."""

    text: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class AlternativesRequest(ModelRequest):
    """What else could stand at a character of a text; the `top` likeliest tokens before or after the settings."""

    text: str
    place: int
    settings: SamplingConfig = field(default_factory=SamplingConfig)
    top: int = 8


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A token that could stand in the place of another: its probability as the model says it, and after all settings.

    text: the token; put: what must be put in for it, with the space before a word where one is needed; is_own: it is
    what stands there.
    """

    text: str
    put: str
    before: float
    after: float
    is_own: bool = False


@dataclass(frozen=True, kw_only=True)
class Alternatives:
    """The token that stands at the characters [start, stop) of a text, as the model reads it, and what could instead.

    rank: 1 is what the model held for likeliest; tokens: the likeliest before the settings first.
    """

    start: int
    stop: int
    text: str
    probability: float
    rank: int
    tokens: tuple[Alternative, ...]


@dataclass(frozen=True, kw_only=True)
class SuggestRequest(ModelRequest):
    """Which words could come next; a word that the prompt ends amid is completed."""

    prompt: str = ""
    count: int = 5


@dataclass(frozen=True)
class Suggestion:
    """A word that could come next. text: what must be put in for it; word: all of it."""

    text: str
    word: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class ScoreRequest(ModelRequest):
    """How probable the characters [start, stop) of a text are. stop: -1 is the end. What stands before is read."""

    text: str
    start: int = 0
    stop: int = -1


@dataclass(frozen=True)
class TokenScore:
    """The characters [start, stop) of the text, one token, and what the model thought of it.

    rank: 1 is what it held for likeliest; entropy_bits: how unsure it was; surprise_bits: of the token itself.
    """

    start: int
    stop: int
    text: str
    probability: float
    rank: int
    entropy_bits: float
    surprise_bits: float


@dataclass(frozen=True)
class ScoresCame:
    """The scores of some more tokens, in the order of the text."""

    scores: tuple[TokenScore, ...]


@dataclass(frozen=True, kw_only=True)
class CopyRequest:
    """What of a text stands in a corpus, or, with `run`, in the part of its corpus from which a run learned."""

    text: str
    corpus: str = ""
    run: str = ""


@dataclass(frozen=True)
class IndexProgress:
    """How much of the corpus' index is built, from 0 to 1; only when it has to be."""

    share: float
    remaining_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class CopiedPassage:
    """The characters [start, stop) of the text stand in the corpus, too, between `text_before` and `text_after`.

    corpus_start, corpus_stop: where, in bytes of the corpus; `Texts.read_text` reads there.
    """

    start: int
    stop: int
    corpus_start: int
    corpus_stop: int
    text_before: str = ""
    text_after: str = ""


@dataclass(frozen=True, kw_only=True)
class CopyReport:
    """What was found. longest: passage in characters, also of those that are too short to be among the passages.

    copied_share: of the text's runs of 30 characters (or what is surely found, if that is more; of 5 words for a run
    that knows words), those that stand in the corpus, from 0 to 1; None for a shorter text. shortest_certain: passages
    of so many characters on are surely found; is_complete: no passage was so common that not all of its places were
    looked at; corpus, corpus_title: where it was looked.
    """

    passages: tuple[CopiedPassage, ...]
    longest: int
    copied_share: float | None
    shortest_certain: int
    is_complete: bool = True
    corpus: str = ""
    corpus_title: str = ""


@dataclass(frozen=True, kw_only=True)
class FillRequest(ModelRequest):
    """What could stand between two passages."""

    before: str
    after: str
    settings: SamplingConfig = field(default_factory=SamplingConfig)
    count: int = 5


@dataclass(frozen=True, kw_only=True)
class GapCandidate:
    """A text for a gap, and the logarithm of the probability of what follows the gap, given it."""

    text: str
    log_probability_after: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class TimeTravelRequest:
    """One prompt and seed, written on by a run as it was at each of its milestones.

    steps: only at these, in this order, and at those of them whose weights are still kept; empty: at all milestones.
    """

    run: str
    prompt: str = ""
    settings: SamplingConfig = field(default_factory=SamplingConfig)
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MilestoneText:
    """What the run wrote when it had taken so many steps."""

    step: int
    text: str
