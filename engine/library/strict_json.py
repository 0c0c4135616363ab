"""JSON as Textloom reads it: everything that Python's reader lets through and no writer of ours makes is refused."""

import json
import math
import re
from typing import NoReturn

MAX_DEPTH = 64
_MAX_ITEMS = 2_000_000
_MAX_DIGITS = 40

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotStrictJson(ValueError):
    """The reason why a text is not JSON that is read here. Always turned into a `DamagedFile` by the reader."""


def parse_json(
    data: bytes | bytearray | memoryview | str, *, max_depth: int = MAX_DEPTH, max_items: int = _MAX_ITEMS
) -> object:
    """The value of a JSON text in UTF-8.

    Refused with `NotStrictJson`: duplicate keys, NaN and infinities (1e999 among them), lone surrogates, a byte order
    mark, nesting deeper than `max_depth`, more than `max_items` items, numbers longer than 40 digits. The number of
    items is bounded before anything is built, by counting commas and opening brackets.
    """
    text = data if isinstance(data, str) else _decoded(bytes(data))
    if len(text) > max_items and text.count(",") + text.count("[") + text.count("{") > max_items:
        raise NotStrictJson("too many items")
    try:
        value: object = _decoder.decode(text)
    except RecursionError:
        raise NotStrictJson("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotStrictJson(f"{error.msg} at character {error.pos}") from None
    if text.count("[") + text.count("{") > max_depth:
        _check_depth(value, max_depth)
    if "\\u" in text and _ESCAPED_SURROGATE.search(text):
        _check_surrogates(value)
    return value


def format_json(value: object, *, indent: int | None = None) -> str:
    """JSON text that `parse_json` reads back equal. NaN, infinities and lone surrogates raise `ValueError`."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    text.encode("utf-8")
    return text


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a character, which no file can hold: as many characters as before."""
    return _SURROGATE.sub("\ufffd", text)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrictJson(f"not UTF-8 at byte {error.start}") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotStrictJson("a key stands there twice")
    return value


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise NotStrictJson("a number is too long")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if len(text) > _MAX_DIGITS or not math.isfinite(value):
        raise NotStrictJson("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise NotStrictJson(f"{name} is not a number")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)


def _check_depth(value: object, max_depth: int) -> None:
    level = [value] if isinstance(value, dict | list) else []
    depth = 0
    while level:
        depth += 1
        if depth > max_depth:
            raise NotStrictJson("nested too deeply")
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]


def _check_surrogates(value: object) -> None:
    try:
        format_json(value)
    except UnicodeEncodeError:
        raise NotStrictJson("half a character (a lone surrogate)") from None
