"""The stepping path of the sampler against the training model and against the NumPy reference in float64."""

import importlib.util
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.models.build import parameter_shapes
from engine.models.initialisation import initialise
from engine.models.language_model import LanguageModel
from engine.models.parameters import load_parameters, parameter_arrays
from engine.sampling import stepper as stepper_module
from engine.sampling.stepper import Stepper, fork, select


@pytest.fixture(autouse=True)
def one_thread():
    """Products this small only wait for each other on several threads."""
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(num_threads)


_spec = importlib.util.spec_from_file_location("numpy_reference", Path(__file__).with_name("numpy_reference.py"))
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

VOCABULARY_SIZE = 7
FAMILIES = {
    "tanh": (RnnConfig, {"activation": "tanh"}),
    "sigmoid": (RnnConfig, {"activation": "sigmoid"}),
    "relu": (RnnConfig, {"activation": "relu"}),
    "lstm": (LstmConfig, {}),
    "gru": (GruConfig, {}),
}
OPTIONS = {
    "one layer": {},
    "one-hot": {"embedding_size": 0, "num_layers": 2},
    "three layers": {"num_layers": 3},
    "residual": {"num_layers": 4, "residual": True},
    "one-hot and residual": {"embedding_size": 0, "num_layers": 3, "residual": True},
    "tied": {"embedding_size": 19, "tied": True},
    "tied and residual": {"embedding_size": 19, "tied": True, "num_layers": 3, "residual": True},
}
CASES = [pytest.param(family, option, id=f"{family}, {option}") for family in FAMILIES for option in OPTIONS]


def make_config(family, option):
    section, settings = FAMILIES[family]
    return section(**{"hidden_size": 19, "embedding_size": 5, **settings, **OPTIONS[option]})


def make_arrays(config, seed=0):
    """Random weights; those of a simple network small enough that it does not amplify rounding without end."""
    random, scale = np.random.default_rng(seed), 0.2 if config.cell == "rnn" else 0.4
    shapes = parameter_shapes(config, VOCABULARY_SIZE)
    return {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}


def largest_error(found, wanted):
    return np.abs(found - wanted).max() / np.abs(wanted).max()


def test_sampling_loads_no_torch():
    code = "import sys, engine.sampling.generate, engine.models.model_file; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("family", "option"), CASES)
@pytest.mark.parametrize("has_table", [True, False])
def test_logits_equal_those_of_the_training_model(family, option, has_table, monkeypatch):
    if not has_table:
        monkeypatch.setattr(stepper_module, "LARGEST_TABLE_BYTES", 0)
    config = make_config(family, option)
    arrays = make_arrays(config)
    stepper, model = Stepper.from_arrays(config, arrays), LanguageModel(config, VOCABULARY_SIZE)
    load_parameters(model, arrays)
    model.eval()
    ids = np.random.default_rng(1).integers(VOCABULARY_SIZE, size=40)
    with torch.no_grad():
        wanted = model(torch.from_numpy(ids)[:, None])[0][:, 0].numpy()
    state = stepper.initial_state()
    for token_id, wanted_V in zip(ids.tolist(), wanted, strict=True):
        logits, state = stepper.step(token_id, state)
        assert largest_error(logits, wanted_V) < 1e-5
    each, after = stepper.read_each(ids.tolist(), stepper.initial_state())
    for logits, wanted_V in zip(each, wanted, strict=True):
        assert largest_error(logits, wanted_V) < 1e-5
    np.testing.assert_array_equal(after, state)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("option", ["plain", "one-hot", "tied and residual"])
def test_logits_of_a_model_of_real_size_equal_those_of_the_training_model(family, option):
    section, settings = FAMILIES[family]
    options = {"plain": {}, "one-hot": {"embedding_size": 0}, "tied and residual": {"tied": True, "residual": True}}
    sizes = {"hidden_size": 200, "embedding_size": 200 if option == "tied and residual" else 64, "num_layers": 3}
    config = section(**{**sizes, **settings, **options[option]})
    model = LanguageModel(config, 90)
    initialise(model, torch.Generator().manual_seed(3))
    model.eval()
    stepper = Stepper.from_arrays(config, parameter_arrays(model))
    ids = np.random.default_rng(1).integers(90, size=100)
    with torch.no_grad():
        wanted = model(torch.from_numpy(ids)[:, None])[0][:, 0].numpy()
    state = stepper.initial_state()
    for token_id, wanted_V in zip(ids.tolist(), wanted, strict=True):
        logits, state = stepper.step(token_id, state)
        assert largest_error(logits, wanted_V) < 1e-5


@pytest.mark.parametrize(("family", "option"), CASES)
def test_logits_of_candidates_equal_the_reference_in_float64(family, option):
    config = make_config(family, option)
    arrays = make_arrays(config)
    stepper = Stepper.from_arrays(config, arrays)
    ids_TB = np.random.default_rng(1).integers(VOCABULARY_SIZE, size=(12, 5))
    doubles = {name: array.astype(np.float64) for name, array in arrays.items()}
    zeros = [[np.zeros((5, 19))] * (2 if family == "lstm" else 1)] * config.num_layers
    wanted, _ = reference.logits_and_state(config, doubles, ids_TB, zeros, reference.Masks())
    state = stepper.initial_state(5)
    for ids_B, wanted_BV in zip(ids_TB, wanted, strict=True):
        logits, state = stepper.step(ids_B, state)
        assert largest_error(logits, wanted_BV) < 1e-5


@pytest.mark.parametrize("family", FAMILIES)
def test_reading_a_prompt_equals_stepping_through_it(family):
    config = make_config(family, "residual")
    stepper = Stepper.from_arrays(config, make_arrays(config))
    read_logits, read_state = stepper.read([3, 1, 4, 1], stepper.initial_state())
    state = stepper.initial_state()
    for token_id in [3, 1, 4, 1]:
        logits, state = stepper.step(token_id, state)
    np.testing.assert_array_equal(read_logits, logits)
    np.testing.assert_array_equal(read_state, state)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_step_changes_neither_the_state_nor_the_logits_of_an_earlier_one(family):
    config = make_config(family, "three layers")
    stepper = Stepper.from_arrays(config, make_arrays(config))
    logits, state = stepper.read([1, 2, 3], stepper.initial_state())
    logits_before, state_before = logits.copy(), state.copy()
    stepper.step(4, state)
    stepper.step(np.array([1, 2]), fork(state, 2))
    np.testing.assert_array_equal(logits, logits_before)
    np.testing.assert_array_equal(state, state_before)


@pytest.mark.parametrize("family", FAMILIES)
def test_branches_of_a_text_go_on_as_that_text_with_another_end(family):
    config = make_config(family, "residual")
    stepper = Stepper.from_arrays(config, make_arrays(config))
    _, state = stepper.read([1, 2, 3], stepper.initial_state())
    _, branches = stepper.step(np.array([4, 5, 6]), fork(state, 3))
    logits, _ = stepper.step(np.array([0, 0, 1]), select(branches, [2, 0, 2]))
    for row, end in zip(logits, ([6, 0], [4, 0], [6, 1]), strict=True):
        wanted, _ = stepper.read([1, 2, 3, *end], stepper.initial_state())
        assert largest_error(row, wanted) < 1e-5


@pytest.mark.parametrize("family", FAMILIES)
def test_joined_states_go_on_as_each_of_them(family):
    config = make_config(family, "residual")
    stepper = Stepper.from_arrays(config, make_arrays(config))
    texts = [[1, 2], [3], [4, 5, 6]]
    states = [stepper.fork(stepper.read(ids, stepper.initial_state())[1], 1) for ids in texts]
    logits, _ = stepper.step(np.array([0, 1, 2]), stepper.join(states))
    for row, ids, last in zip(logits, texts, [0, 1, 2], strict=True):
        wanted, _ = stepper.read([*ids, last], stepper.initial_state())
        assert largest_error(row, wanted) < 1e-5


def test_the_weights_are_copied():
    config = make_config("lstm", "tied")
    arrays = make_arrays(config)
    stepper = Stepper.from_arrays(config, arrays)
    before, _ = stepper.step(1, stepper.initial_state())
    for array in arrays.values():
        array[...] = 0
    after, _ = stepper.step(1, stepper.initial_state())
    np.testing.assert_array_equal(before, after)


def test_a_network_that_grows_without_bound_warns_of_nothing():
    config = make_config("relu", "residual")
    arrays = {name: np.full_like(array, 100) for name, array in make_arrays(config).items()}
    stepper = Stepper.from_arrays(config, arrays)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logits, _ = stepper.read([1] * 60, stepper.initial_state())
    assert not np.isfinite(logits).all()
