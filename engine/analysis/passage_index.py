"""The index of a corpus' text: built once, kept beside it as a derived file, and built again when that is not whole.

`copies-<hash>.bin` holds the suffix array (or, of a text of more than 50 MB, the table of a sampled index),
little-endian; `copies-<hash>.json`, written last, says what is in it. The hash covers the fingerprint of the corpus and
which bytes of it are indexed.
"""

import hashlib
import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from engine.analysis.byte_text import Bytes
from engine.analysis.matches import TextIndex
from engine.analysis.sampled_index import BYTES_PER_ENTRY, SampledIndex, sampled_table, step_for
from engine.analysis.suffix_array import BYTES_PER_BYTE, suffix_array
from engine.analysis.suffix_index import SuffixIndex
from engine.config.corpus import CorpusConfig
from engine.errors import DamagedFile, StorageFailed
from engine.library.corpora import CorpusFolder, is_as_recorded
from engine.library.files import atomic_writer, read_json_object, storage_failed, write_json
from engine.text.splits import TextPart, read_blocks, shortened, split_corpus

MOST_SORTED_BYTES: Final = 50_000_000

_FORMAT_VERSION: Final = 1
_PIECE_BYTES = 2**22
_SPARE_BYTES = 60_000_000
_MAX_DESCRIPTION_BYTES = 2**16


@dataclass(frozen=True, kw_only=True)
class IndexedText:
    """The bytes of a corpus that are indexed. step: 1 for a suffix array, else that of a sampled index."""

    folder: CorpusFolder
    fingerprint: str
    part: TextPart
    step: int

    @classmethod
    def of(cls, folder: CorpusFolder, config: CorpusConfig | None = None) -> "IndexedText":
        """What a run with this configuration trains on; without one, all of text.utf8.

        The validation part is not indexed where it is cut off the text: the model never saw it. Raises `BadInput` when
        the text is too short to be cut, `DamagedFile`, `NewerFormat` or `StorageFailed`.
        """
        fingerprint = str(folder.read_info().get("fingerprint", ""))
        if config is not None:
            return cls.of_part(folder, split_corpus(folder.path, config).train, fingerprint)
        try:
            size = folder.text_path.stat().st_size
        except OSError as error:
            raise storage_failed(error, folder.text_path) from error
        part = TextPart(path=folder.text_path, start=0, stop=size, num_characters=0)
        return cls.of_part(folder, part, fingerprint)

    @classmethod
    def of_part(cls, folder: CorpusFolder, part: TextPart, fingerprint: str) -> "IndexedText":
        """A part of text.utf8 of the corpus with this fingerprint."""
        step = 1 if part.num_bytes <= MOST_SORTED_BYTES else step_for(part.num_bytes)
        return cls(folder=folder, fingerprint=fingerprint, part=part, step=step)

    @property
    def kind(self) -> Literal["suffixes", "sampled"]:
        """Which of the two indexes it is."""
        return "suffixes" if self.step == 1 else "sampled"

    @property
    def path(self) -> Path:
        """Where its index is, or would be; the description stands beside it as .json."""
        key = json.dumps(self.described(), sort_keys=True)
        return self.folder.index_path(hashlib.sha256(key.encode()).hexdigest()[:16])

    @property
    def building_bytes(self) -> int:
        """The memory that building takes, no more for a text in any language (see `suffix_array`)."""
        if self.kind == "suffixes":
            return BYTES_PER_BYTE * self.part.num_bytes + _SPARE_BYTES
        return BYTES_PER_ENTRY * (self.part.num_bytes // self.step) + _SPARE_BYTES

    def described(self) -> dict[str, object]:
        """What the description says of the text."""
        return {
            "format_version": _FORMAT_VERSION,
            "kind": self.kind,
            "step": self.step,
            "fingerprint": self.fingerprint,
            "start": self.part.start,
            "stop": self.part.stop,
        }


def open_index(source: IndexedText) -> TextIndex | None:
    """The index of this text when it is on the disk and whole, else None. Reads it once, to compare its checksum."""
    path = source.path
    try:
        info = read_json_object(path.with_suffix(".json"), max_bytes=_MAX_DESCRIPTION_BYTES)
        known = {name: info.get(name) for name in source.described()}
        if known != source.described() or "sha256" not in info or not is_as_recorded(path, info):
            return None
        values = _mapped(path, "<i4" if source.kind == "suffixes" else "<u8", path.stat().st_size)
    except (DamagedFile, StorageFailed, OSError):
        return None
    return _index(source, _text_of(source), values)


def build_index(source: IndexedText, *, is_read_only: bool = False) -> Generator[float, None, TextIndex]:
    """Build the index of this text and keep it; yields the share that is done. Closing the generator ends the work.

    Where nothing may or can be written, or somebody else holds the corpus, it stays in memory. Raises `DamagedFile` or
    `StorageFailed` when the text cannot be read.
    """
    text_N = _text_of(source)
    values: Any
    if source.kind == "suffixes":
        values = yield from suffix_array(text_N)
    else:
        values = yield from sampled_table(text_N, source.step)
    if not is_read_only and len(values) and _kept(source, values):
        yield 1.0
        values = _mapped(source.path, values.dtype.newbyteorder("<").str, values.nbytes)
    return _index(source, text_N, values)


def _index(source: IndexedText, text_N: Bytes, values: Any) -> TextIndex:
    return SuffixIndex(text_N, values) if source.kind == "suffixes" else SampledIndex(text_N, values, source.step)


def _text_of(source: IndexedText) -> Bytes:
    """The bytes of the text: in memory for a suffix array, which looks at them everywhere, else mapped."""
    part = source.part
    if source.kind == "sampled":
        mapped: Bytes = _mapped(part.path, "|u1", part.num_bytes, offset=part.start)
        return mapped
    text_N = np.empty(part.num_bytes, np.uint8)
    start = 0
    for block in read_blocks(part):
        text_N[start : start + len(block)] = block
        start += len(block)
    return text_N


def _mapped(path: Path, dtype: str, num_bytes: int, *, offset: int = 0) -> Any:
    """Values of a file, mapped; a file that was replaced or deleted meanwhile stays as it was for this one."""
    kind = np.dtype(dtype)
    if not num_bytes:
        return np.empty(0, kind)
    try:
        return np.asarray(np.memmap(path, kind, mode="r", offset=offset, shape=(num_bytes // kind.itemsize,)))
    except OSError as error:
        raise storage_failed(error, path) from error
    except ValueError:  # it has become shorter
        raise shortened(path) from None


def _kept(source: IndexedText, values: Any) -> bool:
    """Write the values and their description; whether that succeeded."""
    try:
        with source.folder.lock():
            digest = hashlib.sha256()
            data = memoryview(values.astype(values.dtype.newbyteorder("<"), copy=False)).cast("B")
            with atomic_writer(source.path) as writer:
                for start in range(0, len(data), _PIECE_BYTES):
                    piece = data[start : start + _PIECE_BYTES]
                    writer.write(piece)
                    digest.update(piece)
            described = {**source.described(), "bytes": len(data), "sha256": digest.hexdigest()}
            write_json(source.path.with_suffix(".json"), described)
    except StorageFailed:
        return False
    return True
