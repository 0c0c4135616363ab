"""Which passages of a text stand in a corpus word for word, and how much of it they are.

A model that repeats its text is no better than a search in it, and a person who writes with one wants to know which
words are another's. How much is copied is told as the share of n-grams that stand in the training text (McCoy,
Smolensky, Linzen, Gao and Celikyilmaz 2023, "How much do language models copy from their training data?", tell the
share that does not). Texts are compared letter by letter as they are: what the cleaning of a corpus changes is to be
changed before.
"""

import re
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from engine.analysis.byte_text import ByteText, Indices
from engine.analysis.matches import TextIndex
from engine.analysis.passage_index import IndexedText, build_index, open_index
from engine.config.corpus import CorpusConfig
from engine.library.corpora import CorpusFolder
from engine.text.word_pieces import UNSPACED_SCRIPTS

Unit = Literal["characters", "words"]

SHORTEST: Final[dict[Unit, int]] = {"characters": 30, "words": 5}

_CONTEXT_CHARACTERS = 80
_MOST_BYTES_PER_CHARACTER = 4
_LEAST_SHARE_TOLD = 0.02
_WORD = re.compile(rf"[{UNSPACED_SCRIPTS}]|[^\W_{UNSPACED_SCRIPTS}]+(?:['\u2019\-][^\W_{UNSPACED_SCRIPTS}]+)*")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How much of an index is built, 0 to 1, never less than before; how long the rest takes, once that is known."""

    share: float
    remaining_seconds: float | None


@dataclass(frozen=True)
class Matches:
    """For each character of a text the longest passage that begins there and stands in the corpus.

    lengths: in characters; places: the byte of the corpus' text.utf8 at which it stands, -1 where the length is 0;
    is_complete: False when some passages were too common to look at every place where they stand.
    """

    lengths: Indices
    places: Indices
    is_complete: bool = True


@dataclass(frozen=True, kw_only=True)
class CopiedPassage:
    """A passage that stands in the corpus, and that no longer one holds: characters [start, stop) of the given text.

    corpus_start, corpus_stop: one place of those where it stands, in bytes of text.utf8 (`CorpusFolder.read_text_at`
    reads there); text_before, text_after: what stands around it in the corpus.
    """

    start: int
    stop: int
    corpus_start: int
    corpus_stop: int
    text_before: str
    text_after: str

    @property
    def length(self) -> int:
        """Characters."""
        return self.stop - self.start


@dataclass(frozen=True, kw_only=True)
class CopyReport:
    """What of a text stands in a corpus.

    passages: of at least `shortest` units, in the order of the text; they can overlap. longest: characters of the
    longest passage, be it shorter than that. copied_share: the share of the text's n-grams (all n units that follow one
    another) that stand in the corpus, where n is `gram`: `shortest`, or what a sampled index finds with certainty, if
    that is more; None for a text of fewer units. shortest_certain: every passage of so many characters was found; of
    shorter ones some may have been missed, and `longest` may then be too low. is_complete: as in `Matches`.
    """

    passages: tuple[CopiedPassage, ...]
    longest: int
    copied_share: float | None
    unit: Unit
    shortest: int
    gram: int
    shortest_certain: int
    is_complete: bool


class CopyIndex:
    """Finds passages of texts in one corpus."""

    def __init__(self, source: IndexedText, index: TextIndex) -> None:
        self.source = source
        self._index = index

    @classmethod
    def open(cls, corpus: CorpusFolder, config: CorpusConfig | None = None) -> "CopyIndex | None":
        """The index, when it was built before and is whole. Raises as `IndexedText.of`."""
        return cls.open_of(IndexedText.of(corpus, config))

    @classmethod
    def open_of(cls, source: IndexedText) -> "CopyIndex | None":
        """As `open`, for a text that is known."""
        index = open_index(source)
        return None if index is None else cls(source, index)

    @classmethod
    def build(
        cls, corpus: CorpusFolder, config: CorpusConfig | None = None, *, is_read_only: bool = False
    ) -> Generator[Progress, None, "CopyIndex"]:
        """Open the index, after building it if it is missing, damaged or of another text.

        config: that of a run, whose training part alone is then indexed; without one, the whole text. is_read_only:
        write nothing. Some 10 MB are indexed in 5 seconds; `IndexedText.building_bytes` tells the memory. Closing the
        generator abandons the work and leaves nothing behind. Raises as `IndexedText.of`.
        """
        return (yield from cls.build_of(IndexedText.of(corpus, config), is_read_only=is_read_only))

    @classmethod
    def build_of(cls, source: IndexedText, *, is_read_only: bool = False) -> Generator[Progress, None, "CopyIndex"]:
        """As `build`, for a text that is known."""
        ready = cls.open_of(source)
        if ready is not None:
            return ready
        began = time.monotonic()
        building = build_index(source, is_read_only=is_read_only)
        while True:
            try:
                share = next(building)
            except StopIteration as end:
                return cls(source, end.value)
            seconds = time.monotonic() - began
            remaining = seconds * (1 - share) / share if share >= _LEAST_SHARE_TOLD else None
            yield Progress(share=share, remaining_seconds=remaining)

    @property
    def shortest_certain(self) -> int:
        """Every passage of so many characters is found (a character has at least one byte)."""
        return self._index.shortest_certain

    @property
    def memory_bytes(self) -> int:
        """What the index takes, parts that are mapped from files among it."""
        return self._index.memory_bytes

    def matches(self, text: str) -> Matches:
        """The longest passages that begin at each character of a text, in whole characters."""
        data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
        found = self._index.matches(ByteText(data))
        starts = np.flatnonzero(data.view(np.int8) >= -64)
        stops = np.append(starts[1:], len(data))[: len(starts)]
        lengths = np.searchsorted(stops, starts + found.lengths_M[starts], side="right") - np.arange(len(starts))
        lengths = np.maximum(lengths, 0)  # less than a character is none
        places = np.where(lengths > 0, found.places_M[starts] + self.source.part.start, -1)
        return Matches(lengths, places, found.is_complete)

    def around(self, corpus_start: int, corpus_stop: int) -> tuple[str, str]:
        """Some characters before and after the bytes [corpus_start, corpus_stop) of text.utf8."""
        start, stop = corpus_start - self.source.part.start, corpus_stop - self.source.part.start
        width = _CONTEXT_CHARACTERS * _MOST_BYTES_PER_CHARACTER
        before = self._bytes(start - width, start).decode("utf-8", "ignore")
        after = self._bytes(stop, stop + width).decode("utf-8", "ignore")
        return before[-_CONTEXT_CHARACTERS:], after[:_CONTEXT_CHARACTERS]

    def _bytes(self, start: int, stop: int) -> bytes:
        text = self._index.text
        return text.data[max(start, 0) : min(stop, text.size)].tobytes()


def find_copied(text: str, index: CopyIndex, shortest: int | None = None, unit: Unit = "characters") -> CopyReport:
    """The passages of a text, of at least `shortest` characters or words, that stand in the corpus of an index.

    shortest: 30 characters or 5 words when it is not given. Words are runs of letters and digits, with apostrophes and
    hyphens between them; each character of a script that writes no spaces counts as one. A passage of words begins and
    ends with whole words of the text; in the corpus those two can be parts of longer ones. 2,000 characters take some
    5 ms in 10 MB.
    """
    shortest = max(SHORTEST[unit] if shortest is None else shortest, 1)
    matches = index.matches(text)
    starts, stops = _units(text, unit)
    count = np.searchsorted(stops, starts + matches.lengths[starts], side="right") - np.arange(len(starts))
    count = np.maximum(count, 0)
    gram = max(shortest, index.shortest_certain) if unit == "characters" else shortest
    num_grams = len(starts) - gram + 1
    return CopyReport(
        passages=tuple(
            _passage(text, index, int(starts[at]), int(stops[at + count[at] - 1]), int(matches.places[starts[at]]))
            for at in _longest_from(count, shortest)
        ),
        longest=int(matches.lengths.max(initial=0)),
        copied_share=float(np.count_nonzero(count >= gram) / num_grams) if num_grams > 0 else None,
        unit=unit,
        shortest=shortest,
        gram=gram,
        shortest_certain=index.shortest_certain,
        is_complete=matches.is_complete,
    )


def _units(text: str, unit: Unit) -> tuple[Indices, Indices]:
    """The characters at which the units of a text begin and end, each (U,)."""
    if unit == "characters":
        return np.arange(len(text)), np.arange(1, len(text) + 1)
    spans = [word.span() for word in _WORD.finditer(text)]
    starts, stops = np.array(spans, np.intp).reshape(-1, 2).T
    return starts, stops


def _longest_from(count: Indices, shortest: int) -> list[int]:
    """The units, of those with enough units from them on, whose passage the one before does not hold."""
    ends = np.arange(len(count)) + count
    reaches_on = np.ones(len(count), bool)
    reaches_on[1:] = ends[1:] > ends[:-1]
    found: list[int] = np.flatnonzero((count >= shortest) & reaches_on).tolist()
    return found


def _passage(text: str, index: CopyIndex, start: int, stop: int, corpus_start: int) -> CopiedPassage:
    corpus_stop = corpus_start + len(text[start:stop].encode("utf-8", "surrogatepass"))
    before, after = index.around(corpus_start, corpus_stop)
    return CopiedPassage(
        start=start,
        stop=stop,
        corpus_start=corpus_start,
        corpus_stop=corpus_stop,
        text_before=before,
        text_after=after,
    )
