"""Ends a text that arrives in pieces: before a stop string, or with a line, a sentence, a paragraph, a word.

Where a text ends depends on what it says, never on how it is cut into pieces. What may belong to an end is held back
until that is certain.
"""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Literal, Protocol

from engine.config.sampling import SamplingConfig
from engine.config.texts_of import texts_of

Reason = Literal["length", "stop", "line", "sentence", "paragraph", "words", "cancelled"]


class End(Protocol):
    """Lets text through until its end is found. Its attributes are never changed in place: a shallow copy is whole."""

    reason: Reason

    @property
    def has_stopped(self) -> bool:
        """Whether the end was found; nothing is let through any more."""
        ...

    def feed(self, text: str) -> str:
        """What of the text so far, not yet let through, certainly stands before the end."""
        ...

    def finish(self) -> str:
        """What was held back, when no more text comes."""
        ...


class Stopping:
    """All ends that the settings ask for; the one that stands first in the text counts.

    has_ends: whether there are any; has_stopped: whether one was found.
    before: the text that stands before, which decides whether a full stop after it ends a sentence.
    """

    def __init__(self, settings: SamplingConfig, before: str = "") -> None:
        ends: list[End] = []
        if settings.stop:
            ends.append(StopScanner(texts_of(settings.stop)))
        if settings.end_at in _UNIT_ENDS:
            ends.append(_UNIT_ENDS[settings.end_at](before))
        if settings.num_words:
            ends.append(WordLimit(settings.num_words))
        self._ends = tuple(ends)
        self.has_ends = bool(ends)
        self.has_stopped = False

    @property
    def reason(self) -> Reason | None:
        """What ended the text, None when nothing has."""
        # Each end sees only what stands before those to its left: the rightmost stands first in the text.
        return next((end.reason for end in reversed(self._ends) if end.has_stopped), None)

    def feed(self, text: str) -> str:
        """What of the text so far, not yet let through, certainly belongs to it."""
        for end in self._ends:
            text = end.feed(text)
            self.has_stopped |= end.has_stopped
        return text

    def finish(self) -> str:
        """What was held back, when no more text comes."""
        text = ""
        for end in self._ends:
            text = end.feed(text) + end.finish()
            self.has_stopped |= end.has_stopped
        return text

    def copy(self) -> "Stopping":
        """Another that goes on from here."""
        other = copy(self)
        other._ends = tuple(copy(end) for end in self._ends)
        return other


class StopScanner:
    """Lets text through until one of the stop strings appears: the one that begins first.

    None of them, or empty ones only: everything is let through.
    """

    reason: Reason = "stop"

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in dict.fromkeys(stops) if stop)
        self._fallbacks = tuple(map(_fallbacks, self._stops))
        self._matched = (0,) * len(self._stops)  # of each stop string, at the end of the text so far
        self._held = ""
        self._found: int | None = None  # where in `_held` the first stop string begins that stands there whole
        self.has_stopped = False

    def feed(self, text: str) -> str:
        """What of the text so far, not yet let through, certainly stands before a stop string."""
        if self.has_stopped or not self._stops:
            return "" if self.has_stopped else text
        start, text = len(self._held), self._held + text
        begun = start
        for place in range(start, len(text)):
            begun = self._take(text[place], place + 1)
            if self._found is not None and begun >= self._found:
                self.has_stopped, self._held = True, ""
                return text[: self._found]
        if len(text) == start:
            return ""
        certain = begun if self._found is None else min(begun, self._found)
        self._held = text[certain:]
        if self._found is not None:
            self._found -= certain
        return text[:certain]

    def finish(self) -> str:
        """What was held back, when no more text comes."""
        held, self._held = self._held, ""
        if self._found is not None:
            self.has_stopped = True
            held = held[: self._found]
        return held

    def _take(self, character: str, end: int) -> int:
        """Match one more character, which ends at `end`; where the longest begun stop string begins."""
        matched = []
        for stop, fallbacks, size in zip(self._stops, self._fallbacks, self._matched, strict=True):
            while size and stop[size] != character:
                size = fallbacks[size - 1]
            if stop[size] == character:
                size += 1
            if size == len(stop):
                self._found = end - size if self._found is None else min(self._found, end - size)
                size = fallbacks[size - 1]
            matched.append(size)
        self._matched = tuple(matched)
        return end - max(matched)


class LineEnd:
    """Ends a text before the line end that follows the first characters that are not white space."""

    reason: Reason = "line"

    def __init__(self, _before: str = "") -> None:
        self._has_begun = False
        self.has_stopped = False

    def feed(self, text: str) -> str:
        """What of the text belongs to the line."""
        if self.has_stopped:
            return ""
        start = 0
        if not self._has_begun:
            start = len(text) - len(text.lstrip())
            self._has_begun = start < len(text)
        found = text.find("\n", start)
        if found < 0 or not self._has_begun:
            return text
        self.has_stopped = True
        return text[:found]

    def finish(self) -> str:
        """Nothing: nothing is held back."""
        return ""


class ParagraphEnd:
    """Ends a text before the blank line that follows the first characters that are not white space.

    A blank line has nothing or only white space in it; what may lead to one is held back.
    """

    reason: Reason = "paragraph"

    def __init__(self, _before: str = "") -> None:
        self._has_begun = False
        self._held = ""
        self.has_stopped = False

    def feed(self, text: str) -> str:
        """What of the text so far, not yet let through, certainly belongs to the paragraph."""
        if self.has_stopped:
            return ""
        start, text = len(self._held), self._held + text
        bare = text.rstrip()
        if not self._has_begun:
            if not bare:
                return text
            self._has_begun = True
            start = len(text) - len(text.lstrip())
        shown, rest = self._cut(text, start)
        self._held = rest
        return shown

    def finish(self) -> str:
        """What was held back, when no more text comes."""
        held, self._held = self._held, ""
        return held

    def _cut(self, text: str, start: int) -> tuple[str, str]:
        """What is let through, and what is held back of text that has nothing certain before `start`."""
        line_end = text.find("\n") if self._held else text.find("\n", start)
        while line_end >= 0:
            rest = text[line_end + 1 :]
            blanks = len(rest) - len(rest.lstrip())
            if "\n" in rest[:blanks]:
                self.has_stopped = True
                return text[:line_end], ""
            if blanks == len(rest):
                return text[:line_end], text[line_end:]
            line_end = text.find("\n", line_end + 1 + blanks)
        return text, ""


class SentenceEnd:
    """Ends a text after its first sentence.

    A sentence ends after one or several of . ? ! … and the quotes and brackets that close after them, when white space
    or a capital follows; after the marks of Chinese and Japanese (。！？) whatever follows. A single full stop after a
    single letter does not end it (J. Smith, e.g., U.S.), nor does anything before the first character that is not white
    space. White space after the sentence is not part of it.
    """

    reason: Reason = "sentence"

    def __init__(self, before: str = "") -> None:
        self._before = before[-2:]
        self._is_over: Callable[[str], bool] | None = None  # whether the next character shows that it has ended
        self.has_stopped = False

    def feed(self, text: str) -> str:
        """What of the text belongs to the sentence."""
        if self.has_stopped:
            return ""
        for place, sign in enumerate(text):
            if sign in _ENDS:
                self._is_over = None if sign == "." and _ends_abbreviation(self._before) else _is_gap
            elif sign in _WIDE_ENDS:
                self._is_over = _is_anything
            elif self._is_over is not None and sign not in _CLOSERS:
                if self._is_over(sign):
                    self.has_stopped = True
                    return text[:place]
                self._is_over = None
            self._before = self._before[-1:] + sign
        return text

    def finish(self) -> str:
        """Nothing: nothing is held back."""
        return ""


class WordLimit:
    """Ends a text after so many words: before the white space that follows the last of them.

    A word is a run of characters without white space; the rest of a word that stood there before counts as one.
    """

    reason: Reason = "words"

    def __init__(self, most: int) -> None:
        self._left = most
        self._is_in_word = False

    @property
    def has_stopped(self) -> bool:
        """Whether the last word has ended."""
        return self._left <= 0

    def feed(self, text: str) -> str:
        """What of the text belongs to the words."""
        if self.has_stopped:
            return ""
        for place, sign in enumerate(text):
            if not sign.isspace():
                self._is_in_word = True
            elif self._is_in_word:
                self._is_in_word = False
                self._left -= 1
                if self.has_stopped:
                    return text[:place]
        return text

    def finish(self) -> str:
        """Nothing: nothing is held back."""
        return ""


_UNIT_ENDS: dict[str, Callable[[str], End]] = {"line": LineEnd, "sentence": SentenceEnd, "paragraph": ParagraphEnd}

_ENDS = frozenset(".?!…")
_WIDE_ENDS = frozenset("。！？")
_CLOSERS = frozenset("\"'”’»›)]}」』）】")


def _is_gap(sign: str) -> bool:
    return sign.isspace() or sign.isupper()


def _is_anything(_sign: str) -> bool:
    return True


def _ends_abbreviation(before: str) -> bool:
    """Whether text ends with a single letter."""
    return before[-1:].isalpha() and not before[-2:-1].isalpha()


def _fallbacks(stop: str) -> tuple[int, ...]:
    """For each beginning of a string, the longest shorter one with which it ends (Knuth, Morris and Pratt 1977)."""
    fallbacks = [0] * len(stop)
    size = 0
    for place in range(1, len(stop)):
        while size and stop[place] != stop[size]:
            size = fallbacks[size - 1]
        if stop[place] == stop[size]:
            size += 1
        fallbacks[place] = size
    return tuple(fallbacks)
