"""Suffix arrays, and what both kinds of index find, against loops that try everything."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis import sampled_index, suffix_array, suffix_index
from engine.analysis.byte_text import Bytes, ByteText, common_lengths
from engine.analysis.matches import ByteMatches
from engine.analysis.sampled_index import SampledIndex, sampled_table, step_for
from engine.analysis.suffix_index import SuffixIndex


def finished(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def as_array(text: bytes) -> Bytes:
    return np.frombuffer(text, np.uint8)


def sorted_suffixes(text: bytes) -> list[int]:
    return finished(suffix_array.suffix_array(as_array(text))).tolist()


def suffixes(text: bytes) -> SuffixIndex:
    return SuffixIndex(as_array(text), finished(suffix_array.suffix_array(as_array(text))))


def sampled(text: bytes, step: int) -> SampledIndex:
    return SampledIndex(as_array(text), finished(sampled_table(as_array(text), step, gram_bytes=8)), step, gram_bytes=8)


def longest_passages(text: bytes, query: bytes) -> list[int]:
    """The length of the longest passage from each byte of `query` on that stands in `text`."""
    lengths = []
    for start in range(len(query)):
        length = 0
        while start + length < len(query) and text.find(query[start : start + length + 1]) >= 0:
            length += 1
        lengths.append(length)
    return lengths


def check_places(found: ByteMatches, text: bytes, query: bytes) -> None:
    for start, (length, place) in enumerate(zip(found.lengths_M.tolist(), found.places_M.tolist(), strict=True)):
        assert text[place : place + length] == query[start : start + length]


letters = st.sampled_from([b"a", b"ab", b"ab\0", b"abcdefgh", bytes(range(256))])


@st.composite
def small_texts(draw: st.DrawFn, longest: int = 120) -> bytes:
    """Texts of few letters, many of them with long repeated passages."""
    alphabet = draw(letters)
    piece = bytes(draw(st.lists(st.sampled_from(list(alphabet)), max_size=longest)))
    return piece * draw(st.sampled_from([1, 1, 2, 5])) + piece[: draw(st.integers(0, longest))]


@st.composite
def texts_and_queries(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A text, and another one made of pieces of it and of its own."""
    text = draw(small_texts())
    query = draw(small_texts(longest=30))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, max(len(text) - 1, 0)))
        query += text[start : start + draw(st.integers(0, 90))] + draw(small_texts(longest=3))
    return text, query


@given(small_texts())
def test_suffixes_are_in_the_order_of_their_bytes(text: bytes):
    assert sorted_suffixes(text) == sorted(range(len(text)), key=lambda place: text[place:])


@given(small_texts())
def test_suffixes_of_many_blocks_and_parts_are_in_the_order_of_their_bytes(text: bytes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suffix_array, "_BLOCK", 5)
        patch.setattr(suffix_array, "_LEAST_PART", 7)
        assert sorted_suffixes(text) == sorted(range(len(text)), key=lambda place: text[place:])


@pytest.mark.parametrize("text", [b"", b"a", b"\0", b"\0" * 40, b"ab" * 5000, b"a" * 3000 + b"b" + b"a" * 3000])
def test_suffixes_of_odd_texts_are_in_the_order_of_their_bytes(text: bytes):
    places = sorted_suffixes(text)
    assert sorted(places) == list(range(len(text)))
    assert all(text[a:] < text[b:] for a, b in zip(places[:-1:97], places[1::97], strict=False))


def test_the_share_that_is_sorted_never_falls_and_stays_below_one(shakespeare_like: bytes):
    shares = list(suffix_array.suffix_array(as_array(shakespeare_like * 3)))
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] <= 1


@pytest.fixture
def shakespeare_like() -> bytes:
    random = np.random.default_rng(3)
    words = [bytes(random.integers(97, 123, random.integers(1, 9)).astype(np.uint8)) for _ in range(400)]
    return b" ".join(words[index] for index in random.zipf(1.3, 8000) % len(words))


def test_a_text_that_is_too_long_for_a_suffix_array_is_refused():
    with pytest.raises(ValueError, match="too many"):
        next(suffix_array.suffix_array(np.empty(suffix_array.MOST_BYTES + 1, np.uint8)))


@given(texts_and_queries(), st.integers(0, 20))
def test_common_lengths_are_those_of_a_comparison_byte_by_byte(pair: tuple[bytes, bytes], start: int):
    text, other = pair
    places = np.arange(start, len(text) + 1)
    others = np.arange(len(places)) * 7 % (len(other) + 1)
    found = common_lengths(ByteText(as_array(text)), places, ByteText(as_array(other)), others, np.zeros(len(places)))
    for place, at, length in zip(places.tolist(), others.tolist(), found.tolist(), strict=True):
        a, b = text[place:], other[at:]
        assert length == next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@given(texts_and_queries())
def test_a_suffix_index_finds_the_longest_passage_at_every_byte(pair: tuple[bytes, bytes]):
    text, query = pair
    found = suffixes(text).matches(ByteText(as_array(query)))
    assert found.lengths_M.tolist() == longest_passages(text, query)
    check_places(found, text, query)


@given(texts_and_queries(), st.sampled_from([1, 2, 5, 64]), st.sampled_from([1, 3, 16]))
def test_a_suffix_index_does_so_however_it_divides_its_work(pair: tuple[bytes, bytes], every: int, stride: int):
    text, query = pair
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suffix_index, "_KEY_EVERY", every)
        patch.setattr(suffix_index, "_STRIDE", stride)
        patch.setattr(suffix_index, "_MOST_AT_ONCE", 11)
        found = suffixes(text).matches(ByteText(as_array(query)))
    assert found.lengths_M.tolist() == longest_passages(text, query)


@given(texts_and_queries(), st.integers(1, 12))
def test_a_sampled_index_finds_every_passage_of_the_length_it_names(pair: tuple[bytes, bytes], step: int):
    text, query = pair
    index = sampled(text, step)
    assert index.shortest_certain == 8 + step - 1
    found = index.matches(ByteText(as_array(query)))
    assert found.is_complete
    check_places(found, text, query)
    for length, longest in zip(found.lengths_M.tolist(), longest_passages(text, query), strict=True):
        assert length == longest if longest >= index.shortest_certain else length <= longest


def test_a_sampled_index_says_when_it_has_not_looked_everywhere(monkeypatch: pytest.MonkeyPatch):
    text, query = b"-" * 900 + b"a passage that stands once" + b"-" * 900, b"-" * 50 + b"a passage that stands once"
    monkeypatch.setattr(sampled_index, "_MOST_CANDIDATES", 500)
    found = sampled(text, 5).matches(ByteText(as_array(query)))
    assert not found.is_complete
    assert found.lengths_M.max() >= len(b"a passage that stands once")  # what is rare is looked at first
    check_places(found, text, query)


@pytest.mark.parametrize("size", [0, 1000, 400_000_000, 2**25 * 15, 2**25 * 15 + 1, 10**9, 10**12])
def test_the_table_of_a_sampled_index_has_a_bound(size: int):
    step = step_for(size)
    assert step >= sampled_index.LEAST_STEP
    assert size // step <= sampled_index.MOST_ENTRIES
    assert step == sampled_index.LEAST_STEP or size // (step - 1) >= sampled_index.MOST_ENTRIES


@pytest.mark.parametrize("make", [suffixes, lambda text: sampled(text, 3)])
def test_an_index_tells_its_memory_and_answers_an_empty_text(make: Callable[[bytes], Any]):
    index = make(b"To be, or not to be, that is the question.")
    assert index.memory_bytes > index.text.size == 42
    assert index.matches(ByteText(as_array(b""))).lengths_M.tolist() == []


def test_building_is_ended_by_closing_it(shakespeare_like: bytes):
    builders: list[Generator[float, None, Any]] = [
        suffix_array.suffix_array(as_array(shakespeare_like)), sampled_table(as_array(shakespeare_like), 15)
    ]  # fmt: skip
    for builder in builders:
        next(builder)
        builder.close()
        with pytest.raises(StopIteration):
            next(builder)
