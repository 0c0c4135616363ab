"""All options together: their order, their defaults, their memory."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.sampling import SamplingConfig
from engine.sampling.chain import ORDER, Chain
from engine.sampling.choice import as_doubles, draw, forbid, generator_of, log_probabilities, probabilities
from engine.text.tokenizer_char import CharTokenizer

LETTERS = CharTokenizer("\n abcdefgh", fallback=None)
KNOWN = CharTokenizer("\n abcdefghi", fallback="a")
SIZE = LETTERS.vocabulary_size
ROWS = st.lists(
    st.one_of(st.floats(-40, 40, width=32), st.sampled_from([math.inf, -math.inf, math.nan, 3e38, 0.0])),
    min_size=SIZE, max_size=SIZE,
)  # fmt: skip
PLAIN_ROWS = st.lists(st.floats(-10, 10, width=32), min_size=SIZE, max_size=SIZE)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 100), "temperature_change": st.floats(-100, 100),
        "dynamic_range": st.floats(0, 10), "dynamic_exponent": st.floats(0.1, 10), "length": st.integers(0, 50),
        "top_k": st.integers(0, 20), "top_p": st.floats(0, 1), "min_p": st.floats(0, 1), "typical_p": st.floats(0, 1),
        "top_n_sigma": st.floats(0, 100), "xtc_probability": st.floats(0, 1), "xtc_threshold": st.floats(0, 0.5),
        "mirostat_target": st.one_of(st.just(0.0), st.floats(0, 20)), "mirostat_rate": st.floats(0.001, 1),
        "repetition_penalty": st.floats(0.1, 10), "presence_penalty": st.floats(-10, 10),
        "frequency_penalty": st.floats(-10, 10), "penalty_window": st.integers(0, 20),
        "no_repeat_ngram": st.integers(0, 4), "dry_multiplier": st.floats(0, 100), "dry_base": st.floats(1, 10),
        "dry_allowed_length": st.integers(1, 5), "banned": st.sampled_from(["", "ab", "a\nb\nc\nd\ne\nf", "ba\nb "]),
        "forced": st.sampled_from(["", "gh", "hh\nhg h", "g"]), "logit_bias": st.sampled_from(["", "a=99\nb=-100"]),
    },
)  # fmt: skip


def settings_of(**options):
    return SamplingConfig(**options)


def softmax(logits, temperature=1.0):
    powers = [math.exp((logit - max(logits)) / temperature) for logit in logits]
    return [power / math.fsum(powers) for power in powers]


@settings(deadline=None, max_examples=250)
@given(OPTIONS, st.lists(ROWS, min_size=1, max_size=6), st.integers(0, 2**53))
def test_any_options_give_a_distribution_that_sums_to_1_and_tokens_that_it_has(options, rows, seed):
    choice = Chain.of(settings_of(**options), LETTERS).begin([3, 4, 3, 4, 0, 5])
    random = generator_of(seed)
    for row in rows:
        logits = np.array(row, np.float32)
        shares = choice.probabilities(logits)
        assert not np.isnan(shares).any()
        assert shares.min() >= 0
        assert shares.sum() == pytest.approx(1)
        assert shares[0] == 0
        has_chance_of_xtc = 0 < options.get("xtc_probability", 0) < 1
        token_id = choice.choose(logits, random)
        assert shares[token_id] > 0 or has_chance_of_xtc
        assert np.array_equal(logits, np.array(row, np.float32), equal_nan=True)


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=8), st.floats(0, 100), st.integers(0, 2**53))
def test_the_defaults_draw_bit_for_bit_what_the_temperature_alone_draws(rows, temperature, seed):
    chain = Chain.of(settings_of(temperature=temperature), LETTERS)
    choice, ours, plain = chain.begin([1]), generator_of(seed), generator_of(seed)
    assert chain.is_plain
    for row in rows:
        logits = np.array(row, np.float32)
        allowed = logits.copy()
        forbid(allowed, LETTERS.unknown_id)
        assert choice.probabilities(logits).tobytes() == probabilities(allowed, temperature).tobytes()
        assert choice.choose(logits, ours) == draw(allowed, temperature, plain)
    assert ours.bit_generator.state == plain.bit_generator.state


def test_each_option_of_the_order_is_one_of_the_settings_and_ends_plainness():
    names = {field.name for field in fields(SamplingConfig)}
    changes = {
        "banned": "a", "forced": "a", "logit_bias": "a=1", "repetition_penalty": 1.1, "presence_penalty": 0.1,
        "frequency_penalty": 0.1, "no_repeat_ngram": 3, "dry_multiplier": 0.8, "top_n_sigma": 1.0, "top_k": 5,
        "typical_p": 0.9, "top_p": 0.9, "min_p": 0.1, "xtc_probability": 0.5, "mirostat_target": 3.0,
        "temperature_change": 0.5, "dynamic_range": 0.5,
    }  # fmt: skip
    assert set(ORDER) <= names
    assert set(changes) >= set(ORDER) - {"temperature"}
    for name, value in changes.items():
        assert not Chain.of(settings_of(**{name: value}), LETTERS).is_plain


def slow_distribution(row, text, bias, penalty, k, p, least, temperature):
    """A few options in the declared order, each written out."""
    scores = {token: row[token] + (bias if token == 3 else 0) for token in range(1, SIZE)}
    for token in set(text):
        scores[token] = scores[token] / penalty if scores[token] > 0 else scores[token] * penalty
    order = sorted(scores, key=lambda token: (-scores[token], token))[:k]
    shares = dict(zip(order, softmax([scores[token] for token in order]), strict=True))
    kept, total = [], 0.0
    for token in order:
        if total < p:
            kept.append(token)
        total += shares[token]
    kept = [token for token in kept if shares[token] >= least * shares[order[0]]]
    shares = softmax([scores[token] for token in kept], temperature)
    found = [0.0] * SIZE
    for token, share in zip(kept, shares, strict=True):
        found[token] = share
    return found


def test_options_act_in_the_declared_order():
    random = np.random.Generator(np.random.PCG64(2))
    for _ in range(300):
        row = random.normal(scale=2, size=SIZE).astype(np.float32)
        text = random.integers(1, SIZE, 6).tolist()
        bias, penalty, p, least = random.uniform([-3, 1, 0.3, 0.01], [3, 3, 1, 0.5]).tolist()
        k, temperature = int(random.integers(2, SIZE)), float(random.uniform(0.3, 2))
        chain = Chain.of(
            settings_of(
                logit_bias=f"a={bias}", repetition_penalty=penalty, top_k=k, top_p=p, min_p=least,
                temperature=temperature,
            ), LETTERS,
        )  # fmt: skip
        found = chain.begin(text).probabilities(row)
        wanted = slow_distribution(row.tolist(), text, bias, penalty, k, p, least, temperature)
        assert found.tolist() == pytest.approx(wanted, abs=1e-9)


@settings(deadline=None)
@given(OPTIONS, PLAIN_ROWS)
def test_which_tokens_are_left_out_does_not_depend_on_a_fixed_temperature(options, row):
    options |= {"dynamic_range": 0.0, "temperature_change": 0.0}
    logits = np.array(row, np.float32)
    kept = []
    for temperature in (50.0, 100.0):  # so high that no probability rounds to 0
        choice = Chain.of(settings_of(**options | {"temperature": temperature}), LETTERS).begin([3, 4])
        kept.append(np.flatnonzero(choice.probabilities(logits)).tolist())
    assert kept[0] == kept[1]


@settings(deadline=None)
@given(PLAIN_ROWS, st.integers(1, SIZE), st.floats(0.1, 1))
def test_survivors_keep_their_order(row, k, p):
    logits = np.array(row, np.float32)
    shares = Chain.of(settings_of(top_k=k, top_p=p), LETTERS).begin([1]).probabilities(logits)
    kept = np.flatnonzero(shares)
    order = kept[np.argsort(-logits[kept], kind="stable")]
    assert (np.diff(shares[order]) <= 1e-15).all()


@pytest.mark.parametrize(
    "options",
    [
        {"top_k": 4, "temperature": 1.3}, {"min_p": 0.2, "repetition_penalty": 1.4}, {"typical_p": 0.7},
        {"top_p": 0.8, "dynamic_range": 0.5}, {"mirostat_target": 2.0}, {"xtc_probability": 1.0, "top_n_sigma": 1.5},
    ],
)  # fmt: skip
def test_draws_follow_the_probabilities(options):
    logits = np.random.Generator(np.random.PCG64(9)).normal(size=SIZE).astype(np.float32)
    choice, random = Chain.of(settings_of(**options), LETTERS).begin([3, 4, 5]), generator_of(12)
    shares = choice.probabilities(logits)
    counts = np.bincount([choice.copy().choose(logits, random) for _ in range(5_000)], minlength=SIZE)
    kept = shares > 0
    assert counts[~kept].sum() == 0
    degrees = max(np.count_nonzero(kept) - 1, 1)
    square = ((counts[kept] - 5_000 * shares[kept]) ** 2 / (5_000 * shares[kept])).sum()
    assert square < degrees * (1 - 2 / (9 * degrees) + 3.09 * math.sqrt(2 / (9 * degrees))) ** 3


def test_xtc_strikes_as_often_as_its_probability_says():
    logits = np.log(np.array([1e-9, 0.5, 0.3, 0.2] + [1e-9] * (SIZE - 4))).astype(np.float32)
    chain = Chain.of(settings_of(xtc_probability=0.3, xtc_threshold=0.1, temperature=0.0), LETTERS)
    choice, random = chain.begin([]), generator_of(6)
    ids = [choice.choose(logits, random) for _ in range(10_000)]
    assert set(ids) == {1, 3}
    assert ids.count(3) == pytest.approx(3_000, abs=3.3 * math.sqrt(2_100))


def test_temperature_0_takes_the_likeliest_that_is_left_and_draws_nothing():
    logits = np.array([9, 1, 2, 8, 7, 0, 0, 0, 0, 0, 0], np.float32)
    chain = Chain.of(settings_of(temperature=0.0, banned="a", top_k=5), LETTERS)
    random = generator_of(1)
    assert chain.begin([]).choose(logits, random) == 4
    assert random.bit_generator.state == generator_of(1).bit_generator.state


def test_the_likeliest_is_chosen_without_chance_and_remembered():
    logits = np.log(np.array([1e-9, 0.4, 0.6] + [1e-9] * (SIZE - 3))).astype(np.float32)
    chain = Chain.of(settings_of(xtc_probability=1.0, temperature=5.0, no_repeat_ngram=1), LETTERS)
    choice = chain.begin([])
    assert [choice.choose_likeliest(logits) for _ in range(2)] == [2, 1]


def test_a_copy_goes_on_by_itself():
    options = {"repetition_penalty": 2.0, "mirostat_target": 2.0, "banned": "ab", "forced": "gh", "dry_multiplier": 1.0}
    rows = np.random.Generator(np.random.PCG64(1)).normal(size=(40, SIZE)).astype(np.float32)
    chain = Chain.of(settings_of(**options), LETTERS)
    choice, random = chain.begin([3, 4, 3]), generator_of(3)
    for row in rows[:10]:
        choice.choose(row, random)
    other, shares = choice.copy(), choice.probabilities(rows[10])
    for row in rows[10:]:
        other.choose(row, random)
    assert choice.probabilities(rows[10]).tobytes() == shares.tobytes()
    assert other.probabilities(rows[10]).tobytes() != shares.tobytes()


@settings(deadline=None, max_examples=50)
@given(OPTIONS, st.lists(PLAIN_ROWS, min_size=3, max_size=8), st.integers(0, 1000))
def test_a_token_that_was_taken_counts_as_one_that_was_chosen(options, rows, seed):
    options |= {"mirostat_target": 0.0}
    chain = Chain.of(settings_of(**options), LETTERS)
    choosing, taking, random = chain.begin([3, 4]), chain.begin([3, 4]), generator_of(seed)
    for row in rows:
        logits = np.array(row, np.float32)
        assert choosing.probabilities(logits).tobytes() == taking.probabilities(logits).tobytes()
        taking.take(choosing.choose(logits, random))


def test_the_prompt_counts_as_written_but_not_for_the_schedule():
    logits = np.zeros(SIZE, np.float32)
    chain = Chain.of(settings_of(presence_penalty=5.0, penalty_window=2), LETTERS)
    shares = chain.begin([3, 4, 5]).probabilities(logits)
    assert (shares < 0.01).nonzero()[0].tolist() == [0, 4, 5]
    scheduled = Chain.of(settings_of(temperature=1.0, temperature_change=1.0, length=3), LETTERS).begin([3] * 50)
    row = np.arange(SIZE, dtype=np.float32)
    for temperature in (1.0, 1.5, 2.0, 2.0):
        wanted = [0.0, *softmax(row[1:].tolist(), temperature)]
        assert scheduled.probabilities(row).tolist() == pytest.approx(wanted)
        scheduled.take(5)


def test_mirostat_replaces_what_leaves_tokens_out():
    logits = np.random.Generator(np.random.PCG64(4)).normal(size=SIZE).astype(np.float32)
    alone = settings_of(mirostat_target=3.0)
    crowded = replace(alone, top_k=1, top_p=0.1, min_p=0.9, typical_p=0.1, top_n_sigma=0.1, xtc_probability=1.0)
    shares = [Chain.of(each, LETTERS).begin([]).probabilities(logits).tolist() for each in (alone, crowded)]
    assert shares[0] == shares[1]


def test_breakers_end_what_counts_as_repeated():
    text = KNOWN.encode("abc\nabc\nab").tolist()
    logits = np.zeros(KNOWN.vocabulary_size, np.float32)
    dry = settings_of(dry_multiplier=5.0, dry_allowed_length=2, temperature=1.0)
    expected = int(KNOWN.encode("c")[0])
    shares = Chain.of(dry, KNOWN).begin(text).probabilities(logits)
    assert int(np.argmin(shares)) == expected
    across = Chain.of(replace(dry, dry_allowed_length=3), KNOWN).begin(text).probabilities(logits)
    assert across.tolist() == pytest.approx([1 / len(logits)] * len(logits))
    unbroken = Chain.of(replace(dry, dry_allowed_length=3, dry_breakers=""), KNOWN).begin(text).probabilities(logits)
    assert int(np.argmin(unbroken)) == expected
    longer = Chain.of(replace(dry, dry_breakers="c\\nab"), KNOWN).begin(text).probabilities(logits)
    assert longer.tolist() == pytest.approx([1 / len(logits)] * len(logits))


def test_log_probabilities_and_doubles_are_those_of_the_definition():
    row = np.array([1.0, -2.0, -np.inf, 0.5])
    shares = softmax([1.0, -2.0, 0.5])
    np.testing.assert_allclose(np.exp(log_probabilities(row)), [shares[0], shares[1], 0, shares[2]])
    overflowed = as_doubles(np.array([np.inf, np.nan, -np.inf, 1], np.float32))
    assert np.isfinite(overflowed).all()
    assert np.argsort(-overflowed, kind="stable").tolist() == [0, 3, 1, 2]
