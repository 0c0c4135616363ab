"""What every tokenizer can do, and how one is built from a text or read from a file."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from engine.config.corpus import CorpusConfig
from engine.errors import DamagedFile
from engine.text.tokenizer_byte import ByteTokenizer
from engine.text.tokenizer_char import CharacterCounts, CharTokenizer
from engine.text.tokenizer_word import WordTokenizer
from engine.text.vocabulary import IdArray, Ids


class StreamDecoder(Protocol):
    """Turns ids that come one after another into text that comes piece by piece.

    The pieces joined are `decode` of all ids. Fed with a prompt first, it continues that prompt.
    """

    def feed(self, ids: Ids) -> str:
        """The text that these ids complete; an incomplete character is held back."""
        ...

    def finish(self) -> str:
        """What was held back."""
        ...

    def copy(self) -> "StreamDecoder":
        """Another that goes on from here."""
        ...


class Tokenizer(Protocol):
    """Text to token ids and back.

    For any text that the vocabulary was built from (for bytes, any text at all) `decode(encode(text)) == text`, as long
    as nothing was folded into `<unk>`.
    """

    @property
    def kind(self) -> str:
        """char, byte or word."""
        ...

    @property
    def vocabulary_size(self) -> int:
        """Ids are 0 ... vocabulary_size - 1."""
        ...

    @property
    def unknown_id(self) -> int | None:
        """The id of `<unk>`, None when the vocabulary has none."""
        ...

    @property
    def line_end_id(self) -> int | None:
        """The id of the line end, None when the vocabulary has none."""
        ...

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        """The smallest unsigned type that holds every id."""
        ...

    def encode(self, text: str) -> IdArray:
        """Token ids in `dtype`. Raises `BadInput` for lone surrogates, and for unknown characters without `<unk>`."""
        ...

    def encode_stream(self, chunks: Iterable[str]) -> Iterator[IdArray]:
        """Token ids of a text given in chunks; joined, they are `encode` of the chunks joined."""
        ...

    def encode_prompt(self, text: str) -> tuple[IdArray, list[str]]:
        """Token ids of any text, and the distinct characters (or words) that had to be replaced, in order."""
        ...

    def decode(self, ids: Ids) -> str:
        """The text of token ids."""
        ...

    def decoder(self) -> StreamDecoder:
        """A decoder for ids that come one after another."""
        ...

    def token_text(self, token_id: int) -> str:
        """One token as shown to a person."""
        ...

    def to_json(self) -> dict[str, object]:
        """What a file stores; `tokenizer_from_json` reads it."""
        ...


def build_tokenizer(text: str, config: CorpusConfig) -> Tokenizer:
    """A tokenizer for one text in memory. For word tokens this is the training text, for characters the whole text.

    Raises `BadInput` or `InvalidSetting` when no vocabulary can be made of it.
    """
    if config.tokens == "byte":
        return ByteTokenizer()
    if config.tokens == "word":
        return WordTokenizer.from_text(text, min_count=config.min_count, max_vocabulary=config.max_vocabulary)
    counts = CharacterCounts()
    counts.add(text)
    return CharTokenizer.from_counts(
        counts.of_characters(),
        unknown_character=config.unknown_character,
        min_count=config.min_count,
        max_vocabulary=config.max_vocabulary,
    )


def tokenizer_from_json(value: object) -> Tokenizer:
    """The tokenizer that `to_json` stored, checked strictly: the file may come from a stranger.

    Raises `DamagedFile`.
    """
    kind = value.get("kind") if type(value) is dict else None
    if kind == "char":
        return CharTokenizer.from_json(value)
    if kind == "byte":
        return ByteTokenizer.from_json(value)
    if kind == "word":
        return WordTokenizer.from_json(value)
    raise DamagedFile("The stored vocabulary cannot be used: its kind is none of char, byte and word.")
