"""Dropout: where it acts, where it draws, and how it changes while a model trains."""

import pytest
import torch

from engine.config.model import LstmConfig
from engine.models.dropout import dropped_out
from engine.models.initialisation import initialise
from engine.models.language_model import LanguageModel


def make_model(**settings):
    model = LanguageModel(LstmConfig(num_layers=2, hidden_size=32, embedding_size=16, **settings), 11)
    initialise(model, torch.Generator().manual_seed(0))
    model.generator = torch.Generator().manual_seed(1)
    return model


X_TB = torch.randint(11, (12, 4), generator=torch.Generator().manual_seed(2))


def test_evaluation_drops_nothing():
    model = make_model(dropout=0.5)
    plain = make_model().eval()(X_TB)[0]
    assert torch.equal(model.eval()(X_TB)[0], plain)
    assert not torch.equal(model.train()(X_TB)[0], plain)


def test_dropout_may_change_while_the_model_trains():
    model = make_model(dropout=0.5)
    model.dropout = 0.0
    assert torch.equal(model(X_TB)[0], make_model()(X_TB)[0])


def test_masks_come_from_the_models_generator_and_leave_the_global_one_alone():
    before = torch.get_rng_state()
    first, second = make_model(dropout=0.5), make_model(dropout=0.5)
    drawn = [first(X_TB)[0] for _ in range(2)]
    assert not torch.equal(*drawn)
    assert torch.equal(drawn[0], second(X_TB)[0])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_generator_put_back_repeats_its_masks():
    model = make_model(dropout=0.5)
    saved = model.generator.get_state()
    drawn = model(X_TB)[0]
    model.generator.set_state(saved)
    assert torch.equal(model(X_TB)[0], drawn)


@pytest.mark.parametrize("variational", [False, True])
def test_variational_dropout_keeps_one_mask_for_the_whole_window(variational):
    hidden_TBH, _ = make_model(dropout=0.5, variational_dropout=variational).hidden(X_TB)
    dropped_TBH = hidden_TBH == 0
    assert bool((dropped_TBH == dropped_TBH[0]).all()) == variational
    assert 0.3 < dropped_TBH.double().mean() < 0.7
    streams = dropped_TBH[0]
    assert not torch.equal(streams[0], streams[1])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_what_remains_is_scaled_up_by_what_was_dropped(dtype):
    ones = torch.ones(200, 50, 32, dtype=dtype)
    dropped = dropped_out(4 * ones, 0.2, tuple(ones.shape), torch.Generator().manual_seed(3))
    assert set(dropped.unique().tolist()) == {0.0, 5.0}
    assert dropped.double().mean().item() == pytest.approx(4, abs=0.02)


@pytest.mark.parametrize("dropout", [1e-4, 0.1, 0.5, 0.95])
def test_the_share_dropped_is_the_share_asked_for_in_every_column(dropout):
    ones = torch.ones(40_000, 16)
    zeros = dropped_out(ones, dropout, tuple(ones.shape), torch.Generator().manual_seed(3)) == 0
    deviation = (dropout * (1 - dropout) / 40_000) ** 0.5
    assert (zeros.double().mean(0) - dropout).abs().max() < 5 * deviation


def test_neighbouring_values_are_dropped_independently():
    ones = torch.ones(40_000, 8)
    zeros = (dropped_out(ones, 0.5, tuple(ones.shape), torch.Generator().manual_seed(3)) == 0).double()
    correlation = torch.corrcoef(zeros.t()) - torch.eye(8)
    assert correlation.abs().max() < 0.03


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_masks_of_any_size_are_drawn(width):
    assert dropped_out(torch.ones(3, width), 0.5, (3, width), torch.Generator().manual_seed(3)).shape == (3, width)
