"""How well a model predicts a text, in the field's measures.

- loss_nats: mean cross entropy per predicted token; perplexity = exp(loss_nats).
- bits per character: all nats / ln 2 / characters predicted, which compares models with different tokens.
"""

import math
from collections import Counter
from collections.abc import Generator
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np

from engine.errors import BadInput
from engine.evaluation.lanes import TokenIdArray
from engine.evaluation.stream import stream_loss
from engine.models.language_model import LanguageModel
from engine.models.model_file import LoadedModel
from engine.models.parameters import load_parameters
from engine.text.cleaning import clean
from engine.text.tokenizers import Tokenizer
from engine.text.vocabulary import refuse_surrogates

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A model's figures on one text.

    tokens: N, of which all but the first are predicted; characters: of the cleaned text; perplexity: None when it is
    too large for a number; bits_per_character: None for a model with `<unk>`, which is no character; unknown_share:
    share of the tokens that the model does not know, be they `<unk>` or replaced by known ones. A loss that is not a
    number (a model that overflows) is None.
    """

    tokens: int
    characters: int
    loss_nats: float | None
    perplexity: float | None
    bits_per_character: float | None
    unknown_share: float

    def as_record(self) -> dict[str, int | float | None]:
        """Plain values for JSON."""
        return asdict(self)


def evaluate_text(model: LoadedModel, text: str) -> Evaluation:
    """Clean a text as the model's corpus was cleaned, and evaluate it as one stream. See `evaluate_text_in_steps`."""
    return finish(evaluate_text_in_steps(model, text))


def evaluate_text_in_steps(model: LoadedModel, text: str) -> Generator[float, None, Evaluation]:
    """As `evaluate_text`, yielding the share done.

    Raises BadInput for a text of fewer than two tokens or with half a character.
    """
    refuse_surrogates(text)
    text = clean(text, model.cleaning)
    ids, unknown_share = encode_known(model.tokenizer, text)
    network = LanguageModel(model.configuration.model, model.tokenizer.vocabulary_size)
    load_parameters(network, model.arrays)
    return (yield from evaluate_ids(network, ids, model.tokenizer, len(text), unknown_share))


def evaluate_ids(
    model: LanguageModel,
    ids: TokenIdArray,
    tokenizer: Tokenizer,
    num_characters: int,
    unknown_share: float | None = None,
) -> Generator[float, None, Evaluation]:
    """Evaluate token ids (N,) that stand for a text of `num_characters`; they may be mapped from a file.

    Yields the share done and returns the figures. unknown_share: counted among the ids when left out. Raises BadInput
    for fewer than two tokens.
    """  # fmt: skip
    if len(ids) < 2:
        raise BadInput(
            "The text has {count} tokens, and at least 2 are needed to predict one; give a longer text.",
            count=len(ids),
        )
    if unknown_share is None:
        unknown_share = _share_of(ids, tokenizer.unknown_id)
    loss = yield from stream_loss(model, ids)
    num_predicted = num_predicted_characters(tokenizer, int(ids[0]), num_characters)
    return Evaluation(
        tokens=len(ids),
        characters=num_characters,
        loss_nats=_number(loss.loss_nats),
        perplexity=perplexity(loss.loss_nats),
        bits_per_character=bits_per_character(tokenizer, loss.total_nats, num_predicted),
        unknown_share=unknown_share,
    )


def finish(steps: Generator[float, None, T]) -> T:
    """Drive an evaluation to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def encode_known(tokenizer: Tokenizer, text: str) -> tuple[TokenIdArray, float]:
    """Token ids (N,) of any text, and the share of them that the tokenizer does not know.

    Without `<unk>`, unknown characters are replaced as in a prompt. Raises BadInput for half a character.
    """
    try:
        ids = tokenizer.encode(text)
    except BadInput:
        ids, replaced = tokenizer.encode_prompt(text)
        counts = Counter(text)
        return ids, sum(counts[character] for character in replaced) / max(len(text), 1)
    return ids, _share_of(ids, tokenizer.unknown_id)


def num_predicted_characters(tokenizer: Tokenizer, first_id: int, num_characters: int) -> int:
    """Characters of a text of `num_characters` that are complete only after its first token, `first_id`."""
    return num_characters - len(tokenizer.decoder().feed((first_id,)))


def perplexity(loss_nats: float) -> float | None:
    """exp(loss), None where that is too large for a number or the loss is none."""
    try:
        return _number(math.exp(loss_nats))
    except OverflowError:
        return None


def bits_per_character(tokenizer: Tokenizer, total_nats: float, num_predicted: int) -> float | None:
    """Bits that each predicted character costs; None for a tokenizer with `<unk>`, or when none is predicted."""
    if tokenizer.unknown_id is not None or num_predicted < 1:
        return None
    return _number(total_nats / math.log(2) / num_predicted)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _share_of(ids: TokenIdArray, token_id: int | None) -> float:
    if token_id is None or not len(ids):
        return 0.0
    block = 2**24
    count = sum(int(np.count_nonzero(ids[start : start + block] == token_id)) for start in range(0, len(ids), block))
    return count / len(ids)
