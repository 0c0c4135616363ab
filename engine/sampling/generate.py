"""Writing with a model: a prompt, and what follows it.

A completion is exactly as many tokens as were asked for, unless a stop string or the person ends it; nothing is added.
Without a prompt the model begins as after a line end, which is not part of the text; a vocabulary without one has what
its tokenizer puts in its place. `<unk>` is never written when there is another token: its probability goes to the
others in proportion.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.config.corpus import CleaningConfig
from engine.config.sampling import SamplingConfig
from engine.errors import Cancelled
from engine.models.model_file import LoadedModel
from engine.sampling.cells import Floats
from engine.sampling.choice import derived_seed, draw, draw_many, forbid, generator_of
from engine.sampling.stepper import State, Stepper, fork, select
from engine.sampling.stopping import StopScanner
from engine.text.cleaning import clean
from engine.text.tokenizers import StreamDecoder, Tokenizer
from engine.text.vocabulary import refuse_surrogates

MOST_CANDIDATES = 64
MOST_LOGITS = 2**22  # of all candidates together, so that large vocabularies do not fill the memory

_TOKENS_BETWEEN_CHECKS = 64


def never() -> bool:
    """For `is_cancelled`, when nobody can cancel."""
    return False


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A text that a model wrote.

    completion: what follows the prompt; num_tokens: how many tokens were drawn, with those of a stop string; seed:
    writes it again; replaced: characters or words of the prompt that the model does not know and read differently.
    """

    prompt: str
    completion: str
    num_tokens: int
    seed: int
    replaced: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The prompt and the completion."""
        return self.prompt + self.completion


@dataclass(frozen=True, kw_only=True)
class ReadPrompt:
    """A prompt that the model has read: logits (V,) of what follows, and the state, for any number of completions."""

    text: str
    token_ids: tuple[int, ...]
    replaced: tuple[str, ...]
    logits: Floats
    state: State


class Writer:
    """A model that writes. cleaning: that of its corpus; prompts are then read as if they had stood there."""

    def __init__(self, stepper: Stepper, tokenizer: Tokenizer, cleaning: CleaningConfig | None = None) -> None:
        self._stepper = stepper
        self._tokenizer = tokenizer
        self._cleaning = cleaning

    @classmethod
    def from_model(cls, model: LoadedModel) -> "Writer":
        """A writer with a copy of the model's weights."""
        stepper = Stepper.from_arrays(model.configuration.model, model.arrays)
        return cls(stepper, model.tokenizer, model.cleaning)

    def read_prompt(self, text: str, is_cancelled: Callable[[], bool] = never) -> ReadPrompt:
        """Let the model read a prompt of any length, one step for each token; its own text stays as it is.

        Raises BadInput for half a character in the text, and Cancelled.
        """
        refuse_surrogates(text)
        known = text if self._cleaning is None else clean(text, self._cleaning)
        ids, replaced = self._tokenizer.encode_prompt(known)
        token_ids = tuple(ids.tolist())
        pending: Sequence[int] = token_ids or _beginning(self._tokenizer)
        state = self._stepper.initial_state()
        for start in range(0, len(pending), _TOKENS_BETWEEN_CHECKS):
            if is_cancelled():
                raise Cancelled
            logits, state = self._stepper.read(pending[start : start + _TOKENS_BETWEEN_CHECKS], state)
        return ReadPrompt(text=text, token_ids=token_ids, replaced=tuple(replaced), logits=logits, state=state)

    def write(
        self, settings: SamplingConfig, *, prompt: ReadPrompt | None = None, is_cancelled: Callable[[], bool] = never
    ) -> Generator[str, None, Sample]:
        """Write one completion and yield it piece by piece, the prompt not among them; returns all of it.

        `prompt` saves reading `settings.prompt`. When `is_cancelled`, asked between tokens, says so, the sample is what
        there is. The same settings write the same text again on the same machine with the same number of threads.
        """
        prompt = prompt or self.read_prompt(settings.prompt, is_cancelled)
        completion = _Completion(self._tokenizer, prompt, settings.stop)
        random = generator_of(settings.seed)
        logits, state = prompt.logits.copy(), prompt.state
        for left in range(settings.length - 1, -1, -1):
            if is_cancelled():
                break
            forbid(logits, self._tokenizer.unknown_id)
            token_id = draw(logits, settings.temperature, random)
            piece = completion.add(token_id)
            if piece:
                yield piece
            if completion.has_stopped:
                break
            if left:
                logits, state = self._stepper.step(token_id, state)
        rest = completion.finish()
        if rest:
            yield rest
        return completion.sample(settings.seed)

    def write_whole(
        self, settings: SamplingConfig, *, prompt: ReadPrompt | None = None, is_cancelled: Callable[[], bool] = never
    ) -> Sample:
        """As `write`, without the pieces."""
        pieces = self.write(settings, prompt=prompt, is_cancelled=is_cancelled)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                sample: Sample = end.value
                return sample

    def write_many(
        self, settings: SamplingConfig, count: int, is_cancelled: Callable[[], bool] = never
    ) -> Generator[Sample, None, None]:
        """`count` completions of one prompt, in their order; sample k has the seed `derived_seed(settings.seed, k)`.

        They are written side by side, one product for all. A sample is the one that its seed writes alone, except that
        the product for many rounds differently in the last bit: about once in a million tokens that lets another token
        be drawn, and the two texts part there.
        """
        prompt = self.read_prompt(settings.prompt, is_cancelled)
        most = min(MOST_CANDIDATES, max(1, MOST_LOGITS // self._stepper.vocabulary_size))
        for start in range(0, count, most):
            group = [derived_seed(settings.seed, index) for index in range(start, min(start + most, count))]
            if len(group) == 1:
                alone = replace(settings, seed=group[0])
                yield self.write_whole(alone, prompt=prompt, is_cancelled=is_cancelled)
            else:
                yield from self._write_group(settings, prompt, group, is_cancelled)

    def _write_group(
        self, settings: SamplingConfig, prompt: ReadPrompt, seeds: list[int], is_cancelled: Callable[[], bool]
    ) -> list[Sample]:
        completions = [_Completion(self._tokenizer, prompt, settings.stop) for _ in seeds]
        randoms = [generator_of(seed) for seed in seeds]
        going = list(range(len(seeds)))
        logits_BV, state = np.repeat(prompt.logits[np.newaxis], len(seeds), axis=0), fork(prompt.state, len(seeds))
        for left in range(settings.length - 1, -1, -1):
            if is_cancelled():
                break
            forbid(logits_BV, self._tokenizer.unknown_id)
            token_ids_B = draw_many(logits_BV, settings.temperature, [randoms[index] for index in going])
            for index, token_id in zip(going, token_ids_B.tolist(), strict=True):
                completions[index].add(token_id)
            kept = [place for place, index in enumerate(going) if not completions[index].has_stopped]
            if len(kept) < len(going):
                going = [going[place] for place in kept]
                token_ids_B, state = token_ids_B[kept], select(state, kept)
            if not going:
                break
            if left:
                logits_BV, state = self._stepper.step(token_ids_B, state)
        for completion in completions:
            completion.finish()
        return [completion.sample(seed) for completion, seed in zip(completions, seeds, strict=True)]


class _Completion:
    """The text of drawn tokens: decoded as it comes, ended before the stop string."""

    def __init__(self, tokenizer: Tokenizer, prompt: ReadPrompt, stop: str) -> None:
        self._prompt = prompt
        self._decoder: StreamDecoder = tokenizer.decoder()
        read = self._decoder.feed(prompt.token_ids)
        # Word tokens bring the space before them, also when the prompt already ends with it.
        self._has_space = tokenizer.kind == "word" and prompt.text.endswith(" ") and not read.endswith(" ")
        self._scanner = StopScanner(stop)
        self._pieces: list[str] = []
        self.num_tokens = 0

    @property
    def has_stopped(self) -> bool:
        """Whether the stop string was found."""
        return self._scanner.has_stopped

    def add(self, token_id: int) -> str:
        """What can be shown now that one more token is known."""
        self.num_tokens += 1
        return self._pass(self._decoder.feed((token_id,)))

    def finish(self) -> str:
        """What was held back, when no more tokens come."""
        if self.has_stopped:
            return ""
        shown = self._pass(self._decoder.finish())
        rest = self._scanner.finish()
        self._pieces.append(rest)
        return shown + rest

    def sample(self, seed: int) -> Sample:
        """The whole, after `finish`."""
        return Sample(
            prompt=self._prompt.text, completion="".join(self._pieces), num_tokens=self.num_tokens, seed=seed,
            replaced=self._prompt.replaced,
        )  # fmt: skip

    def _pass(self, text: str) -> str:
        if self._has_space and text:
            self._has_space = False
            text = text.removeprefix(" ")
        shown = self._scanner.feed(text)
        self._pieces.append(shown)
        return shown


def _beginning(tokenizer: Tokenizer) -> list[int]:
    """What a text without a prompt begins after."""
    if tokenizer.line_end_id is not None:
        return [tokenizer.line_end_id]
    return [int(token_id) for token_id in tokenizer.encode_prompt("\n")[0]]
