"""Filling a gap: candidates written from the left, and how well the text on the right goes on from each.

A recurrent network reads from the left only. So candidates are written from what stands before the gap, and each is
judged by the probability that the model gives to the text after the gap when it has read the candidate, too.

Legend: B candidates, V vocabulary.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.config.sampling import SamplingConfig
from engine.errors import Cancelled
from engine.sampling.beginning import never
from engine.sampling.choice import as_doubles, log_probabilities
from engine.sampling.completion import ReadPrompt, Sample
from engine.sampling.generate import Writer

# So much of the text after the gap is judged: further on, what stood in the gap makes little difference.
TOKENS_AFTER = {"char": 60, "byte": 60, "word": 12}
CHARACTERS_AFTER = 2_000  # more than those tokens have
_WORDS_ENDED = frozenset({"words", "sentence", "line", "paragraph", "stop"})


@dataclass(frozen=True, kw_only=True)
class GapCandidate:
    """A text for the gap. log_probability_after: of the first tokens after it, in nats; the greater the better."""

    text: str
    log_probability_after: float
    seed: int


def fill_gap(
    writer: Writer, before: str, after: str, settings: SamplingConfig, count: int,
    is_cancelled: Callable[[], bool] = never,
) -> Generator[GapCandidate, None, tuple[GapCandidate, ...]]:  # fmt: skip
    """Up to `count` different texts between `before` and `after`, the best first; returns them, too.

    settings: how they are written; their prompt is not used. A candidate that does not end with a line, a sentence or a
    number of words is cut back to the end of a word, where it has one, and white space comes between two words that
    would touch. Raises BadInput as `Writer.write`, and Cancelled.
    """
    prompt = writer.read_prompt(before, is_cancelled, style=settings.style, complete_word=settings.complete_word)
    seeds: dict[str, int] = {}
    for sample in writer.write_many(settings, count, is_cancelled, prompt=prompt):
        if sample.reason == "cancelled":
            raise Cancelled
        seeds.setdefault(gap_text(sample, before, after), sample.seed)
    judged, most = after[:CHARACTERS_AFTER], TOKENS_AFTER[writer.tokenizer.kind]
    rows = [_row(writer, before + text, judged, most) for text in seeds]
    scores = _log_probabilities(writer, prompt, settings.style, rows, is_cancelled)
    candidates = [
        GapCandidate(text=text, log_probability_after=score, seed=seed)
        for (text, seed), score in zip(seeds.items(), scores, strict=True)
    ]
    candidates.sort(key=lambda candidate: -candidate.log_probability_after)
    yield from candidates
    return tuple(candidates)


def gap_text(sample: Sample, before: str, after: str) -> str:
    """What of a sample stands in the gap."""
    text = sample.completion
    if sample.reason not in _WORDS_ENDED:
        text = _whole_words(text) or text
    last = (before + text)[-1:]
    return text + " " if last.isalnum() and after[:1].isalnum() else text


def _whole_words(text: str) -> str:
    """The text up to the end of its last word that certainly ends: a letter or digit before something else."""
    for place in range(len(text) - 1, 0, -1):
        if text[place - 1].isalnum() and not text[place].isalnum():
            return text[:place]
    return ""


@dataclass(frozen=True)
class _Row:
    """The tokens of a whole text, of which those from `start` on belong to what stands after the gap."""

    ids: tuple[int, ...]
    start: int


def _row(writer: Writer, left: str, after: str, most: int) -> _Row:
    """The first `most` tokens after the gap count; where words are cut depends on what stands on both sides."""
    ids = writer.token_ids(left + after)
    start = _num_common([ids, writer.token_ids(left)])
    return _Row(ids[: start + most], start)


def _log_probabilities(
    writer: Writer, prompt: ReadPrompt, style: str, rows: Sequence[_Row], is_cancelled: Callable[[], bool]
) -> list[float]:
    """log P of each row from its start on, all read side by side."""
    if not rows:
        return []
    num_read = _num_common([row.ids[: row.start] for row in rows])
    if rows[0].ids[:num_read][: len(prompt.token_ids)] == prompt.token_ids:
        num_read, logits, state = len(prompt.token_ids), prompt.logits, prompt.state
    else:
        logits, state = writer.read_ids(rows[0].ids[:num_read], is_cancelled, style=style)
    totals = [0.0] * len(rows)
    going = [index for index, row in enumerate(rows) if len(row.ids) > num_read]
    logits_BV, state = np.repeat(logits[np.newaxis], len(going), axis=0), writer.predictor.fork(state, len(going))
    for place in range(num_read, max(len(row.ids) for row in rows)):
        if is_cancelled():
            raise Cancelled
        token_ids_B = np.array([rows[index].ids[place] for index in going])
        log_p_B = log_probabilities(as_doubles(logits_BV))[np.arange(len(going)), token_ids_B]
        for index, log_p in zip(going, log_p_B.tolist(), strict=True):
            totals[index] += log_p if place >= rows[index].start else 0.0
        kept = [here for here, index in enumerate(going) if len(rows[index].ids) > place + 1]
        going = [going[here] for here in kept]
        if going:
            logits_BV, state = writer.predictor.step(token_ids_B[kept], writer.predictor.select(state, kept))
    return totals


def _num_common(rows: Sequence[tuple[int, ...]]) -> int:
    """How many tokens all of them begin with."""
    first, last = min(rows), max(rows)  # what these have in common, all between them have
    return next((place for place, token_id in enumerate(first) if token_id != last[place]), len(first))
