"""Line by line, what cleaning makes of a text that is held whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.config.corpus import CleaningConfig
from engine.import_events import LineChange
from engine.text.cleaning import clean

_MAX_SHOWN: Final = 200
_SHOWN_CHARACTERS: Final = 200
_BEFORE_DIFFERENCE: Final = 60
_AS_IT_STANDS = CleaningConfig(newlines="keep", control_characters="keep")
_TAG = "\ue000"  # a character of private use; where a text has it, too, the last one of a line counts


@dataclass(frozen=True)
class LineChanges:
    """The first 200 changed lines, and how many there are."""

    shown: tuple[LineChange, ...]
    count: int


def line_changes(text: str, cleaning: CleaningConfig) -> LineChanges:
    """The lines that cleaning changes or removes; a line of which only the end changes is not among them.

    Rare characters, which are folded by the counts of a whole corpus, are left as they are.
    """
    shown: list[LineChange] = []
    count = 0
    for line, before, after in _changed(text, cleaning):
        count += 1
        if len(shown) < _MAX_SHOWN:
            shown.append(_excerpt(line, before, after))
    return LineChanges(tuple(shown), count)


def followed_lines(text: str, cleaning: CleaningConfig) -> Iterator[tuple[str, str | None]]:
    """Each line of a text, without its end and with its line ends unified, and what cleaning makes of it: None when it
    is removed. An end of line after the last one begins no further line.

    The steps of cleaning that change within lines and those that remove lines are done apart, in the order in which
    cleaning has them, so that every line is followed.
    """
    before = _lines(clean(text, replace(_AS_IT_STANDS, newlines=cleaning.newlines)))
    kept = _kept_of_books(before) if cleaning.gutenberg else list(range(len(before)))
    within = replace(cleaning, newlines="keep", gutenberg=False, blank_lines=0)
    inner = _cleaned([before[index] for index in kept], within)
    remaining = iter(_cleaned(inner, replace(_AS_IT_STANDS, blank_lines=cleaning.blank_lines)))
    after: dict[int, str] = {}
    expected = next(remaining, None)
    for index, line in zip(kept, inner, strict=True):
        if line == expected:  # of a run of blank lines the first ones stay
            after[index] = line
            expected = next(remaining, None)
    for index, line in enumerate(before):
        yield line, after.get(index)


def _changed(text: str, cleaning: CleaningConfig) -> Iterator[tuple[int, str, str | None]]:
    """Number, from 1, and text before and after of each changed line."""
    for index, (before, after) in enumerate(followed_lines(text, cleaning)):
        if after != before:
            yield index + 1, before, after


def _kept_of_books(lines: Sequence[str]) -> list[int]:
    """Indices of the lines that stand in the books of Project Gutenberg and not around them."""
    tagged = [f"{line}{_TAG}{index}" for index, line in enumerate(lines)]
    left = _cleaned(tagged, replace(_AS_IT_STANDS, gutenberg=True))
    return [int(line.rpartition(_TAG)[2]) for line in left]


def _cleaned(lines: Sequence[str], cleaning: CleaningConfig) -> list[str]:
    return _lines(clean("".join(f"{line}\n" for line in lines), cleaning))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _excerpt(line: int, before: str, after: str | None) -> LineChange:
    start = 0
    if after is not None:
        pairs = enumerate(zip(before, after, strict=False))
        first = next((i for i, (old, new) in pairs if old != new), min(len(before), len(after)))
        start = max(0, first - _BEFORE_DIFFERENCE)
    stop = start + _SHOWN_CHARACTERS
    return LineChange(line=line, before=before[start:stop], after=None if after is None else after[start:stop])
