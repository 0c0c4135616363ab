"""Finds passages of a text in a very large one by a table of what stands at every so manieth byte of that one.

A passage of n + s - 1 bytes holds the n bytes that begin at some multiple of s, wherever it stands. So a table of the n
bytes at every s-th place finds every passage of that length, and every longer one: all n bytes of the other text that
follow one another are looked up, and what is found is compared byte by byte in both directions (as in Karp and Rabin
1987, "Efficient randomized pattern-matching algorithms", the hash only says where to compare).

Shapes: N bytes of the indexed text, E entries of the table, M bytes of the other text, C candidates: pairs of a byte of
the other text and an entry.
"""

from collections.abc import Generator
from typing import Final

import numpy as np

from engine.analysis.byte_text import WORD_BYTES, Bytes, ByteText, Indices, Words, common_lengths
from engine.analysis.matches import ByteMatches

GRAM_BYTES: Final = 16
LEAST_STEP: Final = 15  # 16 + 15 - 1: passages of 30 bytes are found
MOST_ENTRIES: Final = 2**25
BYTES_PER_ENTRY: Final = 8

_BLOCK = 2**18
_ENTRY_BITS = np.uint64(32)
_ENTRY_MASK = np.uint64(2**32 - 1)
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_QUERY_BLOCK = 2**12
_MOST_CANDIDATES = 2**20  # of one block of the query; a table in which that many agree is of one and the same mark


def step_for(size: int) -> int:
    """Every so manieth byte of a text of this size is looked at: the table stays below 2^25 entries, 268 MB."""
    return max(LEAST_STEP, -(-size // MOST_ENTRIES))


def sampled_table(text_N: Bytes, step: int, *, gram_bytes: int = GRAM_BYTES) -> Generator[float, None, Words]:
    """The table (E,), sorted: hash in the upper half, number of the entry in the lower; yields the share that is done.

    gram_bytes: a multiple of 8. Takes 8 bytes for each entry and some 20 MB. Closing the generator ends the work, but
    for the sorting at its end, a few seconds for the largest table.
    """
    text = ByteText(text_N)
    num_entries = max(text.size - gram_bytes, -1) // step + 1
    table_E = np.empty(num_entries, np.uint64)
    for start in range(0, num_entries, _BLOCK):
        entries = np.arange(start, min(start + _BLOCK, num_entries))
        table_E[entries] = _hashed(text, entries * step, gram_bytes) | entries.astype(np.uint64)
        yield 0.9 * (int(entries[-1]) + 1) / num_entries
    table_E.sort()
    return table_E


def _hashed(text: ByteText, places: Indices, gram_bytes: int) -> Words:
    """A hash of the bytes at each place, in the upper 32 bits. Bits are mixed by odd factors and by folding down."""
    value = np.zeros(len(places), np.uint64)
    for offset in range(0, gram_bytes, WORD_BYTES):
        value ^= text.words(places + offset)
        value *= _FACTORS[0]
        value ^= value >> np.uint64(29)
        value *= _FACTORS[1]
        value ^= value >> np.uint64(32)
    return value << _ENTRY_BITS


class SampledIndex:
    """An index that surely finds passages of `shortest_certain` bytes or more, and some that are shorter.

    Takes `BYTES_PER_ENTRY` for each `step`-th byte of the text; the text itself can stay on the disk.
    """

    def __init__(self, text_N: Bytes, table_E: Words, step: int, *, gram_bytes: int = GRAM_BYTES) -> None:
        self._text = ByteText(text_N)
        self._table_E = table_E
        self._step = step
        self._gram_bytes = gram_bytes

    @property
    def shortest_certain(self) -> int:
        """As `TextIndex` says."""
        return self._gram_bytes + self._step - 1

    @property
    def memory_bytes(self) -> int:
        """As `TextIndex` says."""
        return self._text.size + self._table_E.nbytes

    @property
    def text(self) -> ByteText:
        """The indexed text."""
        return self._text

    def matches(self, query: ByteText) -> ByteMatches:
        """The longest passages that begin at each byte of another text, as far as they are found."""
        best_M, places_M = np.zeros(query.size, np.intp), np.zeros(query.size, np.intp)
        is_complete = True
        for first in range(0, query.size - self._gram_bytes + 1, _QUERY_BLOCK):
            starts = np.arange(first, min(first + _QUERY_BLOCK, query.size - self._gram_bytes + 1))
            starts_C, entries_C, is_all = self._candidates(query, starts)
            is_complete = is_complete and is_all
            self._note(query, starts_C, entries_C * self._step, best_M, places_M)
        return ByteMatches(*_spread(best_M, places_M), is_complete)

    def _candidates(self, query: ByteText, starts: Indices) -> tuple[Indices, Indices, bool]:
        """Bytes of the query and entries with the same hash; the rarest, where there are too many, and whether all."""
        hashed = _hashed(query, starts, self._gram_bytes)
        low = np.searchsorted(self._table_E, hashed, side="left")
        num = np.searchsorted(self._table_E, hashed | _ENTRY_MASK, side="right") - low
        by_count = np.argsort(num, kind="stable")
        fits = np.cumsum(num[by_count]) <= _MOST_CANDIDATES
        num[by_count[~fits]] = 0
        which_C = np.repeat(np.arange(len(starts)), num)
        at_C = np.arange(len(which_C)) - np.repeat(np.cumsum(num) - num, num) + low[which_C]
        entries_C = (self._table_E[at_C] & _ENTRY_MASK).astype(np.intp)
        return starts[which_C], entries_C, bool(fits.all())

    def _note(
        self, query: ByteText, starts_C: Indices, places_C: Indices, best_M: Indices, places_M: Indices
    ) -> None:
        """Write down, at the byte where each passage begins, the end of the longest one, and where it stands."""
        lengths_C = common_lengths(self._text, places_C, query, starts_C, np.zeros(len(starts_C), np.intp))
        is_found = lengths_C >= self._gram_bytes
        starts_C, places_C = starts_C[is_found], places_C[is_found]
        stops_C = starts_C + lengths_C[is_found]
        backward_C = self._common_before(query, starts_C, places_C)
        starts_C, places_C = starts_C - backward_C, places_C - backward_C
        order = np.argsort(stops_C, kind="stable")  # of several that begin at one byte the longest is written last
        starts_C, stops_C, places_C = starts_C[order], stops_C[order], places_C[order]
        is_better = stops_C > best_M[starts_C]
        best_M[starts_C[is_better]] = stops_C[is_better]
        places_M[starts_C[is_better]] = places_C[is_better]

    def _common_before(self, query: ByteText, starts_C: Indices, places_C: Indices) -> Indices:
        """How many bytes before each pair are the same, less than a step: beyond, an earlier entry finds them."""
        lengths_C = np.zeros(len(starts_C), np.intp)
        active = np.arange(len(starts_C))
        for distance in range(1, self._step):
            active = active[(starts_C[active] >= distance) & (places_C[active] >= distance)]
            own = self._text.data[places_C[active] - distance]
            active = active[own == query.data[starts_C[active] - distance]]
            if not len(active):
                break
            lengths_C[active] = distance
        return lengths_C


def _spread(best_M: Indices, places_M: Indices) -> tuple[Indices, Indices]:
    """From the ends of passages, noted where they begin, the longest passage from every byte on, and where it stands.

    At each byte that is what reaches farthest of all that begin there or before.
    """
    at_M = np.arange(len(best_M))
    farthest_M = np.maximum.accumulate(best_M)
    is_first = np.ones(len(best_M), bool)
    is_first[1:] = farthest_M[1:] > farthest_M[:-1]
    from_M = np.maximum.accumulate(np.where(is_first, at_M, 0))
    lengths_M = np.maximum(farthest_M - at_M, 0)
    return lengths_M, np.where(lengths_M > 0, places_M[from_M] + at_M - from_M, 0)
