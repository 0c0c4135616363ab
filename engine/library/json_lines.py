"""Files of JSON lines that only grow: metrics and samples of a run.

Every line is one JSON object whose last entry, `"crc"`, is the CRC-32 (8 hexadecimal digits) of the line before it:

    {"step": 100, "loss_nats": 1.62, "crc": "8d3f00a1"}

so that any program can read the lines, and a line that was cut or changed is noticed.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from engine.errors import BadInput
from engine.library.files import open_regular, read_into, storage_failed, sync_folder
from engine.library.strict_json import format_json

_CHECKSUM_KEY: Final = "crc"
_MAX_LINES_BYTES = 2**30

_TAIL_SIZE = len(b', "crc": "00000000"}')
_FIRST_TAIL_BYTES = 2**16
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class Lines:
    """What `read_lines` found.

    `end` is the offset behind the last whole line: reading can go on from there when the file has grown.
    """

    values: list[dict[str, object]] = field(default_factory=list)
    end: int = 0
    num_torn: int = 0  # 1 when the last line was cut by a crash, else 0; it is not among the values
    num_damaged: int = 0  # lines before the last one that are not what was written; not among the values


class LineWriter:
    """Appends JSON objects to a file, each on its own line with a checksum; a context manager.

    Opening creates the file, or cuts off a last line that a crash left torn. After each `append` the line is with
    the system (it survives the death of this process); after `sync` it is on the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        is_new = not path.exists()
        if not is_new:
            cut_torn_tail(path)
        try:
            self._file: FileIO = FileIO(path, "ab")
        except OSError as error:
            raise storage_failed(error, path) from error
        self.size = os.fstat(self._file.fileno()).st_size  # bytes of whole lines
        if is_new:
            sync_folder(path.parent)

    def append(self, value: Mapping[str, object]) -> None:
        """Write one line. Raises `StorageFailed`; the file then ends with the line before, as if nothing happened."""
        line = format_line(value)
        try:
            written = 0
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self.size)
            raise storage_failed(error, self._path) from error
        self.size += len(line)

    def sync(self) -> None:
        """Return when all lines are on the disk. Raises `StorageFailed`; a failed sync is never tried again."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise storage_failed(error, self._path) from error

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_lines(path: Path, *, start: int = 0) -> Lines:
    """All whole lines from byte `start` on (0, or the `end` of an earlier reading); a missing file has none.

    A torn or damaged line never hides another one. Raises `DamagedFile` when `path` is no regular file and
    `StorageFailed` when it may not be read.
    """
    if not path.exists():
        return Lines()
    data = _read_from(path, start)
    size = _size_of_whole_lines(data)
    found = [parse_line(line) for line in data[:size].split(b"\n")[:-1]]
    values = [value for value in found if value is not None]
    return Lines(values, start + size, int(size < len(data)), len(found) - len(values))


def cut_torn_tail(path: Path) -> int:
    """Cut off a last line that is not whole; returns the number of bytes that were cut."""
    file_size = path.stat().st_size
    tail_size = _FIRST_TAIL_BYTES
    while True:
        start = max(0, file_size - tail_size)
        tail = _read_from(path, start)
        if start == 0 or tail.count(b"\n") >= 2:
            break
        tail_size *= 8
    num_cut = len(tail) - _size_of_whole_lines(tail)
    if num_cut:
        try:
            with path.open("rb+") as file:
                file.truncate(start + len(tail) - num_cut)
                os.fsync(file.fileno())
        except OSError as error:
            raise storage_failed(error, path) from error
    return num_cut


def format_line(value: Mapping[str, object]) -> bytes:
    """The line of a JSON object, checksum and newline included. An empty object or one with `"crc"` is refused."""
    if not value or _CHECKSUM_KEY in value:
        raise ValueError(f"a line needs at least one entry and none named {_CHECKSUM_KEY!r}")
    body = format_json(value).encode("utf-8")[:-1]
    return b'%b, "crc": "%08x"}\n' % (body, zlib.crc32(body))


def parse_line(line: bytes) -> dict[str, object] | None:
    """The object of a line without its newline, without the checksum; None when it is not what was written.

    The checksum vouches for what `format_line` made, so that the slower checks of `parse_json` are left out.
    """
    body = line[:-_TAIL_SIZE]
    if line[-_TAIL_SIZE:] != b', "crc": "%08x"}' % zlib.crc32(body):
        return None
    try:
        value = _decoder.decode((body + b"}").decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _size_of_whole_lines(data: bytes) -> int:
    """The number of bytes up to the end of the last line, without that line when its checksum is wrong."""
    size = data.rfind(b"\n") + 1
    last_start = data.rfind(b"\n", 0, max(0, size - 1)) + 1
    if size == len(data) and size and parse_line(data[last_start : size - 1]) is None:
        return last_start
    return size


def _read_from(path: Path, start: int) -> bytes:
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size - start
        if size > _MAX_LINES_BYTES:
            raise BadInput(
                "{path} has {size} bytes, more than the {bound} that can be read at once. Move it to another folder.",
                path=str(path),
                size=size,
                bound=_MAX_LINES_BYTES,
            )
        data = bytearray(max(size, 0))
        file.seek(start)
        return bytes(data[: read_into(file, memoryview(data), path)])
