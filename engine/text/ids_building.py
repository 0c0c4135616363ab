"""Encodes a corpus into a file of token ids, as a stream: the text is never in memory as a whole."""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from engine.config.corpus import CorpusConfig
from engine.events import PreparationProgressed
from engine.library.files import atomic_writer, write_json
from engine.text.splits import Split, TextPart, read_text, split_corpus, too_short
from engine.text.tokenizer_byte import ByteTokenizer
from engine.text.tokenizer_char import CharacterCounts, CharTokenizer
from engine.text.tokenizer_word import WordCounts, WordTokenizer
from engine.text.tokenizers import Tokenizer
from engine.text.word_pieces import DETECTION_CHARACTERS, WordCutter

FORMAT_VERSION = 1
_MIN_TOKENS = 2

_PROGRESS_BYTES = 2**20

Steps = Generator[PreparationProgressed, None, None]


def build_ids(path: Path, config: CorpusConfig, *, chunk_bytes: int) -> Steps:
    """Write `path` (ids of all parts of the corpus in its folder) and its description (.json), which comes last.

    Yields progress. Closed or failed, it leaves no description, so that nothing counts as built. Raises as
    `ids.prepare_ids`.
    """
    split = split_corpus(path.parent, config)
    meter = _Meter(_num_bytes_to_read(split, config))
    tokenizer = yield from _build_tokenizer(split, config, meter, chunk_bytes)
    digest, parts = yield from _write_ids(path, split, tokenizer, meter, chunk_bytes)
    description = {
        "format_version": FORMAT_VERSION,
        "dtype": tokenizer.dtype.name,
        "sha256": digest,
        "parts": parts,
        "tokenizer": tokenizer.to_json(),
    }
    write_json(path.with_suffix(".json"), description, indent=None)


class _Meter:
    """Counts the bytes of text that went through, over all passes, and says when progress is worth telling."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._told = 0

    def read(self, part: TextPart, chunk_bytes: int) -> Iterator[str]:
        for chunk in read_text(part, chunk_bytes):
            self._done += min(chunk_bytes, part.num_bytes)
            yield chunk

    def progress(self) -> Iterator[PreparationProgressed]:
        if self._done - self._told >= _PROGRESS_BYTES or self._told == 0:
            self._told = self._done
            yield PreparationProgressed(part="tokens", share=min(self._done / self._total, 1.0))


def _num_bytes_to_read(split: Split, config: CorpusConfig) -> int:
    total = sum(part.num_bytes for part in split.parts().values())
    return total + {"char": total, "byte": 0, "word": split.train.num_bytes}[config.tokens]


def _write_ids(
    path: Path, split: Split, tokenizer: Tokenizer, meter: _Meter, chunk_bytes: int
) -> Generator[PreparationProgressed, None, tuple[str, dict[str, dict[str, int]]]]:
    """Encode all parts into one file; returns its SHA-256 and the description of the parts."""
    digest = hashlib.sha256()
    described: dict[str, dict[str, int]] = {}
    offset = 0
    with atomic_writer(path) as writer:
        for name, part in split.parts().items():
            num_tokens = 0
            for ids in tokenizer.encode_stream(meter.read(part, chunk_bytes)):
                data = ids.astype(ids.dtype.newbyteorder("<"), copy=False).data
                writer.write(data)
                digest.update(data)
                num_tokens += len(ids)
                yield from meter.progress()
            if num_tokens < _MIN_TOKENS:
                raise too_short(name, num_tokens, "tokens")
            described[name] = {
                "offset": offset,
                "num_tokens": num_tokens,
                "num_characters": part.num_characters,
                "num_bytes": part.num_bytes,
            }
            offset += num_tokens
    return digest.hexdigest(), described


def _build_tokenizer(
    split: Split, config: CorpusConfig, meter: _Meter, chunk_bytes: int
) -> Generator[PreparationProgressed, None, Tokenizer]:
    """The vocabulary: of words from the training part only, of characters from all parts."""
    if config.tokens == "byte":
        return ByteTokenizer()
    if config.tokens == "word":
        return (yield from _build_word_tokenizer(split.train, config, meter, chunk_bytes))
    counts = CharacterCounts()
    for part in split.parts().values():
        for chunk in meter.read(part, chunk_bytes):
            counts.add(chunk)
            yield from meter.progress()
    return CharTokenizer.from_counts(
        counts.of_characters(),
        unknown_character=config.unknown_character,
        min_count=config.min_count,
        max_vocabulary=config.max_vocabulary,
    )


def _build_word_tokenizer(
    train: TextPart, config: CorpusConfig, meter: _Meter, chunk_bytes: int
) -> Generator[PreparationProgressed, None, Tokenizer]:
    cutter = WordCutter.for_text(_beginning(read_text(train, chunk_bytes)))
    counts = WordCounts()
    for pieces in cutter.cut_stream(meter.read(train, chunk_bytes)):
        counts.add(pieces)
        yield from meter.progress()
    return WordTokenizer.from_counts(
        counts.counts, cutter, min_count=config.min_count, max_vocabulary=config.max_vocabulary
    )


def _beginning(chunks: Iterable[str]) -> str:
    text = ""
    for chunk in chunks:
        text += chunk
        if len(text) >= DETECTION_CHARACTERS:
            break
    return text[:DETECTION_CHARACTERS]
