"""What a run reads: the token ids of its splits and what is known about their text."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, Message, message
from engine.events import PreparationProgressed
from engine.library.library import Library
from engine.text.ids import PartIds, prepare_ids
from engine.text.known_words import known_word_share, known_words
from engine.text.reference import reference_values
from engine.text.splits import split_corpus
from engine.text.tokenizers import Tokenizer

Ids = NDArray[np.unsignedinteger]

# Of longer validation and test texts the beginning is evaluated at the end: two million tokens take half a minute.
MOST_FINAL_TOKENS = 2**21


@dataclass(frozen=True)
class RunData:
    """A corpus as one run reads it.

    cleaning: how it was imported; train_ids, valid_ids: token ids, mapped from the disk; characters_per_token: of each
    split, None for a tokenizer with an unknown token, for which bits per character mean nothing; references: losses in
    nats per character of simple models on this split; known_word_share: of a sample text, the share of words that
    stand in the corpus.
    """

    corpus_id: str
    title: str
    fingerprint: str
    cleaning: Mapping[str, Any]
    tokenizer: Tokenizer
    train_ids: Ids
    valid_ids: Ids
    train_characters_per_token: float | None
    valid_characters_per_token: float | None
    num_valid_characters: int
    test_ids: Ids | None = None
    num_test_characters: int = 0
    references: Mapping[str, float] = field(default_factory=dict)
    known_word_share: Callable[[str], float | None] = lambda _text: None
    warnings: tuple[Message, ...] = ()


def open_data(
    library: Library, corpus_id: str, config: CorpusConfig
) -> Generator[PreparationProgressed, None, RunData]:
    """Open a corpus for a run, after building its token ids if they are not there; yields progress.

    Raises BadInput if the text cannot be used with these settings.
    """
    folder = library.corpus(corpus_id)
    info = folder.read_info()
    fingerprint = str(info.get("fingerprint", ""))
    ids = yield from prepare_ids(folder.path, config, fingerprint=fingerprint)
    tokenizer = ids.tokenizer
    if len(np.unique(np.asarray(ids.train.ids[:1_000_000]))) < 2:
        raise BadInput(
            "The training text consists of one {tokens} over and over, so there is nothing to learn. "
            "Choose another text, or other tokens.",
            tokens={"char": "character", "byte": "byte", "word": "word"}[config.tokens],
        )
    split = split_corpus(folder.path, config)
    yield PreparationProgressed(part="words", share=0.0)
    words = known_words(split.train)
    return RunData(
        corpus_id=corpus_id,
        title=str(info.get("title", corpus_id)),
        fingerprint=fingerprint,
        cleaning=_cleaning(info),
        tokenizer=tokenizer,
        train_ids=ids.train.ids,
        valid_ids=ids.valid.ids,
        train_characters_per_token=characters_per_prediction(tokenizer, ids.train),
        valid_characters_per_token=characters_per_prediction(tokenizer, ids.valid),
        num_valid_characters=ids.valid.num_characters,
        test_ids=None if ids.test is None else ids.test.ids,
        num_test_characters=0 if ids.test is None else ids.test.num_characters,
        references={value.name: value.nats_per_character for value in reference_values(split).values},
        known_word_share=lambda sample: known_word_share(sample, words),
        warnings=_warnings(ids.valid.num_tokens),
    )


def _warnings(num_valid_tokens: int) -> tuple[Message, ...]:
    if num_valid_tokens <= MOST_FINAL_TOKENS:
        return ()
    return (
        message(
            "The validation text has {count} tokens; its first {used} are evaluated at the end, to save time.",
            count=num_valid_tokens,
            used=MOST_FINAL_TOKENS,
        ),
    )


def characters_per_prediction(tokenizer: Tokenizer, part: PartIds) -> float | None:
    """Characters that each of the N-1 predictions of a part stands for; None with an unknown token."""
    if tokenizer.unknown_id is not None:
        return None
    first = tokenizer.decode([int(part.ids[0])])
    return (part.num_characters - len(first)) / (part.num_tokens - 1)


def _cleaning(info: Mapping[str, object]) -> dict[str, Any]:
    cleaning = info.get("cleaning", {})
    return dict(cleaning) if isinstance(cleaning, Mapping) else {}
