"""Candidates judged: how likely each is to its model, and how much of it stands in what the model learned from."""

from collections.abc import Callable, Generator

from engine.errors import Cancelled, TextloomError
from workbench.bridge.copy_indexes import CopyIndexes
from workbench.bridge.protocols.asking import CopyRequest, ModelRequest
from workbench.bridge.protocols.judging import JudgedText, JudgeEvent, JudgeRequest, Likelihood, Novelty
from workbench.bridge.writers import Writers

IsCancelled = Callable[[], bool]


def judge(
    writers: Writers, copies: CopyIndexes, request: JudgeRequest, is_cancelled: IsCancelled
) -> Generator[JudgeEvent, None, None]:
    """First what is quick. A text whose model is gone, or whose model's text is, is left out. Raises Cancelled."""
    for index, judged in enumerate(request.texts):
        found = _likelihood(writers, index, judged, is_cancelled)
        if found is not None:
            yield found
    for index, judged in enumerate(request.texts):
        if judged.model.run and judged.text:
            try:
                copied = CopyRequest(text=judged.text, run=judged.model.run)
                report = yield from copies.find(copied, is_cancelled)
            except Cancelled:
                raise
            except TextloomError:
                continue
            yield Novelty(index=index, report=report)


def _likelihood(writers: Writers, index: int, judged: JudgedText, is_cancelled: IsCancelled) -> Likelihood | None:
    from engine.sampling.scoring import score_text

    try:
        asked = writers.asked(ModelRequest(model=judged.model), is_cancelled)
        scores = list(
            score_text(
                asked.predictor, asked.tokenizer, judged.text, before=judged.before, cleaning=asked.cleaning,
                is_cancelled=is_cancelled,
            )
        )  # fmt: skip
    except Cancelled:
        raise
    except TextloomError:
        return None
    if not scores:
        return None
    bits = sum(score.surprise_bits for score in scores) / len(scores)
    return Likelihood(index=index, bits_per_token=bits, tokens=asked.tokenizer.kind)
