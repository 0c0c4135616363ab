r"""Several texts in one option: one on each line, where \n stands for a line end, \t for a tab, \\ for a backslash."""

import re
from collections.abc import Iterable

_ESCAPE = re.compile(r"\\(.)")
_MEANINGS = {"n": "\n", "t": "\t", "\\": "\\"}


def texts_of(value: str) -> tuple[str, ...]:
    """The texts of an option, empty ones left out. One of line ends alone is that text itself."""
    if value and not value.strip("\n"):
        return (value,)
    return tuple(_unescaped(line) for line in value.split("\n") if line)


def joined_texts(texts: Iterable[str]) -> str:
    """The option that holds these texts; `texts_of` gives them back."""
    return "\n".join(
        text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") for text in texts if text
    )


def _unescaped(line: str) -> str:
    return _ESCAPE.sub(lambda found: _MEANINGS.get(found[1], found[0]), line)
