"""Plain text as Markdown that shows the same text again, with some of it in italics (CommonMark 0.31)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

Range = tuple[int, int]

_SPECIAL = re.compile(r"([\\`*_\[\]<>~|&$])")
_LINE_START = re.compile(r"^(?:([#+=-])|(\d{1,9})([.)]))")
_TAB = 4


def marked_text(text: str, ranges: Sequence[Range]) -> str:
    """Each line a line, each blank line a paragraph; `ranges` (ascending) in italics, as far as Markdown can.

    Italics begin and end at letters: spaces and punctuation at the edge of a range stay outside of them.
    """
    lines = list(_lines(text, ranges))
    made = []
    for place, (line, line_ranges) in enumerate(lines):
        has_next = place + 1 < len(lines) and bool(lines[place + 1][0].strip())
        made.append(_marked_line(line, line_ranges) + ("  " if has_next and line.strip() else ""))
    return "\n".join(made).strip("\n")


def _lines(text: str, ranges: Sequence[Range]) -> Iterator[tuple[str, list[Range]]]:
    """Each line with the parts of the ranges in it, neighbours joined."""
    start = index = 0
    for line in text.split("\n"):
        stop = start + len(line)
        found: list[Range] = []
        while index < len(ranges) and ranges[index][0] < stop:
            first, last = max(ranges[index][0], start) - start, min(ranges[index][1], stop) - start
            if found and found[-1][1] == first:
                found[-1] = (found[-1][0], last)
            elif first < last:
                found.append((first, last))
            if ranges[index][1] > stop:
                break  # it goes on in the next line
            index += 1
        yield line, found
        start = stop + 1


def _marked_line(line: str, ranges: Sequence[Range]) -> str:
    parts, place = [], 0
    for first, last in ranges:
        first, last = _trimmed(line, first, last)
        if first < last:
            parts += [_escaped(line[place:first]), "*", _escaped(line[first:last]), "*"]
            place = last
    text = "".join([*parts, _escaped(line[place:])]).rstrip()
    return _start_escaped(text)


def _trimmed(line: str, first: int, last: int) -> Range:
    """Between letters or digits, so that an asterisk beside them opens and closes wherever it stands."""
    while first < last and not _is_word(line[first]):
        first += 1
    while last > first and not _is_word(line[last - 1]):
        last -= 1
    return first, last


def _is_word(sign: str) -> bool:
    """Neither white space nor punctuation, as CommonMark sees it (symbols count as punctuation)."""
    return not sign.isspace() and unicodedata.category(sign)[0] not in "PSZC"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _start_escaped(line: str) -> str:
    """No heading, list or code begins here: signs that would begin one are escaped, indents made of hard spaces."""
    rest = line.lstrip(" \t")
    indent = sum(_TAB if sign == "\t" else 1 for sign in line[: len(line) - len(rest)])
    rest = _LINE_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", rest)
    return "&nbsp;" * indent + rest
