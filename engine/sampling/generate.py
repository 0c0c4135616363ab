"""Writing with a model: a prompt, and what follows it.

A completion is exactly as many tokens as were asked for, unless one of the ends that the settings name comes first or
the person ends it; nothing is added. Without a prompt the model begins as after a line end, which is not part of the
text; a vocabulary without one has what its tokenizer puts in its place. `<unk>` is never written when there is another
token: its probability goes to the others in proportion.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from engine.config.corpus import CleaningConfig
from engine.config.sampling import SamplingConfig
from engine.errors import Cancelled
from engine.models.model_file import LoadedModel
from engine.sampling.beam_search import beam_chain, search
from engine.sampling.beginning import first_ids, never
from engine.sampling.chain import Chain
from engine.sampling.choice import derived_seed
from engine.sampling.choosing import Choosing, Text
from engine.sampling.completion import Completion, ReadPrompt, Sample
from engine.sampling.graphemes import can_join
from engine.sampling.half_words import half_word
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor, State
from engine.sampling.stepper import Stepper
from engine.text.cleaning import clean
from engine.text.tokenizers import Tokenizer
from engine.text.vocabulary import refuse_surrogates

__all__ = ["ReadPrompt", "Sample", "Writer"]

MOST_CANDIDATES = 64
MOST_LOGITS = 2**22  # of all candidates together, so that large vocabularies do not fill the memory

_TOKENS_BETWEEN_CHECKS = 64

T = TypeVar("T")


class Writer:
    """A model that writes, or a mixture of several.

    cleaning: that of its corpus; prompts are then read as if they had stood there.
    """

    def __init__(self, predictor: Predictor, tokenizer: Tokenizer, cleaning: CleaningConfig | None = None) -> None:
        self.predictor = predictor
        self.tokenizer = tokenizer
        self.cleaning = cleaning
        self._can_join = can_join(tokenizer)

    @classmethod
    def from_model(cls, model: LoadedModel) -> "Writer":
        """A writer with a copy of the model's weights."""
        stepper = Stepper.from_arrays(model.configuration.model, model.arrays)
        return cls(stepper, model.tokenizer, model.cleaning)

    def read_prompt(
        self, text: str, is_cancelled: Callable[[], bool] = never, *, style: str = "", complete_word: bool = False
    ) -> ReadPrompt:
        """Let the model read a prompt of any length, one step for each token; its own text stays as it is.

        style: a passage that is read before it, as lines of its own. complete_word: see `half_words`. Raises BadInput
        for half a character in a text, and Cancelled.
        """
        refuse_surrogates(text)
        known = self._cleaned(text)
        half = half_word(self.tokenizer, known) if complete_word else None
        ids, replaced = self.tokenizer.encode_prompt(known)
        token_ids = tuple(ids.tolist())
        if half is not None:
            token_ids, replaced = token_ids[:-1], [piece for piece in replaced if piece != half.text]
        logits, state = self.read_ids(token_ids, is_cancelled, style=style)
        return ReadPrompt(
            text=text, token_ids=token_ids, replaced=tuple(replaced), logits=logits, state=state, half=half
        )

    def read_ids(
        self, token_ids: Sequence[int], is_cancelled: Callable[[], bool] = never, *, style: str = ""
    ) -> tuple[Floats, State]:
        """Logits (V,) of what follows these tokens, which may be none, and the state. Raises as `read_prompt`."""
        pending = (*self._style_ids(style), *token_ids) or first_ids(self.tokenizer)
        state = self.predictor.initial_state()
        for start in range(0, len(pending), _TOKENS_BETWEEN_CHECKS):
            if is_cancelled():
                raise Cancelled
            logits, state = self.predictor.read(pending[start : start + _TOKENS_BETWEEN_CHECKS], state)
        return logits, state

    def token_ids(self, text: str) -> tuple[int, ...]:
        """The tokens of a text as the model reads it in a prompt."""
        return tuple(self.tokenizer.encode_prompt(self._cleaned(text))[0].tolist())

    def write(
        self, settings: SamplingConfig, *, prompt: ReadPrompt | None = None, is_cancelled: Callable[[], bool] = never
    ) -> Generator[str, None, Sample]:
        """Write one completion and yield it piece by piece, the prompt not among them; returns all of it.

        A piece is whole characters (see `graphemes`). `prompt` saves reading the prompt and the style of the settings.
        When `is_cancelled`, asked between tokens, says so, the sample is what there is. The same settings write the
        same text again on the same machine with the same number of threads. Raises BadInput for options that this
        vocabulary forbids.
        """
        if settings.beams > 1:
            return (yield from self._search(settings, 1, prompt, is_cancelled))[0]
        choosing = self._choosing(settings, prompt, is_cancelled)
        text, prompt = self._begin(choosing, settings.seed), choosing.prompt
        chooser, completion = text.chooser, text.completion
        logits, state = prompt.logits.copy(), prompt.state
        for left in range(settings.length - 1, -1, -1):
            if is_cancelled():
                completion.cancel()
                break
            token_id = chooser.choose(logits, completion)
            piece = completion.add(token_id)
            if piece:
                yield piece
            if completion.is_over:
                break
            if left:
                logits, state = self.predictor.step(token_id, state)
        rest = completion.finish()
        if rest:
            yield rest
        return completion.sample(settings.seed)

    def write_whole(
        self, settings: SamplingConfig, *, prompt: ReadPrompt | None = None, is_cancelled: Callable[[], bool] = never
    ) -> Sample:
        """As `write`, without the pieces."""
        return _returned(self.write(settings, prompt=prompt, is_cancelled=is_cancelled))

    def write_many(
        self, settings: SamplingConfig, count: int, is_cancelled: Callable[[], bool] = never, *,
        prompt: ReadPrompt | None = None,
    ) -> Generator[Sample, None, None]:  # fmt: skip
        """`count` completions of one prompt, in their order; sample k has the seed `derived_seed(settings.seed, k)`.

        They are written side by side, one product for all. A sample is the one that its seed writes alone, except that
        the product for many rounds differently in the last bit: about once in a million tokens that lets another token
        be drawn, and the two texts part there. With beams, these are the best texts of the one search, all with its
        seed, and at most as many as there are beams.
        """
        if settings.beams > 1:
            yield from _returned(self._search(settings, min(count, settings.beams), prompt, is_cancelled))
            return
        choosing = self._choosing(settings, prompt, is_cancelled)
        for seeds in self._groups(settings.seed, count):
            if len(seeds) == 1:
                alone = replace(settings, seed=seeds[0])
                yield self.write_whole(alone, prompt=choosing.prompt, is_cancelled=is_cancelled)
            else:
                yield from _returned(self._write_group(choosing, seeds, is_cancelled))

    def write_side_by_side(
        self, settings: SamplingConfig, count: int, is_cancelled: Callable[[], bool] = never, *,
        prompt: ReadPrompt | None = None,
    ) -> Generator[tuple[int, str], None, list[Sample]]:  # fmt: skip
        """As `write_many`; yields the index of a sample and its next piece while they are written, returns them all."""
        if settings.beams > 1:
            samples = _returned(self._search(settings, min(count, settings.beams), prompt, is_cancelled))
            yield from ((index, sample.completion) for index, sample in enumerate(samples) if sample.completion)
            return samples
        choosing = self._choosing(settings, prompt, is_cancelled)
        samples = []
        for seeds in self._groups(settings.seed, count):
            samples += yield from _shifted(self._write_group(choosing, seeds, is_cancelled), len(samples))
        return samples

    def _choosing(
        self, settings: SamplingConfig, prompt: ReadPrompt | None, is_cancelled: Callable[[], bool]
    ) -> Choosing:
        chain = Chain.of(settings, self.tokenizer)  # says what is wrong before a long prompt is read
        return Choosing(chain, self.tokenizer, prompt or self._read(settings, is_cancelled), self.predictor)

    def _read(self, settings: SamplingConfig, is_cancelled: Callable[[], bool]) -> ReadPrompt:
        return self.read_prompt(
            settings.prompt, is_cancelled, style=settings.style, complete_word=settings.complete_word
        )

    def _cleaned(self, text: str) -> str:
        return text if self.cleaning is None else clean(text, self.cleaning)

    def _style_ids(self, style: str) -> tuple[int, ...]:
        if not style:
            return ()
        refuse_surrogates(style)
        return self.token_ids(style if style.endswith("\n") else style + "\n")

    def _groups(self, seed: int, count: int) -> Iterator[list[int]]:
        """The seeds of `count` samples, in groups that are written side by side."""
        most = min(MOST_CANDIDATES, max(1, MOST_LOGITS // self.predictor.vocabulary_size))
        for start in range(0, count, most):
            yield [derived_seed(seed, index) for index in range(start, min(start + most, count))]

    def _begin(self, choosing: Choosing, seed: int) -> Text:
        settings = choosing.chain.settings
        completion = Completion(self.tokenizer, choosing.prompt, settings, self._can_join)
        return Text(choosing.begin(seed), completion)

    def _write_group(
        self, choosing: Choosing, seeds: list[int], is_cancelled: Callable[[], bool]
    ) -> Generator[tuple[int, str], None, list[Sample]]:
        texts, prompt = [self._begin(choosing, seed) for seed in seeds], choosing.prompt
        going = list(range(len(texts)))
        logits_BV, state = np.repeat(prompt.logits[np.newaxis], len(texts), axis=0), prompt.state
        state = self.predictor.fork(state, len(texts))
        for left in range(choosing.chain.settings.length - 1, -1, -1):
            if is_cancelled():
                _cancel(texts[index] for index in going)
                break
            token_ids_B = choosing.choose_many(logits_BV, [texts[index] for index in going])
            for index, token_id in zip(going, token_ids_B.tolist(), strict=True):
                piece = texts[index].completion.add(token_id)
                if piece:
                    yield index, piece
            kept = [place for place, index in enumerate(going) if not texts[index].completion.is_over]
            if len(kept) < len(going):
                going = [going[place] for place in kept]
                token_ids_B, state = token_ids_B[kept], self.predictor.select(state, kept)
            if not going:
                break
            if left:
                logits_BV, state = self.predictor.step(token_ids_B, state)
        for index, text in enumerate(texts):
            rest = text.completion.finish()
            if rest:
                yield index, rest
        return [text.completion.sample(seed) for text, seed in zip(texts, seeds, strict=True)]

    def _search(
        self, settings: SamplingConfig, count: int, prompt: ReadPrompt | None, is_cancelled: Callable[[], bool]
    ) -> Generator[str, None, list[Sample]]:
        chain = beam_chain(settings, self.tokenizer)
        prompt = prompt or self._read(settings, is_cancelled)
        completion = Completion(self.tokenizer, prompt, settings, self._can_join)
        steps = search(self.predictor, chain, prompt, completion, count, is_cancelled)
        return (yield from steps)


def _cancel(texts: Iterable[Text]) -> None:
    for text in texts:
        text.completion.cancel()


def _shifted(
    pieces: Generator[tuple[int, str], None, list[Sample]], first: int
) -> Generator[tuple[int, str], None, list[Sample]]:
    """The same with indices from `first` on."""
    while True:
        try:
            index, piece = next(pieces)
        except StopIteration as end:
            samples: list[Sample] = end.value
            return samples
        yield first + index, piece


def _returned(steps: Generator[object, None, T]) -> T:
    """What a generator returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value
