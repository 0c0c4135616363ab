"""What a run reads: the token ids of its splits and what is known about their text."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.passage_index import IndexedText
from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, Message, message
from engine.events import PreparationProgressed
from engine.library.corpora import CorpusFolder
from engine.library.library import Library
from engine.text.ids import PartIds, TokenIds, prepare_ids
from engine.text.known_words import KnownWords, known_word_share, known_words
from engine.text.splits import Split, split_corpus
from engine.text.tokenizers import Tokenizer
from engine.training.copy_watch import CopyWatch
from engine.training.encoding import encoded
from engine.training.references import references

Ids = NDArray[np.unsignedinteger]

# Of longer validation and test texts the beginning is evaluated at the end: two million tokens take half a minute.
MOST_FINAL_TOKENS = 2**21


@dataclass(frozen=True)
class RunData:
    """A corpus as one run reads it.

    cleaning: how it was imported; train_ids, valid_ids: token ids, mapped from the disk; characters_per_token: of each
    split, None for a tokenizer with an unknown token, for which bits per character mean nothing; references: losses in
    nats per character of simple models on this split; known_word_share: of a sample text, the share of words that
    stand in the corpus; copies: looks sample texts up in the training part.
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
    copies: CopyWatch | None = None
    warnings: tuple[Message, ...] = ()


def open_data(
    library: Library, corpus_id: str, config: CorpusConfig, tokenizer: Tokenizer | None = None
) -> Generator[PreparationProgressed, None, RunData]:
    """Open a corpus for a run, after building what is derived from it and is not there; yields progress.

    tokenizer: that of another run, in place of the corpus' own. Raises BadInput if the text cannot be used with these
    settings.
    """
    folder = library.corpus(corpus_id)
    info = folder.read_info()
    ids = yield from open_ids(folder, config, tokenizer)
    split = split_corpus(folder.path, config)
    yield PreparationProgressed(part="references", share=0.0)
    fingerprint = str(info.get("fingerprint", ""))
    return RunData(
        corpus_id=corpus_id,
        title=folder.read_label().title or str(info.get("title", corpus_id)),
        fingerprint=fingerprint,
        cleaning=_cleaning(info),
        tokenizer=ids.tokenizer,
        train_ids=ids.train.ids,
        valid_ids=ids.valid.ids,
        train_characters_per_token=characters_per_prediction(ids.tokenizer, ids.train),
        valid_characters_per_token=characters_per_prediction(ids.tokenizer, ids.valid),
        num_valid_characters=ids.valid.num_characters,
        test_ids=None if ids.test is None else ids.test.ids,
        num_test_characters=0 if ids.test is None else ids.test.num_characters,
        references=references(folder.path, split, config, fingerprint),
        known_word_share=_KnownWordShare(split),
        copies=CopyWatch(IndexedText.of_part(folder, split.train, fingerprint), is_read_only=library.is_read_only),
        warnings=_warnings(ids.valid.num_tokens),
    )


def open_ids(
    folder: CorpusFolder, config: CorpusConfig, tokenizer: Tokenizer | None = None
) -> Generator[PreparationProgressed, None, TokenIds]:
    """The token ids of a corpus, after building them if they are not there; yields progress.

    tokenizer: as for `open_data`. Raises BadInput if there is nothing to learn.
    """
    fingerprint = str(folder.read_info().get("fingerprint", ""))
    ids = yield from prepare_ids(folder.path, config, fingerprint=fingerprint)
    if tokenizer is not None and tokenizer.to_json() != ids.tokenizer.to_json():
        ids = yield from encoded(folder.path, config, tokenizer)
    beginning = np.asarray(ids.train.ids[:1_000_000])
    if not (beginning != beginning[0]).any():
        raise BadInput(
            "The training text consists of one {tokens} over and over, so there is nothing to learn. "
            "Choose another text, or other tokens.",
            tokens={"char": "character", "byte": "byte", "word": "word"}[config.tokens],
        )
    return ids


def prepare_corpus(library: Library, corpus_id: str, config: CorpusConfig) -> Iterator[PreparationProgressed]:
    """Build all that is derived from a corpus, so that a run on it starts at once. Raises as `open_data`."""
    yield from open_data(library, corpus_id, config)


class _KnownWordShare:
    """Called with a text: the share of its words that stand in the training part, which is read at the first call."""

    def __init__(self, split: Split) -> None:
        self._split = split
        self._words: KnownWords | None = None

    def __call__(self, text: str) -> float | None:
        if self._words is None:
            self._words = known_words(self._split.train)
        return known_word_share(text, self._words)


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
