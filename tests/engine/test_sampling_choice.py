"""Drawing the next token: distributions against the softmax written out, seeds, extremes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sampling.choice import derived_seed, draw, draw_many, forbid, generator_of, probabilities

LOGITS = np.array([1.5, -0.3, 0.0, 2.0, -4.0, 0.7, 1.9], np.float32)


def softmax(logits, temperature):
    powers = [math.exp(float(logit) / temperature) for logit in logits]
    return np.array([power / sum(powers) for power in powers])


def chi_square_bound(degrees):
    """Exceeded once in a thousand times (Wilson & Hilferty 1931)."""
    return degrees * (1 - 2 / (9 * degrees) + 3.09 * math.sqrt(2 / (9 * degrees))) ** 3


def chi_square(counts, shares):
    wanted = shares * counts.sum()
    return float(((counts - wanted) ** 2 / wanted).sum())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5, 100.0])
def test_draws_follow_the_softmax(temperature):
    random = generator_of(7)
    counts = np.bincount([draw(LOGITS, temperature, random) for _ in range(20_000)], minlength=len(LOGITS))
    assert chi_square(counts, softmax(LOGITS, temperature)) < chi_square_bound(len(LOGITS) - 1)


def test_draws_of_candidates_follow_the_softmax_each():
    logits = np.stack([LOGITS, LOGITS[::-1]])
    randoms = [generator_of(1), generator_of(2)]
    ids = np.stack([draw_many(logits, 0.8, randoms) for _ in range(20_000)])
    for column, row in zip(ids.T, logits, strict=True):
        counts = np.bincount(column, minlength=len(row))
        assert chi_square(counts, softmax(row, 0.8)) < chi_square_bound(len(row) - 1)


def test_neighbouring_draws_are_independent():
    random = generator_of(11)
    ids = np.array([draw(LOGITS[:3], 1.0, random) for _ in range(20_001)])
    pairs = np.bincount(ids[:-1] * 3 + ids[1:], minlength=9)
    shares = softmax(LOGITS[:3], 1.0)
    assert chi_square(pairs, np.outer(shares, shares).ravel()) < chi_square_bound(8)


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=20), st.floats(0.05, 100), st.integers(0, 2**53))
def test_a_candidate_draws_what_it_draws_alone(logits, temperature, seed):
    row = np.array(logits, np.float32)
    together = draw_many(np.stack([row, row[::-1]]), temperature, [generator_of(seed), generator_of(seed + 1)])
    alone = [draw(row, temperature, generator_of(seed)), draw(row[::-1], temperature, generator_of(seed + 1))]
    assert together.tolist() == alone


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=20), st.floats(0.02, 100))
def test_probabilities_are_the_softmax(logits, temperature):
    found = probabilities(np.array(logits, np.float32), temperature)
    shifted = [logit - max(logits) for logit in logits]
    np.testing.assert_allclose(found, softmax(shifted, temperature), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("temperature", [0.0, 1e-320, 1e-12])
def test_a_temperature_of_nearly_nothing_takes_the_likeliest(temperature):
    assert {draw(LOGITS, temperature, generator_of(seed)) for seed in range(50)} == {3}
    assert draw_many(LOGITS[None], temperature, [generator_of(1)]).tolist() == [3]
    assert probabilities(LOGITS, temperature).tolist() == [0, 0, 0, 1, 0, 0, 0]


def test_greedy_takes_the_first_of_equals():
    assert draw(np.array([1, 2, 2], np.float32), 0, generator_of(1)) == 1


@pytest.mark.parametrize("temperature", [0.0, 1e-300, 1.0, 100.0])
@pytest.mark.parametrize(
    "logits",
    [
        [math.inf, 0, math.inf], [-math.inf, 0, 1], [math.nan, 0, 1], [math.nan] * 3, [-math.inf] * 3,
        [3e38, -3e38, 0], [0, 0, 0],
    ],
)  # fmt: skip
def test_logits_of_a_network_that_overflowed_give_some_token(logits, temperature):
    row = np.array(logits, np.float32)
    assert draw(row, temperature, generator_of(1)) in range(3)
    assert draw_many(row[None], temperature, [generator_of(1)])[0] in range(3)
    assert probabilities(row, temperature).sum() == pytest.approx(1)


@pytest.mark.parametrize("logits", [[5, 1, 1], [math.inf, 1, 1], [math.nan] * 3, [0, -math.inf, -math.inf]])
def test_a_forbidden_token_is_never_drawn(logits):
    row = np.array(logits, np.float32)
    forbid(row, 0)
    random = generator_of(1)
    assert 0 not in {draw(row, temperature, random) for temperature in (0, 1, 100) for _ in range(50)}
    assert probabilities(row, 1.0)[0] == 0


def test_the_share_of_a_forbidden_token_goes_to_the_others_in_proportion():
    row = LOGITS.copy()
    forbid(row, 3)
    wanted = softmax(LOGITS, 1.0)
    wanted[3] = 0
    np.testing.assert_allclose(probabilities(row, 1.0), wanted / wanted.sum(), rtol=1e-6)


def test_the_only_token_cannot_be_forbidden():
    row = np.array([0.5], np.float32)
    forbid(row, 0)
    assert draw(row, 1.0, generator_of(1)) == 0


def test_derived_seeds_differ_and_the_first_is_the_seed():
    seeds = [derived_seed(5, index) for index in range(1000)]
    assert seeds[0] == 5
    assert len(set(seeds)) == 1000
    assert all(0 <= seed < 2**53 for seed in seeds)
    assert seeds[1:] != [derived_seed(6, index) for index in range(1, 1000)]


def test_the_stream_of_a_seed_does_not_change_between_versions():
    random = generator_of(1)
    assert [draw(LOGITS, 1.0, random) for _ in range(12)] == [3, 6, 0, 6, 3, 3, 6, 3, 3, 0, 6, 3]
    assert [derived_seed(1, index) for index in range(3)] == [1, 37989810494438, 7582958440146348]


def test_a_draw_is_the_inverse_of_the_distribution_function():
    random, uniform = generator_of(3), np.random.Generator(np.random.PCG64(3))
    for _ in range(200):
        place, token_id, shares = uniform.random(), 0, softmax(LOGITS, 0.7)
        while place >= shares[token_id]:
            place -= shares[token_id]
            token_id += 1
        assert draw(LOGITS, 0.7, random) == token_id
