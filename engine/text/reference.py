"""What a text costs without any network: the values a trained model must beat, on the same split.

Per character of the validation part, in nats:

    uniform      ln of the number of kinds of characters in training and validation.
    frequency    -ln p(c) with p(c) = (n_c + 1) / (N + K): counts of the training part, one added for each of K kinds.
    pair         -ln p(c | a) with p(c | a) = (n_ac + T_a p(c)) / (n_a + T_a), T_a the number of kinds seen after a
                 (Witten and Bell 1991, method C, interpolated with the frequencies); p(c) where a was never seen.
    xz           8 ln 2 (size of LZMA2(train + valid) - size of LZMA2(train)) / characters of valid, level 6.

Long texts are sampled, in blocks spread evenly over the part: at most `MAX_TRAIN_BYTES` and `MAX_VALID_BYTES` for the
counts; xz sees the end of the training part and the beginning of the validation part (`MAX_XZ_TRAIN_BYTES` and
`MAX_XZ_VALID_BYTES`), which follow one another in the text.
"""

import lzma
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.text.splits import Split, TextPart, count_characters, read_blocks, spread_text
from engine.text.tokenizer_char import CharacterCounts
from engine.text.vocabulary import NUM_CODE_POINTS, code_points

MAX_TRAIN_BYTES = 16 * 2**20
MAX_VALID_BYTES = 2 * 2**20
MAX_XZ_TRAIN_BYTES = 1_500_000
MAX_XZ_VALID_BYTES = 250_000

ReferenceName = Literal["uniform", "frequency", "pair", "xz"]

_XZ_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 2**21}]  # as much as it sees; 8 MiB costs 94 MB
_MAX_DENSE_KINDS = 1024
_LN_2 = math.log(2.0)

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ReferenceValue:
    """One reference value of a split."""

    name: ReferenceName
    nats_per_character: float

    @property
    def bits_per_character(self) -> float:
        return self.nats_per_character / _LN_2


@dataclass(frozen=True, kw_only=True)
class ReferenceValues:
    """The reference values of a split in the order uniform, frequency, pair, xz; is_sampled: from parts of it only."""

    values: tuple[ReferenceValue, ...]
    num_kinds: int
    is_sampled: bool

    def __getitem__(self, name: ReferenceName) -> ReferenceValue:
        return next(value for value in self.values if value.name == name)


def reference_values(split: Split, *, num_kinds: int | None = None) -> ReferenceValues:
    """The reference values of the validation part, given the training part.

    num_kinds: kinds of characters in training and validation, when the caller has counted them; else those that the
    sample has. Takes about two seconds and less than 100 MB for a text of any length. Raises `DamagedFile` or
    `StorageFailed` when a file cannot be read.
    """
    train_counts = _character_counts(split.train, MAX_TRAIN_BYTES)
    valid_counts = _character_counts(split.valid, MAX_VALID_BYTES)
    alphabet = sorted(train_counts.keys() | valid_counts.keys())
    kinds = max(num_kinds or 0, len(alphabet))
    train_K = np.array([train_counts.get(character, 0) for character in alphabet], np.int64)
    valid_K = np.array([valid_counts.get(character, 0) for character in alphabet], np.int64)
    probability_K = (train_K + 1.0) / (train_K.sum() + kinds)
    nats = {
        "uniform": math.log(kinds),
        "frequency": float(-(valid_K * np.log(probability_K)).sum() / valid_K.sum()),
        "pair": _pair_nats(split, alphabet, probability_K),
        "xz": _xz_nats(split),
    }
    names: tuple[ReferenceName, ...] = ("uniform", "frequency", "pair", "xz")
    return ReferenceValues(
        values=tuple(ReferenceValue(name=name, nats_per_character=nats[name]) for name in names),
        num_kinds=kinds,
        is_sampled=split.train.num_bytes > MAX_XZ_TRAIN_BYTES or split.valid.num_bytes > MAX_XZ_VALID_BYTES,
    )


def _character_counts(part: TextPart, max_bytes: int) -> dict[str, int]:
    counts = CharacterCounts()
    for run in spread_text(part, max_bytes):
        for piece in run:
            counts.add(piece)
    return counts.of_characters()


def _pair_nats(split: Split, alphabet: list[str], probability_K: npt.NDArray[np.float64]) -> float:
    kinds = len(alphabet)
    index_of_point = np.zeros(NUM_CODE_POINTS, np.int32)
    index_of_point[[ord(character) for character in alphabet]] = np.arange(kinds)
    pairs, counts = _pair_counts(_index_runs(split.train, MAX_TRAIN_BYTES, index_of_point), kinds)
    if not len(pairs):
        pairs, counts = np.zeros(1, np.int64), np.zeros(1, np.int64)
    num_after_K = np.bincount(pairs // kinds, weights=counts, minlength=kinds)
    kinds_after_K = np.bincount(pairs // kinds, weights=counts > 0, minlength=kinds)
    valid_pairs, valid_counts = _pair_counts(_index_runs(split.valid, MAX_VALID_BYTES, index_of_point), kinds)
    before, after = valid_pairs // kinds, valid_pairs % kinds
    place = np.minimum(np.searchsorted(pairs, valid_pairs), len(pairs) - 1)
    num_seen = np.where(pairs[place] == valid_pairs, counts[place], 0)
    weight = np.where(kinds_after_K[before] > 0, kinds_after_K[before], 1.0)
    probability = (num_seen + weight * probability_K[after]) / (num_after_K[before] + weight)
    return float(-(valid_counts * np.log(probability)).sum() / valid_counts.sum())


def _index_runs(part: TextPart, max_bytes: int, index_of_point: npt.NDArray[np.int32]) -> Iterator[Counts]:
    """Runs of characters as indices into the alphabet; pieces of a run overlap by one, so that no pair is lost."""
    for run in spread_text(part, max_bytes):
        last = np.zeros(0, np.int64)
        for piece in run:
            indices = np.concatenate([last, index_of_point[code_points(piece)].astype(np.int64)])
            yield indices
            last = indices[-1:]


def _pair_counts(runs: Iterator[Counts], kinds: int) -> tuple[Counts, Counts]:
    """Sorted pairs (before * kinds + after) that occur, and how often."""
    if kinds <= _MAX_DENSE_KINDS:
        dense = np.zeros(kinds * kinds, np.int64)
        for indices in runs:
            dense += np.bincount(indices[:-1] * kinds + indices[1:], minlength=kinds * kinds)
        pairs = np.flatnonzero(dense)
        return pairs, dense[pairs]
    all_pairs = np.concatenate([np.zeros(0, np.int64), *(indices[:-1] * kinds + indices[1:] for indices in runs)])
    pairs, counts = np.unique(all_pairs, return_counts=True)
    return pairs, counts


def _xz_nats(split: Split) -> float:
    train, valid = split.train, split.valid
    train_start = max(train.start, train.stop - MAX_XZ_TRAIN_BYTES)
    train_data = _bytes_of(TextPart(path=train.path, start=train_start, stop=train.stop, num_characters=0))
    valid_stop = min(valid.stop, valid.start + MAX_XZ_VALID_BYTES)
    valid_data = _bytes_of(TextPart(path=valid.path, start=valid.start, stop=valid_stop, num_characters=0))
    num_characters = count_characters(np.frombuffer(valid_data, np.uint8))
    num_bytes = _xz_size(train_data + valid_data) - _xz_size(train_data)
    return 8.0 * _LN_2 * max(num_bytes, 0) / num_characters


def _xz_size(data: bytes) -> int:
    return len(lzma.compress(data, format=lzma.FORMAT_RAW, filters=_XZ_FILTERS))


def _bytes_of(part: TextPart) -> bytes:
    return b"".join(block.tobytes() for block in read_blocks(part))
