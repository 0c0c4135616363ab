"""RTF documents."""

import re
from typing import BinaryIO, Final

from engine.errors import BadInput

MAX_BYTES: Final = 64 * 2**20

# Pictures and embedded objects are long runs of hexadecimal digits, which the parser would take letter by letter.
_HEXADECIMAL = re.compile(r"[0-9a-fA-F\r\n]{512,}")


def read_rtf(file: BinaryIO, name: str) -> str:
    """The text of a document of at most 64 MB. Raises `BadInput`."""
    from striprtf.striprtf import rtf_to_text

    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadInput("{name} is too large for an RTF document. Save it as plain text.", name=name)
    if not data.rstrip(b"\0 \t\r\n").endswith(b"}"):
        raise BadInput("{name} is damaged: it breaks off before its end. Get a fresh copy of it.", name=name)
    markup = _HEXADECIMAL.sub("", data.decode("cp1252", "replace"))
    try:
        return str(rtf_to_text(markup, errors="replace"))  # type: ignore[no-untyped-call]
    except Exception as error:  # the parser raises whatever its tables meet in a hostile file
        raise BadInput("{name} is damaged: its text cannot be read. Get a fresh copy of it.", name=name) from error
