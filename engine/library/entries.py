"""What stands in a library: the description file of each corpus and run, and lists of them read from the folders."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Message, TextloomError, message
from engine.library.files import is_temporary, read_json_object, storage_failed, write_json
from engine.library.ids import utc_now
from engine.library.labels import Label, read_label
from engine.library.versions import VERSION_FIELDS, check_not_newer, is_newer_but_readable


@dataclass(frozen=True)
class Entry:
    """One thing of the library as a list shows it. Damaged ones are listed too and say what is wrong.

    `info` is the content of corpus.json or run.json, or a part of a writing or recipe; empty when it cannot be read.
    `title` is the person's own (`label`), else the one it was made with, else the id.
    """

    id: str
    path: Path
    title: str
    created: str = ""
    info: Mapping[str, object] = field(default_factory=dict)
    problem: Message | None = None
    is_unfinished: bool = False  # there is no description yet: being made now, or left by a crash
    label: Label = field(default_factory=Label)


def read_info(path: Path) -> dict[str, object]:
    """A description file (corpus.json, run.json). Raises `DamagedFile`, `NewerFormat` or `StorageFailed`."""
    info = read_json_object(path)
    is_newer_but_readable(info, path)
    return info


def write_info(path: Path, info: Mapping[str, object]) -> None:
    """Write a description file atomically, with the format's version and, if `info` has none, the time as `created`.

    Raises `NewerFormat` instead of overwriting what a newer version wrote, and `StorageFailed`.
    """
    if path.exists():
        check_not_newer(read_json_object(path), path)
    write_json(path, {"created": utc_now(), **info, **VERSION_FIELDS})


def list_entries(folder: Path, description: str) -> list[Entry]:
    """All entries of a folder, newest first. Never raises for a damaged one; raises `StorageFailed` for the folder."""
    entries = [read_entry(path, description) for path in subfolders(folder)]
    return sorted(entries, key=lambda entry: (entry.created, entry.id), reverse=True)


def subfolders(folder: Path) -> list[Path]:
    """The folders of the things in a folder of the library. Raises `StorageFailed`."""
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_failed(error, folder) from error
    return [folder / name for name in names if not _is_hidden(name)]


def read_entry(path: Path, description: str) -> Entry:
    """One entry; never raises."""
    label = read_label(path)
    try:
        info = read_info(path / description)
    except TextloomError as error:
        called = label.title or path.name
        if os.path.lexists(path / description):
            return Entry(path.name, path, called, problem=error.message, label=label)
        problem = message("{id} was never finished.", id=path.name)
        return Entry(path.name, path, called, problem=problem, is_unfinished=True, label=label)
    title, created = info.get("title"), info.get("created")
    return Entry(
        id=path.name,
        path=path,
        title=label.title or (title if isinstance(title, str) and title else path.name),
        created=created if isinstance(created, str) else "",
        info=info,
        label=label,
    )


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or is_temporary(name)
