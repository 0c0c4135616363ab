"""Which bytes of a corpus are for training, validation and test, found without loading the text.

The last `corpus.valid_share` of text.utf8 validates, unless the corpus has a file valid.utf8 of its own; test.utf8 is
used when it is there. The share is counted in characters, for every kind of token, so that results of different
tokenizers are about the same text: of n characters the first floor(n * (1 - share)) train. Word tokens move the cut to
the nearest line end within 1 MiB, else to the nearest space, so that no word and, where possible, no line is cut.
Each part has at least two characters.
"""

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, DamagedFile
from engine.library.files import open_regular, read_into, storage_failed
from engine.text.cutting import MIN_CHARACTERS, check_can_be_cut, nearest_boundary, num_train_characters

CHUNK_BYTES = 2**16  # larger pieces are no faster, and fragment the heap by hundreds of MB on a text of 1 GB


@dataclass(frozen=True, kw_only=True)
class TextPart:
    """The bytes [start, stop) of a UTF-8 file; both ends lie between characters."""

    path: Path
    start: int
    stop: int
    num_characters: int

    @property
    def num_bytes(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, kw_only=True)
class Split:
    """The parts of a corpus."""

    train: TextPart
    valid: TextPart
    test: TextPart | None = None

    def parts(self) -> dict[str, TextPart]:
        """The parts that are there, by name, in the order train, valid, test."""
        named = {"train": self.train, "valid": self.valid}
        return named if self.test is None else {**named, "test": self.test}


def split_corpus(folder: Path, config: CorpusConfig) -> Split:
    """The parts of the corpus in `folder` (text.utf8 and perhaps valid.utf8, test.utf8).

    Raises `BadInput` when a part has fewer than two characters, `DamagedFile` or `StorageFailed` when a file cannot be
    read. Reads each file once, at memory speed.
    """
    whole = whole_file(folder / "text.utf8")
    valid_path, test_path = folder / "valid.utf8", folder / "test.utf8"
    if valid_path.exists():
        train, valid = whole, whole_file(valid_path)
    else:
        train, valid = _split_last_part(whole, config)
    split = Split(train=train, valid=valid, test=whole_file(test_path) if test_path.exists() else None)
    for name, part in split.parts().items():
        if part.num_characters < MIN_CHARACTERS:
            raise too_short(name, part.num_characters, "characters")
    return split


def too_short(part_name: str, count: int, unit: str) -> BadInput:
    """The one sentence for a part with fewer than two characters or tokens."""
    return BadInput(
        "The part of the text for {part} has {count} {unit}, and at least 2 are needed; give a longer text.",
        part={"train": "training", "valid": "validation"}.get(part_name, part_name),
        count=count,
        unit=unit,
    )


def whole_file(path: Path) -> TextPart:
    """All of a UTF-8 file as one part. Raises `DamagedFile` or `StorageFailed`."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
    return TextPart(path=path, start=0, stop=size, num_characters=_count_characters(path, 0, size))


def read_blocks(part: TextPart, block_bytes: int = CHUNK_BYTES) -> Iterator[npt.NDArray[np.uint8]]:
    """The bytes of a part, in order. Each block is valid until the next one is asked for.

    Raises `DamagedFile` when the file has become shorter, `StorageFailed` when it cannot be read.
    """
    buffer = np.empty(min(block_bytes, max(part.num_bytes, 1)), np.uint8)
    with open_regular(part.path) as file:
        try:
            file.seek(part.start)
        except OSError as error:
            raise storage_failed(error, part.path) from error
        for start in range(part.start, part.stop, len(buffer)):
            block = buffer[: min(len(buffer), part.stop - start)]
            if read_into(file, block.data, part.path) != len(block):
                raise shortened(part.path)
            yield block


def read_text(part: TextPart, chunk_bytes: int = CHUNK_BYTES) -> Iterator[str]:
    """The characters of a part, in order, in pieces of about `chunk_bytes` bytes, line ends as they are.

    Raises `DamagedFile` when the file is not UTF-8, and as `read_blocks`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for block in read_blocks(part, chunk_bytes):
            yield decoder.decode(block.tobytes())
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise DamagedFile("{path} is damaged: it is not UTF-8; import the text again.", path=str(part.path)) from None


def spread_text(part: TextPart, max_bytes: int, *, block_bytes: int = 2**18) -> Iterator[list[str]]:
    """All of a part as one run, or, where it is longer than `max_bytes`, runs of one block each, spread evenly.

    A run is a list of pieces that follow one another; blocks begin and end between characters.
    """
    if part.num_bytes <= max_bytes:
        yield list(read_text(part))
        return
    num_blocks = max(max_bytes // block_bytes, 1)
    size = max_bytes // num_blocks
    for index in range(num_blocks):
        start = part.start + (part.num_bytes - size) * index // max(num_blocks - 1, 1)
        block = TextPart(path=part.path, start=start, stop=start + size, num_characters=0)
        data = b"".join(piece.tobytes() for piece in read_blocks(block))
        yield [data.decode("utf-8", errors="ignore")]  # ignores the halves of characters at both ends


def count_characters(block: npt.NDArray[Any]) -> int:
    """Characters that begin in a block of UTF-8 bytes: all bytes but 10xxxxxx."""
    return int(np.count_nonzero(block.view(np.int8) >= -64))


def byte_offsets(part: TextPart, characters: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Offsets in the file, (n,), at which these characters of a part begin: (n,), ascending; its length is its end."""
    offsets = np.full(len(characters), part.stop, np.intp)
    offset, num_before = part.start, 0
    for block in read_blocks(part):
        num_here = count_characters(block)
        first, last = np.searchsorted(characters, [num_before, num_before + num_here])
        if last > first:
            begins = np.flatnonzero(block.view(np.int8) >= -64)
            offsets[first:last] = offset + begins[characters[first:last] - num_before]
        offset += len(block)
        num_before += num_here
    return offsets


def shortened(path: Path) -> DamagedFile:
    """The one sentence for a file that ends before the part that is read."""
    return DamagedFile("{path} has become shorter; import the text again.", path=str(path))


def _count_characters(path: Path, start: int, stop: int) -> int:
    part = TextPart(path=path, start=start, stop=stop, num_characters=0)
    return sum(count_characters(block) for block in read_blocks(part))


def _split_last_part(whole: TextPart, config: CorpusConfig) -> tuple[TextPart, TextPart]:
    total = whole.num_characters
    check_can_be_cut(whole.path, total)
    num_train = num_train_characters(total, config.valid_share)
    cut = int(byte_offsets(whole, np.array([num_train]))[0])
    if config.tokens == "word":
        moved = nearest_boundary(whole.path, whole.stop, cut)
        moved_by = _count_characters(whole.path, min(cut, moved), max(cut, moved))
        num_train += moved_by if moved > cut else -moved_by
        cut = moved
    train = TextPart(path=whole.path, start=0, stop=cut, num_characters=num_train)
    return train, TextPart(path=whole.path, start=cut, stop=whole.stop, num_characters=total - num_train)
