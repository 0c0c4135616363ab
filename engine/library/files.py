"""Files that are written completely or not at all, and read with their bounds checked first.

The order of a write: temporary file in the same folder, data, flush, size check, fsync, replace, fsync of the folder.
A temporary file is held (flock) by its writer, so that a sweep can tell a dead writer's from a living one's.
"""

import contextlib
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final

from engine.errors import DamagedFile, StorageFailed
from engine.library.strict_json import NotStrictJson, format_json, parse_json

if sys.platform != "win32":
    import fcntl

Bytes = bytes | bytearray | memoryview

_MAX_JSON_BYTES = 16 * 2**20
_TEMPORARY_PREFIX: Final = ".textloom-"
_TEMPORARY_SUFFIX: Final = ".tmp"

_WINDOWS_RETRY_ERRORS = (5, 32, 33)  # access denied, sharing violation, lock violation: indexers and virus scanners
_WINDOWS_RETRY_SECONDS = 2.5
_WINDOWS_TEMPORARY_AGE_SECONDS = 60.0

DISK_FULL: Final = "The disk is full: {name} could not be written in {folder}. Free some space and try again."
_SENTENCES: dict[int, str] = {
    errno.ENOSPC: DISK_FULL,
    errno.EROFS: "The disk is read-only: {name} could not be written in {folder}. Choose a folder that can be written.",
    errno.EACCES: "{name} in {folder} may not be opened or changed by you. Change its permissions or choose another "
    "folder.",
    errno.ENOENT: "{name} could not be reached in {folder}: it is not there any more. Was a disk removed, "
    "or the folder moved?",
    errno.EFBIG: "{name} in {folder} grew larger than this disk or account allows for one file. Choose another disk.",
    errno.EIO: "The disk reported a fault at {name} in {folder}. Copy what matters to another disk and check this one.",
    errno.ENAMETOOLONG: "The name {name} is too long for a file in {folder}. Choose a shorter one.",
    errno.EISDIR: "{name} in {folder} is a folder, where a file is needed. Rename it or choose another name.",
    errno.ENOTDIR: "{folder} is a file, where a folder is needed for {name}. Choose another folder.",
}
_SENTENCES[errno.EPERM] = _SENTENCES[errno.EACCES]
_SENTENCES[errno.ENODEV] = _SENTENCES[errno.ENXIO] = _SENTENCES[errno.ESTALE] = _SENTENCES[errno.ENOENT]
_SENTENCES[getattr(errno, "EDQUOT", errno.ENOSPC)] = _SENTENCES[errno.ENOSPC]


def storage_failed(error: OSError, path: Path) -> StorageFailed:
    """The sentence for what the system said about `path`. Raise it `from error`: a caller can still see its errno."""
    names = {"name": path.name, "folder": str(path.parent)}
    if getattr(error, "winerror", None) in _WINDOWS_RETRY_ERRORS[1:]:
        return StorageFailed(
            "{name} in {folder} is held by another program. Close that program and try again.", **names
        )
    template = _SENTENCES.get(error.errno or 0)
    if template is not None:
        return StorageFailed(template, **names)
    return StorageFailed(
        "{name} in {folder} could not be used: {reason}.", reason=error.strerror or str(error), **names
    )


class BinaryWriter:
    """What `atomic_writer` yields: counts what it was given, so that a short write is noticed."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._failure: OSError | None = None
        self.size = 0

    def write(self, data: Bytes) -> int:
        """Append `data` (any contiguous buffer) and return its number of bytes. Raises `StorageFailed`."""
        size = memoryview(data).nbytes
        try:
            self._file.write(data)
        except OSError as error:
            self._failure = error
            raise storage_failed(error, self._path) from error
        self.size += size
        return size

    def _commit(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._file.flush()
        if os.fstat(self._file.fileno()).st_size != self.size:
            raise OSError(errno.EIO, "the file is not as long as what was written")
        os.fsync(self._file.fileno())


@contextlib.contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryWriter]:
    """Write a whole new `path`: it appears, or is replaced, only when the block ends without an exception.

    Until then, and after any exception or the death of the process, what was at `path` before is untouched.
    Raises `StorageFailed` for what the disk refuses; exceptions of the block itself pass through.
    """
    temporary, file = _open_temporary(path)
    try:
        writer = BinaryWriter(file, path)
        yield writer
        try:
            writer._commit()
            if sys.platform == "win32":
                file.close()
            replace(temporary, path)
            file.close()
        except OSError as error:
            raise storage_failed(error, path) from error
    except BaseException:
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_bytes(path: Path, data: Bytes) -> None:
    """Replace `path` by `data`, atomically and durably. Raises `StorageFailed`."""
    with atomic_writer(path) as writer:
        writer.write(data)


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in UTF-8, newlines as they are. Raises `StorageFailed`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object, *, indent: int | None = 2) -> None:
    """Replace `path` by JSON that `read_json` reads back. NaN and infinities raise `ValueError`."""
    write_text(path, format_json(value, indent=indent) + "\n")


def read_bytes(path: Path, *, max_bytes: int) -> bytes:
    """The content of a regular file of at most `max_bytes`; never waits at a FIFO or a device.

    Raises `DamagedFile` when the file is missing, is no regular file or is too long, `StorageFailed` when it may not
    be read.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            raise DamagedFile(
                "{path} has {size} bytes, more than the {bound} that such a file can have.",
                path=str(path),
                size=size,
                bound=max_bytes,
            )
        data = bytearray(size)
        num_read = read_into(file, memoryview(data), path)
        return bytes(data[:num_read])


def read_text(path: Path, *, max_bytes: int) -> str:
    """The content of a regular file as UTF-8, newlines as they are. Raises as `read_bytes`."""
    try:
        return read_bytes(path, max_bytes=max_bytes).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedFile(
            "{path} is damaged: it is not UTF-8 at byte {byte}.", path=str(path), byte=error.start
        ) from None


def read_json(path: Path, *, max_bytes: int = _MAX_JSON_BYTES) -> object:
    """The value of a JSON file, read strictly (see `parse_json`). Raises `DamagedFile` or `StorageFailed`."""
    try:
        return parse_json(read_bytes(path, max_bytes=max_bytes))
    except NotStrictJson as error:
        raise DamagedFile("{path} is damaged: {reason}.", path=str(path), reason=str(error)) from None


def read_json_object(path: Path, *, max_bytes: int = _MAX_JSON_BYTES) -> dict[str, object]:
    """As `read_json`, for a file that holds one JSON object."""
    value = read_json(path, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise DamagedFile("{path} is damaged: it holds no JSON object.", path=str(path))
    return value


def open_regular(path: Path) -> FileIO:
    """Open a regular file to read, unbuffered; a FIFO, device or folder raises `DamagedFile` at once."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise DamagedFile("{path} is missing.", path=str(path)) from error
    except (IsADirectoryError, ValueError) as error:
        raise DamagedFile("{path} is not a file.", path=str(path)) from error
    except OSError as error:
        raise storage_failed(error, path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DamagedFile("{path} is not a regular file.", path=str(path))
    return FileIO(descriptor, "rb")


def read_into(file: FileIO, buffer: memoryview, path: Path) -> int:
    """Fill `buffer` from an unbuffered `file`; returns the number of bytes, less than asked for only at its end."""
    num_read = 0
    try:
        while num_read < len(buffer):
            count = file.readinto(buffer[num_read:])
            if not count:
                break
            num_read += count
    except OSError as error:
        raise storage_failed(error, path) from error
    return num_read


def make_folder(path: Path) -> None:
    """Make a folder and its parents, durably; one that is there already is fine. Raises `StorageFailed`."""
    missing = []
    for folder in (path, *path.parents):
        if folder.is_dir():
            break
        missing.append(folder)
    try:
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
    except OSError as error:
        raise storage_failed(error, path) from error


def replace(source: Path, target: Path) -> None:
    """`os.replace`, tried again for 2.5 s on Windows while an indexer or virus scanner holds one of the two."""
    give_up_at = time.monotonic() + _WINDOWS_RETRY_SECONDS
    pause = 0.01
    while True:
        try:
            source.replace(target)
            return
        except OSError as error:
            retry = getattr(error, "winerror", None) in _WINDOWS_RETRY_ERRORS
            if not retry or time.monotonic() + pause > give_up_at:
                raise
        time.sleep(pause)
        pause *= 2


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable. Windows has no such call. Raises `StorageFailed`; never tried twice."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that cannot sync a folder
            raise storage_failed(error, path) from error


def sweep_temporaries(folder: Path) -> list[str]:
    """Remove the temporary files that dead writers left in `folder`; returns their names. Living ones stay."""
    swept = []
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir()):
            if is_temporary(path.name) and _remove_if_abandoned(path):
                swept.append(path.name)
    return swept


def is_temporary(name: str) -> bool:
    """Whether a file name is one of `atomic_writer`'s temporary names."""
    return name.startswith(_TEMPORARY_PREFIX) and name.endswith(_TEMPORARY_SUFFIX)


def _open_temporary(path: Path) -> tuple[Path, BinaryIO]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    while True:
        temporary = path.parent / f"{_TEMPORARY_PREFIX}{secrets.token_hex(6)}{_TEMPORARY_SUFFIX}"
        try:
            descriptor = os.open(temporary, flags, 0o666)
        except FileExistsError:
            continue
        except OSError as error:
            raise storage_failed(error, path) from error
        if _hold(descriptor):
            return temporary, os.fdopen(descriptor, "wb", buffering=2**20)
        os.close(descriptor)


if sys.platform == "win32":

    def _hold(_descriptor: int) -> bool:
        return True  # an open file cannot be removed there

    def _remove_if_abandoned(path: Path) -> bool:
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _WINDOWS_TEMPORARY_AGE_SECONDS:
                path.unlink()
                return True
        return False

else:

    def _hold(descriptor: int) -> bool:
        """Lock a new temporary file; False when a sweep took it in the instant before."""
        with contextlib.suppress(OSError):  # a file system without locks: a sweep cannot lock there either
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        return os.fstat(descriptor).st_nlink > 0

    def _remove_if_abandoned(path: Path) -> bool:
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                return True
            finally:
                os.close(descriptor)
        return False
