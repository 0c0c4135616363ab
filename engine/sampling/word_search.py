"""The likeliest next words of a model of characters or bytes, found letter by letter, the best beginnings first.

The probability of a word is that of its tokens and of its end: that anything follows with which it does not go on. As
no word is likelier than its beginning, the search may stop once every beginning that is left is less likely than the
words found (best-first search; Hart, Nilsson and Raphael 1968, with nothing known of what is to come).

Legend: B beginnings in one product, V vocabulary, N beginnings that wait.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import Cancelled
from engine.sampling.beginning import never
from engine.sampling.choice import Doubles, forbid, probabilities
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor, State
from engine.sampling.word_letters import NEXT_PHASES, Kind, Letters, Phase

LONGEST_WORD = 40  # tokens
MOST_BEGINNINGS = 2_000  # that are followed; then what was found is the answer, with what is certain of it
MOST_WAITING = 2**16
BATCH_SIZE = 8
NEGLIGIBLE = 1e-3  # of the probability of a word may stay open at each of its undecided characters


@dataclass(frozen=True)
class FoundWord:
    """The tokens that go on with a half word, or make up a whole one; probability: theirs and that of the end."""

    token_ids: tuple[int, ...]
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beginning:
    """One beginning of words. size: how many of its tokens belong to a word for certain; limit: what the word of those
    tokens can have at most, None while its end is not in question."""

    tokens: tuple[int, ...] = ()
    size: int = 0
    phase: Phase
    pending: bytes = b""
    mass: float = 1.0
    limit: float | None = None


_WAITING = np.dtype([("value", "f8"), ("mass", "f8"), ("batch", "i4"), ("row", "i4"), ("token", "i4")])


def search_words(
    predictor: Predictor, letters: Letters, logits_V: Floats, state: State, phase: Phase, count: int, *,
    unknown_id: int | None = None, is_cancelled: Callable[[], bool] = never,
) -> list[FoundWord]:
    """The `count` likeliest words, best first, that go on from `state` and its logits; `<unk>` has probability 0.

    A half word that ends here is none of them. The answer is exact among words of up to `LONGEST_WORD` tokens, unless
    `MOST_BEGINNINGS` were too few, as they may be for a model that has learned nothing. The probabilities are exact to
    some thousandths of themselves, because an end that is hardly in question is not looked into. Raises Cancelled.
    """  # fmt: skip
    search = _Search(predictor, letters, count, unknown_id)
    search.follow([_Beginning(phase=phase)], logits_V[np.newaxis], predictor.fork(state, 1))
    num_followed = 0
    while num_followed < MOST_BEGINNINGS and len(search.waiting):
        if is_cancelled():
            raise Cancelled
        beginnings, state = search.take_best(BATCH_SIZE)
        last_B = np.array([beginning.tokens[-1] for beginning in beginnings])
        search.follow(beginnings, *predictor.step(last_B, state))
        num_followed += len(beginnings)
    return search.best()


class _Search:
    """What is found and what waits. waiting (N,): continuations of the followed beginnings that may still matter."""

    def __init__(self, predictor: Predictor, letters: Letters, count: int, unknown_id: int | None) -> None:
        self._predictor = predictor
        self._letters = letters
        self._count = count
        self._unknown_id = unknown_id
        self._found: dict[tuple[int, ...], float] = {}
        self._batches: list[tuple[list[_Beginning], State]] = []
        self.waiting = np.empty(0, _WAITING)

    def best(self) -> list[FoundWord]:
        """The likeliest words found so far."""
        best = sorted(self._found.items(), key=lambda item: (-item[1], item[0]))[: self._count]
        return [FoundWord(token_ids, mass) for token_ids, mass in best]

    def follow(self, beginnings: list[_Beginning], logits_BV: Floats, state: State) -> None:
        """Count the words that end after each of these, and let what may go on wait."""
        logits_BV = logits_BV.copy()
        forbid(logits_BV, self._unknown_id)
        shares_BV = probabilities(logits_BV, 1.0)
        self._batches.append((beginnings, state))
        parts = [self.waiting]
        for row, (beginning, shares_V) in enumerate(zip(beginnings, shares_BV, strict=True)):
            parts.append(self._continuations(row, beginning, shares_V * beginning.mass))
        waiting = np.concatenate(parts)
        waiting = waiting[waiting["value"] > self._least()]
        if len(waiting) > MOST_WAITING:
            waiting = waiting[np.argpartition(-waiting["value"], MOST_WAITING)[:MOST_WAITING]]
        self.waiting = waiting

    def take_best(self, most: int) -> tuple[list[_Beginning], State]:
        """The beginnings that may still matter most, which wait no longer, and their states before the last token."""
        order = np.argsort(-self.waiting["value"]) if len(self.waiting) <= most else np.argpartition(
            -self.waiting["value"], most
        )
        chosen = np.sort(self.waiting[order[:most]], order="batch")
        self.waiting = self.waiting[order[most:]]
        batches, starts = np.unique(chosen["batch"], return_index=True)
        groups = np.split(chosen["row"], starts[1:])
        states = [
            self._predictor.select(self._batches[batch][1], rows)
            for batch, rows in zip(batches.tolist(), groups, strict=True)
        ]
        return [self._beginning(*entry) for entry in chosen.tolist()], self._predictor.join(states)

    def _continuations(self, row: int, beginning: _Beginning, mass_V: Doubles) -> NDArray[np.void]:
        kinds_V = self._letters.kinds(beginning.pending)
        phases_V = NEXT_PHASES[beginning.phase][kinds_V]
        waits_V = phases_V < Phase.END
        value_V = mass_V.copy()
        if beginning.size or beginning.phase >= Phase.INSIDE:
            ended = float(mass_V[phases_V == Phase.END].sum())
            if beginning.size:
                open_tokens = np.flatnonzero(waits_V & (kinds_V != Kind.LETTER))
                limit = ended + float(mass_V[open_tokens].sum()) if beginning.limit is None else beginning.limit
                value_V[_without_negligible(open_tokens, mass_V, limit)] = limit
                self._count_word(beginning.tokens[: beginning.size], ended)
        else:
            self._count_whole_words(beginning, mass_V, phases_V)
        if len(beginning.tokens) >= LONGEST_WORD:
            waits_V &= kinds_V != Kind.LETTER
        tokens = np.flatnonzero(waits_V & (mass_V > 0))
        entries = np.empty(len(tokens), _WAITING)
        entries["value"], entries["mass"] = value_V[tokens], mass_V[tokens]
        entries["batch"], entries["row"], entries["token"] = len(self._batches) - 1, row, tokens
        return entries

    def _beginning(self, value: float, mass: float, batch: int, row: int, token_id: int) -> _Beginning:
        parent = self._batches[batch][0][row]
        kind = Kind(int(self._letters.kinds(parent.pending)[token_id]))
        phase = Phase(int(NEXT_PHASES[parent.phase][kind]))
        tokens = (*parent.tokens, token_id)
        if kind is Kind.LETTER:
            return _Beginning(tokens=tokens, size=len(tokens), phase=phase, mass=mass)
        return _Beginning(
            tokens=tokens, size=parent.size, phase=phase, mass=mass,
            pending=parent.pending + bytes([token_id]) if kind is Kind.PARTIAL else b"",
            limit=max(value, mass) if parent.size else None,
        )  # fmt: skip

    def _count_word(self, tokens: tuple[int, ...], mass: float) -> None:
        if mass:
            self._found[tokens] = self._found.get(tokens, 0.0) + mass

    def _count_whole_words(self, beginning: _Beginning, mass_V: Doubles, phases_V: NDArray[np.int8]) -> None:
        tokens = np.flatnonzero(phases_V == Phase.WHOLE)
        for token_id in tokens[np.argsort(-mass_V[tokens], kind="stable")[: self._count]].tolist():
            self._count_word((*beginning.tokens, token_id), float(mass_V[token_id]))

    def _least(self) -> float:
        """What a word must exceed to be among the best."""
        best = heapq.nlargest(self._count, self._found.values())
        return best[-1] if len(best) == self._count else 0.0


def _without_negligible(tokens: NDArray[np.intp], mass_V: Doubles, limit: float) -> NDArray[np.intp]:
    """All but the least likely tokens that together have next to nothing of `limit`."""
    tokens = tokens[np.argsort(mass_V[tokens], kind="stable")]
    kept: NDArray[np.intp] = tokens[np.cumsum(mass_V[tokens]) > NEGLIGIBLE * limit]
    return kept
