"""Folders of the library, read again only where something changed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from engine.library.entries import Entry, read_entry
from engine.library.files import is_temporary, storage_failed

T = TypeVar("T")
Stamp = tuple[tuple[int, int], ...]


class Shelf(Generic[T]):
    """What stands in one folder, each entry made of its description and kept until a file of it changes."""

    def __init__(self, folder: Path, files: tuple[str, ...], make: Callable[[Entry], T]) -> None:
        """files: those of an entry whose change matters, its description first."""
        self._folder = folder
        self._files = files
        self._make = make
        self._known: dict[str, tuple[Stamp, T]] = {}
        self._order: list[str] = []
        self._created: dict[str, str] = {}

    def refresh(self) -> bool:
        """Look again; whether anything changed. Raises `StorageFailed`."""
        try:
            with os.scandir(self._folder) as listing:
                names = [e.name for e in listing if not _is_hidden(e.name) and e.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            names = []
        except OSError as error:
            raise storage_failed(error, self._folder) from error
        has_changed = len(names) != len(self._known)
        for gone in self._known.keys() - set(names):
            del self._known[gone]
            has_changed = True
        for name in names:
            stamp = self._stamp(name)
            known = self._known.get(name)
            if known is None or known[0] != stamp:
                entry = read_entry(self._folder / name, self._files[0])
                self._known[name] = (stamp, self._make(entry))
                self._created[name] = entry.created
                has_changed = True
        if has_changed:
            self._order = sorted(self._known, key=lambda name: (self._created[name], name), reverse=True)
        return has_changed

    def entries(self) -> list[T]:
        """All, newest first, as they were at the last look."""
        return [self._known[name][1] for name in self._order]

    def entry(self, name: str) -> T | None:
        """One of them."""
        known = self._known.get(name)
        return known[1] if known else None

    def replace(self, name: str, value: T) -> None:
        """Keep another value for an entry until its files change."""
        self._known[name] = (self._known[name][0], value)

    def forget(self, name: str) -> None:
        """Read an entry again at the next look."""
        if name in self._known:
            self._known[name] = ((), self._known[name][1])

    def _stamp(self, name: str) -> Stamp:
        return tuple(_file_stamp(os.path.join(self._folder, name, file)) for file in self._files)  # noqa: PTH118


def _file_stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116, of 2,000 files
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or is_temporary(name)
