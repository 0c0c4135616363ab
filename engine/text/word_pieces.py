"""How a text is cut into word tokens so that joining them gives the same text again.

The rule of joining
    A token is a word, the line end, or verbatim text. Between two words stands one space; everything else is spelled
    out by verbatim tokens: marks with the single spaces that touch them, and every other run of white space. With
    `is_padded` a space also stands before the first word of a line and before each line end.

Two ways of cutting, chosen once from the training text and stored with the vocabulary
    spaced:      for corpora that are already cut into tokens (Penn Treebank, WikiText): every run of characters without
                 white space is a word. Such corpora mostly begin and end every line with a space, which `is_padded`
                 takes for granted, so that their tokens are exactly line.split() + ["<eos>"] and perplexities can be
                 compared with published ones.
    punctuated:  for ordinary writing: letters, digits and what joins them (don't, well-known) are words, marks are
                 tokens of their own: `said "Hi, you"` is said, ' "', Hi, ', ', you, '"'. Characters of scripts that
                 write no spaces (Chinese, Japanese, Thai ...) are verbatim, each a token.

The verbatim token "" says that nothing stands where the rule would have put a space: inside runs longer than
`MAX_PIECE_LENGTH` characters, and at the edges of lines of a padded corpus that have no space there.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

Cutting = Literal["spaced", "punctuated"]

LINE_END = "\n"
_NO_SPACE = ""
_UNKNOWN_LITERAL = "<unk>"
MAX_PIECE_LENGTH = 320
DETECTION_CHARACTERS = 1_000_000

UNSPACED_SCRIPTS = (  # Thai and Lao, Burmese, Khmer, kana, Han
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W{UNSPACED_SCRIPTS}]"
_WORD = rf"{_LETTER}{{1,64}}(?:['\u2019\-]{_LETTER}{{1,64}}){{0,3}}"
_MARK = rf"(?:(?<=\S) )?(?:\.{{2,64}}|-{{2,64}}|[^\w\s]|[{UNSPACED_SCRIPTS}])(?: (?=\S))?"
_BLANKS = r"[^\S\n]{2,256}|[^\S\n ]"
_EDGE_SPACE = r"(?<!\S) | (?!\S)"

_PUNCTUATED = re.compile(rf"(?<={_LETTER})(?={_LETTER})|{_WORD}|\n|{_MARK}|{_BLANKS}|{_EDGE_SPACE}")
_SPACED = re.compile(rf"(?<=\S)(?=\S)|\S{{1,256}}|\n|{_BLANKS}|{_EDGE_SPACE}")
_PADDED = re.compile(rf"(?<=\S)(?=[\S\n])|(?<![^\n])(?=[\S\n])|\S{{1,256}}|\n|{_BLANKS}|(?<=[^\S\n]) | \Z")
_IS_WORD = {"punctuated": re.compile(_WORD), "spaced": re.compile(r"\S+")}
_BETWEEN_WORDS = {"punctuated": re.compile(rf"{_LETTER}(?= {_LETTER})"), "spaced": re.compile(r"\S(?= \S)")}

_MIN_SEGMENT = 2**16
_LONGEST_MATCH = 512


class WordCutter:
    """Cuts texts into pieces: "\\n" for a line end, else the text of a token. See the module."""

    def __init__(self, cutting: Cutting, *, is_padded: bool = False) -> None:
        self.cutting: Cutting = cutting
        self.is_padded = is_padded
        self._pattern = _PUNCTUATED if cutting == "punctuated" else _PADDED if is_padded else _SPACED

    @classmethod
    def for_text(cls, beginning: str) -> "WordCutter":
        """Choose for a training text by its first `DETECTION_CHARACTERS` characters.

        It counts as already cut when a free-standing `<unk>` occurs, or when at least 20 commas stand free and ten
        times as many as follow a word directly; then it is padded when most of its lines begin and end with a space.
        """
        beginning = beginning[:DETECTION_CHARACTERS]
        free = len(re.findall(r"(?<!\S),(?!\S)", beginning))
        attached = len(re.findall(r"(?<=\w),", beginning))
        has_unknown = re.search(rf"(?<!\S){_UNKNOWN_LITERAL}(?!\S)", beginning) is not None
        if not has_unknown and (free < 20 or free < 10 * attached):
            return cls("punctuated")
        lines = beginning.split("\n")[:-1]
        num_padded = sum(line.startswith(" ") and line.endswith(" ") for line in lines)
        return cls("spaced", is_padded=2 * num_padded > len(lines))

    def cut(self, text: str) -> list[str]:
        """The pieces of a whole text, which begins at the beginning of a line."""
        return [piece for pieces in self.cut_stream([text]) for piece in pieces]

    def cut_stream(self, chunks: Iterable[str]) -> Iterator[list[str]]:
        """The pieces of a text that is given in chunks. How it is divided into chunks does not change the pieces."""
        pending, start = "", 0  # pending[:start] is the one character before what is not cut yet
        for chunk in chunks:
            pending += chunk
            if len(pending) - start < _MIN_SEGMENT:
                continue
            stop = self._last_boundary(pending, start)
            if stop is not None:
                yield self._cut_segment(pending[:stop], start)
            else:
                pieces, stop = self._cut_all_but_end(pending, start)
                yield pieces
            pending, start = pending[stop - 1 :], 1
        if len(pending) > start:
            yield self._cut_segment(pending, start)

    def is_word(self, piece: str) -> bool:
        """Whether a token is a word (with a space between it and a word before it), not verbatim text."""
        return piece != _NO_SPACE and _IS_WORD[self.cutting].fullmatch(piece) is not None

    def _cut_segment(self, text: str, start: int) -> list[str]:
        if self.cutting == "spaced" and text.endswith("\n") and (start == 0 or text[0] == "\n"):
            pieces = self._split_plain(text[start:])
            if pieces is not None:
                return pieces
        return self._pattern.findall(text, start)

    def _split_plain(self, text: str) -> list[str] | None:
        """The pieces of whole lines without a verbatim token, three times as fast as the pattern; None for others."""
        if "  " in text:
            return None
        if self.is_padded:
            pieces = text.split(" ")
            if pieces[0] != "" or pieces.count("\n") != text.count("\n"):
                return None
            pieces.pop(0)
        elif " \n" in text or "\n " in text or text.startswith(" "):
            return None
        else:
            pieces = list(filter(None, text.replace("\n", " \n ").split(" ")))
        has_other_blanks = sum(map(len, text.split())) + text.count(" ") + text.count("\n") != len(text)
        return None if has_other_blanks or max(map(len, pieces)) > 256 else pieces

    def _last_boundary(self, text: str, start: int) -> int | None:
        """The last line end, else the last space between two words near the end; pieces end there for certain."""
        after_line = text.rfind("\n", start) + 1
        if after_line > start:
            return after_line
        tail = max(start, len(text) - 8 * _LONGEST_MATCH)
        between = [match.end() for match in _BETWEEN_WORDS[self.cutting].finditer(text, tail)]
        return between[-1] if between else None

    def _cut_all_but_end(self, text: str, start: int) -> tuple[list[str], int]:
        """The pieces that text still to come cannot change, and the place where they end."""
        pieces, stop = [], start
        for match in self._pattern.finditer(text, start):
            if match.end() > len(text) - _LONGEST_MATCH:
                break
            pieces.append(match.group())
            stop = match.end()
        if pieces[-1] == _NO_SPACE:  # it is found again, from the place where it stands
            pieces.pop()
        return pieces, stop
