"""Sentences for people, and the errors that carry them.

Every sentence the engine says to a person is an English template with named values, so that a window can translate
the template and format the values in the person's own language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Value = str | int | float


@dataclass(frozen=True)
class Message:
    """One sentence for a person: an English template and the values it names.

    >>> Message("This text has {count} characters.", {"count": 3200}).text
    'This text has 3,200 characters.'
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English, numbers as people write them, with thousands separators."""
        return self.template.format(**{name: _plain(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.text


def message(template: str, /, **values: Value) -> Message:
    """Short way to write a `Message`."""
    return Message(template, values)


def _plain(value: Value) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < _MOST_SHOWN else "a number of more than 100 digits"
    size = abs(value)
    if size < _LARGEST_WRITTEN_OUT and value.is_integer():
        return f"{int(value):,}"
    if not _SMALLEST_WRITTEN_OUT <= size < _LARGEST_WRITTEN_OUT:
        return f"{value:.4g}"
    short = f"{value:.7g}"  # what a person wrote, such as a bound, is shown exactly; what was computed is rounded
    if float(short) != value:
        short = f"{value:.0f}" if size >= 1000 else f"{value:.4g}"
    return f"{Decimal(short):,f}"


_MOST_SHOWN = 10**100
_SMALLEST_WRITTEN_OUT, _LARGEST_WRITTEN_OUT = 1e-9, 1e21


class TextloomError(Exception):
    """Something ended that a person should be told of in one sentence: what is wrong, where, and what to do."""

    def __init__(self, template: str, /, **values: Value) -> None:
        self.message = Message(template, values)
        super().__init__(template, values)

    def __str__(self) -> str:
        return self.message.text


class BadInput(TextloomError):
    """What the person gave cannot be used: a file, a setting, a name. Nothing was written. Exit code 2."""


class InvalidSetting(BadInput):
    """A setting is unknown, of the wrong type, out of bounds or contradicts another one."""

    def __init__(self, template: str, /, *, field: str, **values: Value) -> None:
        self.field = field
        super().__init__(template, field=field, **values)


class NewerFormat(BadInput):
    """A file was made by a newer version of Textloom than this one."""


class DamagedFile(TextloomError):
    """A file of the library is not what was written: a checksum, a size or a structure is wrong."""


class StorageFailed(TextloomError):
    """The disk refused: full, read-only, vanished, or a file is held by another program."""


class Cancelled(TextloomError):
    """The person stopped a job before its end. An outcome, not a failure."""

    def __init__(self) -> None:
        super().__init__("Cancelled. Nothing was changed.")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, of torch perhaps, says that the memory of the machine or of its GPU did not suffice."""
    words = ("can't allocate memory", "not enough memory", "out of memory")
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(word in str(error).lower() for word in words)
    )
