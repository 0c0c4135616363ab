"""Sentences for people, and the errors that carry them.

Every sentence the engine says to a person is an English template with named values, so that a window can translate
the template and format the values in the person's own language.
"""

import math
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

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


def message_record(name: str, message: Message) -> dict[str, Any]:
    """A message as plain values for JSON: the English sentence as `name`, and beside it what a window translates."""
    values = {key: _storable(value) for key, value in message.values.items()}
    return {name: message.text, f"{name}_template": message.template, f"{name}_values": values}


def message_from_record(record: Mapping[str, Any], name: str) -> Message | None:
    """The message that `message_record` stored as `name`; of an older record, the English sentence alone.

    None when there is no sentence at all. Never raises.
    """
    text, template, values = (record.get(key) for key in (name, f"{name}_template", f"{name}_values"))
    if not isinstance(text, str):
        return None
    if isinstance(template, str) and isinstance(values, Mapping) and _fills(template, values):
        return Message(template, dict(values))
    return Message("{text}", {"text": text})


def _storable(value: Value) -> Value:
    """JSON has neither infinities nor whole numbers of thousands of digits: they are kept as they are shown."""
    if isinstance(value, float) and not math.isfinite(value):
        return _plain(value)
    return _plain(value) if isinstance(value, int) and abs(value) >= _MOST_STORED else value


def _fills(template: str, values: Mapping[Any, Any]) -> bool:
    """Whether a template names nothing but these values, and they are of the kinds that sentences have."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return False
    is_plain = all(name is None or (name in values and not spec) for _, name, spec, _ in parts)
    return is_plain and all(
        isinstance(name, str) and name.isidentifier() and isinstance(value, Value) for name, value in values.items()
    )


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
_MOST_STORED = 10**38  # longer numbers are refused where JSON is read strictly
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
