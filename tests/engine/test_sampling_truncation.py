"""Tokens left out by rank, probability and surprise, against slow loops that follow the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sampling.truncation import (
    corrected_surprise,
    exclude_top_choices,
    min_p,
    mirostat,
    surprise_bits,
    top_k,
    top_n_sigma,
    top_p,
    typical,
)

ROWS = st.lists(
    st.one_of(st.floats(-30, 30), st.sampled_from([0.0, 1.0, -math.inf])), min_size=1, max_size=12
).filter(lambda row: max(row) > -math.inf)
# Distances that rounding cannot turn round: probabilities of these differ by a tenth or not at all.
COARSE = st.lists(
    st.one_of(st.integers(-60, 60).map(lambda tenths: tenths / 10), st.just(-math.inf)), min_size=1, max_size=12
).filter(lambda row: max(row) > -math.inf)


def shares_of(row):
    powers = [math.exp(logit - max(row)) if logit > -math.inf else 0.0 for logit in row]
    return [power / math.fsum(powers) for power in powers]


def survivors(logits):
    return {index for index, logit in enumerate(logits) if logit > -math.inf}


def ranked(row):
    return sorted(survivors(row), key=lambda index: (-row[index], index))


def slow_top_k(row, k):
    return set(ranked(row)[:k]) if k else survivors(row)


def slow_top_p(row, mass):
    shares, kept, total = shares_of(row), set(), 0.0
    for index in ranked(row):
        if total >= mass and kept and mass < 1:
            break
        kept.add(index)
        total += shares[index]
    return kept


def slow_min_p(row, share):
    shares = shares_of(row)
    return {index for index in survivors(row) if shares[index] >= share * max(shares) * (1 - 1e-12)}


def slow_typical(row, mass):
    shares = shares_of(row)
    entropy = math.fsum(-share * math.log(share) for share in shares if share > 0)
    order = sorted(survivors(row), key=lambda index: (abs(-math.log(shares[index]) - entropy), index))
    kept, total = set(), 0.0
    for index in order:
        if total >= mass and kept and mass < 1:
            break
        kept.add(index)
        total += shares[index]
    return kept


def slow_top_n_sigma(row, n):
    scores = [row[index] for index in survivors(row)]
    mean = math.fsum(scores) / len(scores)
    sigma = math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / len(scores))
    return {index for index in survivors(row) if row[index] >= max(row) - n * sigma - 1e-9}


def slow_xtc(row, threshold):
    shares = shares_of(row)
    tops = [index for index in ranked(row) if shares[index] >= threshold]
    return survivors(row) - set(tops[:-1])


def slow_mirostat(row, bits):
    shares = shares_of(row)
    kept = {index for index in survivors(row) if shares[index] > 0 and -math.log2(shares[index]) <= bits}
    return kept or {ranked(row)[0]}


def is_near_a_border(row, values):
    """Whether rounding may decide on which side of `values` a sum of probabilities falls."""
    shares = shares_of(row)
    sums = [math.fsum(shares[index] for index in ranked(row)[:size]) for size in range(1, len(row) + 1)]
    return any(abs(total - value) < 1e-9 for total in (*sums, *shares) for value in values)


@pytest.mark.parametrize(
    ("fast", "slow", "strengths"),
    [
        (top_k, slow_top_k, st.integers(0, 14)),
        (top_p, slow_top_p, st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))),
        (min_p, slow_min_p, st.one_of(st.floats(0.001, 1), st.just(1.0))),
        (top_n_sigma, slow_top_n_sigma, st.integers(1, 60).map(lambda tenths: tenths / 10 + 0.017)),
        (exclude_top_choices, slow_xtc, st.floats(0, 0.5)),
        (mirostat, slow_mirostat, st.floats(-1, 15)),
    ],
)  # fmt: skip
def test_the_survivors_are_those_of_the_definition(fast, slow, strengths):
    @settings(deadline=None, max_examples=300)
    @given(COARSE, strengths)
    def check(row, strength):
        if fast in (top_p, exclude_top_choices, mirostat) and is_near_a_border(row, (strength, 2 ** -float(strength))):
            return
        assert survivors(fast(np.array(row), strength)) == slow(row, strength)

    check()


@settings(deadline=None, max_examples=300)
@given(COARSE, st.floats(0, 1))
def test_the_typical_survivors_are_those_of_the_definition(row, mass):
    kept = survivors(typical(np.array(row), mass))
    shares, wanted = shares_of(row), slow_typical(row, mass)
    if kept != wanted:  # then rounding told apart what is equally far from the entropy, or fell on the other side
        entropy = math.fsum(-share * math.log(share) for share in shares if share > 0)
        distances = [abs(-math.log(shares[index]) - entropy) for index in kept ^ wanted]
        totals = [math.fsum(shares[index] for index in group) for group in (kept, wanted)]
        is_tie = max(distances) - min(distances) < 1e-9
        assert is_tie or any(abs(total - mass) < 1e-9 for total in totals)


ALL = [
    (top_k, 3), (top_p, 0.7), (min_p, 0.2), (typical, 0.6), (top_n_sigma, 0.8), (exclude_top_choices, 0.1),
    (mirostat, 2.0),
]  # fmt: skip


@pytest.mark.parametrize(("truncate", "strength"), ALL)
def test_what_survives_keeps_its_logit_bit_for_bit_and_something_always_does(truncate, strength):
    @settings(deadline=None)
    @given(ROWS)
    def check(row):
        before = np.array(row)
        after = truncate(before, strength)
        kept = sorted(survivors(after))
        assert kept
        assert after[kept].tobytes() == before[kept].tobytes()
        assert survivors(after) <= survivors(row)
        assert not np.isnan(after).any()
        assert before.tobytes() == np.array(row).tobytes()

    check()


@pytest.mark.parametrize(("truncate", "strength"), ALL)
def test_candidates_are_truncated_as_each_is_alone(truncate, strength):
    @settings(deadline=None)
    @given(ROWS)
    def check(row):
        rows = np.array([row, row[::-1], [0.5] * len(row)])
        together = truncate(rows, strength)
        alone = np.stack([truncate(one, strength) for one in rows])
        assert [survivors(one) for one in together] == [survivors(one) for one in alone]

    check()


@settings(deadline=None)
@given(ROWS, st.floats(0.01, 0.99))
def test_the_nucleus_is_as_small_as_it_can_be(row, mass):
    kept = survivors(top_p(np.array(row), mass))
    shares = shares_of(row)
    total = math.fsum(shares[index] for index in kept)
    least = min(shares[index] for index in kept)
    assert total >= mass - 1e-12
    assert total - least < mass + 1e-12
    assert all(shares[index] <= least for index in survivors(row) - kept)


@pytest.mark.parametrize(
    ("truncate", "off"), [(top_k, 0), (top_p, 1.0), (min_p, 0.0), (typical, 1.0), (top_n_sigma, 0.0)]
)
def test_the_defaults_leave_out_nothing(truncate, off):
    row = np.array([3.0, -700.0, 0.0, -np.inf])
    assert truncate(row, off).tobytes() == row.tobytes()


def test_of_equally_likely_tokens_the_first_ones_stay():
    row = np.zeros(6)
    assert survivors(top_k(row, 2)) == {0, 1}
    assert survivors(top_p(row, 0.5)) == {0, 1, 2}
    assert survivors(typical(row, 0.3)) == {0, 1}
    assert survivors(exclude_top_choices(row, 0.1)) == {5}


def test_a_single_top_choice_is_not_excluded():
    row = np.log([0.8, 0.15, 0.05])
    assert survivors(exclude_top_choices(row, 0.2)) == {0, 1, 2}
    assert survivors(exclude_top_choices(row, 0.1)) == {1, 2}
    assert survivors(exclude_top_choices(row, 0.0)) == {2}


def test_top_n_sigma_does_not_depend_on_the_scale_of_the_logits():
    row = np.random.Generator(np.random.PCG64(3)).normal(size=50)
    assert survivors(top_n_sigma(row, 1.3)) == survivors(top_n_sigma(7 * row + 100, 1.3))


def test_mirostat_brings_the_surprise_to_its_target():
    random = np.random.Generator(np.random.PCG64(5))
    target, bound, surprises = 2.5, 5.0, []
    for _ in range(4_000):
        row = random.normal(scale=2.0, size=60)
        bits = surprise_bits(row)
        shares = shares_of(mirostat(row, bound).tolist())
        chosen = random.choice(60, p=shares)
        surprises.append(float(bits[chosen]))
        bound = corrected_surprise(bound, surprises[-1], target, 0.1)
    assert np.mean(surprises[500:]) == pytest.approx(target, abs=0.05)
