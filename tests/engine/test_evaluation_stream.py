"""One stream computed in parallel sweeps has the loss of one stream read strictly in order."""

import itertools

import numpy as np
import pytest
import torch

from engine.config.model import GruConfig, LstmConfig, RnnConfig
from engine.evaluation import stream
from engine.evaluation.evaluate import finish
from engine.evaluation.lanes import Lanes
from engine.evaluation.stream import stream_loss
from engine.models.build import parameter_shapes
from engine.models.language_model import LanguageModel
from engine.models.parameters import load_parameters


@pytest.fixture(autouse=True)
def one_thread():
    """Products this small only wait for each other on several threads."""
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(num_threads)


VOCABULARY_SIZE = 8


def make_model(config, scale=0.3, seed=0, **changes):
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, VOCABULARY_SIZE)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    for name, change in changes.items():
        name = name.replace("__", ".")
        arrays[name] = change(arrays[name], random).astype(np.float32)
    model = LanguageModel(config, VOCABULARY_SIZE)
    load_parameters(model, arrays)
    return model


def gate_bias(value):
    """The second gate's bias: forget gate of an LSTM, update gate of a GRU."""

    def change(bias, _):
        bias[16:32] = value
        return bias

    return change


def chaotic(weight, random):
    return random.normal(size=weight.shape, scale=3 / np.sqrt(weight.shape[1]))


def identity(weight, _):
    return np.eye(len(weight))


LSTM = LstmConfig(hidden_size=16, embedding_size=4, num_layers=2)
MODELS = {
    "lstm": lambda: make_model(LSTM),
    "gru with residual connections": lambda: make_model(
        GruConfig(hidden_size=16, embedding_size=4, num_layers=3, residual=True)
    ),
    "tanh": lambda: make_model(RnnConfig(hidden_size=16, embedding_size=4), scale=0.2),
    "slowly forgetting lstm": lambda: make_model(LSTM, layers__0__bias=gate_bias(4.0), layers__1__bias=gate_bias(4.0)),
    "never forgetting lstm": lambda: make_model(LSTM, layers__0__bias=gate_bias(30.0), layers__1__bias=gate_bias(30.0)),
    "never forgetting gru": lambda: make_model(
        GruConfig(hidden_size=16, embedding_size=4), layers__0__bias=gate_bias(9.0)
    ),
    "identity relu": lambda: make_model(
        RnnConfig(hidden_size=16, embedding_size=4, activation="relu"), scale=0.05, layers__0__weight_hh=identity
    ),
    "chaotic": lambda: make_model(RnnConfig(hidden_size=64, embedding_size=4), scale=0.1, layers__0__weight_hh=chaotic),
}


def make_ids(size, seed=1):
    return np.random.default_rng(seed).integers(VOCABULARY_SIZE, size=size).astype(np.uint8)


class Readings:
    """Counts the tokens that are read, and the lanes of each reading."""

    def __init__(self, monkeypatch):
        self.num_steps, self.lanes = 0, []
        read = Lanes.read

        def counting(lanes, starts, num_predictions, state_MBH):
            self.num_steps += num_predictions
            self.lanes.append(len(starts))
            return read(lanes, starts, num_predictions, state_MBH)

        monkeypatch.setattr(Lanes, "read", counting)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("num_chunks", [2, 7, 12])
def test_sweeps_give_the_loss_of_one_stream(name, num_chunks):
    model = MODELS[name]()
    ids = make_ids(4000)
    wanted = finish(stream_loss(model, ids, num_chunks=1))
    found = finish(stream_loss(model, ids, num_chunks=num_chunks))
    assert found.num_tokens == wanted.num_tokens == 4000
    assert found.loss_nats == pytest.approx(wanted.loss_nats, abs=1e-6)


@pytest.mark.parametrize("num_chunks", [2, 3, 5, 40, 49])
def test_texts_that_chunks_do_not_divide_are_read_to_their_end(num_chunks):
    model = MODELS["lstm"]()
    for size in (50, 51, 97, 100):
        wanted = finish(stream_loss(model, make_ids(size), num_chunks=1))
        found = finish(stream_loss(model, make_ids(size), num_chunks=num_chunks))
        assert found.loss_nats == pytest.approx(wanted.loss_nats, abs=1e-6)


def test_a_network_that_forgets_takes_two_sweeps_of_which_the_second_is_short(monkeypatch):
    model, readings = MODELS["lstm"](), Readings(monkeypatch)
    finish(stream_loss(model, make_ids(16 * 2000 + 1), num_chunks=16))
    assert 2000 < readings.num_steps < 3000


def test_a_network_that_forgets_slowly_takes_more_sweeps_but_no_reading_in_order(monkeypatch):
    model, readings = MODELS["slowly forgetting lstm"](), Readings(monkeypatch)
    finish(stream_loss(model, make_ids(16 * 500 + 1), num_chunks=16))
    assert 1000 < readings.num_steps < 16 * 500 / 2


@pytest.mark.parametrize("name", ["chaotic", "never forgetting lstm"])
def test_a_network_that_never_forgets_is_read_in_order_to_the_last_bit(name, monkeypatch):
    model, ids = MODELS[name](), make_ids(16 * 250 + 1)
    wanted = finish(stream_loss(model, ids, num_chunks=1))
    readings = Readings(monkeypatch)
    found = finish(stream_loss(model, ids, num_chunks=16))
    assert found == wanted
    assert readings.num_steps < 1.3 * 16 * 250


def remembering_model():
    """An LSTM that adds up all tokens since the last token 0, which lets it forget everything."""
    config = LstmConfig(hidden_size=4, embedding_size=0)

    def weight_ih(weight, _):
        weight[4:8] = 40
        weight[4:8, 0] = -40
        weight[8:12] *= 0.1
        return weight

    return make_model(config, layers__0__weight_ih=weight_ih, layers__0__weight_hh=lambda weight, _: 0 * weight)


def test_a_stretch_that_is_never_forgotten_is_read_in_order_and_the_rest_is_not(monkeypatch):
    model, ids = remembering_model(), make_ids(20 * 300 + 1)
    stretch = slice(5 * 300, 14 * 300)
    ids[stretch] = np.maximum(ids[stretch], 1)
    wanted = finish(stream_loss(model, ids, num_chunks=1))
    readings = Readings(monkeypatch)
    found = finish(stream_loss(model, ids, num_chunks=20))
    assert found.loss_nats == pytest.approx(wanted.loss_nats, abs=1e-6)
    assert readings.lanes.count(1) >= 6 * 3
    assert readings.num_steps < 14 * 300


def test_readings_in_order_stop_where_their_states_are_known(monkeypatch):
    monkeypatch.setattr(stream, "MOST_SWEEPS", 2)
    monkeypatch.setattr(stream, "WINDOW_SIZE", 50)
    model, ids = remembering_model(), make_ids(20 * 300 + 1)
    ids[5 * 300 : 5 * 300 + 420] = 1
    wanted = finish(stream_loss(model, ids, num_chunks=1))
    readings = Readings(monkeypatch)
    found = finish(stream_loss(model, ids, num_chunks=20))
    assert found.loss_nats == pytest.approx(wanted.loss_nats, abs=1e-6)
    assert readings.num_steps <= 300 + 300 + 200  # two sweeps, and the end of the stretch in the second chunk


def test_a_network_that_overflows_ends_with_a_loss_that_is_not_finite():
    config = RnnConfig(hidden_size=16, embedding_size=4, activation="relu")
    model = make_model(config, layers__0__weight_hh=lambda weight, _: 50 * np.ones_like(weight))
    assert not np.isfinite(finish(stream_loss(model, make_ids(3000), num_chunks=5)).total_nats)


def test_short_texts_are_read_in_order_and_long_ones_in_chunks(monkeypatch):
    model, readings = MODELS["lstm"](), Readings(monkeypatch)
    finish(stream_loss(model, make_ids(4000)))
    assert set(readings.lanes) == {1}
    readings.lanes.clear()
    finish(stream_loss(model, make_ids(30_000)))
    assert max(readings.lanes) == 14


@pytest.mark.parametrize("name", ["lstm", "chaotic", "never forgetting lstm"])
def test_the_share_done_never_falls(name):
    shares = list(stream_loss(MODELS[name](), make_ids(16 * 250 + 7), num_chunks=16))
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] == 1


def test_kept_windows_are_about_four_for_each_doubling():
    kept = [window for window in range(10_000) if stream._is_kept(window)]
    assert kept[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(kept) < 50
    assert all(later <= 1.26 * earlier + 1 for earlier, later in itertools.pairwise(kept))


def test_states_that_are_not_numbers_are_never_close():
    a = torch.tensor([[[1.0, 2.0], [float("nan"), 0.0]]])
    assert stream._are_close(a, a).tolist() == [False, False]
    assert stream._are_close(a[:, :1], a[:, :1]).tolist() == [True]
