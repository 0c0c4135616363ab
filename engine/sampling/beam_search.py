"""Search for a likely text, without chance: the best beginnings are followed side by side.

At every step each of the beams is followed by each token, and the likeliest of all these stay. A text that has found
its end leaves the beams and waits. The best text in the end is that with the highest

    s(Y) = log P(Y | X) / lp(Y),    lp(Y) = ((5 + |Y|) / (5 + 1)) ** length_penalty

(Wu et al. 2016, equation 14, without the coverage penalty, which needs attention); |Y| counts tokens, P is the model's
distribution after constraints and penalties, at temperature 1. The search ends when no beam can become better any more:
log P only falls and lp only grows, so a beam is never better than its log P divided by the lp of the greatest length.

Legend: B beams, V vocabulary.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np

from engine.config.sampling import SamplingConfig
from engine.sampling.chain import Chain, TokenChoice
from engine.sampling.choice import Doubles, as_doubles, forbid, log_probabilities
from engine.sampling.choosing import begun, completing, logs_of
from engine.sampling.completion import Completion, ReadPrompt, Sample
from engine.sampling.graphemes import ClusterGate
from engine.sampling.half_words import HalfWord
from engine.sampling.matrices import Floats
from engine.sampling.predictor import Predictor
from engine.text.tokenizers import Tokenizer

_STEPS_BETWEEN_PIECES = 16


def length_penalty(num_tokens: int, exponent: float) -> float:
    """lp(Y) of Wu et al. 2016, equation 14."""
    return float(((5 + num_tokens) / 6) ** exponent)


@dataclass(kw_only=True)
class Beam:
    """One of the texts that are followed. memory: of its tokens, None when the settings need none."""

    completion: Completion
    memory: TokenChoice | None
    log_probability: float

    def followed_by(self, token_id: int, log_probability: float) -> "Beam":
        """The text with one more token."""
        completion, memory = self.completion.copy(), None if self.memory is None else self.memory.copy()
        completion.add(token_id)
        if memory is not None:
            memory.take(token_id)
        return Beam(completion=completion, memory=memory, log_probability=log_probability)

    def score(self, exponent: float) -> float:
        """s(Y)."""
        return self.log_probability / length_penalty(self.completion.num_tokens, exponent)


def beam_chain(settings: SamplingConfig, tokenizer: Tokenizer) -> Chain:
    """What the settings make of the model's distribution without chance: constraints and penalties stay.

    Raises BadInput for options that the vocabulary forbids.
    """
    calm = replace(
        settings, temperature=1.0, temperature_change=0.0, dynamic_range=0.0, top_k=0, top_p=1.0, min_p=0.0,
        typical_p=1.0, top_n_sigma=0.0, xtc_probability=0.0, mirostat_target=0.0,
    )  # fmt: skip
    return Chain.of(calm, tokenizer)


def search(
    predictor: Predictor, chain: Chain, prompt: ReadPrompt, completion: Completion, count: int,
    is_cancelled: Callable[[], bool],
) -> Generator[str, None, list[Sample]]:  # fmt: skip
    """The `count` best texts, the best first; yields pieces of the best one as soon as they are certain.

    completion: the empty one. Cancelled, it gives the best of what there is.
    """
    settings = chain.settings
    found, pieces = _Found(settings, count), _CertainPieces(prompt.text)
    memory = None if chain.is_plain else begun(chain, prompt, predictor)
    beams = [Beam(completion=completion, memory=memory, log_probability=0.0)]
    logits_BV, state = prompt.logits[np.newaxis], predictor.fork(prompt.state, 1)
    for left in range(settings.length - 1, -1, -1):
        if is_cancelled():
            for beam in beams:
                beam.completion.cancel()
            break
        half = prompt.half if left == settings.length - 1 else None
        next_BV = _log_probabilities(logits_BV, beams, half, chain.unknown_id)
        beams, parents, token_ids = _followed(beams, next_BV, settings.beams, found)
        if half is not None and memory is not None:  # what is forced comes after the word
            for beam, token_id in zip(beams, token_ids, strict=True):
                beam.memory = chain.begin((*prompt.token_ids, token_id))
        if not found.can_improve(beams):
            beams = []
            break
        if left:
            logits_BV, state = predictor.step(np.array(token_ids), predictor.select(state, parents))
            if left % _STEPS_BETWEEN_PIECES == 0 and count == 1:
                piece = pieces.certain([beam.completion.text for beam in (*beams, *found.best())])
                if piece:
                    yield piece
    samples = found.samples(beams)
    rest = pieces.rest(samples[0].completion)
    if rest:
        yield rest
    return samples


def _log_probabilities(
    logits_BV: Floats, beams: list[Beam], half: HalfWord | None, unknown_id: int | None
) -> Doubles:
    """log P (B, V) of each beam with each token after it; -inf for those that are out of the question."""
    if half is not None:
        next_BV = np.full(logits_BV.shape, -np.inf)
        logs = completing(logits_BV[0], half.token_ids, beams[0].memory)  # there is but one beam yet
        if logs is None:
            logs = as_doubles(logits_BV[0, half.token_ids])
        next_BV[0, half.token_ids] = log_probabilities(logs)
    elif beams[0].memory is None:
        doubles_BV = as_doubles(logits_BV)
        forbid(doubles_BV, unknown_id)
        next_BV = log_probabilities(doubles_BV)
    else:
        rows = zip(logits_BV, beams, strict=True)
        next_BV = np.stack([logs_of(beam.memory.probabilities(logits_V)) for logits_V, beam in rows if beam.memory])
    next_BV += np.array([beam.log_probability for beam in beams])[:, np.newaxis]
    return next_BV


class _Found:
    """The texts that have found their ends."""

    def __init__(self, settings: SamplingConfig, count: int) -> None:
        self._settings = settings
        self._count = count
        self._ended: list[Beam] = []

    def add(self, beam: Beam) -> None:
        self._ended.append(beam)
        self._ended.sort(key=self._rank)  # stable: of equals the first found
        del self._ended[self._count :]

    def best(self) -> list[Beam]:
        return self._ended[:1]

    def can_improve(self, beams: list[Beam]) -> bool:
        """Whether one of these may still become one of the texts that are wanted."""
        if len(self._ended) < self._count or not beams:
            return bool(beams)
        most = length_penalty(self._settings.length, self._settings.length_penalty)
        return max(beam.log_probability for beam in beams) / most > -self._rank(self._ended[-1])

    def samples(self, beams: list[Beam]) -> list[Sample]:
        """The best of those that have ended and of `beams`."""
        for beam in beams:
            beam.completion.finish()
        for beam in self._ended:
            beam.completion.finish()
        best = sorted([*self._ended, *beams], key=self._rank)[: self._count]
        return [beam.completion.sample(self._settings.seed) for beam in best]

    def _rank(self, beam: Beam) -> float:
        return -beam.score(self._settings.length_penalty)


class _CertainPieces:
    """What all texts that may still win have in common, in whole characters."""

    def __init__(self, before: str) -> None:
        self._gate = ClusterGate(before)
        self._size = 0

    def certain(self, texts: list[str]) -> str:
        first, last = min(texts), max(texts)  # what these have in common, all between them have
        size = next((place for place, sign in enumerate(first) if sign != last[place]), len(first))
        return self._given(first[:size])

    def rest(self, text: str) -> str:
        return self._given(text) + self._gate.finish()

    def _given(self, text: str) -> str:
        piece, self._size = text[self._size :], len(text)
        return self._gate.feed(piece)


def _followed(
    beams: list[Beam], next_BV: Doubles, num_beams: int, found: _Found
) -> tuple[list[Beam], list[int], list[int]]:
    """The likeliest beams with one more token, the places of those they follow, and the tokens.

    What finds its end goes to `found`; twice as many as there are beams are looked at, so that others take its place.
    """
    flat = next_BV.ravel()
    most = min(2 * num_beams, len(flat))
    likeliest = np.sort(np.argpartition(-flat, most - 1)[:most])
    grown: list[Beam] = []
    parents, token_ids = [], []
    for place in likeliest[np.argsort(-flat[likeliest], kind="stable")].tolist():
        if flat[place] == -np.inf or len(grown) == num_beams:
            break
        parent, token_id = divmod(place, next_BV.shape[1])
        beam = beams[parent].followed_by(token_id, float(flat[place]))
        if beam.completion.is_over:
            found.add(beam)
        else:
            grown.append(beam)
            parents.append(parent)
            token_ids.append(token_id)
    return grown, parents, token_ids

