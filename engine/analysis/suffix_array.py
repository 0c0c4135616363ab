"""The suffix array of a text: the places of its bytes, in the order of what stands there and behind.

Prefix doubling (Manber and Myers 1993, "Suffix arrays: a new method for on-line string searches", section 3): once the
suffixes are in the order of their first h bytes, the rank of the suffix h bytes behind tells those apart that are still
together, which orders all by 2h bytes. The first order is by 8 bytes at once, packed into one number; after that only
groups that are not yet sorted are touched, and ranks that have become finer are used at once, as Larsson and Sadakane
do (2007, "Faster suffix sorting").

Shapes: N bytes of the text, K suffixes of a block that are not yet sorted.
"""

from collections.abc import Generator, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.analysis.byte_text import WORD_BYTES, Bytes, ByteText, Indices

Places = npt.NDArray[np.int32]

MOST_BYTES: Final = 2**26 - WORD_BYTES  # so that group, rank and place in a block fit into one number of 64 bits
BYTES_PER_BYTE: Final = 14  # text 1, suffixes 4, ranks 4, beginnings of groups 1, first two bytes 2, a part of them 2

_BLOCK = 2**18
_PARTS = 32
_LEAST_PART = 2**19
_NUM_PREFIXES = 2**16
_FIRST_PASS = 3.0  # what ordering a suffix by its first 8 bytes costs, against ordering it once more
_LEAST_SHRINK, _MOST_SHRINK = 0.3, 0.9


def suffix_array(text_N: Bytes) -> Generator[float, None, Places]:
    """Sort the suffixes of a text of at most `MOST_BYTES`; yields the share that is done, returns their places (N,).

    A suffix stands before those that it begins. Memory, the text and the result among it: `BYTES_PER_BYTE` for each
    byte, and some 50 MB; of a text of very few different letters more, up to 60 where it is one letter over and over.
    Closing the generator ends the work.
    """
    if len(text_N) > MOST_BYTES:
        raise ValueError(f"{len(text_N)} bytes are too many for a suffix array")
    sorting = _Sorting(text_N)
    progress = _Progress(len(text_N))
    for count in sorting.order_by_first_word():
        yield progress.after(count * _FIRST_PASS)
    depth = WORD_BYTES
    while sorting.num_open:
        progress.begin_round(sorting.num_open)
        for count in sorting.order_by_twice(depth):
            yield progress.after(count)
        depth *= 2
    return sorting.places_N


class _Sorting:
    """places_N: the suffixes, as far as they are sorted; begins: where in them a group begins whose order is unknown.

    The rank of a suffix is where its group begins, plus 8: there are 8 ranks for what is behind the end of the text,
    later places first.
    """

    def __init__(self, text_N: Bytes) -> None:
        size = len(text_N)
        self._text = ByteText(text_N)
        self._data = text_N
        self.places_N = np.empty(size, np.int32)
        self._rank = np.empty(size + WORD_BYTES, np.int32)
        self._rank[size:] = np.arange(WORD_BYTES - 1, -1, -1)
        self._begins = np.ones(size + 1, bool)
        self.num_open = 0

    def order_by_first_word(self) -> Iterator[int]:
        """Order all suffixes by their first 8 bytes, those of some first two bytes at a time; yields how many."""
        second = np.zeros(len(self._data), np.uint16)
        second[:-1] = self._data[1:]
        prefix_N = second + np.left_shift(self._data, 8, dtype=np.uint16)
        del second
        start = 0
        for low, high in _parts_of(prefix_N):
            places = _places_of(prefix_N, low, high)
            words = self._text.words(places)
            order = np.argsort(words)
            self._settle(start + np.arange(len(places)), places[order].astype(np.int32), words[order])
            start += len(places)
            yield len(places)

    def order_by_twice(self, depth: int) -> Iterator[int]:
        """Order what agrees in its first `depth` bytes by as many more, block by block; yields how many in each."""
        self.num_open = 0
        start = 0
        while start < len(self.places_N):
            stop = self._end_of_block(start)
            begins = self._begins[start : stop + 1]
            at_K = np.flatnonzero(~(begins[:-1] & begins[1:]))
            if len(at_K):
                self._order_block(start + at_K, depth)
            start = stop
            yield len(at_K)

    def _order_block(self, where_K: Indices, depth: int) -> None:
        places_K = self.places_N[where_K]
        rank_K = self._rank[places_K + depth]
        group_K = np.cumsum(self._begins[where_K]) - 1
        is_split = np.zeros(group_K[-1] + 1, bool)
        is_split[group_K[1:][(rank_K[1:] != rank_K[:-1]) & (group_K[1:] == group_K[:-1])]] = True
        chosen_K = is_split[group_K]
        num_chosen = int(np.count_nonzero(chosen_K))
        self.num_open += len(where_K) - num_chosen
        if not num_chosen:
            return
        if num_chosen < len(where_K):
            where_K, places_K = where_K[chosen_K], places_K[chosen_K]
            rank_K, group_K = rank_K[chosen_K], group_K[chosen_K]
        index_bits = (num_chosen - 1).bit_length()
        key_K = (group_K << len(self._rank).bit_length() | rank_K).astype(np.uint64)
        key_K <<= np.uint64(index_bits)
        key_K |= np.arange(num_chosen, dtype=np.uint64)
        key_K.sort()
        order = (key_K & np.uint64((1 << index_bits) - 1)).astype(np.intp)
        key_K >>= np.uint64(index_bits)
        self._settle(where_K, places_K[order], key_K)

    def _settle(self, where_K: Indices, places_K: Places, keys_K: npt.NDArray[np.uint64]) -> None:
        """Put suffixes, whole groups, where they belong; equal keys that follow one another stay a group."""
        begins = np.ones(len(where_K) + 1, bool)
        begins[1:-1] = keys_K[1:] != keys_K[:-1]
        self.places_N[where_K] = places_K
        self._begins[where_K] = begins[:-1]
        first_K = np.maximum.accumulate(np.where(begins[:-1], where_K, 0))
        self._rank[places_K] = first_K + WORD_BYTES
        self.num_open += len(where_K) - int(np.count_nonzero(begins[:-1] & begins[1:]))

    def _end_of_block(self, start: int) -> int:
        """Where the last group begins that begins at most a block behind `start`; else where the group ends."""
        target = min(start + _BLOCK, len(self.places_N))
        before = self._begins[start + 1 : target + 1][::-1]
        distance = int(np.argmax(before))
        if before[distance]:
            return target - distance
        return target + int(np.argmax(self._begins[target:]))


def _parts_of(prefix_N: npt.NDArray[np.uint16]) -> Iterator[tuple[int, int]]:
    """Ranges of values, both ends among them, that each hold about a part of the text, or more of a single value."""
    counts = np.zeros(_NUM_PREFIXES, np.int64)
    for start in range(0, len(prefix_N), _LEAST_PART):
        counts += np.bincount(prefix_N[start : start + _LEAST_PART], minlength=_NUM_PREFIXES)
    size = max(len(prefix_N) // _PARTS, _LEAST_PART)
    low, total = 0, 0
    for value in np.flatnonzero(counts).tolist():
        if total and total + counts[value] > size:
            yield low, value - 1
            low, total = value, 0
        total += int(counts[value])
    if total:
        yield low, _NUM_PREFIXES - 1


def _places_of(prefix_N: npt.NDArray[np.uint16], low: int, high: int) -> Indices:
    """Where a value from low to high stands."""
    found = []
    for start in range(0, len(prefix_N), _LEAST_PART):
        block = prefix_N[start : start + _LEAST_PART]
        found.append(start + np.flatnonzero((block >= low) & (block <= high)))
    return np.concatenate(found)


class _Progress:
    """How much is done, of work whose amount is guessed from how fast the unsorted suffixes become fewer."""

    def __init__(self, size: int) -> None:
        self._done = 0.0
        self._total = max(size, 1) * (_FIRST_PASS + 1 / (1 - _LEAST_SHRINK))
        self._num_open = size
        self._share = 0.0

    def begin_round(self, num_open: int) -> None:
        shrink = min(max(num_open / max(self._num_open, 1), _LEAST_SHRINK), _MOST_SHRINK)
        self._num_open = num_open
        self._total = self._done + num_open / (1 - shrink)

    def after(self, count: float) -> float:
        """The share that is done after `count` more; it never falls."""
        self._done += count
        self._share = max(self._share, min(self._done / self._total, 1.0))
        return self._share
