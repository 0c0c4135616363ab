"""Token ids on disk: built from a corpus once for each tokenizer, then read through a memory map.

`ids-<hash>.bin` holds the ids of train, valid and test one after another, little-endian, in the smallest unsigned type
that fits; `ids-<hash>.json`, written last, says what is in it. The hash covers the settings that shape them and the
fingerprint of the corpus.
"""

import hashlib
import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.corpus import CorpusConfig
from engine.errors import Cancelled, DamagedFile
from engine.events import PreparationProgressed
from engine.library.files import read_json_object
from engine.text.ids_building import FORMAT_VERSION, build_ids
from engine.text.splits import CHUNK_BYTES, read_blocks, whole_file
from engine.text.tokenizers import Tokenizer, tokenizer_from_json
from engine.text.vocabulary import IdArray

_MAX_DESCRIPTION_BYTES = 128 * 2**20
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
    """A corpus as token ids. has_exact_counts: False when rare words were forgotten while words were counted."""

    tokenizer: Tokenizer
    train: PartIds
    valid: PartIds
    test: PartIds | None
    has_exact_counts: bool = True


Progress = Generator[PreparationProgressed, None, TokenIds]


def prepare_ids(folder: Path, config: CorpusConfig, *, fingerprint: str, chunk_bytes: int = CHUNK_BYTES) -> Progress:
    """Open the ids of the corpus in `folder`, after building them if they are missing or damaged.

    A generator: yields progress while it builds (its share never falls) and returns the ids. Closing it abandons the
    work and leaves nothing behind. The result does not depend on `chunk_bytes`, except for which rare words of more
    than a million kinds are forgotten. Memory stays below 300 MB for any text.

    Raises `BadInput` for a part with fewer than two tokens or a text without a usable vocabulary, `InvalidSetting` for
    contradictory limits, `DamagedFile` or `StorageFailed` for files.
    """
    ids = open_ids(folder, config, fingerprint=fingerprint)
    if ids is None:
        path = ids_path(folder, config, fingerprint=fingerprint)
        yield from build_ids(path, config, chunk_bytes=chunk_bytes)
        ids = open_ids(folder, config, fingerprint=fingerprint)
    if ids is None:
        raise DamagedFile("The token ids in {folder} vanished while they were written; try again.", folder=str(folder))
    return ids


def load_ids(
    folder: Path,
    config: CorpusConfig,
    *,
    fingerprint: str,
    on_progress: Callable[[PreparationProgressed], object] = lambda _: None,
    should_cancel: Callable[[], bool] = lambda: False,
) -> TokenIds:
    """`prepare_ids` in one call. Raises as it does, and `Cancelled` once `should_cancel()` is true."""
    steps = prepare_ids(folder, config, fingerprint=fingerprint)
    while True:
        try:
            on_progress(next(steps))
        except StopIteration as end:
            ids: TokenIds = end.value
            return ids
        if should_cancel():
            steps.close()
            raise Cancelled


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


def verify_ids(path: Path) -> None:
    """Compare `ids-<hash>.bin` with the checksum beside it. Raises `DamagedFile`."""
    description = _read_description(path)
    digest = hashlib.sha256()
    for block in read_blocks(whole_file(path)):
        digest.update(block.data)
    if digest.hexdigest() != description["sha256"]:
        raise _damaged(path, "its checksum differs")


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
    return TokenIds(
        tokenizer=tokenizer,
        train=parts["train"],
        valid=parts["valid"],
        test=parts.get("test"),
        has_exact_counts=description["has_exact_counts"],
    )


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
        "has_exact_counts": bool,
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
