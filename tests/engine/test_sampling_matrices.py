"""Matrices of a model in 32 and in 16 bits."""

import numpy as np
import pytest

from engine.config.model import GruConfig, LstmConfig, ModelConfig, RnnConfig
from engine.models.build import parameter_shapes
from engine.sampling import matrices
from engine.sampling.choice import probabilities
from engine.sampling.matrices import FloatMatrix, Floats, HalfMatrix, packing_for
from engine.sampling.stepper import Stepper

NUM_TOKENS = 50
CONFIGS = {
    "lstm": LstmConfig(num_layers=2, hidden_size=96, embedding_size=32),
    "gru": GruConfig(num_layers=2, hidden_size=96, embedding_size=96, tied=True),
    "rnn": RnnConfig(num_layers=3, hidden_size=96, embedding_size=32, residual=True),
}


def made(config: ModelConfig) -> dict[str, Floats]:
    random = np.random.default_rng(7)
    return {
        name: random.uniform(-0.15, 0.15, size=shape).astype(np.float32)
        for name, shape in parameter_shapes(config, NUM_TOKENS).items()
    }


@pytest.mark.parametrize("num_rows", [None, 1, 2, 5, 64])
@pytest.mark.parametrize("matrix", [FloatMatrix, HalfMatrix])
def test_a_product_is_that_of_the_plain_formula(matrix: type, num_rows: int | None) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(70, 33)).astype(np.float32)
    x = random.normal(size=(33,) if num_rows is None else (num_rows, 33)).astype(np.float32)
    out = np.empty((70,) if num_rows is None else (num_rows, 70), np.float32)
    packed = matrix(values)
    packed.product(x, out)
    assert packed.shape == values.shape
    np.testing.assert_allclose(out, x.astype(np.float64) @ values.T.astype(np.float64), atol=2e-2, rtol=2e-3)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_model_in_16_bits_gives_the_probabilities_of_the_exact_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, token_ids = CONFIGS[name], np.random.default_rng(3).integers(NUM_TOKENS, size=200).tolist()
    monkeypatch.setattr(matrices, "LARGE_BYTES", 0)
    arrays = made(config)
    half, exact = Stepper.from_arrays(config, arrays), Stepper.from_arrays(config, arrays, is_exact=True)
    half_TV, _ = half.read_each(token_ids, half.initial_state())
    exact_TV, _ = exact.read_each(token_ids, exact.initial_state())
    assert not np.array_equal(half_TV, exact_TV)
    distance_T = np.abs(probabilities(half_TV, 1.0) - probabilities(exact_TV, 1.0)).sum(axis=1) / 2
    assert distance_T.max() < 1e-3


def test_only_large_models_are_kept_in_16_bits() -> None:
    small = [np.ones((4, 4), np.float32)]
    assert packing_for(small) is FloatMatrix


def test_weights_beyond_the_range_of_16_bits_keep_32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrices, "LARGE_BYTES", 0)
    assert packing_for([np.ones((4, 4), np.float32)]) is HalfMatrix
    assert packing_for([np.full((4, 4), 70_000.0, np.float32)]) is FloatMatrix


def test_a_processor_without_the_kernel_keeps_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrices, "LARGE_BYTES", 0)
    monkeypatch.setattr(matrices, "_has_kernel", lambda: False)
    assert packing_for([np.ones((4, 4), np.float32)]) is FloatMatrix
