"""Token ids on disk: built from a corpus once for each tokenizer, then read through a memory map.

`ids-<hash>.bin` holds the ids of train, valid and test one after another, little-endian, in the smallest unsigned type
that fits; `ids-<hash>.json`, written last, says what is in it. The hash covers the settings that shape them and the
fingerprint of the corpus.
"""

import hashlib
import json
import time
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.corpus import CorpusConfig
from engine.errors import DamagedFile, StorageFailed
from engine.events import PreparationProgressed
from engine.library.corpora import CorpusFolder
from engine.library.files import read_json_object
from engine.library.locks import is_locked
from engine.text.ids_building import FORMAT_VERSION, build_ids
from engine.text.splits import CHUNK_BYTES
from engine.text.tokenizers import Tokenizer, tokenizer_from_json
from engine.text.vocabulary import IdArray

_MAX_DESCRIPTION_BYTES = 128 * 2**20
_WAIT_SECONDS = 600.0
_PART_NAMES = ("train", "valid", "test")
_PART_FIELDS = ("offset", "num_tokens", "num_characters", "num_bytes")


@dataclass(frozen=True, kw_only=True)
class PartIds:
    """The ids of one part, (num_tokens,), mapped from the file, and the size of the text they stand for."""

    ids: IdArray
    num_characters: int
    num_bytes: int

    @property
    def num_tokens(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True)
class TokenIds:
    """A corpus as token ids."""

    tokenizer: Tokenizer
    train: PartIds
    valid: PartIds
    test: PartIds | None


Progress = Generator[PreparationProgressed, None, TokenIds]


def prepare_ids(folder: Path, config: CorpusConfig, *, fingerprint: str, chunk_bytes: int = CHUNK_BYTES) -> Progress:
    """Open the ids of the corpus in `folder`, after building them if they are missing or damaged.

    A generator: yields progress while it builds (its share never falls) and returns the ids. Closing it abandons the
    work and leaves nothing behind. It holds the corpus while it builds, and waits for another holder up to ten minutes,
    yielding progress meanwhile. The result does not depend on `chunk_bytes`, except for which rare words of more
    than a million kinds are forgotten. Memory stays below 300 MB for any text.

    Raises `BadInput` for a part with fewer than two tokens or a text without a usable vocabulary, `InvalidSetting` for
    contradictory limits, `DamagedFile` or `StorageFailed` for files.
    """
    ids = open_ids(folder, config, fingerprint=fingerprint)
    if ids is None:
        with ExitStack() as held:
            yield from _hold(folder, held)
            ids = open_ids(folder, config, fingerprint=fingerprint)  # the holder before may have built them
            if ids is None:
                yield from build_ids(ids_path(folder, config, fingerprint=fingerprint), config, chunk_bytes=chunk_bytes)
                ids = open_ids(folder, config, fingerprint=fingerprint)
    if ids is None:
        raise DamagedFile("The token ids in {folder} vanished while they were written; try again.", folder=str(folder))
    return ids


def open_ids(folder: Path, config: CorpusConfig, *, fingerprint: str) -> TokenIds | None:
    """The ids of the corpus in `folder` when they are there and whole, else None. Maps the file, loads nothing."""
    path = ids_path(folder, config, fingerprint=fingerprint)
    try:
        return _open(path)
    except DamagedFile:
        return None


def ids_path(folder: Path, config: CorpusConfig, *, fingerprint: str) -> Path:
    """Where the ids of these settings are (ids-<hash>.bin); the description stands beside it as .json."""
    settings: dict[str, object] = {"tokens": config.tokens}
    if config.tokens != "byte":
        settings |= {"min_count": config.min_count, "max_vocabulary": config.max_vocabulary}
    if config.tokens == "char":
        settings["unknown_character"] = config.unknown_character
    if not (folder / "valid.utf8").exists():
        settings["valid_share"] = config.valid_share
    key = json.dumps({"format": FORMAT_VERSION, "fingerprint": fingerprint, **settings}, sort_keys=True)
    return folder / f"ids-{hashlib.sha256(key.encode()).hexdigest()[:16]}.bin"


def _hold(folder: Path, held: ExitStack) -> Generator[PreparationProgressed, None, None]:
    """Enter the lock of a corpus. Raises `StorageFailed` when it is in use for too long or cannot be locked."""
    last = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            held.enter_context(CorpusFolder(folder).lock())
            return
        except StorageFailed:
            if time.monotonic() > last or not is_locked(folder):
                raise
        yield PreparationProgressed(part="tokens", share=0.0)


def _open(path: Path) -> TokenIds:
    description = _read_description(path)
    tokenizer = tokenizer_from_json(description["tokenizer"])
    if description["dtype"] != tokenizer.dtype.name:
        raise _damaged(path, "the type of its ids does not fit the vocabulary")
    described = description["parts"]
    parts: dict[str, PartIds] = {}
    expected_offset = 0
    for name in _PART_NAMES:
        if name in described:
            parts[name] = _map_part(path, described[name], tokenizer.dtype, expected_offset)
            expected_offset += parts[name].num_tokens
    if path.stat().st_size != expected_offset * tokenizer.dtype.itemsize:
        raise _damaged(path, "it has another length than it says")
    return TokenIds(tokenizer=tokenizer, train=parts["train"], valid=parts["valid"], test=parts.get("test"))


def _map_part(path: Path, described: dict[str, int], dtype: np.dtype[Any], expected_offset: int) -> PartIds:
    if described["offset"] != expected_offset:
        raise _damaged(path, "its parts do not follow one another")
    try:
        ids = np.memmap(
            path,
            dtype.newbyteorder("<"),
            mode="r",
            offset=described["offset"] * dtype.itemsize,
            shape=(described["num_tokens"],),
        )
    except (OSError, ValueError) as error:
        raise _damaged(path, "it cannot be read") from error
    return PartIds(ids=ids, num_characters=described["num_characters"], num_bytes=described["num_bytes"])


def _read_description(path: Path) -> dict[str, Any]:
    """The checked content of the .json beside `path`. Raises `DamagedFile`."""
    value: dict[str, Any] = read_json_object(path.with_suffix(".json"), max_bytes=_MAX_DESCRIPTION_BYTES)
    types = {
        "format_version": int,
        "dtype": str,
        "sha256": str,
        "parts": dict,
        "tokenizer": dict,
    }
    has_fields = set(value) == set(types) and all(type(value[name]) is types[name] for name in types)
    if not has_fields or value["format_version"] != FORMAT_VERSION:
        raise _damaged(path, "its description is not complete")
    parts = value["parts"]
    if not {"train", "valid"} <= set(parts) <= set(_PART_NAMES):
        raise _damaged(path, "its parts are not train, valid and test")
    for part in parts.values():
        if type(part) is not dict or set(part) != set(_PART_FIELDS):
            raise _damaged(path, "a part is not described")
        if any(type(part[name]) is not int or part[name] < 0 for name in _PART_FIELDS) or part["num_tokens"] < 2:
            raise _damaged(path, "a part has impossible sizes")
    return value


def _damaged(path: Path, reason: str) -> DamagedFile:
    return DamagedFile("The token ids in {name} are damaged: {reason}.", name=path.name, reason=reason)
