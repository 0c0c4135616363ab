"""The likeliest next words, fast enough to follow typing.

What was read stays read (`reading_memory`), and so do the last answers: one more letter costs one step of the model and
a search, one less costs nothing.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.config.corpus import CleaningConfig
from engine.sampling.beginning import first_ids, never
from engine.sampling.choice import forbid, probabilities
from engine.sampling.half_words import HalfWord, half_word
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor, State
from engine.sampling.reading_memory import ReadingMemory
from engine.sampling.word_letters import Kind, Letters, kind_of, phase_after
from engine.sampling.word_search import search_words
from engine.text.cleaning import clean
from engine.text.tokenizers import Tokenizer
from engine.text.vocabulary import refuse_surrogates

_MOST_ANSWERS = 64


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A word that may come next. text: what is to be inserted, the rest of a half-typed word or a whole one, a space
    before it where one is missing; word: all of the word."""

    text: str
    word: str
    probability: float


class Suggester:
    """Suggests next words to one writer, whose text it remembers. Not to be shared between threads."""

    def __init__(self, predictor: Predictor, tokenizer: Tokenizer, cleaning: CleaningConfig | None = None) -> None:
        self._predictor = predictor
        self._tokenizer = tokenizer
        self._cleaning = cleaning
        self._reading = ReadingMemory(predictor)
        self._answers: OrderedDict[tuple[str, int], list[Suggestion]] = OrderedDict()
        self._letters = None if tokenizer.kind == "word" else Letters(tokenizer)
        self._words_V: NDArray[np.bool_] | None = None

    def suggest(self, prompt: str, count: int = 5, is_cancelled: Callable[[], bool] = never) -> list[Suggestion]:
        """The `count` likeliest words after a prompt, the text up to the caret, best first; marks are no words.

        A half-typed word is completed. The probability is that of the word in the model itself, temperature 1, `<unk>`
        left out: of characters or bytes, that they and then an end of the word come next; of words, the share of the
        word, among those that begin with a half-typed one if there is one.

        Raises BadInput for half a character, and Cancelled; what was read until then need not be read again.
        """
        refuse_surrogates(prompt)
        key = (prompt, count)
        found = self._answers.get(key)
        if found is None:
            known = prompt if self._cleaning is None else clean(prompt, self._cleaning)
            if self._letters is None:
                found = self._words(known, count, is_cancelled)
            else:
                found = self._spelled(known, count, self._letters, is_cancelled)
            self._answers[key] = found
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return list(found)

    def _read(self, known: str, is_cancelled: Callable[[], bool]) -> tuple[Floats, State]:
        token_ids = self._tokenizer.encode_prompt(known)[0]
        return self._reading.after(token_ids if len(token_ids) else first_ids(self._tokenizer), is_cancelled)

    def _spelled(
        self, known: str, count: int, letters: Letters, is_cancelled: Callable[[], bool]
    ) -> list[Suggestion]:
        logits, state = self._read(known, is_cancelled)
        phase, half = phase_after(known)
        words = search_words(
            self._predictor, letters, logits, state, phase, count, unknown_id=self._tokenizer.unknown_id,
            is_cancelled=is_cancelled,
        )  # fmt: skip
        texts = [self._tokenizer.decode(word.token_ids) for word in words]
        return [
            Suggestion(text=text, word=half + text.removeprefix(" "), probability=word.probability)
            for text, word in zip(texts, words, strict=True)
        ]

    def _words(self, known: str, count: int, is_cancelled: Callable[[], bool]) -> list[Suggestion]:
        line = known[known.rfind("\n") + 1 :]
        half = half_word(self._tokenizer, line)
        if half is None and line and kind_of(line[-1]) is Kind.LETTER:
            return []
        known = known.removesuffix(half.text) if half else known
        logits, _ = self._read(known, is_cancelled)
        logits = logits.copy()
        forbid(logits, self._tokenizer.unknown_id)
        shares_V = probabilities(logits, 1.0)
        if self._words_V is None:
            self._words_V = _word_tokens(self._tokenizer)
        allowed_V = self._words_V
        if half:
            shares_V /= max(float(shares_V[list(half.token_ids)].sum()), np.finfo(np.float64).tiny)
            longer = [token_id for token_id in half.token_ids if self._tokenizer.token_text(token_id)[len(half.text) :]]
            allowed_V = np.isin(np.arange(len(shares_V)), longer) & allowed_V
        chosen = np.flatnonzero(allowed_V)
        chosen = chosen[np.argsort(-shares_V[chosen], kind="stable")[:count]]
        return [
            Suggestion(text=text, word=self._tokenizer.token_text(token_id), probability=float(shares_V[token_id]))
            for token_id, text in zip(chosen.tolist(), self._texts(known, half, chosen.tolist()), strict=True)
        ]

    def _texts(self, known: str, half: HalfWord | None, token_ids: list[int]) -> list[str]:
        """What is inserted for each token: a word brings the space before it unless that stands there already."""
        if half:
            return [self._tokenizer.token_text(token_id)[len(half.text) :] for token_id in token_ids]
        before = self._tokenizer.encode_prompt(known[known.rfind("\n") + 1 :])[0].tolist()
        read = self._tokenizer.decode(before)
        texts = [self._tokenizer.decode([*before, token_id])[len(read) :] for token_id in token_ids]
        has_space = known.endswith(" ") and not read.endswith(" ")
        return [text.removeprefix(" ") if has_space else text for text in texts]


def _word_tokens(tokenizer: Tokenizer) -> NDArray[np.bool_]:
    """Which tokens (V,) are words, neither marks nor `<unk>` nor the line end."""
    special = (tokenizer.unknown_id, tokenizer.line_end_id)
    texts = [tokenizer.token_text(token_id)[:1] for token_id in range(tokenizer.vocabulary_size)]
    return np.array(
        [
            token_id not in special and bool(text) and kind_of(text) in (Kind.LETTER, Kind.WHOLE_WORD)
            for token_id, text in enumerate(texts)
        ]
    )
