"""Where words end in a text that is written in characters or bytes.

A word is a run of letters, digits and the marks that combine with them; an apostrophe or a hyphen belongs to it when a
letter follows. A character of a script that writes no spaces (Chinese, Japanese, Thai ...) is a word of its own.

Legend: V vocabulary.
"""

import codecs
import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.text.tokenizers import Tokenizer
from engine.text.word_pieces import UNSPACED_SCRIPTS

Kinds = NDArray[np.int8]

LONGEST_HALF_WORD = 64
_JOINERS = "'\u2019-\u2010"
_UNSPACED = re.compile(f"[{UNSPACED_SCRIPTS}]")


class Kind(IntEnum):
    """What a token is to words. PARTIAL: bytes that are no whole character yet."""

    LETTER = 0
    JOINER = 1
    SPACE = 2
    WHOLE_WORD = 3
    OTHER = 4
    PARTIAL = 5


class Phase(IntEnum):
    """Where in a word a text stands. BEFORE_SPACE: before a word, which one space may precede; JOINED: behind an
    apostrophe or a hyphen that belongs to the word only if a letter follows. The last two are outcomes: END, the word
    does not go on; WHOLE, the token is a word of its own."""

    BEFORE_SPACE = 0
    BEFORE = 1
    INSIDE = 2
    JOINED = 3
    END = 4
    WHOLE = 5


# The phase after a token, by phase and kind of the token.
NEXT_PHASES = np.array(
    [
        [Phase.INSIDE, Phase.END, Phase.BEFORE, Phase.WHOLE, Phase.END, Phase.BEFORE_SPACE],
        [Phase.INSIDE, Phase.END, Phase.END, Phase.WHOLE, Phase.END, Phase.BEFORE],
        [Phase.INSIDE, Phase.JOINED, Phase.END, Phase.END, Phase.END, Phase.INSIDE],
        [Phase.INSIDE, Phase.END, Phase.END, Phase.END, Phase.END, Phase.JOINED],
    ],
    np.int8,
)


_SHAPES = {Kind.LETTER: "L", Kind.JOINER: "J"}
_HALF_WORD = re.compile(r"(?:L+J)*L+J?\Z")


def kind_of(character: str) -> Kind:
    """What a character is to words."""
    if character in _JOINERS:
        return Kind.JOINER
    if character == " ":
        return Kind.SPACE
    if not (character.isalnum() or unicodedata.category(character)[0] == "M"):
        return Kind.OTHER
    return Kind.WHOLE_WORD if _UNSPACED.match(character) else Kind.LETTER


def phase_after(text: str) -> tuple[Phase, str]:
    """Where the end of a text stands, and the half word that it ends with, "" when it stands before a word."""
    if not text or text[-1].isspace():
        return Phase.BEFORE, ""
    shape = "".join(_SHAPES.get(kind_of(character), " ") for character in text[-LONGEST_HALF_WORD:])
    half = _HALF_WORD.search(shape)
    if half is None:
        return (Phase.BEFORE if kind_of(text[-1]) is Kind.WHOLE_WORD else Phase.BEFORE_SPACE), ""
    return (Phase.JOINED if shape[-1] == "J" else Phase.INSIDE), text[-len(half[0]) :]


class Letters:
    """The kinds of the tokens of one vocabulary of characters or bytes; `<unk>` ends words."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._is_bytes = tokenizer.kind == "byte"
        characters = "" if self._is_bytes else tokenizer.decode(list(range(tokenizer.vocabulary_size)))
        self._kinds_V = np.array(list(map(kind_of, characters)), np.int8)

    def kinds(self, pending: bytes = b"") -> Kinds:
        """What kind of character each token completes (V,), after the bytes of one that is not whole yet."""
        return _byte_kinds(pending) if self._is_bytes else self._kinds_V


@lru_cache(maxsize=1024)
def _byte_kinds(pending: bytes) -> Kinds:
    return np.array([_kind_of_bytes(pending + bytes([byte])) for byte in range(256)], np.int8)


def _kind_of_bytes(data: bytes) -> Kind:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return Kind.OTHER
    return kind_of(text) if text else Kind.PARTIAL
