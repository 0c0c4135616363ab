"""The folder of one corpus: text that never changes, its description, and ids and indexes that can be built again."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Literal

from engine.errors import DamagedFile
from engine.library.entries import read_info, write_info
from engine.library.files import open_regular, read_into
from engine.library.labels import LABEL_NAME, Label, read_label, write_label
from engine.library.locks import folder_lock

CORPUS_DESCRIPTION: Final = "corpus.json"
_TEXT_NAMES: Final = ("text.utf8", "valid.utf8", "test.utf8")
TextName = Literal["text", "valid", "test"]

_CHUNK_BYTES = 2**22
_MAX_CHARACTER_BYTES = 4


class CorpusFolder:
    """Paths of a corpus and its description. `corpus.json` is written last: without it, an import was not finished."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        self.info_path = path / CORPUS_DESCRIPTION
        self.label_path = path / LABEL_NAME
        self.text_path, self.valid_path, self.test_path = (path / name for name in _TEXT_NAMES)

    def index_path(self, key: str) -> Path:
        """Where an index of its text lies, or would lie: derived, and built again when it is damaged."""
        return self.path / f"copies-{key}.bin"

    def lock(self) -> AbstractContextManager[None]:
        """Hold the corpus for writing (an import, ids being built). Raises `StorageFailed` when it is in use."""
        return folder_lock(self.path)

    def read_info(self) -> dict[str, object]:
        """The content of corpus.json. Raises `DamagedFile`, `NewerFormat` or `StorageFailed`."""
        return read_info(self.info_path)

    def write_info(self, info: Mapping[str, object], digests: Mapping[str, str] | None = None) -> None:
        """Finish the corpus: write corpus.json with size and SHA-256 of every text file as `files`.

        `digests` gives the SHA-256 (hexadecimal) of the files, by name, whose writer has computed it on the way.
        """
        names = [name for name in _TEXT_NAMES if (self.path / name).exists()]
        known = digests or {}
        files = {
            name: {
                "bytes": (self.path / name).stat().st_size,
                "sha256": known.get(name) or file_sha256(self.path / name),
            }
            for name in names
        }
        write_info(self.info_path, {**info, "files": files})

    def read_label(self) -> Label:
        """What the person says about it; empty when there is nothing or it is damaged."""
        return read_label(self.path)

    def write_label(self, label: Label) -> None:
        """Replace what the person says about it, whoever holds the lock.

        Raises `BadInput` for what is too long, `NewerFormat` or `StorageFailed`.
        """
        write_label(self.path, label)

    def read_text_at(self, offset: int, num_bytes: int, name: TextName = "text") -> str:
        """The characters that begin in these bytes of a text: neighbouring ranges join without gap or overlap.

        Raises `DamagedFile` when there is no such text or it is not UTF-8, `StorageFailed` when it may not be read.
        """
        path = self.path / f"{name}.utf8"
        with open_regular(path) as file:
            size = min(num_bytes, os.fstat(file.fileno()).st_size - offset)
            if offset < 0 or size <= 0:
                return ""
            buffer = memoryview(bytearray(size + _MAX_CHARACTER_BYTES - 1))
            file.seek(offset)
            data = bytes(buffer[: read_into(file, buffer, path)])
        start = _first_character(data, 0)
        stop = min(_first_character(data, size), len(data))
        try:
            return data[start:stop].decode("utf-8")
        except UnicodeDecodeError:
            raise DamagedFile("{path} is damaged: it is not UTF-8; import the text again.", path=str(path)) from None

    def check(self) -> None:
        """Compare the text files with corpus.json. Raises `DamagedFile` for the first that is not what was written."""
        files = self.read_info().get("files")
        if not isinstance(files, dict) or _TEXT_NAMES[0] not in files or not files.keys() <= set(_TEXT_NAMES):
            raise DamagedFile("{path} is damaged: it does not list its texts.", path=str(self.info_path))
        for name, record in files.items():
            if not is_as_recorded(self.path / name, record):
                raise DamagedFile(
                    "{path} is damaged: it is not what was imported. Import the text again.", path=str(self.path / name)
                )


def _first_character(data: bytes, at: int) -> int:
    """Where the first character begins that does not begin before `at`."""
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at


def is_as_recorded(path: Path, record: object) -> bool:
    """Whether a file has the `bytes` and, where the record names one, the `sha256` that were written down."""
    if not isinstance(record, dict) or not path.is_file() or path.stat().st_size != record.get("bytes"):
        return False
    return "sha256" not in record or file_sha256(path) == record["sha256"]


def file_sha256(path: Path) -> str:
    """The SHA-256 of a regular file, hexadecimal, in 4 MB of memory. Raises `DamagedFile` or `StorageFailed`."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    with open_regular(path) as file:
        remaining = os.fstat(file.fileno()).st_size
        while remaining > 0 and (count := read_into(file, buffer[: min(remaining, _CHUNK_BYTES)], path)):
            digest.update(buffer[:count])
            remaining -= count
    return digest.hexdigest()
