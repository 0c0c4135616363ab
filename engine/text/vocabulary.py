"""What all vocabularies share: the type of their ids, and the checks of what a file says about them."""

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from engine.errors import BadInput, DamagedFile

IdArray = npt.NDArray[np.unsignedinteger[Any]]
Ids = IdArray | npt.NDArray[np.signedinteger[Any]] | list[int] | tuple[int, ...]

NUM_CODE_POINTS = 0x110000
_MAX_VOCABULARY = 1_200_000
UNKNOWN_TEXT = "<unk>"
LINE_END_TEXT = "<eos>"


def smallest_dtype(vocabulary_size: int) -> np.dtype[np.unsignedinteger[Any]]:
    """The smallest unsigned type that holds the ids 0 ... vocabulary_size - 1."""
    return np.min_scalar_type(max(vocabulary_size - 1, 0))


def code_points(text: str) -> npt.NDArray[np.unsignedinteger[Any]]:
    """The code points of a text, uint8 when it is ASCII, else uint32. Raises `BadInput` for lone surrogates."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    try:
        return np.frombuffer(text.encode("utf-32-le"), "<u4")
    except UnicodeEncodeError:
        refuse_surrogates(text)
        raise


def refuse_surrogates(text: str) -> None:
    """Raises `BadInput` when `text` holds half a character (a lone surrogate), which no file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput(
            "The text holds half a character (a lone surrogate) at character {position}; remove it and try again.",
            position=error.start + 1,
        ) from None


def damaged_vocabulary(reason: str) -> NoReturn:
    """Raises `DamagedFile` for a stored vocabulary."""
    raise DamagedFile("The stored vocabulary cannot be used: {reason}.", reason=reason)


def checked_fields(value: object, types: Mapping[str, type]) -> dict[str, Any]:
    """`value` as a dict with exactly the fields of `types`, each of exactly that type (True is no int).

    Raises `DamagedFile`.
    """
    if type(value) is not dict:
        damaged_vocabulary("it is no table of fields")
    if set(value) != set(types):
        damaged_vocabulary("its fields must be " + ", ".join(sorted(types)))
    for name, expected in types.items():
        if type(value[name]) is not expected:
            damaged_vocabulary(f"{name} must be of type {expected.__name__}")
    return value


def check_texts(texts: list[Any], *, max_length: int) -> None:
    """Stored token texts: strings of at most `max_length` characters, all different, without lone surrogates.

    Raises `DamagedFile`.
    """
    if len(texts) > _MAX_VOCABULARY:
        damaged_vocabulary(f"it has more than {_MAX_VOCABULARY} tokens")
    for text in texts:
        if type(text) is not str or len(text) > max_length:
            damaged_vocabulary(f"every token must be a text of at most {max_length} characters")
    if len(set(texts)) != len(texts):
        damaged_vocabulary("a token stands in it twice")
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        damaged_vocabulary("it holds half a character (a lone surrogate)")
