"""`queue.json`: what waits to be trained. What an item means is known to those who write and read it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from engine.errors import BadInput, DamagedFile
from engine.library.files import read_json_object, write_text
from engine.library.strict_json import format_json
from engine.library.versions import VERSION_FIELDS, check_not_newer, is_newer_but_readable

MAX_ITEMS: Final = 1_000
MAX_QUEUE_BYTES: Final = 4 * 2**20


def read_queue(path: Path) -> list[dict[str, object]]:
    """The items, in order; none when there is no file. Raises `DamagedFile`, `NewerFormat` or `StorageFailed`."""
    if not path.exists():
        return []
    values = read_json_object(path, max_bytes=MAX_QUEUE_BYTES)
    is_newer_but_readable(values, path)
    items = values.get("items")
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise _damaged(path)
    tables = [item for item in items if isinstance(item, dict)]
    if len(tables) < len(items):
        raise _damaged(path)
    return tables


def write_queue(path: Path, items: Sequence[Mapping[str, object]]) -> None:
    """Replace the items. Raises `BadInput` for more than 1,000 or 4 MB, `NewerFormat`, `StorageFailed`."""
    with suppress(DamagedFile):  # a missing or damaged one may go
        check_not_newer(read_json_object(path, max_bytes=MAX_QUEUE_BYTES), path)
    text = format_json({**VERSION_FIELDS, "items": [dict(item) for item in items]}, indent=2) + "\n"
    if len(items) > MAX_ITEMS or len(text.encode("utf-8")) > MAX_QUEUE_BYTES:
        raise BadInput("The queue is full. Remove some runs from it, and queue the others later.")
    write_text(path, text)


def _damaged(path: Path) -> DamagedFile:
    return DamagedFile("{path} is damaged: it holds no queue.", path=str(path))
