"""Counts of a text against plain Python."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text import counting
from engine.text.counting import Census

WORDS = st.text(
    alphabet=st.one_of(st.sampled_from(" \n\tab"), st.characters(exclude_categories=("Cs",))), max_size=60
) | st.lists(st.sampled_from(["a", "abcdefgh", "abcdefghi", "x" * 70, "x" * 71, "ü" * 9, "😀"]), max_size=20).map(
    " ".join
)


def census_of(pieces: list[str]) -> Census:
    census = Census()
    for piece in pieces:
        census.feed(piece, piece.encode())
    census.finish()
    return census


def plain_words(text: str) -> list[bytes]:
    data = bytes(byte if byte > 32 else 32 for byte in text.encode())
    return data.split()


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(WORDS, max_size=6))
def test_all_counts_are_those_of_plain_python_for_all_cuts(pieces):
    text = "".join(pieces)
    census = census_of(pieces)
    words = plain_words(text)
    assert census.characters() == Counter(text)
    assert census.num_bytes == len(text.encode())
    assert census.num_characters == len(text)
    assert census.num_words == len(words)
    assert census.num_word_kinds == len({(word[:64], len(word)) for word in words})
    assert census.num_lines == text.count("\n") + bool(text and not text.endswith("\n"))


def test_characters_come_with_the_most_frequent_first():
    assert list(census_of(["abbccc😀😀😀😀"]).characters()) == ["😀", "c", "b", "a"]


def test_many_kinds_of_words_are_told_apart():
    words = [f"{i:x}" * (1 + i % 5) for i in range(50_000)]
    assert census_of([" ".join(words)]).num_word_kinds == len(set(words))


def test_word_kinds_beyond_the_bound_are_told_as_at_least(monkeypatch):
    monkeypatch.setattr(counting, "MAX_WORD_KINDS", 100)
    enough = census_of([" ".join(map(str, range(100)))])
    assert (enough.num_word_kinds, enough.has_more_word_kinds) == (100, False)
    more = census_of([" ".join(map(str, range(101))), " and more"])
    assert (more.num_word_kinds, more.has_more_word_kinds, more.num_words) == (100, True, 103)


@pytest.mark.parametrize("length", [64, 65, 5_000])
def test_a_word_cut_into_single_letters_is_the_same_word(length):
    word = "w" * length
    census = census_of([*word, " ", word])
    assert (census.num_words, census.num_word_kinds) == (2, 1)
