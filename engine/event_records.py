"""Reads the events of a run back from the lines of metrics.jsonl and samples.jsonl."""

import dataclasses
import math
from collections.abc import Mapping
from types import UnionType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from engine.errors import Message, message_from_record
from engine.events import RunEvent


class _Odd(Exception):
    """A value is none that an event can have."""


_EVENTS: Final[Mapping[str, tuple[type[Any], Mapping[str, Any]]]] = {
    event.__name__: (event, get_type_hints(event)) for event in get_args(RunEvent)
}


def event_from_record(record: Mapping[str, Any]) -> RunEvent | None:
    """The event that `as_record` wrote; None for one that is unknown or has odd values. Never raises.

    What this version does not know is passed over; a number that was not finite comes back as NaN.
    """
    name = record.get("event")
    if not isinstance(name, str) or name not in _EVENTS:
        return None
    event, kinds = _EVENTS[name]
    try:
        values = {
            f.name: _read(kinds[f.name], record, f.name)
            for f in dataclasses.fields(event)
            if f.name in record or _is_required(f)
        }
    except _Odd:
        return None
    made: RunEvent = event(**values)
    return made


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _read(kind: Any, record: Mapping[str, Any], name: str) -> Any:
    if kind is Message:
        message = message_from_record(record, name)
        if message is None:
            raise _Odd
        return message
    if name not in record:
        raise _Odd
    return _checked(kind, record[name])


def _checked(kind: Any, value: Any) -> Any:
    """`value` as an event has it where its declaration says `kind`."""
    if isinstance(kind, UnionType):
        return _checked_union(get_args(kind), value)
    if get_origin(kind) is Literal:
        if isinstance(value, str) and value in get_args(kind):
            return value
    elif get_origin(kind) is Mapping:
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return {key: _checked(get_args(kind)[1], item) for key, item in value.items()}
    elif kind is float:
        return _number(value)
    elif type(value) is kind:  # exactly: True is no whole number here
        return value
    raise _Odd


def _checked_union(kinds: tuple[Any, ...], value: Any) -> Any:
    if type(value) in kinds:
        return value
    if float in kinds and value is not None:
        return _number(value)
    raise _Odd


def _number(value: Any) -> float:
    if value is None:
        return math.nan
    if type(value) not in (int, float):
        raise _Odd
    try:
        return float(value)
    except OverflowError:
        raise _Odd from None
