"""The version of everything that Textloom stores, and what an older or newer program may do with it.

Every stored thing names `format_version`, the format it was written in, and `min_reader`, the oldest format whose
programs can still read it. A reader between the two may read and must not write.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from engine.errors import DamagedFile, NewerFormat

FORMAT_VERSION: Final = 1
_MIN_READER: Final = 1
VERSION_FIELDS: Final[Mapping[str, int]] = {"format_version": FORMAT_VERSION, "min_reader": _MIN_READER}


def is_newer_but_readable(fields: Mapping[str, object], path: Path) -> bool:
    """Whether what `fields` describes may be read but not written by this version.

    Raises `NewerFormat` when it may not even be read, `DamagedFile` when the two numbers are missing or senseless.
    """
    version, min_reader = fields.get("format_version"), fields.get("min_reader")
    if type(version) is not int or type(min_reader) is not int or not 1 <= min_reader <= version:
        raise DamagedFile("{path} is damaged: it does not say which format it has.", path=str(path))
    if min_reader > FORMAT_VERSION:
        raise NewerFormat(
            "{path} was made by a newer version of Textloom (format {version}; this one reads up to {known}). "
            "Install the newest version to open it.",
            path=str(path),
            version=version,
            known=FORMAT_VERSION,
        )
    return version > FORMAT_VERSION


def check_not_newer(fields: Mapping[str, object], path: Path) -> None:
    """Raise `NewerFormat` when `fields`, which stand at `path`, are of a newer version, which this one must not change.

    Raises `DamagedFile` as `is_newer_but_readable`.
    """
    if is_newer_but_readable(fields, path):
        raise NewerFormat(
            "{path} was made by a newer version of Textloom and can only be read by this one (format {known}). "
            "Install the newest version to change it.",
            path=str(path),
            known=FORMAT_VERSION,
        )
