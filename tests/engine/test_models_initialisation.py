"""Initial weights: distributions, special matrices, gate biases, and where the draws come from."""

import math

import pytest
import torch

from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.models.initialisation import draw, initialise
from engine.models.language_model import LanguageModel


def make_model(config, vocabulary_size=50, seed=0):
    model = LanguageModel(config, vocabulary_size)
    initialise(model, torch.Generator().manual_seed(seed))
    return model


@pytest.mark.parametrize(("rows", "columns"), [(12, 12), (20, 12), (12, 20)])
def test_every_gate_of_an_orthogonal_matrix_is_orthogonal(rows, columns):
    weight = draw("orthogonal", (4 * rows, columns), 4, 0.1, torch.Generator().manual_seed(0))
    for block in weight.split(rows):
        product = block @ block.t() if rows <= columns else block.t() @ block
        torch.testing.assert_close(product, torch.eye(min(rows, columns)), rtol=0, atol=1e-5)


def test_orthogonal_draws_lean_to_no_side():
    generator = torch.Generator().manual_seed(0)
    draws = torch.stack([draw("orthogonal", (4, 4), 1, 0.1, generator) for _ in range(4000)])
    assert draws.mean(0).abs().max() < 0.04
    assert (draws.square().mean(0) - 0.25).abs().max() < 0.03


def test_identity_repeats_the_unit_matrix_for_every_gate():
    weight = draw("identity", (15, 5), 3, 0.1, torch.Generator().manual_seed(0))
    assert torch.equal(weight, torch.eye(5).repeat(3, 1))


def test_uniform_fills_its_range_and_no_more():
    model = make_model(LstmConfig(hidden_size=64, input_init="uniform", recurrent_init="uniform", init_range=0.05))
    for name, parameter in model.named_parameters():
        if not name.endswith("bias"):
            assert 0.049 < parameter.abs().max() <= 0.05
            assert abs(parameter.std().item() - 0.05 / math.sqrt(3)) < 0.002


def test_xavier_takes_its_range_from_one_gate():
    weight = draw("xavier", (4 * 100, 50), 4, 0.1, torch.Generator().manual_seed(0))
    limit = math.sqrt(6 / 150)
    assert 0.99 * limit < weight.abs().max() <= limit


@pytest.mark.parametrize(
    "config", [LstmConfig(hidden_size=8, forget_bias=1.5), GruConfig(hidden_size=8, update_bias=1.5)]
)
def test_the_gate_that_remembers_starts_where_the_configuration_says(config):
    bias = make_model(config).layers[0].bias
    wanted = torch.zeros_like(bias)
    wanted[8:16] = 1.5
    assert torch.equal(bias, wanted)


def test_a_tied_embedding_starts_small_enough_to_be_the_output():
    free = make_model(LstmConfig(hidden_size=64, embedding_size=64))
    tied = make_model(LstmConfig(hidden_size=64, embedding_size=64, tied=True))
    assert abs(free.embedding.weight.std().item() - 1) < 0.05
    assert abs(tied.embedding.weight.std().item() - 1 / 8) < 0.01


def test_building_and_filling_leave_the_global_generator_alone():
    before = torch.get_rng_state()
    make_model(GruConfig(num_layers=3, residual=True))
    assert torch.equal(torch.get_rng_state(), before)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    config = RnnConfig(hidden_size=16)
    first, again, other = make_model(config, seed=3), make_model(config, seed=3), make_model(config, seed=4)
    assert torch.equal(first.layers[0].weight_hh, again.layers[0].weight_hh)
    assert not torch.equal(first.layers[0].weight_hh, other.layers[0].weight_hh)
