"""Two texts beside each other: what they have in common, and where they differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from workbench.bridge.protocols.writing import part_that_differs

MOST_WORDS = 1500  # of each text that are compared word by word: more takes too long
LEAST_COMMON = 0.3  # with a smaller share of words in common there is nothing to mark: they are two texts
_WORDS = re.compile(r"\s*\S+|\s+")

Part = tuple[str, bool]  # text, and whether it is only here


@dataclass(frozen=True)
class Comparison:
    """beginning and end: what both have there, in whole words; left and right: the rest of each."""

    beginning: str
    left: tuple[Part, ...]
    right: tuple[Part, ...]
    end: str


def compared(left: str, right: str) -> Comparison:
    """Where two texts differ, in whole words."""
    start, stop, end = part_that_differs(left, right)
    start = _word_start(left, right, start)
    num_equal = _num_equal_at_end(left, right, min(len(left) - max(stop, start), len(right) - max(end, start)))
    rest = left[start : len(left) - num_equal], right[start : len(right) - num_equal]
    marked = _marked(*(_WORDS.findall(text) for text in rest))
    return Comparison(left[:start], *marked, left[len(left) - num_equal :])


def _word_start(left: str, right: str, place: int) -> int:
    """The beginning of the word amid which the texts part."""
    is_between = all(place >= len(text) or text[place].isspace() for text in (left, right))
    while place > 0 and not is_between and not left[place - 1].isspace():
        place -= 1
    return place


def _num_equal_at_end(left: str, right: str, most: int) -> int:
    """Characters at the end that both have, without the rest of a word that begins differently."""
    place = len(left) - max(most, 0)
    while place < len(left) and not left[place].isspace():
        place += 1
    is_whole = most > 0 and all(len(text) == most or text[-most - 1].isspace() for text in (left, right))
    return most if is_whole else len(left) - place


def _marked(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    if max(len(left), len(right)) > MOST_WORDS:
        return _plain(left), _plain(right)
    matcher = SequenceMatcher(None, [word.strip() for word in left], [word.strip() for word in right], autojunk=False)
    if matcher.ratio() < LEAST_COMMON:
        return _plain(left), _plain(right)
    parts: tuple[list[Part], list[Part]] = [], []
    for kind, start, stop, other_start, other_stop in matcher.get_opcodes():
        for side, words in zip(parts, (left[start:stop], right[other_start:other_stop]), strict=True):
            side += _parts("".join(words), kind != "equal")
    return tuple(parts[0]), tuple(parts[1])


def _parts(text: str, is_different: bool) -> list[Part]:
    """A text as parts; of one that differs, the space before it is not marked."""
    gap = len(text) - len(text.lstrip()) if is_different and text.strip() else 0
    return [part for part in ((text[:gap], False), (text[gap:], is_different)) if part[0]]


def _plain(words: Sequence[str]) -> tuple[Part, ...]:
    text = "".join(words)
    return ((text, False),) if text else ()
