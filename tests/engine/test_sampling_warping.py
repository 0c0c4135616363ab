"""The temperature that follows a schedule, or the model's doubt."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sampling.warping import dynamic_temperature, entropy_nats, scheduled_temperature

ROWS = st.lists(st.one_of(st.floats(-30, 30), st.just(-math.inf)), min_size=1, max_size=12).filter(
    lambda row: max(row) > -math.inf
)


def slow_entropy(row):
    powers = [math.exp(logit - max(row)) for logit in row if logit > -math.inf]
    return -math.fsum(power / sum(powers) * math.log(power / sum(powers)) for power in powers if power > 0)


@settings(deadline=None)
@given(ROWS)
def test_entropy_is_that_of_the_definition(row):
    assert entropy_nats(np.array(row)) == pytest.approx(slow_entropy(row), abs=1e-9)


@settings(deadline=None)
@given(ROWS, st.floats(0, 5), st.floats(0.01, 5), st.floats(0.1, 10))
def test_the_dynamic_temperature_follows_the_entropy_between_its_bounds(row, temperature, spread, exponent):
    found = dynamic_temperature(np.array(row), temperature, spread, exponent)
    num_in = sum(logit > -math.inf for logit in row)
    doubt = slow_entropy(row) / math.log(num_in) if num_in > 1 else 0
    lowest, highest = max(0, temperature - spread), temperature + spread
    wanted = lowest + (highest - lowest) * max(doubt, 0) ** exponent
    assert found == pytest.approx(wanted, abs=1e-4 if exponent < 1 else 1e-7)  # a small root magnifies rounding
    assert lowest <= found <= highest + 1e-12


def test_a_sure_model_is_kept_cool_and_an_unsure_one_warm():
    assert dynamic_temperature(np.array([0.0, -1e9, -1e9]), 1.0, 0.4, 1.0) == pytest.approx(0.6)
    assert dynamic_temperature(np.zeros(5), 1.0, 0.4, 3.0) == pytest.approx(1.4)
    assert dynamic_temperature(np.array([2.0, -np.inf]), 0.3, 0.4, 1.0) == 0


def test_the_temperature_changes_linearly_until_the_last_token_and_never_below_0():
    assert [scheduled_temperature(1.0, 0.5, index, 6) for index in range(8)] == pytest.approx(
        [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.5, 1.5]
    )
    assert [scheduled_temperature(0.4, -1.0, index, 3) for index in range(3)] == pytest.approx([0.4, 0.0, 0.0])
    assert scheduled_temperature(0.7, 0.5, 0, 1) == 0.7
    assert scheduled_temperature(0.7, 0.5, 3, 0) == 0.7
