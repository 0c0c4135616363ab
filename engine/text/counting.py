"""Counts of a text while it streams by: characters of each kind, lines, words, and kinds of words."""

from typing import Final

import numpy as np
import numpy.typing as npt

MAX_WORD_KINDS: Final = 200_000

_HASHED_BYTES: Final = 64  # of a word; longer ones with the same beginning and length count as one kind
_SEEN_BITS: Final = 20
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)
_MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9))  # of SplitMix64 (Steele et al., 2014)

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]


class Census:
    """Counts of one text. A word is a run of bytes above 32: what stands between spaces, tabs and line ends."""

    def __init__(self) -> None:
        self.num_bytes = 0
        self.num_characters = 0
        self.num_words = 0
        self._num_newlines = 0
        self._ends_in_newline = True
        self._by_code_point = np.zeros(0x110000, np.int64)
        self._kinds = _WordKinds()
        self._word = b""  # the beginning of a word that may go on in the next piece
        self._word_length = 0

    def feed(self, text: str, data: bytes) -> None:
        """Count the next piece, given both as characters and as its UTF-8 bytes."""
        if not data:
            return
        self.num_bytes += len(data)
        self.num_characters += len(text)
        self._num_newlines += data.count(b"\n")
        self._ends_in_newline = data.endswith(b"\n")
        self._by_code_point[:128] += _count_bytes(data)[:128]
        if len(text) != len(data):
            self._count_beyond_ascii(text)
        self._count_words(data)

    def finish(self) -> None:
        """Count the word that the text ends in."""
        self._end_word()

    @property
    def num_lines(self) -> int:
        """Lines, an unfinished last one among them."""
        return self._num_newlines + (not self._ends_in_newline)

    @property
    def num_word_kinds(self) -> int:
        """Different words, or at least so many."""
        return min(len(self._kinds), MAX_WORD_KINDS)

    @property
    def has_more_word_kinds(self) -> bool:
        """Whether there were more kinds of words than are counted."""
        return len(self._kinds) > MAX_WORD_KINDS

    def characters(self) -> dict[str, int]:
        """The count of each kind of character, the most frequent first."""
        kinds = np.flatnonzero(self._by_code_point)
        order = kinds[np.argsort(-self._by_code_point[kinds], kind="stable")]
        return {chr(int(code)): int(self._by_code_point[code]) for code in order}

    def _count_beyond_ascii(self, text: str) -> None:
        units = np.frombuffer(text.encode("utf-16-le"), np.dtype("<u2"))
        counts = np.bincount(units[units >= 128], minlength=0x10000)
        if len(units) != len(text):
            is_high = (units & 0xFC00) == 0xD800
            high = units[is_high].astype(np.uint32)
            low = units[1:][is_high[:-1]].astype(np.uint32)
            beyond = np.bincount(((high - 0xD800) << 10) + (low - 0xDC00))
            self._by_code_point[0x10000 : 0x10000 + len(beyond)] += beyond
            counts[0xD800:0xE000] = 0
        self._by_code_point[:0x10000] += counts

    def _count_words(self, data: bytes) -> None:
        is_inside = np.empty(len(data) + 2, bool)
        is_inside[0] = is_inside[-1] = False
        np.greater(np.frombuffer(data, np.uint8), 32, out=is_inside[1:-1])
        edges = np.flatnonzero(is_inside[1:] != is_inside[:-1])
        starts, ends = edges[0::2], edges[1::2]
        begins_inside = bool(len(starts)) and starts[0] == 0
        if self._word_length:
            if begins_inside:
                self._lengthen(data[: min(int(ends[0]), _HASHED_BYTES)], int(ends[0]))
                if ends[0] == len(data):
                    return
                starts, ends = starts[1:], ends[1:]
            self._end_word()
        if len(ends) and ends[-1] == len(data):
            start = int(starts[-1])
            self._lengthen(data[start : start + _HASHED_BYTES], len(data) - start)
            starts, ends = starts[:-1], ends[:-1]
        self.num_words += len(starts)
        if not self.has_more_word_kinds and len(starts):
            self._kinds.add(_hashes(data, starts, ends - starts))

    def _lengthen(self, beginning: bytes, length: int) -> None:
        self._word = (self._word + beginning)[:_HASHED_BYTES]
        self._word_length += length

    def _end_word(self) -> None:
        if self._word_length:
            self.num_words += 1
            if not self.has_more_word_kinds:
                self._kinds.add(_hashes(self._word, np.zeros(1, np.intp), np.array([self._word_length])))
        self._word, self._word_length = b"", 0


class _WordKinds:
    """A set of 64-bit hashes of words. In front of it stands a table of those met last, which answers nearly always."""

    def __init__(self) -> None:
        self._known: Hashes = np.zeros(0, np.uint64)
        self._seen: Hashes = np.zeros(2**_SEEN_BITS, np.uint64)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, hashes: Hashes) -> None:
        slots = (hashes >> np.uint64(64 - _SEEN_BITS)).view(np.int64)
        missed = np.flatnonzero(self._seen.take(slots, mode="clip") != hashes)
        if not len(missed):
            return
        self._seen[slots[missed]] = hashes[missed]
        unseen = np.unique(hashes[missed])
        at = np.searchsorted(self._known, unseen)
        is_new = np.ones(len(unseen), bool)
        inside = at < len(self._known)
        is_new[inside] = self._known[at[inside]] != unseen[inside]
        self._known = np.insert(self._known, at[is_new], unseen[is_new])


def _count_bytes(data: bytes) -> npt.NDArray[np.int64]:
    """Counts of the 256 byte values. Pairs of bytes are counted at once: half as many as single ones."""
    even = len(data) & ~1
    pairs = np.bincount(np.frombuffer(data, np.uint16, count=even // 2), minlength=65536).reshape(256, 256)
    counts: npt.NDArray[np.int64] = pairs.sum(axis=0) + pairs.sum(axis=1)
    if len(data) > even:
        counts[data[-1]] += 1
    return counts


def _hashes(data: bytes, starts: Places, lengths: Places) -> Hashes:
    """A 64-bit hash of each word: eight bytes at a time from unaligned places, up to 64, and the length."""
    padded = data + bytes(8)
    eights = np.ndarray((len(data) + 1,), np.dtype("<u8"), buffer=padded, strides=(1,))
    hashes = eights[starts]
    hashes &= _MASKS.take(lengths, mode="clip")  # clipped: eight bytes and more
    hashes *= _MULTIPLIERS[0]
    offset = 8
    longer = np.flatnonzero(lengths > offset)
    while len(longer) and offset < _HASHED_BYTES:
        rest = np.minimum(lengths[longer] - offset, 8)
        mixed = hashes[longer]
        mixed ^= mixed >> np.uint64(29)
        mixed += eights[starts[longer] + offset] & _MASKS[rest]
        mixed *= _MULTIPLIERS[1]
        hashes[longer] = mixed
        offset += 8
        longer = longer[lengths[longer] > offset]
    if len(longer):
        hashes[longer] += lengths[longer].astype(np.uint64) * _MULTIPLIERS[0]
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MULTIPLIERS[1]
    hashes[hashes == 0] = 1  # 0 marks a free place in the table
    return hashes
