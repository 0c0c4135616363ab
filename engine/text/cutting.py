"""Where the validation part of a corpus begins: the rule of `engine.text.splits`, without numpy, for a window."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import FileIO
from pathlib import Path
from typing import Final

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput
from engine.library.files import open_regular, read_into

MIN_CHARACTERS: Final = 2  # of each part

_CHUNK_BYTES = 2**20
_BOUNDARY_SEARCH_BYTES = 2**20
_ENOUGH_BYTES = 4 * MIN_CHARACTERS + 4  # holds two characters wherever it is cut
_CONTINUATION = bytes(range(0x80, 0xC0))  # all bytes of UTF-8 with which no character begins


@dataclass(frozen=True, kw_only=True)
class ValidationPlace:
    """The part of a corpus that validates: a file of its own, or the end of the text from `start_byte` on."""

    path: Path
    start_byte: int
    start_character: int
    num_bytes: int
    num_characters: int

    @property
    def is_own_file(self) -> bool:
        """Whether the whole of `path` validates."""
        return self.start_byte == 0


def validation_place(folder: Path, config: CorpusConfig) -> ValidationPlace:
    """Where the corpus in `folder` is cut, just as `split_corpus` does. Reads the text twice, at some 0.5 GB/s.

    Raises `BadInput` when the text is too short to be cut, `DamagedFile` or `StorageFailed`.
    """
    own = folder / "valid.utf8"
    path = own if own.exists() else folder / "text.utf8"
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        total = sum(map(_num_characters, _chunks(file, path, 0, size)))
        if path == own:
            return ValidationPlace(path=path, start_byte=0, start_character=0, num_bytes=size, num_characters=total)
        check_can_be_cut(path, total)
        num_train = num_train_characters(total, config.valid_share)
        cut = _offset(file, path, size, num_train)
        if config.tokens == "word":
            moved = nearest_boundary(path, size, cut)
            between = sum(map(_num_characters, _chunks(file, path, min(cut, moved), max(cut, moved))))
            num_train += between if moved > cut else -between
            cut = moved
    return ValidationPlace(
        path=path, start_byte=cut, start_character=num_train, num_bytes=size - cut, num_characters=total - num_train
    )


def check_can_be_cut(path: Path, total: int) -> None:
    """Raise `BadInput` for a text of fewer characters than two parts need."""
    if total < 2 * MIN_CHARACTERS:
        raise BadInput(
            "The text in {name} has {count} characters, and at least {needed} are needed to train and to validate; "
            "give a longer text.",
            name=path.name,
            count=total,
            needed=2 * MIN_CHARACTERS,
        )


def num_train_characters(total: int, valid_share: float) -> int:
    """How many of `total` characters, at least 4, train."""
    share = Fraction(repr(valid_share))  # as written: 0.1 is a tenth, so that no rounding moves the cut
    num_train = int(total * (1 - share))
    return min(max(num_train, MIN_CHARACTERS), total - MIN_CHARACTERS)


def nearest_boundary(path: Path, size: int, target: int) -> int:
    """The offset after the line end (else the space) nearest to `target`, with text on both sides; else `target`."""
    start = max(0, target - _BOUNDARY_SEARCH_BYTES)
    stop = min(size, target + _BOUNDARY_SEARCH_BYTES)
    with open_regular(path) as file:
        data = b"".join(_chunks(file, path, start, stop))
    for mark in (b"\n", b" "):
        found = (data.rfind(mark, 0, target - start), data.find(mark, target - start))
        cuts = [
            position + 1
            for position in found
            if position >= 0
            and (start > 0 or _has_enough(data[: position + 1][-_ENOUGH_BYTES:]))
            and (stop < size or _has_enough(data[position + 1 :][:_ENOUGH_BYTES]))
        ]
        if cuts:
            return start + min(cuts, key=lambda cut: abs(start + cut - target))
    return target


def _has_enough(edge: bytes) -> bool:
    return _num_characters(edge) >= MIN_CHARACTERS


def _num_characters(data: bytes) -> int:
    """Characters that begin in a piece of UTF-8."""
    return len(data) if data.isascii() else len(data.translate(None, _CONTINUATION))


def _offset(file: FileIO, path: Path, size: int, character: int) -> int:
    """The byte at which a character of the file begins."""
    offset, num_before = 0, 0
    for chunk in _chunks(file, path, 0, size):
        num_here = _num_characters(chunk)
        if num_before + num_here > character:
            return offset + _place(chunk, character - num_before)
        offset += len(chunk)
        num_before += num_here
    return size


def _place(chunk: bytes, character: int) -> int:
    """Where the character of this number begins in a chunk that holds it: by halving."""
    low, high = 0, len(chunk)  # the wanted one begins in [low, high)
    while high - low > 1:
        middle = (low + high) // 2
        num_here = _num_characters(chunk[low:middle])
        if num_here > character:
            high = middle
        else:
            low, character = middle, character - num_here
    return low


def _chunks(file: FileIO, path: Path, start: int, stop: int) -> Iterator[bytes]:
    """Bytes of a file. Ends early where the file does."""
    file.seek(start)
    while start < stop:
        buffer = memoryview(bytearray(min(_CHUNK_BYTES, stop - start)))
        count = read_into(file, buffer, path)
        if not count:
            return
        yield bytes(buffer[:count])
        start += count
