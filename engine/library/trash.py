"""What lies in the trash of a library: what it was, when it was thrown away, and how it is deleted for ever."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, cast

from engine.config.recipes import read_recipe
from engine.errors import TextloomError
from engine.library.corpora import CORPUS_DESCRIPTION
from engine.library.entries import read_entry
from engine.library.files import replace, storage_failed, sync_folder
from engine.library.ids import utc_text
from engine.library.library import TRASHED, Library
from engine.library.runs import RUN_DESCRIPTION
from engine.library.writings import WritingFolder

TrashKind = Literal["corpora", "runs", "recipes", "writings"]

_DELETED: Final = ".deleted-"  # what is being deleted cannot be brought back any more, even if that is interrupted


@dataclass(frozen=True)
class TrashEntry:
    """One thing in the trash. trashed: when it was thrown away, as `2026-11-20T10:15:00.123Z`; empty if not known."""

    path: Path
    kind: TrashKind
    title: str
    trashed: str


def list_trashed(library: Library) -> list[TrashEntry]:
    """What can be restored, newest first. Never raises for one of them."""
    return [entry for path in library.list_trash() if (entry := _entry(path)) is not None]


def delete_trashed(library: Library, entries: Sequence[TrashEntry]) -> Iterator[int]:
    """Delete these for ever, and what an earlier deletion has left; yields how many of them are gone.

    Raises `NewerFormat` for a library that can only be read, and `StorageFailed`; those before are gone then.
    """
    library.check_writable()
    for path in library.trash_path.glob(f"{_DELETED}*"):
        _delete(path)
    for count, entry in enumerate(entries, 1):
        if entry.path.parent != library.trash_path or TRASHED.fullmatch(entry.path.name) is None:
            raise ValueError(f"{entry.path} is nothing that lies in the trash")
        doomed = entry.path.with_name(f"{_DELETED}{entry.path.name}")
        if os.path.lexists(entry.path):  # else brought back meanwhile, in another window
            _put_away(entry.path, doomed)
            _delete(doomed)
        yield count


def _entry(path: Path) -> TrashEntry | None:
    match = TRASHED.fullmatch(path.name)
    if match is None:
        return None
    kind = cast(TrashKind, match[1])
    return TrashEntry(path, kind, _title(path, kind) or match[2].removesuffix(".toml"), _moment(path.name))


def _title(path: Path, kind: TrashKind) -> str:
    """Its title; empty when it has none that can be read."""
    try:
        match kind:
            case "corpora" | "runs":
                entry = read_entry(path, CORPUS_DESCRIPTION if kind == "corpora" else RUN_DESCRIPTION)
                return "" if entry.title == path.name else entry.title
            case "recipes":
                return read_recipe(path).title
            case "writings":
                return WritingFolder(path).read().title
    except TextloomError:
        return ""


def _moment(name: str) -> str:
    stamp = name.partition("--")[0]
    try:
        return utc_text(datetime.strptime(stamp, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC))
    except ValueError:
        return ""


def _put_away(path: Path, target: Path) -> None:
    try:
        replace(path, target)
    except OSError as error:
        raise storage_failed(error, path) from error
    sync_folder(path.parent)


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise storage_failed(error, path) from error
