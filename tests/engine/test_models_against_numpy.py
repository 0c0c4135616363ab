"""Every family and option against the NumPy reference in float64: forward, states, gradients."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy
import pytest
import torch

from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.models.dropout import dropped_out
from engine.models.initialisation import initialise
from engine.models.language_model import LanguageModel

_spec = importlib.util.spec_from_file_location("numpy_reference", Path(__file__).with_name("numpy_reference.py"))
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

VOCABULARY_SIZE = 5
SMALL = {"hidden_size": 3, "embedding_size": 4, "num_layers": 1}
OPTIONS = {
    "one layer": {},
    "one-hot": {"embedding_size": 0},
    "three layers": {"num_layers": 3},
    "residual": {"num_layers": 3, "residual": True},
    "tied": {"embedding_size": 3, "tied": True},
    "dropout": {"num_layers": 2, "dropout": 0.4},
    "half the dropout at the input": {"num_layers": 2, "dropout": 0.4, "input_dropout_share": 0.5},
    "no dropout at the input": {"dropout": 0.4, "input_dropout_share": 0.0},
    "variational dropout": {"num_layers": 2, "dropout": 0.4, "variational_dropout": True},
    "one-hot with dropout": {"num_layers": 2, "embedding_size": 0, "dropout": 0.4},
    "everything": {"num_layers": 3, "embedding_size": 3, "tied": True, "residual": True, "dropout": 0.3},
    "wide embedding": {"embedding_size": 11},
}
FAMILIES = {
    "tanh": (RnnConfig, {"activation": "tanh"}),
    "sigmoid": (RnnConfig, {"activation": "sigmoid"}),
    "relu": (RnnConfig, {"activation": "relu"}),
    "lstm": (LstmConfig, {}),
    "gru": (GruConfig, {"update_bias": 0.5}),
}
CASES = [pytest.param(family, option, id=f"{family}, {option}") for family in FAMILIES for option in OPTIONS]


def make_config(family, option):
    section, settings = FAMILIES[family]
    return section(**{**SMALL, **settings, **OPTIONS[option]})


def make_model(config, seed=0):
    model = LanguageModel(config, VOCABULARY_SIZE)
    generator = torch.Generator().manual_seed(seed)
    initialise(model, generator)
    model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64), alpha=0.3)
    return model


def window(num_steps=4, batch_size=2, seed=1):
    random = numpy.random.default_rng(seed)
    return random.integers(VOCABULARY_SIZE, size=(2, num_steps, batch_size))


def random_state(model, batch_size=2, seed=2):
    random = numpy.random.default_rng(seed)
    return tuple(
        tuple(torch.from_numpy(random.normal(size=tuple(tensor.shape)) * 0.5) for tensor in layer)
        for layer in model.initial_state(batch_size)
    )


def drawn_masks(config, num_steps, batch_size, seed):
    """The masks the model draws from a generator with this seed: embedding, between the layers, output."""
    if not config.dropout:
        return reference.Masks()
    generator = torch.Generator().manual_seed(seed)

    def draw(width, share=1.0):
        shape = (batch_size, width) if config.variational_dropout else (num_steps, batch_size, width)
        ones = torch.ones(num_steps, batch_size, width, dtype=torch.float64)
        return dropped_out(ones, config.dropout * share, shape, generator).numpy()

    has_mask = config.embedding_size and config.input_dropout_share
    embedding = draw(config.embedding_size, config.input_dropout_share) if has_mask else None
    between = tuple(draw(config.hidden_size) for _ in range(config.num_layers - 1))
    return reference.Masks(embedding, between, draw(config.hidden_size))


def arrays_of(model):
    return {name: parameter.detach().numpy() for name, parameter in model.named_parameters()}


@pytest.mark.parametrize(("family", "option"), CASES)
def test_logits_and_states_equal_the_reference(family, option):
    config = make_config(family, option)
    model, (x_TB, _), state = make_model(config), window(), None
    state = random_state(model)
    model.generator = torch.Generator().manual_seed(7)
    logits, after = model(torch.from_numpy(x_TB), state)
    wanted, wanted_after = reference.logits_and_state(
        config, arrays_of(model), x_TB, state, drawn_masks(config, 4, 2, 7)
    )
    numpy.testing.assert_allclose(logits.detach().numpy(), wanted, rtol=0, atol=1e-12)
    for layer, wanted_layer in zip(after, wanted_after, strict=True):
        for tensor, wanted_tensor in zip(layer, wanted_layer, strict=True):
            numpy.testing.assert_allclose(tensor.detach().numpy(), wanted_tensor, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("family", "option"), CASES)
def test_gradients_equal_finite_differences_of_the_reference(family, option):
    config = make_config(family, option)
    model, (x_TB, y_TB) = make_model(config), window()
    state = random_state(model)
    model.generator = torch.Generator().manual_seed(7)
    loss, _ = model.loss(torch.from_numpy(x_TB), torch.from_numpy(y_TB), state)
    loss.backward()
    masks, arrays = drawn_masks(config, 4, 2, 7), arrays_of(model)

    def wanted_loss():
        return reference.loss_nats(config, arrays, x_TB, y_TB, state, masks)

    assert loss.item() == pytest.approx(wanted_loss(), abs=1e-12)
    for name, parameter in model.named_parameters():
        wanted = reference.finite_differences(wanted_loss, arrays[name])
        numpy.testing.assert_allclose(parameter.grad.numpy(), wanted, rtol=1e-6, atol=2e-9, err_msg=name)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_reach_the_initial_state_and_leave_through_the_last(family):
    config = make_config(family, "three layers")
    model, (x_TB, _) = make_model(config), window()
    state = tuple(tuple(tensor.requires_grad_() for tensor in layer) for layer in random_state(model))
    random = numpy.random.default_rng(3)
    weights = [[random.normal(size=(2, 3)) for _ in layer] for layer in state]
    _, after = model(torch.from_numpy(x_TB), state)
    total = sum(
        (tensor * torch.from_numpy(weight)).sum()
        for layer, layer_weights in zip(after, weights, strict=True)
        for tensor, weight in zip(layer, layer_weights, strict=True)
    )
    total.backward()
    arrays = arrays_of(model)
    before = [[tensor.detach().numpy().copy() for tensor in layer] for layer in state]

    def wanted_total():
        _, wanted = reference.logits_and_state(config, arrays, x_TB, before, reference.Masks())
        return sum(numpy.vdot(w, v) for a, b in zip(wanted, weights, strict=True) for w, v in zip(a, b, strict=True))

    for layer, arrays_before in zip(state, before, strict=True):
        for tensor, array in zip(layer, arrays_before, strict=True):
            wanted = reference.finite_differences(wanted_total, array)
            numpy.testing.assert_allclose(tensor.grad.numpy(), wanted, rtol=1e-6, atol=2e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_two_windows_with_carried_state_equal_one_long_window(family):
    config = dataclasses.replace(make_config(family, "three layers"), residual=True)
    model, (x_TB, _) = make_model(config), window(num_steps=7)
    x_TB = torch.from_numpy(x_TB)
    whole, _ = model(x_TB)
    first, state = model(x_TB[:3])
    second, _ = model(x_TB[3:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole, rtol=0, atol=1e-13)
