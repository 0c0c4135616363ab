"""Names of the things in a library: short lower-case ASCII, safe on every file system; titles live in JSON."""

import re
import secrets
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from engine.errors import StorageFailed
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
        suffix = "".join(secrets.choice(_SUFFIX_LETTERS) for _letter in range(_SUFFIX_LENGTH))
        name = f"{slug(title)}-{suffix}"
        try:
            (parent / name).mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise storage_failed(error, parent / name) from error
        sync_folder(parent)
        return name
    raise StorageFailed("No free name was found for {title} in {folder}.", title=title, folder=str(parent))


def slug(title: str) -> str:
    """The ASCII letters and digits of a title in lower case, other characters as single hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", title[:500].casefold()).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_MAX_SLUG_LENGTH].strip("-")
    return words or "untitled"


def utc_now() -> str:
    """The present time as `2026-11-20T10:15:00.123Z`: sorts as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def utc_stamp() -> str:
    """The present time for a file name: `20261120T101500123Z`."""
    return re.sub(r"[-:.]", "", utc_now())
