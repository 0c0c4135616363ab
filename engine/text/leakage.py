"""How much of the validation part also stands in the training part, word for word.

Passages of 50 characters are taken from the validation part: one at every place, or, where there are more than
`_MAX_PASSAGES` places, that many spread evenly. Each is looked for in the whole training part, exactly.

The search reads the training part once, as 8-byte words. Wherever a passage of at least 50 bytes stands, some of its
8-byte words coincide with words of the file, at one of 8 alignments. So for each passage and alignment one such word
is chosen, the one that seems rarest in the training part; a table says for each word of the file whether it may be one
of those, and only where it is one are all bytes compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.library.files import open_regular, read_into
from engine.text.splits import Split, TextPart, byte_offsets, read_blocks, shortened

_PASSAGE_CHARACTERS = 50
_MAX_PASSAGES = 10_000

_WORD = 8
_BLOCK_BYTES = 2**20
_OVERLAP_BYTES = 256  # more than the longest passage, 50 characters of 4 bytes; a multiple of a word
_HASH_BITS = 20
_HASH_SHIFT = np.uint64(64 - _HASH_BITS)
_HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: Knuth's multiplicative hashing
_SAMPLE_BYTES = 2**20
_MAX_CANDIDATES = 2**15  # in one block; beyond, passages whose word is that frequent are given up

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """num_passages: looked for; num_found: those that stand in training; example: the first of these.

    num_passages leaves out passages too uniform to look for (a word of theirs fills a good part of the training text,
    as in long rows of one mark). is_sampled: not every place of the validation part was looked at.
    """

    num_passages: int
    num_found: int
    example: str | None
    is_sampled: bool

    @property
    def share(self) -> float | None:
        """Share of passages that also stand in training, None when there was none to look for."""
        return self.num_found / self.num_passages if self.num_passages else None


def leakage(split: Split, *, max_passages: int = _MAX_PASSAGES) -> Leakage:
    """Look for passages of the validation part in the training part.

    Reads the training part once, about 1 GB in two seconds, in less than 50 MB of memory. Raises `DamagedFile` or
    `StorageFailed` when a file cannot be read.
    """
    num_places = max(split.valid.num_characters - _PASSAGE_CHARACTERS + 1, 0)
    num_passages = min(num_places, max_passages)
    places = np.arange(num_passages, dtype=np.intp) * num_places // max(num_passages, 1)
    passages = _read_passages(split.valid, places)
    found = np.zeros(num_passages, bool)
    given_up = np.zeros(num_passages, bool)
    if passages and split.train.num_bytes >= _PASSAGE_CHARACTERS:
        search = _Search(passages, _sample(split.train))
        for block in _overlapping_blocks(split.train):
            search.look_in(block)
            if search.has_found_all:
                break
        found, given_up = search.result()
    counted = found | ~given_up
    first = int(np.argmax(found)) if found.any() else None
    return Leakage(
        num_passages=int(counted.sum()),
        num_found=int(found.sum()),
        example=None if first is None else passages[first].decode("utf-8", errors="replace"),
        is_sampled=num_passages < num_places,
    )


class _Search:
    """Finds out which of the passages occur in blocks of bytes.

    Shapes: P distinct passages, B their first 50 bytes, W the 43 words that begin in those, E entries: one word for
    each passage and alignment, sorted by word; U distinct words of the entries.
    """

    def __init__(self, passages: list[bytes], sample: Bytes) -> None:
        distinct = {passage: index for index, passage in enumerate(dict.fromkeys(passages))}
        self._passage_of = np.array([distinct[passage] for passage in passages], np.intp)
        self._passages = list(distinct)
        self._is_long = np.array([len(passage) > _PASSAGE_CHARACTERS for passage in distinct])
        self._found = np.zeros(len(distinct), bool)
        self._is_cut_short = np.zeros(len(distinct), bool)
        heads = b"".join(passage[:_PASSAGE_CHARACTERS] for passage in distinct)
        self._head_PB = np.frombuffer(heads, np.uint8).reshape(len(distinct), _PASSAGE_CHARACTERS)
        self.has_found_all = False
        self._num_indexed = len(distinct)
        self._index(*self._rare_words(sample))

    def look_in(self, block: Bytes) -> None:
        """Mark the passages that stand in this block."""
        words = _words_of(block)
        hits = np.flatnonzero(self._may_be[_hashed(words)])
        if not len(hits):
            return
        place = np.minimum(np.searchsorted(self._word_U, words[hits]), len(self._word_U) - 1)
        is_hit = self._word_U[place] == words[hits]
        hits, place = self._bounded(hits[is_hit], place[is_hit])
        num = self._num_entries_U[place]
        which = np.repeat(np.arange(len(hits)), num)
        entry = np.arange(len(which)) - np.repeat(np.cumsum(num) - num, num) + self._first_entry_U[place][which]
        passage = self._passage_E[entry]
        start = hits[which] * _WORD - self._offset_E[entry]
        fits = (start >= 0) & (start + _PASSAGE_CHARACTERS <= len(block)) & ~self._found[passage]
        self._compare(block, start[fits], passage[fits])
        num_missing = len(self._found) - int(self._found.sum())
        if num_missing < 0.9 * self._num_indexed:  # look no more for what was found
            is_missing_E = ~self._found[self._passage_E]
            words = np.repeat(self._word_U, self._num_entries_U)[is_missing_E]
            self._index(words, self._passage_E[is_missing_E], self._offset_E[is_missing_E])
            self._num_indexed = num_missing
            self.has_found_all = num_missing == 0

    def result(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """For each passage given: whether it was found, and whether it was not looked for everywhere."""
        return self._found[self._passage_of], self._is_cut_short[self._passage_of]

    def _rare_words(self, sample: Bytes) -> tuple[Words, Indices, Indices]:
        """Entries: for each alignment and passage a word, the passage and the place of the word in it."""
        windows = np.lib.stride_tricks.sliding_window_view(self._head_PB, _WORD, axis=1)
        word_PW = np.ascontiguousarray(windows).view("<u8")[..., 0]
        frequency = np.zeros(2**_HASH_BITS, np.int64)
        for shift in range(_WORD):
            frequency += np.bincount(_hashed(_words_of(sample[shift:])).view(np.int64), minlength=len(frequency))
        score_PW = frequency[_hashed(word_PW)]
        rows = np.arange(len(word_PW))
        offsets = [shift + _WORD * np.argmin(score_PW[:, shift::_WORD], axis=1) for shift in range(_WORD)]
        offset_E = np.concatenate(offsets)
        passage_E = np.tile(rows, _WORD)
        return word_PW[passage_E, offset_E], passage_E, offset_E

    def _index(self, word_E: Words, passage_E: Indices, offset_E: Indices) -> None:
        order = np.argsort(word_E, kind="stable")
        self._passage_E, self._offset_E = passage_E[order], offset_E[order]
        self._word_U, self._first_entry_U, self._num_entries_U = np.unique(
            word_E[order], return_index=True, return_counts=True
        )
        self._may_be = np.zeros(2**_HASH_BITS, bool)
        self._may_be[_hashed(self._word_U)] = True

    def _bounded(self, hits: Indices, place: Indices) -> tuple[Indices, Indices]:
        """The hits, without the later ones of words so frequent here that comparing them all would take too long."""
        num_hits_U = np.bincount(place, minlength=len(self._word_U))
        limit = len(hits) + 1
        while limit > 1 and (np.minimum(num_hits_U, limit) * self._num_entries_U).sum() > _MAX_CANDIDATES:
            limit //= 2
        too_many = num_hits_U > limit
        if not too_many.any():
            return hits, place
        is_short_E = np.repeat(too_many, self._num_entries_U)
        self._is_cut_short[self._passage_E[is_short_E]] = True
        order = np.argsort(place, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(num_hits_U) - num_hits_U, num_hits_U)
        return hits[rank < limit], place[rank < limit]

    def _compare(self, block: Bytes, start: Indices, passage: Indices) -> None:
        same = (block[start[:, None] + np.arange(_PASSAGE_CHARACTERS)] == self._head_PB[passage]).all(axis=1)
        start, passage = start[same], passage[same]
        is_long = self._is_long[passage]
        self._found[passage[~is_long]] = True
        for place, index in zip(start[is_long].tolist(), passage[is_long].tolist(), strict=True):
            if not self._found[index]:
                text = self._passages[index]
                self._found[index] = block[place : place + len(text)].tobytes() == text


def _words_of(block: Bytes) -> Words:
    return block[: len(block) // _WORD * _WORD].view("<u8")


def _hashed(words: Words) -> Words:
    return (words * _HASH_FACTOR) >> _HASH_SHIFT


def _read_passages(part: TextPart, places: Indices) -> list[bytes]:
    """The UTF-8 bytes of the passages that begin at these characters of a part."""
    starts = byte_offsets(part, places)
    stops = byte_offsets(part, places + _PASSAGE_CHARACTERS)
    passages = []
    with open_regular(part.path) as file:
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            passage = bytearray(stop - start)
            file.seek(start)
            if read_into(file, memoryview(passage), part.path) != len(passage):
                raise shortened(part.path)
            passages.append(bytes(passage))
    return passages


def _sample(part: TextPart) -> Bytes:
    """About a megabyte from the middle of a part."""
    start = part.start + max(part.num_bytes - _SAMPLE_BYTES, 0) // 2
    middle = TextPart(path=part.path, start=start, stop=min(start + _SAMPLE_BYTES, part.stop), num_characters=0)
    return np.concatenate([block.copy() for block in read_blocks(middle)])


def _overlapping_blocks(part: TextPart) -> Iterator[Bytes]:
    """The bytes of a part in blocks, each after the last bytes of the block before it, so that no passage is cut."""
    buffer = np.empty(_OVERLAP_BYTES + _BLOCK_BYTES, np.uint8)
    num_kept = 0
    for block in read_blocks(part, _BLOCK_BYTES):
        stop = num_kept + len(block)
        buffer[num_kept:stop] = block
        yield buffer[:stop]
        num_kept = min(_OVERLAP_BYTES, stop)
        buffer[:num_kept] = buffer[stop - num_kept : stop].copy()
