"""bfloat16 products, torch's own kernels beside ours, repeatability, and the loss in pieces."""

import pytest
import torch
from torch.nn import functional

from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.models import output
from engine.models.gru import gru_layer
from engine.models.initialisation import initialise
from engine.models.kernels import chunks_of_time, keeps_float32_cell, torch_layer
from engine.models.language_model import LanguageModel
from engine.models.rnn import rnn_layer

FAMILIES = [
    RnnConfig(num_layers=2, hidden_size=32, embedding_size=16),
    RnnConfig(num_layers=2, hidden_size=32, embedding_size=16, activation="relu"),
    RnnConfig(num_layers=2, hidden_size=32, embedding_size=16, activation="sigmoid"),
    LstmConfig(num_layers=2, hidden_size=32, embedding_size=16),
    GruConfig(num_layers=2, hidden_size=32, embedding_size=16, residual=True),
]
IDS = ["tanh", "relu", "sigmoid", "lstm", "gru"]


def make_model(config, vocabulary_size=11, seed=0):
    model = LanguageModel(config, vocabulary_size)
    initialise(model, torch.Generator().manual_seed(seed))
    return model


def window(num_steps=100, batch_size=20, vocabulary_size=11, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randint(vocabulary_size, (num_steps, batch_size), generator=generator) for _ in range(2))


def gradients(model, x_TB, y_TB):
    model.zero_grad()
    loss, _ = model.loss(x_TB, y_TB)
    loss.backward()
    return loss.item(), torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("config", FAMILIES, ids=IDS)
def test_bfloat16_products_barely_turn_the_gradient(config):
    model, (x_TB, y_TB) = make_model(config), window()
    loss, exact = gradients(model, x_TB, y_TB)
    model.compute_dtype = torch.bfloat16
    low_loss, low = gradients(model, x_TB, y_TB)
    assert low_loss == pytest.approx(loss, abs=2e-3)
    assert functional.cosine_similarity(exact, low, dim=0) > 0.999
    assert low.dtype == torch.float32


@pytest.mark.parametrize("config", FAMILIES, ids=IDS)
def test_states_stay_float32_beside_bfloat16_products(config):
    model, (x_TB, _) = make_model(config), window(num_steps=3)
    model.compute_dtype = torch.bfloat16
    logits_TBV, state = model(x_TB)
    assert logits_TBV.dtype == torch.float32
    assert {tensor.dtype for layer in state for tensor in layer} == {torch.float32}
    assert {tuple(tensor.shape) for layer in state for tensor in layer} == {(20, 32)}


def test_an_lstm_in_bfloat16_still_adds_up_what_is_small():
    model = make_model(LstmConfig(hidden_size=16, embedding_size=4))
    model.compute_dtype = torch.bfloat16
    if not keeps_float32_cell(torch.zeros(1, dtype=torch.bfloat16)):
        pytest.skip("this processor has no bfloat16 products")
    layer = model.layers[0]
    with torch.no_grad():
        layer.weight_ih.zero_(), layer.weight_hh.zero_()
        # Forget nothing, and add about 0.001 to the cell in every step.
        layer.bias.copy_(torch.tensor([-3.0, 20.0, 0.02, 20.0]).repeat_interleave(16))
        _, ((_, c_BH),) = model(torch.zeros(1000, 1, dtype=torch.long))
    wanted = 1000 * torch.sigmoid(torch.tensor(-3.0)) * torch.tanh(torch.tensor(0.02))
    torch.testing.assert_close(c_BH, wanted.expand(1, 16), rtol=0.01, atol=0)


@pytest.mark.parametrize("config", FAMILIES, ids=IDS)
@pytest.mark.parametrize("dtype", [None, torch.bfloat16], ids=["float32", "bfloat16"])
def test_the_same_step_twice_gives_the_same_bits(config, dtype):
    model, (x_TB, y_TB) = make_model(config), window()
    model.compute_dtype = dtype
    model.dropout = 0.3
    results = []
    for _ in range(2):
        model.generator = torch.Generator().manual_seed(5)
        results.append(gradients(model, x_TB, y_TB))
    assert results[0][0] == results[1][0]
    assert torch.equal(results[0][1], results[1][1])


def layer_inputs(num_gates, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(9, 3, 5), (num_gates * 6, 5), (num_gates * 6, 6), (num_gates * 6,), (3, 6)]
    tensors = [torch.randn(shape, generator=generator, dtype=torch.float64) * 0.5 for shape in shapes]
    return [tensor.requires_grad_() for tensor in tensors]


def outcome(result, inputs):
    h_TBH, (h_BH,) = result
    total = (h_TBH * torch.linspace(-1, 1, h_TBH.numel(), dtype=torch.float64).view_as(h_TBH)).sum() + h_BH.cos().sum()
    return [h_TBH, h_BH, *torch.autograd.grad(total, inputs)]


def test_our_gru_equals_the_kernel_that_a_gpu_uses():
    x_TBI, weight_ih, weight_hh, bias, h_BH = inputs = layer_inputs(3)
    ours = outcome(gru_layer(x_TBI, weight_ih, weight_hh, bias, (h_BH,)), inputs)
    zeros = torch.zeros(6, dtype=torch.float64)
    bias_ih, bias_hh = torch.cat([bias[:12], zeros]), torch.cat([zeros, zeros, bias[12:]])
    torchs = outcome(torch_layer("gru", x_TBI, weight_ih, weight_hh, bias_ih, bias_hh, (h_BH,)), inputs)
    torch.testing.assert_close(ours, torchs, rtol=0, atol=1e-13)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_our_simple_network_equals_the_kernel_that_a_gpu_uses(activation):
    x_TBI, weight_ih, weight_hh, bias, h_BH = inputs = layer_inputs(1)
    ours = outcome(rnn_layer(x_TBI, weight_ih, weight_hh, bias, (h_BH,), activation), inputs)
    zeros = torch.zeros_like(bias)
    torchs = outcome(torch_layer(f"rnn_{activation}", x_TBI, weight_ih, weight_hh, bias, zeros, (h_BH,)), inputs)
    torch.testing.assert_close(ours, torchs, rtol=0, atol=1e-13)


@pytest.mark.parametrize("config", [FAMILIES[0], FAMILIES[4]], ids=["rnn", "gru"])
def test_windows_longer_than_a_piece_of_time_carry_gradients_across_the_seam(config, monkeypatch):
    model, (x_TB, y_TB) = make_model(config).double(), window(num_steps=10, batch_size=4)
    whole = gradients(model, x_TB, y_TB)
    for module in ("rnn", "gru"):
        monkeypatch.setattr(f"engine.models.{module}.chunks_of_time", lambda steps, _: chunks_of_time(steps, 300))
    assert len(chunks_of_time(10, 300)) == 4
    pieces = gradients(model, x_TB, y_TB)
    assert pieces[0] == pytest.approx(whole[0], abs=1e-14)
    torch.testing.assert_close(pieces[1], whole[1], rtol=0, atol=1e-14)


@pytest.mark.parametrize("tied", [False, True])
def test_the_loss_in_pieces_equals_the_cross_entropy_of_the_logits(tied, monkeypatch):
    monkeypatch.setattr(output, "MAX_LOGITS", 11 * 7)
    config = GruConfig(hidden_size=16, embedding_size=16, tied=tied)
    model, (x_TB, y_TB) = make_model(config).double(), window(num_steps=9, batch_size=5)
    loss, gradient = gradients(model, x_TB, y_TB)
    model.zero_grad()
    wanted = functional.cross_entropy(model(x_TB)[0].flatten(0, 1), y_TB.flatten())
    wanted.backward()
    assert loss == pytest.approx(wanted.item(), abs=1e-14)
    wanted_gradient = torch.cat([parameter.grad.flatten() for parameter in model.parameters()])
    torch.testing.assert_close(gradient, wanted_gradient, rtol=0, atol=1e-14)
    with torch.no_grad():
        assert model.loss(x_TB, y_TB)[0].item() == pytest.approx(loss, abs=1e-14)


def test_a_scaled_loss_scales_its_gradients():
    model, (x_TB, y_TB) = make_model(FAMILIES[3]).double(), window(num_steps=4)
    _, gradient = gradients(model, x_TB, y_TB)
    model.zero_grad()
    (3 * model.loss(x_TB, y_TB)[0]).backward()
    tripled = torch.cat([parameter.grad.flatten() for parameter in model.parameters()])
    torch.testing.assert_close(tripled, 3 * gradient, rtol=0, atol=1e-14)


@pytest.mark.parametrize("config", [FAMILIES[0], FAMILIES[3], FAMILIES[4]], ids=["rnn", "lstm", "gru"])
def test_training_in_bfloat16_learns_as_well_as_in_float32(config):
    text = torch.tensor([(i * i) % 11 for i in range(51)]).repeat(40)
    losses = {}
    for dtype in (None, torch.bfloat16):
        model = make_model(config)
        model.compute_dtype = dtype
        optimizer = torch.optim.SGD(model.parameters(), 0.2)
        streams_TB = text[: 50 * 40].view(40, 50).t()
        for _ in range(30):
            loss, _ = model.loss(streams_TB[:-1], streams_TB[1:])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        losses[dtype] = loss.item()
    assert losses[None] < 2.0
    assert losses[torch.bfloat16] == pytest.approx(losses[None], abs=0.02)
