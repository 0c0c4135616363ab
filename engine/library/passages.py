"""Who wrote which part of a text, and by which model with which settings."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from engine.library.strict_json import without_surrogates

Author = Literal["model", "person"]
Setting = bool | int | float | str

NO_SOURCE: Final = -1
MAX_SOURCES: Final = 10_000
MAX_SETTING_CHARACTERS: Final = 1_000


@dataclass(frozen=True)
class Span:
    """The characters [start, stop) and who wrote them. source: which of the document's sources; -1: none is known."""

    start: int
    stop: int
    author: Author
    source: int = NO_SOURCE

    def moved(self, shift: int) -> "Span":
        """The same for text that stands elsewhere."""
        return replace(self, start=self.start + shift, stop=self.stop + shift)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The model that writes: a run of the library, or the name of an exported file; and its title."""

    run: str = ""
    file: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """How a passage came about: the model, its settings, the seed, and when, as `utc_now`."""

    origin: Origin = field(default_factory=Origin)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    seed: int = 0
    created: str = ""


def numbered(sources: tuple[Source, ...], source: Source | None) -> tuple[tuple[Source, ...], int]:
    """The sources with one more if it is new, and its number.

    No document holds more than 10,000: a passage beyond them has none. Settings are kept up to 1,000 characters each.
    """
    if source is None:
        return sources, NO_SOURCE
    source = _storable(source)
    for number in range(len(sources) - 1, -1, -1):
        if sources[number] == source:
            return sources, number
    if len(sources) >= MAX_SOURCES:
        return sources, NO_SOURCE
    return (*sources, source), len(sources)


def storable_settings(settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """Settings with nothing that a file cannot hold, and each text cut to 1,000 characters."""
    return {without_surrogates(name): _storable_setting(value) for name, value in settings.items()}


def covers(spans: Sequence[Span], length: int) -> bool:
    """Whether spans are ascending and leave out none of so many characters."""
    stops, starts = [0, *(span.stop for span in spans)], [*(span.start for span in spans), length]
    return stops == starts and all(span.start < span.stop for span in spans)


def within(spans: Iterable[Span], start: int, stop: int, *, shift: int = 0) -> tuple[Span, ...]:
    """The parts of spans in [start, stop), moved by `shift`."""
    return tuple(
        Span(max(span.start, start) + shift, min(span.stop, stop) + shift, span.author, span.source)
        for span in spans
        if max(span.start, start) < min(span.stop, stop)
    )


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans without empty ones, neighbours of one author and one source joined."""
    kept: list[Span] = []
    for span in spans:
        last = kept[-1] if kept else None
        if last is not None and (last.author, last.source, last.stop) == (span.author, span.source, span.start):
            kept[-1] = replace(last, stop=span.stop)
        elif span.stop > span.start:
            kept.append(span)
    return tuple(kept)


def renumbered(spans: Iterable[Span], numbers: Mapping[int, int]) -> tuple[Span, ...]:
    """Spans whose sources have other numbers now."""
    return tuple(replace(span, source=numbers.get(span.source, NO_SOURCE)) for span in spans)


def part_that_differs(before: str, after: str) -> tuple[int, int, int]:
    """What turns one text into another: where the difference begins, where it ends in `before`, and in `after`."""
    start = _num_equal(before, after)
    most = min(len(before), len(after)) - start
    end = _num_equal_at_end(before, after, most)
    return start, len(before) - end, len(after) - end


def part_written_differently(
    before: str, before_spans: Sequence[Span], after: str, after_spans: Sequence[Span]
) -> tuple[int, int, int]:
    """As `part_that_differs`, where the same letters by another author are a difference, too."""
    start, stop, end = part_that_differs(before, after)
    for first, second in zip(before_spans, after_spans, strict=False):
        if (first.author, first.source) != (second.author, second.source):
            start = min(start, first.start)
            break
        if first.stop != second.stop:
            start = min(start, first.stop, second.stop)
            break
    rest_before = within(before_spans, stop, len(before), shift=-stop)
    rest_after = within(after_spans, end, len(after), shift=-end)
    return (start, stop, end) if rest_before == rest_after else (start, len(before), len(after))


def _num_equal(first: str, second: str) -> int:
    """The length of the common beginning; by halving, as whole pieces are compared much faster than letters."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if first[low:middle] == second[low:middle] else (low, middle - 1)
    return low


def _num_equal_at_end(first: str, second: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        a = first[len(first) - middle : len(first) - low]
        b = second[len(second) - middle : len(second) - low]
        low, high = (middle, high) if a == b else (low, middle - 1)
    return low


def _storable(source: Source) -> Source:
    """With nothing that a file cannot hold."""
    origin = Origin(**{name: without_surrogates(text) for name, text in vars(source.origin).items()})
    return replace(source, settings=storable_settings(source.settings), origin=origin)


def _storable_setting(value: Setting) -> Setting:
    if isinstance(value, str):
        return without_surrogates(value)[:MAX_SETTING_CHARACTERS]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
