"""One writer per folder: a lock that the system frees when its holder dies, however it dies."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.errors import StorageFailed
from engine.library.files import storage_failed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_NAME: Final = ".lock"

_ATTEMPTS = 8
_PAUSE_SECONDS = 0.02  # `is_locked` of another program holds the lock for an instant


@contextlib.contextmanager
def folder_lock(path: Path) -> Iterator[None]:
    """Hold the folder `path` for writing; every other holder, in this program or another, is refused meanwhile.

    The lock is a file `.lock` in the folder, which stays there and means nothing by itself. Raises `StorageFailed`
    when the folder is held, is gone, or lies on a disk without locks.
    """
    descriptor = _acquire(path)
    try:
        yield
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether somebody, this program included, holds the folder `path` now."""
    try:
        descriptor = os.open(path / LOCK_NAME, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return False
    try:
        return not _try_lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _acquire(path: Path) -> int:
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_SECONDS)
        try:
            descriptor = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            raise storage_failed(error, path / LOCK_NAME) from error
        try:
            if _try_lock(descriptor) and _is_still_there(descriptor, path):
                return descriptor
        except OSError as error:
            os.close(descriptor)
            raise StorageFailed(
                "The disk of {folder} cannot lock files. Choose a library folder on a local disk.", folder=str(path)
            ) from error
        os.close(descriptor)
    raise StorageFailed(
        "{folder} is in use by another program. Close it, or wait until it has finished.", folder=str(path)
    )


def _is_still_there(descriptor: int, path: Path) -> bool:
    """False when the folder was moved to the trash between opening and locking."""
    try:
        return os.path.samestat(os.fstat(descriptor), (path / LOCK_NAME).stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
