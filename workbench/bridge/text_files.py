"""Files before they become texts: a glance while they hang over the window, and the look before an import."""

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import cast

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, Cancelled, Message, StorageFailed
from engine.import_events import FilePreview, ImportPreview
from engine.text.sniffing import Format
from engine.text.sources import FoundTexts, Source, find_texts, look_for_texts, natural_key, shown
from workbench.bridge.protocols.texts import Glance, Looked, TextFile

IsCancelled = Callable[[], bool]

_GLANCE_SECONDS = 0.25
_GLANCE_NAMES = 5
_EVENT_SECONDS = 0.1
PASTED_NAME = "Pasted text.txt"


def glance_at(paths: Sequence[Path], is_cancelled: IsCancelled) -> Glance:
    """Count files for a quarter of a second at most, and open them only while that lasts."""
    until = time.monotonic() + _GLANCE_SECONDS
    names: list[str] = []
    first: list[Path] = []
    number, is_exact = 0, True
    for path in _walk(in_natural_order(paths)):
        if is_cancelled() or time.monotonic() > until:
            is_exact = False
            break
        number += 1
        if number <= _GLANCE_NAMES:
            names.append(shown(path.name))
            first.append(path)
    is_folder = len(paths) == 1 and paths[0].is_dir()
    refusal = _refusal(first, until) if is_exact and number <= _GLANCE_NAMES else None
    return Glance(
        num_files=number, is_exact=is_exact, names=tuple(names), folder=shown(paths[0].name) if is_folder else "",
        refusal=refusal,
    )  # fmt: skip


def look_at(paths: Sequence[Path], pasted: str, is_cancelled: IsCancelled) -> Generator[int, None, Looked]:
    """Find the texts, yielding now and then how many files were looked at, and preview their import.

    Raises `BadInput` when there is nothing to import, `StorageFailed` when what was pasted cannot be kept.
    """
    given = [_kept(pasted)] if pasted else in_natural_order(paths)
    looks = look_for_texts(given)
    told_at = time.monotonic()
    while True:
        try:
            number = next(looks)
        except StopIteration as end:
            found: FoundTexts = end.value
            break
        if is_cancelled():
            raise Cancelled
        if time.monotonic() - told_at > _EVENT_SECONDS:
            told_at = time.monotonic()
            yield number
    files = tuple(_text_file(source, is_pasted=bool(pasted)) for source in found.sources)
    preview = preview_of(files, CleaningConfig(), is_cancelled)
    return Looked(files=files, preview=preview, problems=found.problems)


def preview_of(files: Sequence[TextFile], cleaning: CleaningConfig, is_cancelled: IsCancelled) -> ImportPreview:
    """The preview of files, each with the encoding that was chosen for it."""
    from engine.text.preview import preview_import

    previews: dict[Path, FilePreview] = {}
    for encoding in dict.fromkeys(file.encoding for file in files):
        same = [file for file in files if file.encoding == encoding]
        seen = preview_import(found_texts(same), cleaning, encoding or None, is_cancelled=is_cancelled)
        previews.update({file.path: preview for file, preview in zip(same, seen.files, strict=False)})
    return ImportPreview(
        files=tuple(previews[file.path] for file in files if file.path in previews),
        num_files=len(files),
        num_bytes=sum(file.size for file in files),
    )


def found_texts(files: Sequence[TextFile]) -> FoundTexts:
    """Files as the engine imports them."""
    sources = (
        Source(
            path=file.path, name=file.name, format=cast(Format, file.format), size=file.size,
            encoding=file.encoding or None,
        )
        for file in files
    )  # fmt: skip
    return FoundTexts(tuple(sources), ())


def in_natural_order(paths: Sequence[Path]) -> list[Path]:
    """Part 2 before part 10, however a file manager handed them over."""
    return sorted(paths, key=lambda path: natural_key(path.name))


def _text_file(source: Source, *, is_pasted: bool) -> TextFile:
    return TextFile(path=source.path, name=source.name, format=source.format, size=source.size, is_pasted=is_pasted)


def _walk(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_key)
            for name in sorted(names, key=natural_key):
                if not name.startswith("."):
                    yield Path(folder) / name


def _refusal(paths: Sequence[Path], until: float) -> Message | None:
    """Why none of these can be read, if that is so and found out in time."""
    reason: Message | None = None
    for path in paths:
        if time.monotonic() > until:
            return None
        try:
            find_texts([path])
        except BadInput as error:
            reason = reason or error.message
        else:
            return None
    return reason


def _kept(pasted: str) -> Path:
    """What was pasted, as a file of ours that is gone when the program ends."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="textloom-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = folder / PASTED_NAME
        path.write_bytes(pasted.encode("utf-8", "replace"))
    except OSError as error:
        raise StorageFailed(
            "{name} could not be written to the folder for temporary files: {reason}. Make room there.",
            name=PASTED_NAME, reason=error.strerror or str(error),
        ) from error  # fmt: skip
    return path
