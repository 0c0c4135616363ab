"""Names, shapes and counts of the parameters, and their way in and out as arrays."""

import itertools

import numpy
import pytest
import torch

from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.errors import DamagedFile
from engine.models.build import num_parameters, parameter_counts, parameter_shapes
from engine.models.initialisation import initialise
from engine.models.language_model import LanguageModel
from engine.models.parameters import load_parameters, parameter_arrays


def make_model(config, vocabulary_size=7, seed=0):
    model = LanguageModel(config, vocabulary_size)
    initialise(model, torch.Generator().manual_seed(seed))
    return model


@pytest.mark.parametrize("section", [RnnConfig, LstmConfig, GruConfig])
@pytest.mark.parametrize(("embedding_size", "tied"), [(0, False), (5, False), (6, False), (6, True)])
@pytest.mark.parametrize("num_layers", [1, 3])
def test_shapes_computed_beforehand_are_those_of_the_model(section, embedding_size, tied, num_layers):
    config = section(hidden_size=6, embedding_size=embedding_size, tied=tied, num_layers=num_layers)
    model = LanguageModel(config, 7)
    built = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert list(built.items()) == list(parameter_shapes(config, 7).items())
    assert num_parameters(config, 7) == sum(parameter.numel() for parameter in model.parameters())
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())


def test_a_recurrent_layer_of_100_on_100_has_the_20100_weights_of_the_lectures():
    config = RnnConfig(num_layers=1, hidden_size=100, embedding_size=100)
    counts = parameter_counts(config, 10_000)
    assert counts["layers.0.weight_ih"] + counts["layers.0.weight_hh"] + counts["layers.0.bias"] == 20_100
    assert counts["embedding.weight"] == 1_000_000


@pytest.mark.parametrize(("section", "num_gates"), [(RnnConfig, 1), (GruConfig, 3), (LstmConfig, 4)])
def test_each_gate_has_two_matrices_and_one_bias(section, num_gates):
    counts = parameter_counts(section(num_layers=2, hidden_size=10, embedding_size=4), 3)
    assert counts["layers.0.weight_ih"] == num_gates * 10 * 4
    assert counts["layers.1.weight_ih"] == counts["layers.1.weight_hh"] == num_gates * 10 * 10
    assert counts["layers.1.bias"] == num_gates * 10


def test_parameter_names_stand_in_the_order_of_the_file_format():
    names = list(parameter_shapes(LstmConfig(num_layers=2), 65))
    layers = [f"layers.{i}.{kind}" for i, kind in itertools.product(range(2), ("weight_ih", "weight_hh", "bias"))]
    assert names == ["embedding.weight", *layers, "output.weight", "output.bias"]


def test_arrays_taken_from_one_model_make_another_the_same():
    config = GruConfig(num_layers=2, hidden_size=6, embedding_size=4)
    first, second = make_model(config, seed=1), make_model(config, seed=2)
    load_parameters(second, parameter_arrays(first))
    x_TB = torch.randint(7, (5, 3), generator=torch.Generator().manual_seed(3))
    assert torch.equal(first(x_TB)[0], second(x_TB)[0])


def test_arrays_are_copies_that_training_does_not_change():
    model = make_model(RnnConfig(hidden_size=6, embedding_size=4))
    arrays = parameter_arrays(model)
    before = arrays["output.weight"].copy()
    with torch.no_grad():
        model.output.weight.add_(1)
    assert numpy.array_equal(arrays["output.weight"], before)
    assert all(array.dtype == numpy.float32 for array in arrays.values())


def broken(name, array):
    return lambda arrays: arrays.update({name: array})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda arrays: arrays.pop("layers.0.bias"), "layers.0.bias"),
        (broken("layers.9.bias", numpy.zeros(3, numpy.float32)), "layers.9.bias"),
        (broken("output.bias", numpy.zeros(8, numpy.float32)), "output.bias"),
        (broken("output.bias", numpy.zeros(7, numpy.float64)), "output.bias"),
        (broken("output.bias", numpy.full(7, numpy.nan, numpy.float32)), "output.bias"),
        (broken("output.bias", numpy.full(7, numpy.inf, numpy.float32)), "output.bias"),
    ],
    ids=["missing", "unknown", "shape", "dtype", "nan", "infinite"],
)
def test_unusable_arrays_are_refused_by_name_and_leave_the_model_as_it_was(change, named):
    model = make_model(LstmConfig(hidden_size=6, embedding_size=4))
    before = parameter_arrays(model)
    arrays = {name: array + 1 for name, array in before.items()}
    change(arrays)
    with pytest.raises(DamagedFile, match=named):
        load_parameters(model, arrays)
    for name, array in parameter_arrays(model).items():
        assert numpy.array_equal(array, before[name])
