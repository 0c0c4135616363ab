"""Models that write together, against the formulas of mixture and product in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy

from engine.config.corpus import CorpusConfig
from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.errors import BadInput
from engine.models.build import parameter_shapes
from engine.sampling.mixing import Mixture, check_same_vocabulary, mixed_logits
from engine.sampling.stepper import Stepper
from engine.text.tokenizers import build_tokenizer

SIZE = 7
CONFIGS = [
    LstmConfig(hidden_size=9, num_layers=2), GruConfig(hidden_size=5, embedding_size=0), RnnConfig(hidden_size=6),
]  # fmt: skip
WEIGHTS = [0.5, 2.0, 1.5]


def make_stepper(config, seed=0):
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, SIZE)
    arrays = {name: random.normal(size=shape, scale=0.5).astype(np.float32) for name, shape in shapes.items()}
    return Stepper.from_arrays(config, arrays)


def softmax(logits):
    weights = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def by_formula(shares, weights, kind):
    weights = np.array(weights) / sum(weights)
    if kind == "mixture":
        return sum(weight * share for weight, share in zip(weights, shares, strict=True))
    mixed = np.prod([share**weight for weight, share in zip(weights, shares, strict=True)], axis=0)
    return mixed / mixed.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("kind", ["mixture", "product"])
def test_every_way_of_asking_gives_the_mixed_distribution(kind):
    steppers = [make_stepper(config, seed) for seed, config in enumerate(CONFIGS)]
    mixture = Mixture(steppers, WEIGHTS, kind)

    def wanted(ids):
        return by_formula([softmax(s.read(ids, s.initial_state())[0]) for s in steppers], WEIGHTS, kind)

    logits, state = mixture.read([1, 2], mixture.initial_state())
    np.testing.assert_allclose(softmax(logits), wanted([1, 2]), rtol=1e-5)
    np.testing.assert_allclose(softmax(mixture.step(3, state)[0]), wanted([1, 2, 3]), rtol=1e-5)
    each, _ = mixture.read_each([3, 4, 5], state)
    np.testing.assert_allclose(softmax(each), [wanted([1, 2, *ids]) for ids in ([3], [3, 4], [3, 4, 5])], rtol=1e-5)
    _, many = mixture.step(np.array([3, 4]), mixture.fork(state, 2))
    many = mixture.join([mixture.select(many, [1]), many])
    logits_BV, _ = mixture.step(np.array([0, 1, 2]), many)
    rows = [wanted(ids) for ids in ([1, 2, 4, 0], [1, 2, 3, 1], [1, 2, 4, 2])]
    np.testing.assert_allclose(softmax(logits_BV), rows, rtol=1e-5)
    assert logits_BV.dtype == np.float32
    logits_BV, _ = mixture.step(np.array([0, 1]), mixture.initial_state(2))
    np.testing.assert_allclose(softmax(logits_BV), [wanted([0]), wanted([1])], rtol=1e-5)


@pytest.mark.parametrize("kind", ["mixture", "product"])
def test_a_model_mixed_with_itself_stays_what_it_is(kind):
    first, again = make_stepper(CONFIGS[0]), make_stepper(CONFIGS[0])
    mixture = Mixture([first, again], [3.0, 1.0], kind)
    found, _ = mixture.read([1, 2, 3], mixture.initial_state())
    wanted, _ = first.read([1, 2, 3], first.initial_state())
    np.testing.assert_allclose(softmax(found), softmax(wanted), rtol=1e-5)


@pytest.mark.parametrize("kind", ["mixture", "product"])
def test_a_model_of_weight_0_is_not_asked(kind):
    alone, other = make_stepper(CONFIGS[0]), make_stepper(CONFIGS[1])
    other.read = other.step = None
    mixture = Mixture([alone, other], [0.1, 0.0], kind)
    found, _ = mixture.read([1, 2, 3], mixture.initial_state())
    np.testing.assert_array_equal(found, alone.read([1, 2, 3], alone.initial_state())[0])


LOGITS = hypothesis_numpy.arrays(np.float32, (2, 5), elements=st.floats(-50, 50, width=32))


@given(LOGITS, st.floats(0.01, 0.99), st.sampled_from(["mixture", "product"]))
def test_mixed_logits_follow_the_formula(logits, share, kind):
    weights = [share, 1 - share]
    found = np.exp(mixed_logits(list(logits), weights, kind).astype(np.float64))
    np.testing.assert_allclose(found, by_formula(softmax(logits), weights, kind), rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize("kind", ["mixture", "product"])
def test_a_model_that_overflowed_leaves_no_logit_undefined(kind):
    wild = np.array([np.inf, np.nan, -np.inf, 0, 3e38], np.float32)
    mixed = mixed_logits([wild, np.zeros(5, np.float32)], [0.5, 0.5], kind)
    assert np.isfinite(mixed).all()
    assert softmax(mixed)[0] > 0


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_weights_that_mean_nothing_are_refused(weights):
    stepper = make_stepper(CONFIGS[0])
    with pytest.raises(BadInput, match="weight"):
        Mixture([stepper, stepper], weights)


def test_the_largest_weights_do_not_overflow():
    stepper = make_stepper(CONFIGS[0])
    mixture = Mixture([stepper, stepper], [1.5e308, 1.5e308])
    found, _ = mixture.step(1, mixture.initial_state())
    wanted, _ = stepper.step(1, stepper.initial_state())
    np.testing.assert_allclose(softmax(found), softmax(wanted), rtol=1e-5)


def test_only_models_of_one_vocabulary_can_be_mixed():
    char, other = (build_tokenizer(text, CorpusConfig()) for text in ("abc", "abd"))
    word, same_word = (build_tokenizer("a b c", CorpusConfig(tokens="word")) for _ in range(2))
    check_same_vocabulary([char, build_tokenizer("cab", CorpusConfig())])
    check_same_vocabulary([word, same_word])
    with pytest.raises(BadInput, match=r"model 3 and model 1 cannot write together: .* same characters"):
        check_same_vocabulary([char, char, other])
    with pytest.raises(BadInput, match=r"Moby and Emma cannot write together: .* same words"):
        check_same_vocabulary([char, word], ["Emma", "Moby"])
