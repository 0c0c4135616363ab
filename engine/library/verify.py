"""Checks everything in a library against its checksums, and puts right what can be put right. Deletes nothing.

What can be done without (token ids and indexes, which are built again; checkpoints, which others replace; pointers;
measurements of the machine) is moved to the trash when it is damaged; what a person made is left where it is and
reported. Only temporary files of dead writers and the torn last line of a growing file go.
"""

import itertools
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from engine.errors import DamagedFile, Message, StorageFailed, TextloomError, message
from engine.library.corpora import CorpusFolder, is_as_recorded
from engine.library.files import read_json_object, read_text, sweep_temporaries
from engine.library.json_lines import cut_torn_tail, read_lines
from engine.library.library import LIBRARY_DESCRIPTION, Library
from engine.library.locks import LOCK_NAME, folder_lock
from engine.library.runs import MAX_TOKENIZER_BYTES, POINTERS, Pointer, RunFolder
from engine.library.tensors import check_tensors
from engine.library.writings import DOCUMENT_NAME, WritingFolder

_MAX_RECIPE_BYTES: Final = 2**20

_DERIVED_NAME = re.compile(r"(ids|copies)-[0-9a-z]+\.(json|bin)")
_UNFINISHED_SECONDS = 60.0  # a younger folder without any content may be one that is just being filled


@dataclass(frozen=True)
class Finding:
    """One thing that was not as it should be, or (kind "checked") what was looked at.

    "repaired" and "quarantined" need nothing more; "damaged" is for the person to decide; "skipped" is in use.
    """

    kind: Literal["repaired", "quarantined", "damaged", "skipped", "checked"]
    path: Path
    message: Message


def verify(library: Library) -> Iterator[Finding]:
    """Check and repair a whole library, telling each finding as it is made; the last one sums up.

    A library of a newer version is checked and not changed.
    """
    corpora, runs = _folders(library.corpora_path), _folders(library.runs_path)
    parts = (
        _sweep(library, library.path),
        _sweep(library, library.recipes_path),
        _check_top(library),
        *(_check_held(library, path) for path in (*corpora, *runs)),
        _check_recipes(library),
        _check_writings(library),
    )
    num_damaged = 0
    for finding in itertools.chain.from_iterable(parts):
        num_damaged += finding.kind == "damaged"
        yield finding
    summary = "Checked {corpora} corpora and {runs} runs; {damaged} things are damaged and could not be repaired."
    values = message(summary, corpora=len(corpora), runs=len(runs), damaged=num_damaged)
    yield Finding("checked", library.path, values)


def _check_held(library: Library, path: Path) -> Iterator[Finding]:
    """Check one corpus or run, holding its lock while it can be changed; one that vanishes is passed over."""
    try:
        if _is_unfinished(path):
            yield from _check_unfinished(library, path)
            return
    except FileNotFoundError:
        return
    with ExitStack() as stack:
        if not library.is_read_only:
            try:
                stack.enter_context(folder_lock(path))
            except StorageFailed as error:
                yield from _skipped(path, error)
                return
        yield from _sweep(library, path)
        try:
            if path.parent == library.corpora_path:
                yield from _check_corpus(library, CorpusFolder(path))
            else:
                yield from _check_run(library, RunFolder(path))
        except StorageFailed as error:
            yield Finding("damaged", path, error.message)


def _check_top(library: Library) -> Iterator[Finding]:
    yield from _check_json(library, library.path / LIBRARY_DESCRIPTION, is_derived=False)
    if library.machine_path.exists():
        yield from _check_json(library, library.machine_path, is_derived=True)
    if library.queue_path.exists():
        yield from _check_json(library, library.queue_path, is_derived=False)


def _check_json(library: Library, path: Path, *, is_derived: bool) -> Iterator[Finding]:
    try:
        read_json_object(path, max_bytes=MAX_TOKENIZER_BYTES)
    except TextloomError as error:
        yield _quarantined(library, path, error.message) if is_derived else Finding("damaged", path, error.message)


def _check_corpus(library: Library, corpus: CorpusFolder) -> Iterator[Finding]:
    try:
        corpus.check()
    except TextloomError as error:
        yield Finding("damaged", corpus.path, error.message)
    if corpus.label_path.exists():
        yield from _check_json(library, corpus.label_path, is_derived=False)
    for path in _files(corpus.path, _DERIVED_NAME):
        if path.exists() and not _is_whole_pair(path):
            reason = message("{path} is damaged or was never finished.", path=str(path))
            yield _quarantined(library, path, reason)


def _is_whole_pair(path: Path) -> bool:
    """Whether `path`, ids or an index or the description of one, has its other half, and that is as described."""
    try:
        info = read_json_object(path.with_suffix(".json"), max_bytes=MAX_TOKENIZER_BYTES)
    except TextloomError:
        return False
    data_path = path.with_suffix(".bin")
    return is_as_recorded(data_path, {"bytes": data_path.stat().st_size if data_path.exists() else None, **info})


def _check_run(library: Library, run: RunFolder) -> Iterator[Finding]:
    try:
        run.read_info()
    except TextloomError as error:
        yield Finding("damaged", run.info_path, error.message)
    if run.label_path.exists():
        yield from _check_json(library, run.label_path, is_derived=False)
    if run.tokenizer_path.exists():
        yield from _check_json(library, run.tokenizer_path, is_derived=False)
    for path in (run.metrics_path, run.samples_path):
        yield from _check_lines(library, path)
    for folder in (run.checkpoints_path, run.milestones_path):
        yield from _sweep(library, folder)
        yield from _check_tensor_files(library, folder)
    for pointer in POINTERS:
        yield from _check_pointer(library, run, pointer)


def _check_lines(library: Library, path: Path) -> Iterator[Finding]:
    try:
        lines = read_lines(path)
        if lines.num_damaged:
            reason = "{count} lines of {path} are damaged and will be left out."
            yield Finding("damaged", path, message(reason, count=lines.num_damaged, path=str(path)))
        if lines.num_torn and not library.is_read_only:
            cut_torn_tail(path)
            yield Finding(
                "repaired", path, message("The last line of {path} was torn and was cut off.", path=str(path))
            )
    except DamagedFile as error:
        yield Finding("damaged", path, error.message)


def _check_tensor_files(library: Library, folder: Path) -> Iterator[Finding]:
    for path in _files(folder, re.compile(r"[0-9]+\.safetensors")):
        try:
            check_tensors(path)
        except DamagedFile as error:
            yield _quarantined(library, path, error.message)
        except TextloomError as error:
            yield Finding("damaged", path, error.message)


def _check_pointer(library: Library, run: RunFolder, pointer: Pointer) -> Iterator[Finding]:
    path, steps = run.path / pointer, run.checkpoint_steps()
    if library.is_read_only or run.pointed_step(pointer) is not None:
        return
    if steps and (path.exists() or pointer == "latest"):
        run.point(pointer, steps[-1])
        reason = "{name} of the run {run} named no checkpoint that is there; it names step {step} now."
        yield Finding("repaired", path, message(reason, name=pointer, run=run.id, step=steps[-1]))
    elif path.exists():
        yield _quarantined(library, path, message("{path} names a checkpoint that is not there.", path=str(path)))


def _is_unfinished(path: Path) -> bool:
    """Whether a folder is hidden or has no description (nor what a run made): being made or left by a crash."""
    corpus, run = CorpusFolder(path), RunFolder(path)
    has_samples = run.samples_path.is_file() and run.samples_path.stat().st_size > 0
    return path.name.startswith(".") or not (
        corpus.info_path.exists()
        or run.info_path.exists()
        or run.checkpoint_steps()
        or run.milestone_steps()
        or has_samples
    )


def _check_unfinished(library: Library, path: Path) -> Iterator[Finding]:
    is_empty = all(entry.name == LOCK_NAME for entry in path.iterdir())
    if library.is_read_only or (is_empty and time.time() - path.stat().st_mtime < _UNFINISHED_SECONDS):
        return
    try:
        yield _quarantined(library, path, message("{path} was never finished.", path=str(path)))
    except StorageFailed as error:
        yield from _skipped(path, error)


def _skipped(path: Path, error: StorageFailed) -> Iterator[Finding]:
    """What cannot be held is in use, unless it was moved away meanwhile."""
    if path.exists():
        yield Finding("skipped", path, error.message)


def _check_recipes(library: Library) -> Iterator[Finding]:
    for path in _files(library.recipes_path, re.compile(r".+\.toml")):
        try:
            tomllib.loads(read_text(path, max_bytes=_MAX_RECIPE_BYTES))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            reason = message("{path} is damaged: {reason}.", path=str(path), reason=str(error))
            yield Finding("damaged", path, reason)
        except TextloomError as error:
            yield Finding("damaged", path, error.message)


def _check_writings(library: Library) -> Iterator[Finding]:
    for folder in _folders(library.writings_path):
        yield from _sweep(library, folder)
        try:
            WritingFolder(folder).read()
        except TextloomError as error:
            yield Finding("damaged", folder / DOCUMENT_NAME, error.message)


def _sweep(library: Library, folder: Path) -> Iterator[Finding]:
    if library.is_read_only:
        return
    names = sweep_temporaries(folder)
    if names:
        reason = "{count} temporary files that a crash left in {path} were removed."
        yield Finding("repaired", folder, message(reason, count=len(names), path=str(folder)))


def _quarantined(library: Library, path: Path, reason: Message) -> Finding:
    if library.is_read_only:
        return Finding("damaged", path, reason)
    place = library.quarantine(path)
    values = {**reason.values, "place": str(place)}
    return Finding("quarantined", path, Message(reason.template + " It was moved to {place}.", values))


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())


def _files(folder: Path, name: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
