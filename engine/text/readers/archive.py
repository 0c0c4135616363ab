"""The zip file inside .docx, .odt and .epub, read with bounds that no header in it can lie about."""

import contextlib
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Final

from engine.errors import BadInput

_MAX_TOTAL_BYTES: Final = 512 * 2**20
_MAX_RATIO: Final = 200
_FREE_BYTES: Final = 8 * 2**20  # below this a high ratio is an empty table, not a bomb
_MAX_DIRECTORY_BYTES: Final = 16 * 2**20
_CHUNK_BYTES = 2**18
_END_RECORD = b"PK\x05\x06"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,  # a place before the beginning of the file
    OverflowError,
    ValueError,
)


class Archive:
    """A zip file of which single parts are read, each streamed; all parts together stay within the bounds."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Raises `BadInput` when `file` is no zip file, or one whose directory alone would fill the memory."""
        self._name = name
        self._read_bytes = 0
        with self._sentences():
            _check_directory(file, name)
            self._zip = zipfile.ZipFile(file)
        self._packed_bytes = file.seek(0, os.SEEK_END)
        self.names = frozenset(self._zip.namelist())

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_exception: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._zip.close()

    def chunks(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of one part, piece by piece. Raises `BadInput`: damaged, protected or a zip bomb."""
        if part not in self.names:
            raise BadInput("{name} is damaged: {part} is missing inside it.", name=self._name, part=part)
        with self._sentences(), self._zip.open(part) as stream:
            while True:
                chunk = stream.read(_CHUNK_BYTES)
                if not chunk:
                    return
                self._read_bytes += len(chunk)
                self._check_size()
                yield chunk

    def read(self, part: str, *, max_bytes: int = 32 * 2**20) -> bytes:
        """A whole part of at most `max_bytes`. Raises `BadInput`."""
        data = bytearray()
        for chunk in self.chunks(part):
            data += chunk
            if len(data) > max_bytes:
                raise BadInput("{name} is not read: {part} inside it is too large.", name=self._name, part=part)
        return bytes(data)

    def _check_size(self) -> None:
        is_bomb = self._read_bytes > _FREE_BYTES and self._read_bytes > _MAX_RATIO * self._packed_bytes
        if is_bomb or self._read_bytes > _MAX_TOTAL_BYTES:
            raise BadInput(
                "{name} is not read: it unpacks to far more than a document holds (a zip bomb?).", name=self._name
            )

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:  # before RuntimeError, of which one of them is a kind
            raise BadInput(
                "{name} is damaged: it cannot be unpacked. Get a fresh copy of it.", name=self._name
            ) from error
        except RuntimeError as error:
            if "encrypted" not in str(error) and "password" not in str(error):
                raise
            raise protected(self._name) from error


def protected(name: str) -> BadInput:
    """The sentence for a document that only a password opens."""
    return BadInput("{name} is protected by a password. Save a copy of it without the password.", name=name)


def _check_directory(file: BinaryIO, name: str) -> None:
    """zipfile reads the whole central directory at once, however long it says to be."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read(65_557)
    at = tail.rfind(_END_RECORD)
    if at < 0 or at + 16 > len(tail):
        raise zipfile.BadZipFile("no end record")
    if struct.unpack_from("<L", tail, at + 12)[0] > _MAX_DIRECTORY_BYTES:
        raise BadInput("{name} is not read: it holds far more parts than a document.", name=name)
