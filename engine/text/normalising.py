"""Unicode normal forms (Unicode Standard Annex 15) of a text that comes in pieces."""

import functools
import re
import unicodedata
from typing import Final, Literal

from engine.text.changes import Position
from engine.text.steps import Step

Form = Literal["NFC", "NFKC"]

# Annex 15 allows any number of marks on one letter; sorting them is quadratic. Longer runs are cut here.
MAX_MARKS: Final = 256
_CODE_POINTS = 0x30000  # no character beyond changes (tags and variation selectors are inert starters or ccc 0)
_CACHED_SEGMENTS = 100_000


class NormalForm(Step):
    """Each letter with its marks in the chosen form. Held back: the last letter, which a mark may follow."""

    def __init__(self, position: Position, form: Form) -> None:
        super().__init__(position)
        self._form: Form = form
        self._held = ""
        self._normalised: dict[str, str] = {}

    def feed(self, text: str) -> str:
        text = self._held + text
        at = _last_boundary(text)
        text, self._held = text[:at], text[at:]
        return self._replaced(text)

    def finish(self) -> str:
        held, self._held = self._held, ""
        return self._replaced(held)

    def _replaced(self, text: str) -> str:
        if text.isascii() or (not _too_many_marks(text) and unicodedata.is_normalized(self._form, text)):
            self.position.advance(text)
            return text
        count, first = 0, 0

        def normalise(match: re.Match[str]) -> str:
            nonlocal count, first
            segment = match[0]
            changed = self._segment(segment)
            if changed != segment:
                first = first if count else match.start()
                count += 1
            return changed

        result = _suspects(self._form).sub(normalise, text)
        self.position.report(f"characters brought to {self._form}", count, text, first)
        self.position.advance(text)
        return result

    def _segment(self, segment: str) -> str:
        known = self._normalised.get(segment)
        if known is None:
            known = unicodedata.normalize(self._form, segment)
            if len(self._normalised) < _CACHED_SEGMENTS:
                self._normalised[segment] = known
        return known


def _last_boundary(text: str) -> int:
    """The last place before which everything is decided: in front of the last character that joins nothing before it.

    A run of more than `MAX_MARKS` joining characters is cut after every `MAX_MARKS` of them.
    """
    if text and text[-1].isascii():
        return len(text) - 1
    joining = _joining_pattern()
    start = max(0, len(text) - MAX_MARKS)
    at = len(text)
    while at > start and joining.match(text, at - 1):
        at -= 1
    if at > start or at == 0:
        return max(0, at - 1)
    return _boundary_in_long_run(text)


def _boundary_in_long_run(text: str) -> int:
    joining = _joining_pattern()
    at = len(text)
    while at > 0 and joining.match(text, at - 1):
        at -= 1
    length = len(text) - at
    return at + (length - 1) // MAX_MARKS * MAX_MARKS if length > MAX_MARKS else max(0, at - 1)


def _too_many_marks(text: str) -> bool:
    return _long_run_pattern().search(text) is not None


@functools.cache
def _joining_class() -> str:
    """The characters that can change what stands before them, as the inside of a regular expression's class.

    A character does when the first of its decomposition has a combining class, or is second in a composition.
    """
    seconds = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}  # Hangul vowels and final consonants
    firsts: dict[int, str] = {}
    for code in range(0x80, _CODE_POINTS):
        decomposition = unicodedata.decomposition(chr(code))
        if decomposition:
            parts = decomposition.split()
            if not parts[0].startswith("<") and len(parts) == 2:
                seconds.add(int(parts[1], 16))
            firsts[code] = unicodedata.normalize("NFKD", chr(code))[0]
    joining = {code for code in range(0x80, _CODE_POINTS) if unicodedata.combining(chr(code))} | seconds
    joining |= {code for code, first in firsts.items() if ord(first) in joining}
    return _class_of(joining)


@functools.cache
def _joining_pattern() -> re.Pattern[str]:
    return re.compile(f"[{_joining_class()}]")


@functools.cache
def _long_run_pattern() -> re.Pattern[str]:
    return re.compile(f"[{_joining_class()}]{{{MAX_MARKS}}}")


@functools.cache
def _suspects(form: Form) -> re.Pattern[str]:
    """Letters with marks after them, and single characters that the form replaces."""
    changing = {
        code
        for code in range(0x80, _CODE_POINTS)
        if not 0xD800 <= code <= 0xDFFF and unicodedata.normalize(form, chr(code)) != chr(code)
    }
    joining = f"[{_joining_class()}]{{1,{MAX_MARKS}}}"
    return re.compile(f"[^{_joining_class()}]{joining}|[{_class_of(changing)}]|{joining}")


def _class_of(codes: set[int]) -> str:
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(rf"\U{low:08x}-\U{high:08x}" for low, high in ranges)
