"""Bytes of which any eight that follow one another are read, and compared, as one number.

Shapes: N bytes of the text, K places asked for, W words of eight bytes looked at in one go.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

WORD_BYTES: Final = 8

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.intp]
Integers = npt.NDArray[np.integer[Any]]

_GROWTH = 8
_MOST_WORDS = 64
_MOST_GATHERED = 2**18  # words in one go, whatever is compared
_BYTE_LIMITS = np.array([1 << 8 * k for k in range(1, WORD_BYTES)], np.uint64)


class ByteText:
    """Bytes (N,), not copied unless there are fewer than eight, with zeros to be read behind the last one."""

    def __init__(self, data_N: Bytes) -> None:
        self.size = len(data_N)
        if self.size < WORD_BYTES:
            data_N = np.concatenate([data_N, np.zeros(WORD_BYTES - self.size, np.uint8)])
        self.data = data_N
        # A word begins at every byte: they overlap, and most are not aligned.
        self._words = np.ndarray((len(data_N) - WORD_BYTES + 1,), "<u8", data_N.data, 0, (1,))

    def words(self, places: Integers) -> Words:
        """The eight bytes from each place on, as numbers in whose order the bytes are too; of any shape."""
        at = np.minimum(places, len(self._words) - 1)
        words: Words = self._words[at].byteswap()
        if at.size and int(places.max()) >= len(self._words):
            missing = np.minimum(places - at, WORD_BYTES).astype(np.uint64)
            words = np.where(missing < WORD_BYTES, words << missing % WORD_BYTES * WORD_BYTES, 0).astype(np.uint64)
        return words


def common_lengths(
    text: ByteText, places_K: Integers, other: ByteText, others_K: Integers, known_K: Indices
) -> Indices:
    """How many bytes from each place of `text` on are those from its place of `other` on: (K,).

    known_K: so many are known to be the same.
    """
    lengths_K = known_K.astype(np.intp)
    limits_K = np.minimum(text.size - places_K, other.size - others_K).astype(np.intp)
    active = np.flatnonzero(lengths_K < limits_K)
    num_words = 1
    while len(active):
        num_words = max(min(num_words, _MOST_GATHERED // len(active)), 1)
        steps_W = WORD_BYTES * np.arange(num_words)
        done = lengths_K[active]
        differ_KW = text.words((places_K[active] + done)[:, None] + steps_W) ^ other.words(
            (others_K[active] + done)[:, None] + steps_W
        )
        first = np.argmax(differ_KW != 0, axis=1)  # 0 too where all are the same
        differ = differ_KW[np.arange(len(active)), first]
        same_bytes = WORD_BYTES - 1 - np.searchsorted(_BYTE_LIMITS, differ, side="right")
        is_open = differ == 0
        lengths_K[active] = done + np.where(is_open, num_words * WORD_BYTES, first * WORD_BYTES + same_bytes)
        active = active[is_open]
        active = active[lengths_K[active] < limits_K[active]]
        num_words = min(_GROWTH * num_words, _MOST_WORDS)
    return np.minimum(lengths_K, limits_K)
