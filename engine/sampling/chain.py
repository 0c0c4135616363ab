"""All options of sampling in their order: from the model's logits to the token that is written.

The order is that of `ORDER`: first what must or must not be written and what a person adds, then what the text so far
makes less likely, then what is left out by rank and probability, and the temperature last, so that which tokens are
left out does not depend on it. Mirostat, when it is on, takes the place of all that leaves tokens out by rank or
probability; it measures surprise before the temperature, as scores of a text do.

A `Chain` is made once for a request; a `TokenChoice` is the memory of one text that is being written.

Legend: V vocabulary.
"""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np

from engine.config.sampling import SamplingConfig
from engine.config.texts_of import texts_of
from engine.errors import InvalidSetting
from engine.sampling import penalties, truncation
from engine.sampling.choice import Doubles, Logits, as_doubles, draw, forbid, probabilities
from engine.sampling.constraints import BannedTexts, Biases, ForcedPlace, ForcedTexts, look_ahead
from engine.sampling.memory import Memory
from engine.sampling.text_matching import START, TextMatcher
from engine.sampling.token_texts import TokenTexts, token_texts
from engine.sampling.warping import dynamic_temperature, scheduled_temperature
from engine.text.tokenizers import Tokenizer

ORDER = (
    "banned", "forced", "logit_bias", "repetition_penalty", "presence_penalty", "frequency_penalty", "no_repeat_ngram",
    "dry_multiplier", "top_n_sigma", "top_k", "typical_p", "top_p", "min_p", "xtc_probability", "temperature",
)  # fmt: skip

_Penalty = Callable[[Doubles, Memory], Doubles]
_Truncation = Callable[[Doubles], Doubles]
_State = TypeVar("_State")


class Chain:
    """The options of one request. Never changed, so that candidates and threads may share it.

    is_plain: nothing but a fixed temperature is set, so that `choice.draw` alone does the same.
    """

    def __init__(self, settings: SamplingConfig, tokenizer: Tokenizer) -> None:
        self.settings = settings
        self.unknown_id = tokenizer.unknown_id
        needs_texts = bool(settings.banned or settings.forced or settings.logit_bias or settings.dry_multiplier)
        self.tokens = token_texts(tokenizer) if needs_texts else None
        self.banned, self.forced, self.biases, self.breakers = _rules_of(settings, self.tokens)
        self.penalties = _penalties_of(settings)
        self.looks_for_matches = bool(settings.no_repeat_ngram or settings.dry_multiplier)
        self.truncations = () if settings.mirostat_target else _truncations_of(settings)
        self.has_xtc = settings.xtc_probability > 0 and not settings.mirostat_target
        self.is_plain = not (
            self.banned or self.forced or self.biases or self.penalties or self.truncations or self.has_xtc
            or settings.mirostat_target or settings.temperature_change or settings.dynamic_range
        )  # fmt: skip

    @classmethod
    def of(cls, settings: SamplingConfig, tokenizer: Tokenizer) -> "Chain":
        """The chain of these settings.

        Raises InvalidSetting for a bias that cannot be read, a forced text that the vocabulary cannot write, and one
        that contains a banned text.
        """
        return cls(settings, tokenizer)

    def begin(self, prompt_ids: Sequence[int]) -> "TokenChoice":
        """The memory of a text that begins with these tokens, which the penalties count as written, too."""
        return TokenChoice(self, prompt_ids)

    def truncated(self, logits_V: Doubles, most_surprise: float) -> Doubles:
        """Logits without the tokens that are left out by rank and probability, or by Mirostat."""
        if self.settings.mirostat_target:
            return truncation.mirostat(logits_V, most_surprise)
        for truncate in self.truncations:
            logits_V = truncate(logits_V)
        return logits_V

    def temperature(self, logits_V: Doubles, num_written: int) -> float:
        """The temperature of the token after so many written, of whose distribution these are the last logits."""
        settings = self.settings
        temperature = settings.temperature
        if settings.temperature_change:
            temperature = scheduled_temperature(temperature, settings.temperature_change, num_written, settings.length)
        if settings.dynamic_range:
            spread, exponent = settings.dynamic_range, settings.dynamic_exponent
            temperature = dynamic_temperature(logits_V, temperature, spread, exponent)
        return temperature


class TokenChoice:
    """Chooses the tokens of one text, one after another, and remembers them. Not to be shared between threads.

    `<unk>` is never chosen when there is another token. When the options together leave no token, the one does not act
    that is least missed: a forced text before a banned one, and of sequences that repeat the likeliest is written.
    """

    def __init__(self, chain: Chain, prompt_ids: Sequence[int]) -> None:
        self._chain = chain
        self._tokens = chain.tokens
        self._banned_node = START
        self._is_spaced = chain.tokens is not None and chain.tokens.starts_spaced
        self._forced: ForcedPlace | None = None
        self._forced_path: tuple[int, ...] = ()
        self._log_mass: dict[tuple[int, ...], float] = {}
        self._most_surprise = 2 * chain.settings.mirostat_target
        self._num_written = 0
        tokens = chain.tokens
        prompt_texts = [] if tokens is None else [self._advance(tokens, token_id) for token_id in prompt_ids]
        self._memory = Memory(prompt_ids, prompt_texts, chain.breakers, chain.looks_for_matches)
        if chain.forced is not None:
            self._forced = chain.forced.without(self._running_into_banned(chain.forced))

    def probabilities(self, logits_V: Logits) -> Doubles:
        """With what probability each token is drawn after all options; they sum to 1.

        Changes nothing and draws no random number; XTC as if its chance had come.
        """
        logits = self._chain.truncated(self._penalised(logits_V), self._most_surprise)
        if self._chain.has_xtc:
            logits = truncation.exclude_top_choices(logits, self._chain.settings.xtc_threshold)
        return probabilities(logits, self._chain.temperature(logits, self._num_written))

    def choose(self, logits_V: Logits, random: np.random.Generator) -> int:
        """Draw the next token and remember it; at temperature 0 the likeliest after the options, without drawing.

        With XTC each token takes one more random number, before that of the draw.
        """
        settings = self._chain.settings
        penalised = self._penalised(logits_V)
        logits = self._chain.truncated(penalised, self._most_surprise)
        if self._chain.has_xtc and random.random() < settings.xtc_probability:
            logits = truncation.exclude_top_choices(logits, settings.xtc_threshold)
        token_id = draw(logits, self._chain.temperature(logits, self._num_written), random)
        self._take_surprise(penalised, token_id)
        self.take(token_id)
        return token_id

    def choose_likeliest(self, logits_V: Logits) -> int:
        """The likeliest token after all options but those of chance (temperature, XTC); it is remembered."""
        penalised = self._penalised(logits_V)
        token_id = int(np.argmax(self._chain.truncated(penalised, self._most_surprise)))
        self._take_surprise(penalised, token_id)
        self.take(token_id)
        return token_id

    def take(self, token_id: int) -> None:
        """Remember a token that was chosen elsewhere. Mirostat, which does not know its surprise, stays as it is."""
        text = "" if self._tokens is None else self._advance(self._tokens, token_id)
        self._memory.add(token_id, text)
        self._num_written += 1

    def copy(self) -> "TokenChoice":
        """The same memory, to go on from independently."""
        other = copy.copy(self)
        other._memory = self._memory.copy()
        return other

    def weigh_forced(
        self, logits_V: Logits, state: _State, step: Callable[[int, _State], tuple[Logits, _State]]
    ) -> None:
        """Let the model read the forced texts once, so that each is begun with as likely as the model finds it whole.

        Called before the first token, with the logits and the state after the prompt. Without it, each token is chosen
        among those allowed by the probability of this token alone. Does nothing when no choice is forced.
        """
        if self._forced is not None and self._chain.forced is not None and len(self._forced.alive) > 1:
            self._log_mass = look_ahead(self._chain.forced, self._forced, self._is_spaced, logits_V, state, step)
            self._forced_path = ()

    def _penalised(self, logits_V: Logits) -> Doubles:
        logits = self._constrained(as_doubles(logits_V))
        if self._chain.biases is not None:
            logits = self._chain.biases.added(logits)
        for penalise in self._chain.penalties:
            logits = penalise(logits, self._memory)
        return logits

    def _constrained(self, logits: Doubles) -> Doubles:
        """The logits, changed in place, of which -inf are those of the tokens that must not come."""
        chain = self._chain
        forbid(logits, chain.unknown_id)
        if chain.banned is not None:
            allowed = logits.copy()
            allowed[chain.banned.forbidden(self._banned_node, self._is_spaced)] = -np.inf
            logits = allowed if allowed.max() > -np.inf else logits
        if self._forced is not None and chain.forced is not None:
            leading = chain.forced.allowed(self._forced, self._is_spaced)
            only = np.full(len(logits), -np.inf)
            only[leading] = logits[leading]
            if self._log_mass:
                path = self._forced_path
                only[leading] += [self._log_mass.get((*path, token_id), 0.0) for token_id in leading.tolist()]
            logits = only if only.max() > -np.inf else logits
        return logits

    def _advance(self, tokens: TokenTexts, token_id: int) -> str:
        """What a token adds to the text, which all that knows places of the text goes on by."""
        chain = self._chain
        text = tokens.texts[self._is_spaced][token_id]
        if chain.banned is not None:
            self._banned_node, _ = chain.banned.after(self._banned_node, text)
        if self._forced is not None and chain.forced is not None:
            self._forced = chain.forced.after(self._forced, token_id, self._is_spaced)
            self._forced_path = (*self._forced_path, token_id) if self._forced is not None else ()
        self._is_spaced = tokens.leaves_spaced[token_id]
        return text

    def _take_surprise(self, penalised_V: Doubles, token_id: int) -> None:
        settings = self._chain.settings
        if settings.mirostat_target:
            surprise = float(truncation.surprise_bits(penalised_V)[token_id])
            self._most_surprise = truncation.corrected_surprise(
                self._most_surprise, surprise, settings.mirostat_target, settings.mirostat_rate
            )

    def _running_into_banned(self, forced: ForcedTexts) -> tuple[int, ...]:
        """Which of the forced texts would complete a banned one that the prompt begins."""
        banned = self._chain.banned
        if banned is None:
            return ()
        space = " " if self._is_spaced else ""
        return tuple(
            index for index, text in enumerate(forced.texts) if banned.after(self._banned_node, space + text)[1]
        )


_Rules = tuple[BannedTexts | None, ForcedTexts | None, Biases | None, TextMatcher | None]


def _rules_of(settings: SamplingConfig, tokens: TokenTexts | None) -> _Rules:
    if tokens is None:
        return None, None, None, None
    banned = BannedTexts(texts_of(settings.banned), tokens) if settings.banned else None
    forced = ForcedTexts(texts_of(settings.forced), tokens) if settings.forced else None
    for text in forced.texts if banned is not None and forced is not None else ():
        if banned is not None and banned.after(START, text)[1]:
            raise InvalidSetting(
                "{text} cannot both be what the text begins with and contain what is never written. Change one of the "
                "two.",
                field="sampling.forced", text=tokens.shown(text),
            )  # fmt: skip
    biases = Biases(texts_of(settings.logit_bias), tokens) if settings.logit_bias else None
    breakers = None
    if settings.dry_multiplier:
        breakers = TextMatcher([tokens.symbols(text) for text in texts_of(settings.dry_breakers)])
    return banned, forced, biases, breakers


def _penalties_of(settings: SamplingConfig) -> tuple[_Penalty, ...]:
    found: list[_Penalty] = []
    window = settings.penalty_window
    if settings.repetition_penalty != 1:
        penalty = settings.repetition_penalty
        found.append(lambda logits, memory: penalties.repetition(logits, memory.recent(window), penalty))
    if settings.presence_penalty or settings.frequency_penalty:
        both = settings.presence_penalty, settings.frequency_penalty
        found.append(lambda logits, memory: penalties.presence_and_frequency(logits, memory.recent(window), *both))
    if settings.no_repeat_ngram:
        size = settings.no_repeat_ngram
        found.append(lambda logits, memory: penalties.no_repeat_ngram(logits, memory.ids, memory.matches, size))
    if settings.dry_multiplier:
        three = settings.dry_multiplier, settings.dry_base, settings.dry_allowed_length
        found.append(
            lambda logits, memory: penalties.dry(logits, memory.ids, memory.matches, memory.is_break, *three)
        )
    return tuple(found)


def _truncations_of(settings: SamplingConfig) -> tuple[_Truncation, ...]:
    found: list[tuple[bool, _Truncation]] = [
        (settings.top_n_sigma > 0, partial(truncation.top_n_sigma, n=settings.top_n_sigma)),
        (settings.top_k > 0, partial(truncation.top_k, k=settings.top_k)),
        (settings.typical_p < 1, partial(truncation.typical, mass=settings.typical_p)),
        (settings.top_p < 1, partial(truncation.top_p, mass=settings.top_p)),
        (settings.min_p > 0, partial(truncation.min_p, share=settings.min_p)),
    ]
    return tuple(truncate for is_on, truncate in found if is_on)
