"""Finds the longest passages of a text in another one by the suffix array of that one.

Shapes: N bytes of the indexed text, M bytes of the other one, K places looked for at a time.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.analysis.byte_text import WORD_BYTES, Bytes, ByteText, Indices, common_lengths
from engine.analysis.matches import ByteMatches
from engine.analysis.suffix_array import Places

_KEY_EVERY: Final = 64  # suffixes for one key in memory
_STRIDE: Final = 16
_MOST_AT_ONCE: Final = 2**13


class SuffixIndex:
    """An index that finds every passage, whatever its length.

    Takes 5 bytes for each byte of the text, 4 of which can be mapped from a file, and an eighth of a byte for keys.
    """

    def __init__(self, text_N: Bytes, places_N: Places) -> None:
        self._text = ByteText(text_N)
        self._places_N = places_N
        self._keys = self._text.words(places_N[::_KEY_EVERY])

    @property
    def shortest_certain(self) -> int:
        """As `TextIndex` says."""
        return 1

    @property
    def memory_bytes(self) -> int:
        """As `TextIndex` says."""
        return self._text.size + self._places_N.nbytes + self._keys.nbytes

    @property
    def text(self) -> ByteText:
        """The indexed text."""
        return self._text

    def matches(self, query: ByteText) -> ByteMatches:
        """The longest passages that begin at each byte of another text.

        What ends a passage can only move forward from a byte to the next. So where the passages of two bytes end at the
        same one, those of the bytes in between do too, and need no search: first every 16th byte is looked for, then
        what lies between those with different ends.
        """
        size = query.size
        lengths_M, places_M = np.zeros(size, np.intp), np.zeros(size, np.intp)
        if not size or not self._text.size:
            return ByteMatches(lengths_M, places_M)
        coarse = np.unique(np.append(np.arange(0, size, _STRIDE), size - 1))
        self._look_for(query, coarse, lengths_M, places_M)
        stops = coarse + lengths_M[coarse]
        before = np.searchsorted(coarse, np.arange(size), side="right") - 1
        after = np.minimum(before + 1, len(coarse) - 1)
        distance_M = np.arange(size) - coarse[before]
        is_known_M = (distance_M == 0) | ((stops[before] == stops[after]) & (distance_M < lengths_M[coarse[before]]))
        inside = is_known_M & (distance_M > 0)
        lengths_M[inside] = (stops[before] - np.arange(size))[inside]
        places_M[inside] = (places_M[coarse[before]] + distance_M)[inside]
        self._look_for(query, np.flatnonzero(~is_known_M), lengths_M, places_M)
        return ByteMatches(lengths_M, places_M)

    def _look_for(self, query: ByteText, starts: Indices, lengths_M: Indices, places_M: Indices) -> None:
        for first in range(0, len(starts), _MOST_AT_ONCE):
            starts_K = starts[first : first + _MOST_AT_ONCE]
            lengths_M[starts_K], places_M[starts_K] = self._longest(query, starts_K)

    def _longest(self, query: ByteText, starts_K: Indices) -> tuple[Indices, Indices]:
        """Lengths and places of the longest passages: one of the two neighbours in the order begins with it."""
        at_K, before_K, after_K = self._neighbours(query, starts_K)
        places = []
        lengths = []
        for neighbour_K, known_K in ((at_K - 1, before_K), (at_K, after_K)):
            is_there = (neighbour_K >= 0) & (neighbour_K < len(self._places_N))
            places_K = self._places_N[np.clip(neighbour_K, 0, len(self._places_N) - 1)].astype(np.intp)
            lengths_K = common_lengths(self._text, places_K, query, starts_K, known_K)
            places.append(places_K)
            lengths.append(np.where(is_there, lengths_K, 0))
        is_before = lengths[0] > lengths[1]
        return np.where(is_before, lengths[0], lengths[1]), np.where(is_before, places[0], places[1])

    def _neighbours(self, query: ByteText, starts_K: Indices) -> tuple[Indices, Indices, Indices]:
        """Where each suffix of the query belongs, and how many bytes it surely shares with the ones before and after.

        Halving, which begins between two keys, and compares only behind what both ends of the interval share with the
        query (Manber and Myers 1993, section 2, without their table).
        """
        words_K = query.words(starts_K)
        low_K = np.maximum(np.searchsorted(self._keys, words_K, side="left") - 1, 0) * _KEY_EVERY
        high_K = np.searchsorted(self._keys, words_K, side="right") * _KEY_EVERY
        high_K = np.minimum(high_K, len(self._places_N))
        before_K, after_K = np.zeros(len(starts_K), np.intp), np.zeros(len(starts_K), np.intp)
        active = np.flatnonzero(low_K < high_K)
        while len(active):
            middle = (low_K[active] + high_K[active]) // 2
            places, starts, wanted = self._places_N[middle].astype(np.intp), starts_K[active], words_K[active]
            found = self._text.words(places)
            is_less = found < wanted
            lengths = np.zeros(len(active), np.intp)
            same = np.flatnonzero(found == wanted)
            if len(same):
                known = np.maximum(np.minimum(before_K[active[same]], after_K[active[same]]), WORD_BYTES)
                places, starts = places[same], starts[same]
                lengths[same] = common_lengths(self._text, places, query, starts, known)
                is_less[same] = self._is_less(query, places + lengths[same], starts + lengths[same])
            low_K[active] = np.where(is_less, middle + 1, low_K[active])
            high_K[active] = np.where(is_less, high_K[active], middle)
            before_K[active] = np.where(is_less, lengths, before_K[active])
            after_K[active] = np.where(is_less, after_K[active], lengths)
            active = active[low_K[active] < high_K[active]]
        return low_K, before_K, after_K

    def _is_less(self, query: ByteText, places: Indices, starts: Indices) -> npt.NDArray[np.bool_]:
        """Whether suffixes of the text stand before those of the query, from which they differ at these bytes."""
        own = self._text.data[np.minimum(places, len(self._text.data) - 1)]
        others = query.data[np.minimum(starts, len(query.data) - 1)]
        is_less = (places >= self._text.size) | (own < others)
        return (starts < query.size) & is_less
