"""The single changes of cleaning, each over pieces of any size.

The result does not depend on where the pieces are cut: what a step cannot decide yet it holds back, and every such
remainder is bounded. Each step counts what it changes and keeps the first place.
"""

import re
from abc import ABC, abstractmethod
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.text.changes import Position

IntArray = npt.NDArray[np.intp]

# Unicode's newline function (The Unicode Standard, section 5.8): CR LF, CR, NEL, LS, PS become LF.
_LINE_ENDS: Final = "\r\x85\u2028\u2029"
# Control characters (category Cc) but tab and line ends, and the byte order mark in the middle of a text.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
_FINAL_SIGMA = re.compile(r"(?<=[^\W\d_])Σ(?![^\W\d_])")
_SMALL_SIGMA: Final = "\u03c3"
_MAX_INDENT: Final = 200  # a line of more spaces than this is no blank line


class Step(ABC):
    """One change of a text. Give it the pieces in order, then `finish`."""

    def __init__(self, position: Position) -> None:
        self.position = position

    @abstractmethod
    def feed(self, text: str) -> str:
        """What is certain now that `text` is known, too."""

    @abstractmethod
    def finish(self) -> str:
        """What was held back."""


class UnifiedNewlines(Step):
    """Every line end becomes a line feed."""

    _held = ""

    def feed(self, text: str) -> str:
        text = self._held + text
        self._held = "\r" if text.endswith("\r") else ""
        return self._replaced(text.removesuffix("\r") if self._held else text)

    def finish(self) -> str:
        held, self._held = self._held, ""
        return self._replaced(held)

    def _replaced(self, text: str) -> str:
        ends = [end for end in ("\r" if text.isascii() else _LINE_ENDS) if end in text]
        if ends:
            first = min(text.index(end) for end in ends)
            self.position.report("line ends unified", sum(map(text.count, ends)), text, first)
            text = text.replace("\r\n", "\n")
            for end in ends:
                text = text.replace(end, "\n")
        self.position.advance(text)
        return text


class NoControlCharacters(Step):
    """Control characters other than tabs and line ends are removed."""

    def feed(self, text: str) -> str:
        if not _may_hold_controls(text):
            self.position.advance(text)
            return text
        for kind, pattern in (
            ("NUL characters removed", "\0"),
            ("byte order marks inside the text removed", "\ufeff"),
        ):
            self.position.report(kind, text.count(pattern), text, text.find(pattern))
        others = [match.start() for match in _CONTROL.finditer(text) if match[0] not in "\0\ufeff"]
        if others:
            self.position.report("control characters removed", len(others), text, others[0])
        self.position.advance(text)
        return _CONTROL.sub("", text)

    def finish(self) -> str:
        return ""


class LowerCase(Step):
    """Capital letters become small ones; a sigma that ends a word gets its final form."""

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self._before = ""
        self._held = ""

    def feed(self, text: str) -> str:
        text = self._held + text
        self._held = "Σ" if text.endswith("Σ") else ""
        return self._lowered(text.removesuffix("Σ") if self._held else text, after=self._held)

    def finish(self) -> str:
        held, self._held = self._held, ""
        return self._lowered(held, after="")

    def _lowered(self, text: str, after: str) -> str:
        if not text:
            return ""
        small = self._with_small_sigmas(text, after).lower() if "Σ" in text else text.lower()
        self._before = text[-1]
        if small != text:
            places = _capital_places(text)
            self.position.report("capital letters made small", len(places), text, int(places[0]))
        self.position.advance(text)
        return small

    def _with_small_sigmas(self, text: str, after: str) -> str:
        """`str.lower` looks as far as it likes for the end of a word; here one neighbour on each side decides."""
        context = f"{self._before or ' '}{text}{after or ' '}"
        return _FINAL_SIGMA.sub("ς", context).replace("Σ", _SMALL_SIGMA)[1:-1]


class FewBlankLines(Step):
    """Of a run of blank lines (empty, or up to 200 spaces and tabs) only the first `most` stay."""

    def __init__(self, position: Position, most: int) -> None:
        super().__init__(position)
        self._most = most
        self._long_run = re.compile(rf"\n(?:[ \t]{{0,{_MAX_INDENT}}}\n){{{most + 1},}}")
        self._given = "\n"  # the line ends that the pending run of blank lines begins with, handed out already
        self._indent = ""

    def feed(self, text: str) -> str:
        text = self._given + self._indent + text
        shorter, num_removed, first = self._shortened(text)
        if num_removed:
            offset = first - len(self._given)
            self.position.report("blank lines removed", num_removed, text[len(self._given) :], offset)
        start = len(self._given)
        self._given, self._indent = _pending_run(shorter, self._most)
        self.position.advance(text[start : len(text) - len(self._indent)])
        return shorter[start : len(shorter) - len(self._indent)]

    def finish(self) -> str:
        held, self._indent = self._indent, ""
        return held

    def _shortened(self, text: str) -> tuple[str, int, int]:
        num_removed, first = 0, 0

        def shorten(match: re.Match[str]) -> str:
            nonlocal num_removed, first
            kept = "\n".join(match[0].split("\n", self._most + 1)[: self._most + 1]) + "\n"
            if not num_removed:
                first = match.start() + len(kept)
            num_removed += match[0].count("\n") - self._most - 1
            return kept

        return self._long_run.sub(shorten, text), num_removed, first


def _pending_run(text: str, most: int) -> tuple[str, str]:
    """The line ends of the run of blank lines that `text` ends in, and the white space after the last of them."""
    blank = text[len(text.rstrip(" \t\n")) :]
    *ends, indent = blank.split("\n")
    if not ends or len(indent) > _MAX_INDENT:
        return "", ""
    num_ends = 1
    while num_ends < min(len(ends), most + 1) and len(ends[-num_ends]) <= _MAX_INDENT:
        num_ends += 1
    return "\n" * num_ends, indent


def _capital_places(text: str) -> IntArray:
    """Where `str.lower` changes a character."""
    dotted = text.replace("İ", "\0")  # the only one that becomes two
    before = np.frombuffer(dotted.encode("utf-32-le"), np.uint32)
    after = np.frombuffer(dotted.replace("Σ", _SMALL_SIGMA).lower().encode("utf-32-le"), np.uint32)
    return np.flatnonzero((before != after) | (np.frombuffer(text.encode("utf-32-le"), np.uint32) == 0x130))


def _may_hold_controls(text: str) -> bool:
    """A vectorised look: false means that there is certainly nothing to remove."""
    if text.isascii():
        codes = np.frombuffer(text.encode("ascii"), np.uint8)
        low = np.count_nonzero(codes < 32) - np.count_nonzero(codes == 10) - np.count_nonzero(codes == 9)
        return bool(low - np.count_nonzero(codes == 13)) or bool((codes == 127).any())
    units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    low = np.count_nonzero(units < 32) - np.count_nonzero(units == 10) - np.count_nonzero(units == 9)
    low -= np.count_nonzero(units == 13)
    return bool(low) or bool(((units - np.uint16(127)) <= 0x20).any()) or bool((units == 0xFEFF).any())
