"""The folder in which a corpus is built: hidden and locked until it is complete, gone if it never is."""

import contextlib
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.errors import StorageFailed
from engine.library.files import make_folder, replace, storage_failed, sync_folder
from engine.library.ids import new_id
from engine.library.locks import folder_lock

PREFIX: Final = ".import-"
_ATTEMPTS = 5


class BuildingFolder:
    """A folder that becomes a corpus by `publish`."""

    def __init__(self, path: Path, lock: contextlib.ExitStack) -> None:
        self.path = path
        self._lock = lock

    def publish(self, title: str) -> Path:
        """Give the finished folder its place and return it. Raises `StorageFailed`."""
        corpora = self.path.parent
        target = corpora / new_id(corpora, title)
        if sys.platform == "win32":  # which renames no folder in which a file is open, and none onto another
            target.rmdir()
            self._lock.close()
        try:
            replace(self.path, target)
        except OSError as error:
            with contextlib.suppress(OSError):
                target.rmdir()
            raise storage_failed(error, target) from error
        sync_folder(corpora)
        return target


@contextlib.contextmanager
def building_folder(corpora: Path) -> Iterator[BuildingFolder]:
    """A new hidden folder beside the corpora; removed at the end unless it was published.

    What importers that died have left is removed first. Raises `StorageFailed`.
    """
    make_folder(corpora)
    sweep_unfinished(corpora)
    with contextlib.ExitStack() as lock:
        path = _locked_folder(corpora, lock)
        try:
            yield BuildingFolder(path, lock)
        finally:
            if sys.platform == "win32":
                lock.close()
            shutil.rmtree(path, ignore_errors=True)


def sweep_unfinished(corpora: Path) -> None:
    """Remove the building folders that nobody holds."""
    with contextlib.suppress(OSError):
        for path in sorted(corpora.iterdir()):
            if path.name.startswith(PREFIX):
                _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    with contextlib.suppress(StorageFailed, OSError):
        with folder_lock(path):
            if sys.platform != "win32":
                shutil.rmtree(path, ignore_errors=True)
                return
        shutil.rmtree(path, ignore_errors=True)


def _locked_folder(corpora: Path, lock: contextlib.ExitStack) -> Path:
    """Another importer's sweep may take a new folder in the instant before it is locked: then another one is made."""
    for attempt in range(_ATTEMPTS):
        path = corpora / f"{PREFIX}{secrets.token_hex(6)}"
        try:
            path.mkdir()
            lock.enter_context(folder_lock(path))
        except OSError as error:
            raise storage_failed(error, path) from error
        except StorageFailed:
            shutil.rmtree(path, ignore_errors=True)
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return path
    raise AssertionError("the loop returns or raises")
