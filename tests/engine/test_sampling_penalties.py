"""What makes repetition less likely, against slow loops that follow the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sampling.penalties import (
    dry,
    extend_match_lengths,
    match_lengths,
    no_repeat_ngram,
    presence_and_frequency,
    repetition,
)

TEXTS = st.lists(st.integers(0, 3), max_size=30)
LOGITS = np.array([1.5, -0.7, 0.0, 2.5, -np.inf])


def ids(text):
    return np.array(text, np.int64)


def read(text):
    return ids(text), match_lengths(ids(text))


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_match_lengths_say_how_much_before_each_place_is_as_at_the_end(text):
    wanted = []
    for place in range(len(text)):
        size = 0
        while size < place and text[place - size - 1] == text[len(text) - size - 1]:
            size += 1
        wanted.append(size)
    assert match_lengths(ids(text)).tolist() == wanted
    if text:
        extended = np.full(len(text), -1, np.int32)
        extend_match_lengths(match_lengths(ids(text[:-1])), ids(text), extended)
        assert extended.tolist() == wanted


@settings(deadline=None)
@given(TEXTS, st.floats(0.1, 10))
def test_the_repetition_penalty_lowers_scores_of_either_sign_once(text, penalty):
    wanted = [
        score if token not in text else score / penalty if score > 0 else score * penalty
        for token, score in enumerate(LOGITS.tolist())
    ]
    assert repetition(LOGITS, ids(text), penalty).tolist() == pytest.approx(wanted)


@settings(deadline=None)
@given(TEXTS, st.floats(-10, 10), st.floats(-10, 10))
def test_presence_counts_once_and_frequency_each_time(text, presence, frequency):
    wanted = [
        score - (presence if token in text else 0) - frequency * text.count(token)
        for token, score in enumerate(LOGITS.tolist())
    ]
    assert presence_and_frequency(LOGITS, ids(text), presence, frequency).tolist() == pytest.approx(wanted)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 5))
def test_no_sequence_of_the_size_is_written_twice(text, size):
    seen = {tuple(text[start : start + size]) for start in range(len(text) - size + 1)}
    allowed = {
        token for token in range(4) if len(text) < size - 1 or (*text[len(text) - size + 1 :], token) not in seen
    }
    left = no_repeat_ngram(LOGITS, *read(text), size)
    assert set(np.flatnonzero(left > -np.inf).tolist()) == (allowed or {3})


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.integers(0, 2), max_size=40), st.floats(0.1, 5), st.floats(1, 3), st.integers(1, 4), st.integers(0, 3)
)
def test_dry_penalises_by_the_longest_match_without_a_break(text, multiplier, base, allowed_length, breaker):
    found = dry(LOGITS, *read(text), ids(text) == breaker, multiplier, base, allowed_length)
    longest = {}
    for place, token in enumerate(text):
        size = 0
        while size < place and text[place - size - 1] == text[len(text) - size - 1] != breaker:
            size += 1
        if token != breaker:
            longest[token] = max(longest.get(token, 0), size)
    for token, score in enumerate(LOGITS.tolist()):
        size = longest.get(token, 0)
        loss = multiplier * base ** (size - allowed_length) if size >= allowed_length else 0
        if loss < 1e6:
            assert found[token] == pytest.approx(score - loss)
        else:
            assert found[token] <= score - 0.9e6


@settings(deadline=None)
@given(TEXTS)
def test_penalties_that_are_off_change_nothing(text):
    breaks = np.zeros(len(text), np.bool_)
    for same in (
        repetition(LOGITS, ids(text), 1.0), presence_and_frequency(LOGITS, ids(text), 0.0, 0.0),
        no_repeat_ngram(LOGITS, *read(text), 0), dry(LOGITS, *read(text), breaks, 0.0, 1.75, 2),
    ):  # fmt: skip
        assert same.tobytes() == LOGITS.tobytes()


@settings(deadline=None)
@given(TEXTS, st.integers(1, 4))
def test_no_penalty_changes_its_input_or_gives_nan(text, size):
    logits = LOGITS.copy()
    breaks = np.zeros(len(text), np.bool_)
    for found in (
        repetition(logits, ids(text), 2.0), presence_and_frequency(logits, ids(text), 1.0, 1.0),
        no_repeat_ngram(logits, *read(text), size), dry(logits, *read(text), breaks, 100.0, 10.0, size),
    ):  # fmt: skip
        assert not np.isnan(found).any()
        assert found.max() > -np.inf
        assert found[4] == -np.inf
    assert logits.tobytes() == LOGITS.tobytes()


def test_a_match_may_overlap_the_end_of_the_text_and_grows_without_overflowing():
    found = dry(LOGITS, *read([1] * 5_000), np.zeros(5_000, np.bool_), 0.8, 1.75, 2)
    assert math.isfinite(found[1])
    assert found[1] < -1e5
    assert found[[0, 2, 3]].tolist() == LOGITS[[0, 2, 3]].tolist()


def test_when_every_token_would_repeat_a_sequence_the_likeliest_is_written():
    left = no_repeat_ngram(np.array([0.5, 0.9, -1.0]), *read([0, 1, 2]), 1)
    assert left.tolist() == [-np.inf, 0.9, -np.inf]
