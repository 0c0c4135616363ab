"""Names of the things in a library: short lower-case ASCII, safe on every file system; titles live in JSON."""

import os
import re
import secrets
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from engine.errors import BadInput, StorageFailed
from engine.library.files import make_folder, storage_failed, sync_folder

_MAX_SLUG_LENGTH: Final = 32

_SUFFIX_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
_SUFFIX_LENGTH = 4
_ATTEMPTS = 100


def new_id(parent: Path, title: str) -> str:
    """Reserve a new folder in `parent` by making it, and return its name: `hamlet-by-shakespeare-k7x2`.

    Two programs never get the same one. Raises `StorageFailed`.
    """
    make_folder(parent)
    for _attempt in range(_ATTEMPTS):
        name = _suffixed(title)
        try:
            (parent / name).mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise storage_failed(error, parent / name) from error
        sync_folder(parent)
        return name
    raise _no_free_name(parent, title)


def free_id(parent: Path, title: str, suffix: str) -> str:
    """An id for a file in `parent` whose name, the id and `suffix`, is not taken. Raises `StorageFailed`.

    Nothing is reserved: of the 900,000 endings two programs hardly draw the same one in the same instant.
    """
    for _attempt in range(_ATTEMPTS):
        name = _suffixed(title)
        if not os.path.lexists(parent / f"{name}{suffix}"):
            return name
    raise _no_free_name(parent, title)


def checked_id(name: str) -> str:
    """`name`, when it can be an id. Raises `BadInput` for anything that could lead out of the library."""
    if not is_plain_id(name):
        raise BadInput("{name} is no id of the library: ids have small letters, digits and hyphens.", name=name)
    return name


def is_plain_id(name: str) -> bool:
    """Whether `name` is short lower-case ASCII, as ids are."""
    return re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", name) is not None


def slug(title: str) -> str:
    """The ASCII letters and digits of a title in lower case, other characters as single hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", title[:500].casefold()).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_MAX_SLUG_LENGTH].strip("-")
    return words or "untitled"


def utc_now() -> str:
    """The present time as `2026-11-20T10:15:00.123Z`: sorts as text."""
    return utc_text(datetime.now(UTC))


def utc_text(moment: datetime) -> str:
    """A time of the zone UTC in the same form."""
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def utc_stamp() -> str:
    """The present time for a file name: `20261120T101500123Z`."""
    return re.sub(r"[-:.]", "", utc_now())


def _suffixed(title: str) -> str:
    return f"{slug(title)}-{''.join(secrets.choice(_SUFFIX_LETTERS) for _letter in range(_SUFFIX_LENGTH))}"


def _no_free_name(parent: Path, title: str) -> StorageFailed:
    return StorageFailed("No free name was found for {title} in {folder}.", title=title, folder=str(parent))
