"""Optimizers against their formulas in NumPy, and clipping."""

import numpy as np
import pytest
import torch

from engine.config.configuration import from_tables
from engine.training.gradients import Clipping, clip, gradient_norms, spectral_norm
from engine.training.optimizers import build_optimizer, set_learning_rate

RATE = 0.1


def run(settings: dict[str, object], gradients: list[float]) -> list[float]:
    config = from_tables({"training": {"steps": 1, **settings}}).training.optimizer
    weight = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer = build_optimizer(config, [weight])
    set_learning_rate(optimizer, RATE)
    path = []
    for gradient in gradients:
        weight.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        path.append(float(weight.detach()))
    return path


GRADIENTS = [0.5, -2.0, 3.0]


def test_sgd_follows_the_gradient() -> None:
    expected = 1.0 - RATE * np.cumsum(GRADIENTS)
    assert run({"optimizer": "sgd"}, GRADIENTS) == pytest.approx(list(expected))


def test_momentum_carries_the_last_step_on() -> None:
    weight, velocity, expected = 1.0, 0.0, []
    for gradient in GRADIENTS:
        velocity = 0.9 * velocity + gradient
        weight -= RATE * velocity
        expected.append(weight)
    assert run({"optimizer": "momentum", "momentum": 0.9}, GRADIENTS) == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["adam", "adamw"])
def test_adam_divides_by_the_root_of_the_averaged_square(kind: str) -> None:
    weight, m, v, expected = 1.0, 0.0, 0.0, []
    decay = 0.05
    for step, raw in enumerate(GRADIENTS, 1):
        gradient = raw + decay * weight if kind == "adam" else raw
        if kind == "adamw":
            weight -= RATE * decay * weight
        m = 0.9 * m + 0.1 * gradient
        v = 0.99 * v + 0.01 * gradient**2
        weight -= RATE * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
        expected.append(weight)
    settings = {"optimizer": kind, "beta1": 0.9, "beta2": 0.99, "weight_decay": decay}
    assert run(settings, GRADIENTS) == pytest.approx(expected)


def test_rmsprop_divides_by_the_root_of_the_averaged_square() -> None:
    weight, v, expected = 1.0, 0.0, []
    for gradient in GRADIENTS:
        v = 0.95 * v + 0.05 * gradient**2
        weight -= RATE * gradient / (np.sqrt(v) + 1e-8)
        expected.append(weight)
    assert run({"optimizer": "rmsprop", "smoothing": 0.95}, GRADIENTS) == pytest.approx(expected)


def test_adagrad_divides_by_the_root_of_the_summed_square() -> None:
    weight, v, expected = 1.0, 0.0, []
    for gradient in GRADIENTS:
        v += gradient**2
        weight -= RATE * gradient / (np.sqrt(v) + 1e-10)
        expected.append(weight)
    assert run({"optimizer": "adagrad"}, GRADIENTS) == pytest.approx(expected)


def test_a_gradient_longer_than_the_threshold_keeps_its_direction_and_gets_that_length() -> None:
    gradients = [torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])]
    norm = float(torch.linalg.vector_norm(gradient_norms(gradients)))
    assert norm == 5.0
    assert clip(gradients, norm, Clipping(norm=1.0))
    assert gradients[0].tolist() == pytest.approx([0.6, 0.0])
    assert gradients[1].tolist() == [pytest.approx([0.8])]


def test_a_shorter_gradient_is_left_alone() -> None:
    gradients = [torch.tensor([0.3, 0.4])]
    assert not clip(gradients, 0.5, Clipping(norm=1.0))
    assert gradients[0].tolist() == pytest.approx([0.3, 0.4])


def test_clipping_by_value_cuts_each_number_on_its_own() -> None:
    gradients = [torch.tensor([0.05, -3.0, 0.2])]
    assert clip(gradients, 3.0, Clipping(value=0.1))
    assert gradients[0].tolist() == pytest.approx([0.05, -0.1, 0.1])


def test_the_spectral_norm_is_the_largest_singular_value() -> None:
    matrix = torch.from_numpy(np.random.default_rng(3).normal(size=(40, 40)).astype(np.float32))
    start = torch.ones(40)
    expected = np.linalg.svd(matrix.numpy(), compute_uv=False)[0]
    assert spectral_norm(matrix, start, num_iterations=200) == pytest.approx(expected, rel=1e-3)
