"""Text in whole characters as a person sees them."""

import sys

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.sampling import graphemes
from engine.sampling.graphemes import LONGEST_CLUSTER, ClusterGate, can_join, last_cluster, stands_alone
from engine.text.tokenizers import build_tokenizer

FAMILY = "👩\u200d👩\u200d👧"
PARTS = [
    "a", "e\u0301", "\u0301", "é", " ", "\n", "\r", "\r\n", FAMILY, "👩", "\u200d", "👍", "🏽", "🇩", "🇪", "🇫",
    "\ufe0f", "☺", "한", "\u1112", "\u1161", "\u11ab", "क", "\u094d", "ष", "ि", "\u0600", "ก", "ำ", "日", "«", "\u00ad",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)


def pieces_of(text, cuts):
    places = sorted({min(cut, len(text)) for cut in cuts})
    return [text[start:stop] for start, stop in zip([0, *places], [*places, len(text)], strict=True)]


def ends_of(text):
    """The places where a cluster ends."""
    return {0, *(found.end() for found in regex.finditer(r"\X", text))}


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS, st.lists(st.integers(0, 30), max_size=20))
def test_no_piece_ends_within_a_cluster_and_the_pieces_joined_are_the_text(before, text, cuts):
    gate = ClusterGate(before)
    shown = before
    for piece in pieces_of(text, cuts):
        shown += gate.feed(piece)
        assert len(shown) in ends_of(before + text) or shown == before
    assert shown + gate.finish() == before + text


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_only_the_last_cluster_is_held_back(before, text):
    gate = ClusterGate(before)
    shown = before
    for end, sign in enumerate(text, 1):
        shown += gate.feed(sign)
        whole = before + text[:end]
        start = len(whole) - len(regex.findall(r"\X", whole)[-1])
        assert len(shown) == max(start, len(before))


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_characters_that_stand_alone_are_clusters_of_their_own(text):
    if stands_alone(text):
        assert regex.findall(r"\X", text) == list(text)


def test_every_character_below_the_marks_stands_alone_but_the_carriage_return():
    joining = [point for point in range(0x300) if not regex.fullmatch(r"\X\X", chr(point) + "a")]
    assert joining == []
    assert [chr(point) for point in range(0x300) if not stands_alone(chr(point))] == ["\r"]


def test_the_last_cluster_of_a_text_is_found():
    for text in ("", "a", "xé", "e\u0301", "go " + FAMILY, "🇩🇪🇫", "a\r\n"):
        assert last_cluster(text) == (regex.findall(r"\X", text) or [""])[-1]


def test_marks_without_end_are_let_through():
    gate = ClusterGate()
    text = "a" + "\u0301" * (2 * LONGEST_CLUSTER)
    shown = "".join(map(gate.feed, text))
    assert len(shown) >= LONGEST_CLUSTER
    assert shown + gate.finish() == text


def test_a_vocabulary_of_plain_letters_cannot_join_and_one_with_marks_can():
    assert not can_join(build_tokenizer("Plain, naïve «text»\n… – Ωμ Дж 日本", CorpusConfig()))
    assert can_join(build_tokenizer("cafe\u0301", CorpusConfig()))
    assert can_join(build_tokenizer("flag 🇩🇪", CorpusConfig()))
    assert can_join(build_tokenizer("x", CorpusConfig(tokens="byte")))
    assert not can_join(build_tokenizer("some words, some marks.", CorpusConfig(tokens="word", min_count=1)))
    assert can_join(build_tokenizer("cafe\u0301 au lait", CorpusConfig(tokens="word", min_count=1)))


def test_without_the_library_characters_come_as_they_are(monkeypatch):
    monkeypatch.setitem(sys.modules, "regex", None)
    graphemes._regex.cache_clear()
    graphemes._stands_alone.cache_clear()
    try:
        gate = ClusterGate()
        assert gate.feed("e\u0301x") + gate.finish() == "e\u0301x"
    finally:
        monkeypatch.undo()
        graphemes._regex.cache_clear()
        graphemes._stands_alone.cache_clear()
