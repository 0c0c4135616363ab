"""The folder in which everything is kept: corpora, recipes, runs, writings. Truth is in the folders, not an index."""

import contextlib
import difflib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, Self

from engine.errors import BadInput, DamagedFile, NewerFormat, TextloomError
from engine.library.corpora import CORPUS_DESCRIPTION, CorpusFolder
from engine.library.document import Document
from engine.library.entries import Entry, list_entries, read_entry
from engine.library.files import (
    is_temporary,
    make_folder,
    read_json_object,
    replace,
    storage_failed,
    sync_folder,
    write_json,
)
from engine.library.ids import checked_id, is_plain_id, new_id, utc_stamp
from engine.library.locks import folder_lock
from engine.library.queue import read_queue, write_queue
from engine.library.runs import RUN_DESCRIPTION, RunFolder
from engine.library.versions import FORMAT_VERSION, VERSION_FIELDS, is_newer_but_readable
from engine.library.writings import WritingFolder, list_writings

Kind = Literal["corpora", "runs"]

_FOLDERS: Final = ("corpora", "recipes", "runs", "writings", "trash", "logs")
_DESCRIPTIONS: Final[Mapping[Kind, str]] = {"corpora": CORPUS_DESCRIPTION, "runs": RUN_DESCRIPTION}
LIBRARY_DESCRIPTION: Final = "library.json"

_NOUNS: Final[Mapping[Kind, str]] = {"corpora": "corpus", "runs": "run"}
_KNOWN_NAMES = {*_FOLDERS, LIBRARY_DESCRIPTION, "machine.json", "queue.json"}
TRASHED: Final = re.compile(r"[0-9TZ]+--(corpora|recipes|runs|writings)--(.+)")


class Library:
    """An open library. Opening is cheap, holds nothing, and any number of programs may have it open."""

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self.path = path
        self.is_read_only = is_read_only
        self.corpora_path, self.recipes_path, self.runs_path, self.writings_path, self.trash_path, self.logs_path = (
            path / name for name in _FOLDERS
        )
        self.machine_path = path / "machine.json"
        self.queue_path = path / "queue.json"

    @classmethod
    def open(cls, path: Path | None = None, *, create: bool = True, repair: bool = False) -> Self:
        """Open the library at `path` (None: the platform's user data folder), making it when it is not there.

        A library of a newer version that this one can still read opens with `is_read_only`. With `repair`, a damaged
        library.json is moved to the trash and made again. Raises `NewerFormat`; `DamagedFile` for library.json;
        `BadInput` when there is none and `create` is false, or when `path` holds other things; `StorageFailed`.
        """
        path = default_path() if path is None else _usable(path)
        description = path / LIBRARY_DESCRIPTION
        if not description.exists():
            _check_can_become_library(path, create=create)
            make_folder(path)
            write_json(description, VERSION_FIELDS)
        try:
            is_newer = is_newer_but_readable(read_json_object(description), description)
        except DamagedFile:
            if not repair:
                raise
            library = cls(path)
            library.quarantine(description)
            write_json(description, VERSION_FIELDS)
            is_newer = False
        library = cls(path, is_read_only=is_newer)
        if not is_newer:
            for name in _FOLDERS:
                make_folder(path / name)
        return library

    def check_writable(self) -> None:
        """Raise `NewerFormat` when the library opened read-only."""
        if self.is_read_only:
            raise NewerFormat(
                "The library {path} was made by a newer version of Textloom and can only be read by this one "
                "(format {known}). Install the newest version to change it.",
                path=str(self.path),
                known=FORMAT_VERSION,
            )

    def corpus(self, corpus_id: str) -> CorpusFolder:
        """The folder of a corpus, which need not exist."""
        return CorpusFolder(self.corpora_path / checked_id(corpus_id))

    def run(self, run_id: str) -> RunFolder:
        """The folder of a run, which need not exist."""
        return RunFolder(self.runs_path / checked_id(run_id))

    def new_run(self, title: str) -> RunFolder:
        """A new, empty folder for a run."""
        self.check_writable()
        return RunFolder(self.runs_path / new_id(self.runs_path, title))

    def list_corpora(self) -> list[Entry]:
        """All corpora, newest first, damaged and unfinished ones among them. Never raises for one of them."""
        return list_entries(self.corpora_path, CORPUS_DESCRIPTION)

    def list_runs(self) -> list[Entry]:
        """All runs, newest first, damaged and unfinished ones among them. Never raises for one of them."""
        return list_entries(self.runs_path, RUN_DESCRIPTION)

    def writing(self, writing_id: str) -> WritingFolder:
        """The folder of a document, which need not exist."""
        return WritingFolder(self.writings_path / checked_id(writing_id))

    def new_writing(self, title: str) -> WritingFolder:
        """A new folder with an empty document in it. Raises `StorageFailed`."""
        self.check_writable()
        writing = WritingFolder(self.writings_path / new_id(self.writings_path, title))
        writing.write(Document(title=title))
        return writing

    def list_writings(self) -> list[Entry]:
        """All documents, the one that was changed last first (see `list_writings`)."""
        return list_writings(self.writings_path)

    def find(self, kind: Kind, name_or_id: str) -> Entry:
        """The corpus or run of this id, exact title, title but for case, or beginning of an id, in this order.

        Raises `BadInput` when there is none (naming the nearest) or more than one (naming the newest of them).
        """
        folder = self.path / kind
        if is_plain_id(name_or_id) and (folder / name_or_id).is_dir():
            return read_entry(folder / name_or_id, _DESCRIPTIONS[kind])
        entries = list_entries(folder, _DESCRIPTIONS[kind])
        wanted = name_or_id.casefold()
        for found in (
            [entry for entry in entries if entry.title == name_or_id],
            [entry for entry in entries if entry.title.casefold() == wanted],
            [entry for entry in entries if wanted and entry.id.startswith(wanted)],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                raise BadInput(
                    "More than one {kind} is called {name}. Use one of these instead: {ids}.",
                    kind=_NOUNS[kind],
                    name=name_or_id,
                    ids=", ".join(entry.id for entry in found[:5]),
                )
        raise _unknown(kind, name_or_id, entries)

    def read_machine(self) -> dict[str, object]:
        """What was measured on this machine; empty when nothing was, or when the file is damaged (measure again)."""
        try:
            return read_json_object(self.machine_path)
        except TextloomError:
            return {}

    def write_machine(self, values: Mapping[str, object]) -> None:
        """Replace machine.json. Raises `StorageFailed`."""
        self.check_writable()
        write_json(self.machine_path, values)

    def read_queue(self) -> list[dict[str, object]]:
        """What waits to be trained, first things first; a damaged queue is moved to the trash and empty from then on.

        Raises `NewerFormat` or `StorageFailed`.
        """
        try:
            return read_queue(self.queue_path)
        except DamagedFile:
            if not self.is_read_only:
                self.quarantine(self.queue_path)
            return []

    def write_queue(self, items: Sequence[Mapping[str, object]]) -> None:
        """Replace what waits to be trained. Raises `BadInput` for too much, `NewerFormat`, `StorageFailed`."""
        self.check_writable()
        write_queue(self.queue_path, items)

    def trash(self, path: Path) -> Path:
        """Move a corpus, run, recipe or writing into the trash and return its place there. Nothing is deleted.

        Raises `StorageFailed` when it is in use.
        """
        self.check_writable()
        kind = path.parent.name
        if path.parent.parent != self.path or kind not in _FOLDERS[:4]:
            raise ValueError(f"{path} is nothing that can be put into the trash")
        return self._move(path, self.trash_path / f"{utc_stamp()}--{kind}--{path.name}")

    def restore(self, path: Path) -> Path:
        """Move something back from the trash. Raises `BadInput` when its place was taken meanwhile."""
        self.check_writable()
        match = TRASHED.fullmatch(path.name)
        if path.parent != self.trash_path or match is None:
            raise ValueError(f"{path} is nothing that can be restored")
        target = self.path / match[1] / match[2]
        if target.exists():
            raise BadInput("{name} cannot be restored: there is another one of this name.", name=match[2])
        return self._move(path, target)

    def list_trash(self) -> list[Path]:
        """What can be restored, newest first."""
        return sorted((path for path in self.trash_path.iterdir() if TRASHED.fullmatch(path.name)), reverse=True)

    def quarantine(self, path: Path) -> Path:
        """Move something damaged to `trash/quarantine-<time>/`, keeping its place in the library; returns its new one.

        For a file the caller holds the folder in which it lies. Raises `StorageFailed` when a folder is in use.
        """
        self.check_writable()
        folder = self.trash_path / f"quarantine-{utc_stamp()}"
        return self._move(path, folder / path.relative_to(self.path))

    @staticmethod
    def _move(path: Path, target: Path) -> Path:
        if not path.is_dir():
            return _rename(path, target)
        with folder_lock(path):
            if sys.platform != "win32":
                return _rename(path, target)
        return _rename(path, target)  # Windows renames no folder in which a file, the lock, is open


def default_path() -> Path:
    """The platform's folder for a person's data, e.g. ~/.local/share/textloom."""
    import platformdirs  # 20 ms that only those pay who do not name a library

    return platformdirs.user_data_path("textloom", appauthor=False).resolve()


def _usable(path: Path) -> Path:
    """The absolute form of a path that a person gave. Raises `BadInput` for one at which nothing can be."""
    try:
        path = path.expanduser().resolve()
        with contextlib.suppress(FileNotFoundError):
            (path / LIBRARY_DESCRIPTION).stat()
    except NotADirectoryError:
        pass  # a file: told where it is found to be no library
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise BadInput(
            "{path} cannot be the folder of a library: {reason}. Choose another folder.", path=str(path), reason=reason
        ) from error
    return path


def _check_can_become_library(path: Path, *, create: bool) -> None:
    if not create:
        raise BadInput("There is no Textloom library in {path}. Choose the folder of a library.", path=str(path))
    try:
        names = sorted(entry.name for entry in path.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_failed(error, path) from error
    foreign = [name for name in names if name not in _KNOWN_NAMES and not is_temporary(name)]
    if foreign:
        raise BadInput(
            "{path} is no Textloom library and holds other things ({name}). Choose an empty folder for the library.",
            path=str(path),
            name=foreign[0],
        )


def _unknown(kind: Kind, name: str, entries: list[Entry]) -> BadInput:
    by_key = {key.casefold(): key for entry in entries for key in (entry.id, entry.title)}
    nearest = difflib.get_close_matches(name.casefold(), by_key, n=1, cutoff=0.5)
    if nearest:
        return BadInput(
            "There is no {kind} called {name}. The nearest name is {nearest}.",
            kind=_NOUNS[kind],
            name=name,
            nearest=by_key[nearest[0]],
        )
    return BadInput("There is no {kind} called {name}.", kind=_NOUNS[kind], name=name)


def _rename(path: Path, target: Path) -> Path:
    make_folder(target.parent)
    try:
        replace(path, target)
    except OSError as error:
        raise storage_failed(error, path) from error
    sync_folder(target.parent)
    sync_folder(path.parent)
    return target
