"""What models are asked: each question a generator of what comes, or a plain function, to be run on a thread.

All of them raise TextloomError, and Cancelled.
"""

import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from engine.config.options import options_of
from engine.config.sampling import SamplingConfig
from engine.errors import BadInput, Cancelled, DamagedFile
from engine.library.ids import utc_now
from workbench.bridge.protocols.asking import (
    FillRequest,
    GapCandidate,
    MilestoneText,
    ModelRef,
    NextRequest,
    NextToken,
    ScoreRequest,
    ScoresCame,
    Suggestion,
    SuggestRequest,
    TimeTravelRequest,
    TokenScore,
    WriteRequest,
    prompt_before,
)
from workbench.bridge.protocols.writing import ModelRead, PieceWritten, WritingEvent, Written
from workbench.bridge.writers import Asked, IsCancelled, Writers

if TYPE_CHECKING:
    from engine.sampling.generate import ReadPrompt, Sample
    from engine.sampling.matrices import Floats
    from engine.sampling.predictor import State
    from engine.sampling.scoring import ScoredToken

PIECE_SECONDS = 0.025  # what comes in so long reaches the window at once
# Tokens that so many words take at the most: writing ends there where no word ends.
TOKENS_PER_WORD = {"char": 12, "byte": 24, "word": 4}
SPARE_TOKENS = 60

Pieces = Generator[tuple[int, str], None, "list[Sample]"]
T = TypeVar("T")


def write(writers: Writers, request: WriteRequest, is_cancelled: IsCancelled) -> Generator[WritingEvent, None, Written]:
    """Read the model and the prompt, then write; candidates side by side."""
    from engine.sampling.choice import derived_seed

    asked = writers.asked(request, is_cancelled, is_fresh=True)
    settings = _settings(request.settings, request.prompt, asked)
    prompt = _read(asked, settings, is_cancelled)
    has_one_seed = settings.beams > 1  # the search draws nothing: all its texts come of the one seed
    seeds = tuple(settings.seed if has_one_seed else derived_seed(settings.seed, n) for n in range(request.count))
    yield ModelRead(seeds=seeds, created=utc_now(), replaced=prompt.replaced, notes=asked.notes)
    pieces = _pieces(asked, settings, prompt, request.count, is_cancelled)
    samples = yield from _told(pieces)
    if is_cancelled():
        raise Cancelled
    return Written(
        texts=tuple(sample.completion for sample in samples), reasons=tuple(sample.reason for sample in samples)
    )


def ask_next(writers: Writers, request: NextRequest, is_cancelled: IsCancelled) -> tuple[NextToken, ...]:
    """What could come next, the likeliest before the settings first."""
    import numpy as np

    from engine.sampling.chain import Chain
    from engine.sampling.choosing import Completing
    from engine.sampling.next_tokens import next_tokens

    def step(token_id: int, state: "State") -> "tuple[Floats, State]":
        if is_cancelled():
            raise Cancelled
        return asked.predictor.step(token_id, state)

    asked = writers.asked(request, is_cancelled)
    settings = _settings(request.settings, request.prompt, asked)
    prompt = _read(asked, settings, is_cancelled)
    choice = Chain.of(settings, asked.tokenizer).begin(prompt.token_ids)
    if prompt.half is None:
        choice.weigh_forced(prompt.logits, prompt.state, step)
        found = next_tokens(prompt.logits, asked.tokenizer, choice, request.top)
    else:  # the word that stands there begun is completed by one of these
        allowed = list(prompt.half.token_ids)
        logits = np.full_like(prompt.logits, -np.inf)
        logits[allowed] = prompt.logits[allowed]
        first = Completing(prompt.logits, allowed, choice, settings.temperature)
        found = next_tokens(logits, asked.tokenizer, first, request.top)
    return tuple(NextToken(token.text, token.before, token.after) for token in found if token.before or token.after)


def suggest(writers: Writers, request: SuggestRequest, is_cancelled: IsCancelled) -> tuple[Suggestion, ...]:
    """The likeliest next words."""
    asked = writers.asked(request, is_cancelled)
    with asked.suggesting:
        found = asked.suggester.suggest(request.prompt, request.count, is_cancelled)
    return tuple(Suggestion(word.text, word.word, word.probability) for word in found)


def score(writers: Writers, request: ScoreRequest, is_cancelled: IsCancelled) -> Generator[ScoresCame, None, None]:
    """Token by token, told in larger pieces."""
    from engine.sampling.scoring import score_text

    asked = writers.asked(request, is_cancelled)
    stop = len(request.text) if request.stop < 0 else request.stop
    scored = score_text(
        asked.predictor, asked.tokenizer, request.text[request.start : stop],
        before=prompt_before(request.text, request.start),
        cleaning=asked.cleaning, is_cancelled=is_cancelled,
    )  # fmt: skip
    for some in _gathered(scored):
        yield ScoresCame(tuple(_token_score(token, request.start) for token in some))


def fill(
    writers: Writers, request: FillRequest, is_cancelled: IsCancelled
) -> Generator[GapCandidate, None, tuple[GapCandidate, ...]]:
    """Candidates as they come; all of them at the end, the best first."""
    from engine.sampling.gap import fill_gap

    asked = writers.asked(request, is_cancelled, is_fresh=True)
    settings = _settings(request.settings, request.before, asked)
    made = []
    before, after = prompt_before(request.before, len(request.before)), request.after
    for found in fill_gap(asked.writer, before, after, settings, request.count, is_cancelled):
        candidate = GapCandidate(text=found.text, log_probability_after=found.log_probability_after, seed=found.seed)
        made.append(candidate)
        yield candidate
    return tuple(made)  # they come the best first


def travel(
    writers: Writers, request: TimeTravelRequest, steps: Iterable[int], is_cancelled: IsCancelled
) -> Iterator[MilestoneText]:
    """What a run would have written after each of these steps; those whose weights are gone or damaged are left out."""
    has_any = False
    for step in steps:
        try:
            asked = writers.alone(ModelRef(run=request.run, step=step))
        except (BadInput, DamagedFile):
            continue
        settings = _settings(request.settings, request.prompt, asked)
        prompt = _read(asked, settings, is_cancelled)
        sample = asked.writer.write_whole(settings, prompt=prompt, is_cancelled=is_cancelled)
        if is_cancelled():
            raise Cancelled
        has_any = True
        yield MilestoneText(step=step, text=sample.completion)
    if not has_any:
        raise BadInput("This run has kept none of its earlier states.")


def _settings(settings: SamplingConfig, prompt: str, asked: Asked) -> SamplingConfig:
    """As the window writes: begun words are completed, and so many words are given the tokens that they may take."""
    length = settings.length
    if settings.num_words:
        length = settings.num_words * TOKENS_PER_WORD.get(asked.tokenizer.kind, 12) + SPARE_TOKENS
        length = min(length, int(options_of(SamplingConfig)["length"].maximum or length))
    return replace(settings, prompt=prompt, complete_word=True, length=length)


def _read(asked: Asked, settings: SamplingConfig, is_cancelled: IsCancelled) -> "ReadPrompt":
    return asked.writer.read_prompt(settings.prompt, is_cancelled, style=settings.style, complete_word=True)


def _pieces(
    asked: Asked, settings: SamplingConfig, prompt: "ReadPrompt", count: int, is_cancelled: IsCancelled
) -> Pieces:
    """What is written, piece by piece, with the index of its candidate."""
    if count > 1:
        return (yield from asked.writer.write_side_by_side(settings, count, is_cancelled, prompt=prompt))
    pieces = asked.writer.write(settings, prompt=prompt, is_cancelled=is_cancelled)
    while True:
        try:
            piece = next(pieces)
        except StopIteration as end:
            return [end.value]
        yield 0, piece


def _told(pieces: Pieces) -> "Generator[WritingEvent, None, list[Sample]]":
    """The first piece at once, then what came meanwhile, now and then."""
    untold: dict[int, list[str]] = {}
    told = 0.0
    while True:
        try:
            index, piece = next(pieces)
        except StopIteration as end:
            yield from _emptied(untold)
            samples: list[Sample] = end.value
            return samples
        untold.setdefault(index, []).append(piece)
        if time.perf_counter() - told >= PIECE_SECONDS:
            yield from _emptied(untold)
            told = time.perf_counter()


def _emptied(untold: dict[int, list[str]]) -> Iterator[PieceWritten]:
    for index in list(untold):
        yield PieceWritten(text="".join(untold.pop(index)), index=index)


def _gathered(items: Iterable[T]) -> Iterator[list[T]]:
    """What comes, in lists that each took some time."""
    gathered: list[T] = []
    told = time.perf_counter()
    for item in items:
        gathered.append(item)
        if time.perf_counter() - told >= PIECE_SECONDS:
            yield gathered
            gathered, told = [], time.perf_counter()
    if gathered:
        yield gathered


def _token_score(token: "ScoredToken", offset: int) -> TokenScore:
    return TokenScore(
        token.start + offset, token.stop + offset, token.text, token.probability, token.rank, token.entropy_bits,
        token.surprise_bits,
    )  # fmt: skip
