"""What a person says about a run or a corpus: `label.json` in its folder.

It lies beside the description, so that a thing can be renamed while another program writes to it: whoever changes the
label needs no lock, and the last one wins.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from engine.errors import BadInput, DamagedFile, TextloomError
from engine.library.files import read_json_object, write_json
from engine.library.strict_json import without_surrogates
from engine.library.versions import VERSION_FIELDS, check_not_newer, is_newer_but_readable

LABEL_NAME: Final = "label.json"
MAX_TITLE: Final = 200
MAX_GROUP: Final = 200
MAX_TAG: Final = 60
MAX_TAGS: Final = 30
MAX_NOTES: Final = 20_000

_MAX_LABEL_BYTES: Final = 2**18


@dataclass(frozen=True, kw_only=True)
class Label:
    """title: empty where the original one stands; group: what several runs belong to; sizes: `MAX_...` characters."""

    title: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    group: str = ""
    is_starred: bool = False


def read_label(folder: Path) -> Label:
    """The label of a run or corpus; an empty one when there is none or it is damaged. Never raises."""
    path = folder / LABEL_NAME
    try:
        values = read_json_object(path, max_bytes=_MAX_LABEL_BYTES)
        is_newer_but_readable(values, path)
    except TextloomError:
        return Label()
    return _label(values) or Label()


def write_label(folder: Path, label: Label) -> None:
    """Replace the label; white space of its titles and tags is tidied and a tag kept once.

    Raises `BadInput` for what is too long, `NewerFormat` when a newer version wrote the present one, `StorageFailed`.
    """
    tidy = _tidied(label)
    _check_sizes(tidy)
    path = folder / LABEL_NAME
    with contextlib.suppress(DamagedFile):  # a missing or damaged one may go
        check_not_newer(read_json_object(path, max_bytes=_MAX_LABEL_BYTES), path)
    write_json(path, {**asdict(tidy), **VERSION_FIELDS})


def _tidied(label: Label) -> Label:
    tags = dict.fromkeys(tag for tag in map(_one_line, label.tags) if tag)
    return Label(
        title=_one_line(label.title),
        tags=tuple(tags),
        notes=without_surrogates(label.notes),
        group=_one_line(label.group),
        is_starred=label.is_starred,
    )


def _one_line(text: str) -> str:
    return " ".join(without_surrogates(text).split())


def _check_sizes(label: Label) -> None:
    for length, most, template in (
        (len(label.title), MAX_TITLE, "The title has {count} characters, but can have at most {most}. Shorten it."),
        (len(label.group), MAX_GROUP, "The group has {count} characters, but can have at most {most}. Shorten it."),
        (len(label.notes), MAX_NOTES, "The notes have {count} characters, but can have at most {most}. Shorten them."),
        (len(label.tags), MAX_TAGS, "There are {count} tags, but there can be at most {most}. Leave some out."),
        (
            max(map(len, label.tags), default=0),
            MAX_TAG,
            "A tag has {count} characters, but can have at most {most}. Shorten it.",
        ),
    ):
        if length > most:
            raise BadInput(template, count=length, most=most)


def _label(values: Mapping[str, object]) -> Label | None:
    title, group, notes = (values.get(name, "") for name in ("title", "group", "notes"))
    tags, is_starred = values.get("tags", []), values.get("is_starred", False)
    if not (isinstance(title, str) and isinstance(group, str) and isinstance(notes, str)):
        return None
    if not (isinstance(tags, list) and isinstance(is_starred, bool)):
        return None
    words = tuple(tag for tag in tags if isinstance(tag, str))
    label = Label(title=title, tags=words, notes=notes, group=group, is_starred=is_starred)
    try:
        _check_sizes(label)
    except BadInput:
        return None
    return label if len(words) == len(tags) else None
