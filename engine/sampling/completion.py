"""A text on its way: tokens in, whole characters out, until one of its ends is found."""

from copy import copy
from dataclasses import dataclass
from unicodedata import category

from engine.config.sampling import SamplingConfig
from engine.sampling.graphemes import ClusterGate
from engine.sampling.half_words import HalfWord
from engine.sampling.matrices import Floats
from engine.sampling.predictor import State
from engine.sampling.stopping import Reason, Stopping
from engine.text.tokenizers import StreamDecoder, Tokenizer

_TOKENS_OF_CONTEXT = 8  # more than any decoder remembers


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A text that a model wrote.

    completion: what follows the prompt; num_tokens: how many tokens were drawn, with those of what ended it; seed:
    writes it again; replaced: characters or words of the prompt that the model does not know and read differently;
    token_ids: all that were drawn; reason: why it ended.
    """

    prompt: str
    completion: str
    num_tokens: int
    seed: int
    replaced: tuple[str, ...] = ()
    token_ids: tuple[int, ...] = ()
    reason: Reason = "length"

    @property
    def text(self) -> str:
        """The prompt and the completion."""
        return self.prompt + self.completion


@dataclass(frozen=True, kw_only=True)
class ReadPrompt:
    """A prompt that the model has read: logits (V,) of what follows, and the state, for any number of completions.

    token_ids: of the prompt alone, without the style and without the half word `half`, which is to be completed.
    """

    text: str
    token_ids: tuple[int, ...]
    replaced: tuple[str, ...]
    logits: Floats
    state: State
    half: HalfWord | None = None


class Completion:
    """The text of drawn tokens. can_join: that of `graphemes`, for this vocabulary."""

    def __init__(self, tokenizer: Tokenizer, prompt: ReadPrompt, settings: SamplingConfig, can_join: bool) -> None:
        self._tokenizer = tokenizer
        self._prompt = prompt
        self._decoder: StreamDecoder = tokenizer.decoder()
        read = self._decoder.feed(prompt.token_ids[-_TOKENS_OF_CONTEXT:])
        # Word tokens bring the space before them, also when the prompt already ends with it.
        self._has_space = tokenizer.kind == "word" and prompt.text.endswith(" ") and not read.endswith(" ")
        self._stopping = Stopping(settings, prompt.text)
        self._gate = ClusterGate(prompt.text) if can_join else None
        self._half = prompt.half
        self._last = prompt.text[-1:]
        self._pieces: list[str] = []
        self._token_ids: list[int] = []
        self._is_cancelled = False

    @property
    def is_over(self) -> bool:
        """Whether an end was found."""
        return self._stopping.has_stopped

    @property
    def is_in_word(self) -> bool:
        """Whether the last character belongs to a word: a letter, a digit or a mark on one."""
        return self._last.isalnum() or (self._last > "\x7f" and category(self._last)[0] == "M")

    @property
    def num_tokens(self) -> int:
        """How many were added."""
        return len(self._token_ids)

    @property
    def text(self) -> str:
        """What was shown."""
        return "".join(self._pieces)

    def add(self, token_id: int) -> str:
        """What can be shown now that one more token is known."""
        text = self._decoder.feed((token_id,))
        if self._half is not None:
            text, self._half = self._tokenizer.token_text(token_id)[len(self._half.text) :], None
        self._token_ids.append(token_id)
        return self._pass(text)

    def cancel(self) -> None:
        """Someone ended it."""
        self._is_cancelled = True

    def finish(self) -> str:
        """What was held back, when no more tokens come."""
        shown = self._pass(self._decoder.finish()) + self._show(self._stopping.finish())
        if self._gate is not None:
            rest = self._gate.finish()
            self._pieces.append(rest)
            shown += rest
        return shown

    def sample(self, seed: int) -> Sample:
        """The whole, after `finish`."""
        return Sample(
            prompt=self._prompt.text, completion=self.text, num_tokens=self.num_tokens, seed=seed,
            replaced=self._prompt.replaced, token_ids=tuple(self._token_ids),
            reason=self._stopping.reason or ("cancelled" if self._is_cancelled else "length"),
        )  # fmt: skip

    def copy(self) -> "Completion":
        """Another that goes on from here."""
        other = copy(self)
        other._decoder = self._decoder.copy()
        other._stopping = self._stopping.copy()
        other._gate = copy(self._gate)
        other._pieces = self._pieces.copy()
        other._token_ids = self._token_ids.copy()
        return other

    def _pass(self, text: str) -> str:
        if text:
            self._last = text[-1]
            if self._has_space:
                self._has_space = False
                text = text.removeprefix(" ")
        if self._stopping.has_ends:
            text = self._stopping.feed(text)
        return self._show(text)

    def _show(self, text: str) -> str:
        if self._gate is not None:
            text = self._gate.feed(text)
        if text:
            self._pieces.append(text)
        return text
