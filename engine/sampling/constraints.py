"""What must not stand in the text, what it must go on with, and scores that a person changes.

Legend: V vocabulary.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from engine.errors import InvalidSetting
from engine.sampling.choice import Doubles, Logits, as_doubles, forbid, log_probabilities
from engine.sampling.text_matching import START, TextMatcher
from engine.sampling.token_texts import Ids, TokenTexts

LARGEST_BIAS = 100.0
MOST_STEPS_AHEAD = 2_000

_FEW_TEXTS = 16

_State = TypeVar("_State")


class BannedTexts:
    """Texts that never come to stand in what is written, also across tokens, also begun by the prompt.

    A place of the text is a node of the matcher and whether the next token comes spaced. A place from which every way
    ends in a banned text is not entered either.
    """

    def __init__(self, banned: tuple[str, ...], tokens: TokenTexts) -> None:
        self._tokens = tokens
        self._matcher = TextMatcher([tokens.symbols(text) for text in banned])
        self._always = tuple(self._containing(is_spaced) for is_spaced in (False, True))
        self._forbidden: dict[tuple[int, bool], Ids] = {}
        self._blind = self._blind_alleys()

    def after(self, node: int, text: str) -> tuple[int, bool]:
        """The node after more text, and whether a banned text stands there now."""
        return self._matcher.feed(node, text)

    def forbidden(self, node: int, is_spaced: bool) -> Ids:
        """The tokens that must not come next."""
        found = self._forbidden.get((node, is_spaced))
        if found is None:
            found = self._completing(node, is_spaced)
            if self._blind:
                texts, leaves = self._tokens.texts[is_spaced], self._tokens.leaves_spaced
                into = [
                    index for index, text in enumerate(texts)
                    if (self._matcher.feed(node, text)[0], leaves[index]) in self._blind
                ]  # fmt: skip
                found = np.union1d(found, np.array(into, np.intp))
            self._forbidden[node, is_spaced] = found
        return found

    def _containing(self, is_spaced: bool) -> Ids:
        """Tokens in whose text one of the banned texts stands."""
        if len(self._matcher.texts) <= _FEW_TEXTS:  # searched one by one they are found faster
            return self._tokens.ids_containing(self._matcher.texts, is_spaced)
        texts = enumerate(self._tokens.texts[is_spaced])
        return np.array([index for index, text in texts if self._matcher.feed(START, text)[1]], np.intp)

    def _completing(self, node: int, is_spaced: bool) -> Ids:
        completing = [self._tokens.ids_beginning(rest, is_spaced) for rest in self._matcher.rests(node)]
        return np.unique(np.concatenate([self._always[is_spaced], *completing]))

    def _most_completing(self, node: int, is_spaced: bool) -> int:
        """No fewer than `_completing` finds, counted without making the sets."""
        rests = self._matcher.rests(node)
        return len(self._always[is_spaced]) + sum(len(self._tokens.ids_beginning(rest, is_spaced)) for rest in rests)

    def _blind_alleys(self) -> set[tuple[int, bool]]:
        """Places from which nothing can be written, found backwards from those where every token is forbidden."""
        tokens = self._tokens
        unknown = set() if tokens.unknown_id is None or tokens.size == 1 else {tokens.unknown_id}
        if not tokens.has_words and len(self._matcher.texts) + len(unknown) < tokens.size:
            return set()  # each text forbids one symbol at most
        spacings = (False, True) if tokens.has_words else (False,)
        open_ways: dict[tuple[int, bool], set[int]] = {}
        for place in ((node, is_spaced) for node in range(self._matcher.num_nodes) for is_spaced in spacings):
            if self._most_completing(*place) + len(unknown) < tokens.size:  # nearly always
                continue
            completing = self._completing(*place)
            if len(completing) + len(unknown) >= tokens.size:
                open_ways[place] = set(range(tokens.size)) - set(completing.tolist()) - unknown
        blind = {place for place, ways in open_ways.items() if not ways}
        return self._leading_only_to(blind, spacings, unknown) if blind else blind

    def _leading_only_to(
        self, blind: set[tuple[int, bool]], spacings: tuple[bool, ...], unknown: set[int]
    ) -> set[tuple[int, bool]]:
        tokens = self._tokens
        ways: dict[tuple[int, bool], set[tuple[int, bool]]] = {}
        for place in ((node, is_spaced) for node in range(self._matcher.num_nodes) for is_spaced in spacings):
            allowed = set(range(tokens.size)) - set(self._completing(*place).tolist()) - unknown
            texts = tokens.texts[place[1]]
            ways[place] = {
                (self._matcher.feed(place[0], texts[index])[0], tokens.leaves_spaced[index]) for index in allowed
            }
        while True:
            more = {place for place, following in ways.items() if place not in blind and following <= blind}
            if not more:
                return blind
            blind = blind | more


@dataclass(frozen=True)
class ForcedPlace:
    """How far the text has come in the forced ones: `size` symbols, in those of the texts that `alive` names."""

    alive: tuple[int, ...]
    size: int = 0


class ForcedTexts:
    """Texts one of which the completion begins with; then it goes on freely.

    Only tokens are allowed with which one of them can still be brought to its end. A word token may reach beyond the
    end, but not go on with a word that would have ended there. For words, spaces at the beginning do not count: the
    first word brings the space that belongs before it.

    Raises InvalidSetting for a text that the vocabulary cannot write.
    """

    def __init__(self, forced: tuple[str, ...], tokens: TokenTexts) -> None:
        self.tokens = tokens
        texts = dict.fromkeys(tokens.symbols(text.lstrip(" ") if tokens.has_words else text) for text in forced)
        self.texts = tuple(
            text for text in texts if text and (tokens.has_words or not _begins_with_another(text, texts))
        )
        self._reach = tuple(map(self._reachable, self.texts))
        for text, reach in zip(self.texts, self._reach, strict=True):
            if not reach[False][0]:
                raise InvalidSetting(
                    "The model cannot begin with {text}: its vocabulary has no tokens for all of it. Write it with "
                    "letters and words that the model knows, or take it out.",
                    field="sampling.forced", text=tokens.shown(text),
                )  # fmt: skip

    def begin(self) -> ForcedPlace | None:
        """The place before the first token."""
        return self.without(())

    def without(self, unwanted: tuple[int, ...]) -> ForcedPlace | None:
        """As `begin`, without some of the texts; None when none is left."""
        alive = tuple(index for index in range(len(self.texts)) if index not in unwanted)
        return ForcedPlace(alive) if alive else None

    def allowed(self, place: ForcedPlace, is_spaced: bool) -> Ids:
        """The tokens that may come next."""
        is_spaced = is_spaced and place.size > 0
        allowed: set[int] = set()
        for index in place.alive:
            allowed.update(self._ways(self.texts[index], self._reach[index], place.size, is_spaced))
        return np.array(sorted(allowed), np.intp)

    def after(self, place: ForcedPlace, token_id: int, is_spaced: bool) -> ForcedPlace | None:
        """The place after a token; None when one of the texts has come to its end, or none can any more."""
        added = self.tokens.texts[is_spaced and place.size > 0][token_id]
        if any(_completes(self.texts[index][place.size :], added) for index in place.alive):
            return None
        alive = tuple(index for index in place.alive if self.texts[index].startswith(added, place.size))
        return replace(place, alive=alive, size=place.size + len(added)) if alive and added else None

    def _reachable(self, text: str) -> tuple[list[bool], list[bool]]:
        """From which symbols of the text on, unspaced and spaced, its end can be reached."""
        reach: tuple[list[bool], list[bool]] = ([False] * len(text), [False] * len(text))
        for start in range(len(text) - 1, -1, -1):
            for is_spaced in (False, True):
                reach[is_spaced][start] = bool(self._ways(text, reach, start, is_spaced))
        return reach

    def _ways(self, text: str, reach: tuple[list[bool], list[bool]], start: int, is_spaced: bool) -> list[int]:
        tokens = self.tokens
        rest = len(text) - start
        ways: list[int] = []
        for size in range(1, min(rest, tokens.longest + 1)):
            for token_id in tokens.ids_of(text[start : start + size], is_spaced):
                if reach[tokens.leaves_spaced[token_id]][start + size]:
                    ways.append(token_id)
        if rest <= tokens.longest:
            for token_id in tokens.ids_beginning(text[start:], is_spaced).tolist():
                if token_id != tokens.unknown_id and _completes(text[start:], tokens.texts[is_spaced][token_id]):
                    ways.append(token_id)
        return ways


def look_ahead(
    forced: ForcedTexts, place: ForcedPlace, is_spaced: bool, logits_V: Logits, state: _State,
    step: Callable[[int, _State], tuple[Logits, _State]],
) -> dict[tuple[int, ...], float]:  # fmt: skip
    """How likely the model brings a forced text to its end after the tokens that lead there.

    For each sequence of tokens from `place` on, log P(what follows completes one of the texts), where that is not
    certain. P(token) P(completed after it), normalised, is the exact probability of the token among all completions
    that begin so; the model's own probabilities among the allowed tokens only know the next step. Empty when that takes
    more than `MOST_STEPS_AHEAD` steps of the model, which `step` makes.
    """
    waiting: list[tuple[tuple[int, ...], ForcedPlace, bool, Logits, _State]] = []
    waiting.append(((), place, is_spaced, logits_V, state))
    ways: list[tuple[tuple[int, ...], int, float]] = []
    log_mass: dict[tuple[int, ...], float] = {}
    while waiting:
        path, place, is_spaced, logits_V, state = waiting.pop()
        if len(log_mass) > MOST_STEPS_AHEAD:
            return {}
        log_mass[path] = -math.inf
        logits = as_doubles(logits_V)
        forbid(logits, forced.tokens.unknown_id)
        log_p = log_probabilities(logits)
        for token_id in forced.allowed(place, is_spaced).tolist():
            ways.append((path, token_id, float(log_p[token_id])))
            following = forced.after(place, token_id, is_spaced)
            if following is not None:
                entry = (*path, token_id), following, forced.tokens.leaves_spaced[token_id], *step(token_id, state)
                waiting.append(entry)
    for path, token_id, log_p_token in reversed(ways):  # what comes after a token stands behind it in the list
        mass = log_p_token + log_mass.get((*path, token_id), 0.0)
        log_mass[path] = float(np.logaddexp(log_mass[path], mass))
    return log_mass


class Biases:
    """Scores added to tokens: lines such as `whale=2.5`. Raises InvalidSetting for what cannot be read so."""

    def __init__(self, lines: tuple[str, ...], tokens: TokenTexts) -> None:
        ids: list[int] = []
        added: list[float] = []
        for line in lines:
            text, sign, number = line.rpartition("=")
            if not sign or not text:
                raise InvalidSetting(
                    "The bias {line} is not written as text=number, such as whale=2.5. Write one on each line.",
                    field=_BIAS_FIELD, line=line,
                )  # fmt: skip
            biased = _tokens_meant(text, tokens)
            ids += biased
            added += [_bias(text, number)] * len(biased)
        self._ids = np.array(ids, np.intp)
        self._added = np.array(added)

    def added(self, logits_V: Doubles) -> Doubles:
        """Logits with the biases."""
        biased = logits_V.copy()
        np.add.at(biased, self._ids, self._added)
        return biased


_BIAS_FIELD = "sampling.logit_bias"


def _bias(text: str, number: str) -> float:
    try:
        bias = float(number)
    except ValueError:
        bias = math.nan
    if not abs(bias) <= LARGEST_BIAS:
        raise InvalidSetting(
            "The bias of {text} must be a number from {lowest} to {highest}, not {number}.",
            field=_BIAS_FIELD, text=text, lowest=-LARGEST_BIAS, highest=LARGEST_BIAS, number=number.strip(),
        )  # fmt: skip
    return bias


def _tokens_meant(text: str, tokens: TokenTexts) -> list[int]:
    bare = text.strip(" ")
    if tokens.has_words:
        texts = enumerate(tokens.texts[False])
        found = [index for index, token in texts if token.strip(" ") == bare and index != tokens.unknown_id]
        if not found:
            raise InvalidSetting(
                "The model does not know {text} as one word, so that it can have no bias. Choose a word of its text.",
                field=_BIAS_FIELD, text=text,
            )  # fmt: skip
        return found
    found = list(tokens.ids_of(tokens.symbols(text), False) or tokens.ids_of(tokens.symbols(bare), False))
    if not found:
        raise InvalidSetting(
            "The model writes one character at a time, and {text} is not one that it knows, so that it can have no "
            "bias. Choose a single character of its text.",
            field=_BIAS_FIELD, text=text,
        )  # fmt: skip
    return found


def _completes(rest: str, added: str) -> bool:
    """Whether text that is added brings a forced text to its end, and a word at its end, too."""
    if not added.startswith(rest):
        return False
    return not (rest[-1].isalnum() and any(map(str.isalnum, added[len(rest) :])))


def _begins_with_another(text: str, texts: Iterable[str]) -> bool:
    return any(other and other != text and text.startswith(other) for other in texts)
