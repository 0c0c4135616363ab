"""Which token comes next, for one text or for many side by side.

Plain sampling draws straight from the logits; everything else goes through the request's `Chain`.

Legend: B candidates, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.sampling.chain import Chain, TokenChoice
from engine.sampling.choice import Doubles, Logits, draw, draw_many, forbid, generator_of, probabilities
from engine.sampling.completion import Completion, ReadPrompt
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor
from engine.text.tokenizers import Tokenizer


def begun(chain: Chain, prompt: ReadPrompt, predictor: Predictor) -> TokenChoice:
    """The memory of a text after its prompt, its forced beginnings weighed."""
    memory = chain.begin(prompt.token_ids)
    if prompt.half is None:
        memory.weigh_forced(prompt.logits, prompt.state, predictor.step)
    return memory


def completing(logits_V: Logits, token_ids: Sequence[int], memory: TokenChoice | None) -> Doubles | None:
    """log P after all options, but for a constant, of the tokens that complete a half word.

    None without options, and where they leave none of these tokens.
    """
    weights = np.zeros(0) if memory is None else memory.probabilities(logits_V)[list(token_ids)]
    return logs_of(weights) if weights.any() else None


class Completing:
    """What the settings make of the first token where a half word is completed, by logits (V,) as the model has them.

    For `next_tokens`: whatever logits it shows, these are those of which `Chooser` chooses.
    """

    def __init__(self, logits_V: Logits, token_ids: Sequence[int], memory: TokenChoice, temperature: float) -> None:
        logs = completing(logits_V, token_ids, memory)
        own = probabilities(logits_V[list(token_ids)], temperature) if logs is None else probabilities(logs, 1.0)
        self._shares_V = np.zeros(len(logits_V))
        self._shares_V[list(token_ids)] = own

    def probabilities(self, _logits_V: Logits) -> Doubles:
        """See `next_tokens.Settings`."""
        return self._shares_V


def logs_of(probabilities: Doubles) -> Doubles:
    """Natural logarithms, -inf for 0."""
    with np.errstate(divide="ignore"):
        logs: Doubles = np.log(probabilities)
    return logs


class Choosing:
    """How all texts of one request choose their tokens after the same prompt.

    With `choose_at = "words"` chance chooses where a text stands outside a word, which is where one begins, and within
    it the likeliest token follows. For a model of words every token begins one.
    """

    def __init__(self, chain: Chain, tokenizer: Tokenizer, prompt: ReadPrompt, predictor: Predictor) -> None:
        self.chain = chain
        self.prompt = prompt
        self.temperature = chain.settings.temperature
        self.unknown_id = tokenizer.unknown_id
        self.has_calm_words = chain.settings.choose_at == "words" and tokenizer.kind != "word"
        is_plain = chain.is_plain and not self.has_calm_words
        self.memory = None if is_plain else begun(chain, prompt, predictor)

    def begin(self, seed: int) -> "Chooser":
        """The choices of one text."""
        return Chooser(self, seed)

    def choose_many(self, logits_BV: Floats, texts: Sequence["Text"]) -> NDArray[np.intp]:
        """The next token (B,) of each of these texts, which are equally long. May change `logits_BV`."""
        if texts[0].chooser.is_plain:  # and so are the others
            forbid(logits_BV, self.unknown_id)
            return draw_many(logits_BV, self.temperature, [text.chooser.random for text in texts])
        chosen = [
            text.chooser.choose(logits_V, text.completion) for logits_V, text in zip(logits_BV, texts, strict=True)
        ]
        return np.array(chosen, np.intp)


class Chooser:
    """Chooses the tokens of one text, one after another, with random numbers of its own."""

    def __init__(self, choosing: Choosing, seed: int) -> None:
        self.random = generator_of(seed)
        self._choosing = choosing
        self._memory = None if choosing.memory is None else choosing.memory.copy()
        self._completing = () if choosing.prompt.half is None else choosing.prompt.half.token_ids

    @property
    def is_plain(self) -> bool:
        """Whether the next token is drawn from the logits as they are."""
        return self._memory is None and not self._completing

    def choose(self, logits_V: Floats, completion: Completion) -> int:
        """The next token of the text. May change `logits_V`."""
        if self._completing:
            return self._choose_first(logits_V)
        if self._memory is None:
            forbid(logits_V, self._choosing.unknown_id)
            return draw(logits_V, self._choosing.temperature, self.random)
        if self._choosing.has_calm_words and completion.is_in_word:
            return self._memory.choose_likeliest(logits_V)
        return self._memory.choose(logits_V, self.random)

    def _choose_first(self, logits_V: Floats) -> int:
        """One of the tokens that complete a half word; what the settings force comes after it."""
        allowed, self._completing = self._completing, ()
        logs = completing(logits_V, allowed, self._memory)
        if logs is None:
            chosen = draw(logits_V[list(allowed)], self._choosing.temperature, self.random)
        else:
            chosen = draw(logs, 1.0, self.random)
        token_id = allowed[chosen]
        if self._memory is not None:
            self._memory = self._choosing.chain.begin((*self._choosing.prompt.token_ids, token_id))
        return token_id


@dataclass(frozen=True)
class Text:
    """One that is being written."""

    chooser: Chooser
    completion: Completion
