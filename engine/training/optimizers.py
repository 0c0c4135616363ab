"""Optimizers from their configuration, and their state as named tensors."""

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

import torch

from engine.config.optimizer import (
    AdagradConfig,
    AdamConfig,
    AdamWConfig,
    MomentumConfig,
    OptimizerConfig,
    RmspropConfig,
    SgdConfig,
)
from engine.errors import DamagedFile


def build_optimizer(config: OptimizerConfig, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
    """The optimizer of `config`; the trainer sets the learning rate before each step."""
    decay = config.weight_decay
    match config:
        case SgdConfig():
            return torch.optim.SGD(parameters, lr=0.0, weight_decay=decay)
        case MomentumConfig():
            return torch.optim.SGD(
                parameters, lr=0.0, momentum=config.momentum, nesterov=config.nesterov, weight_decay=decay
            )
        case AdamConfig():
            betas = (config.beta1, config.beta2)
            return torch.optim.Adam(parameters, lr=0.0, betas=betas, eps=config.epsilon, weight_decay=decay, fused=True)
        case AdamWConfig():
            betas = (config.beta1, config.beta2)
            return torch.optim.AdamW(
                parameters, lr=0.0, betas=betas, eps=config.epsilon, weight_decay=decay, fused=True
            )
        case RmspropConfig():
            return torch.optim.RMSprop(
                parameters, lr=0.0, alpha=config.smoothing, eps=config.epsilon, weight_decay=decay, foreach=True
            )
        case AdagradConfig():
            return torch.optim.Adagrad(parameters, lr=0.0, eps=config.epsilon, weight_decay=decay)
        case _:
            assert_never(config)


def set_learning_rate(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    """Give all parameters this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


def optimizer_tensors(optimizer: torch.optim.Optimizer, names: list[str]) -> dict[str, torch.Tensor]:
    """The optimizer's state by `<parameter name>/<entry>`; tensors, not copies."""
    state: Mapping[int, Mapping[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{names[index]}/{entry}": value if isinstance(value, torch.Tensor) else torch.tensor(value)
        for index, entries in state.items()
        for entry, value in entries.items()
        if value is not None
    }


def load_optimizer_tensors(
    optimizer: torch.optim.Optimizer, names: list[str], tensors: Mapping[str, torch.Tensor]
) -> None:
    """Put back what `optimizer_tensors` gave. Raises DamagedFile for a name that does not belong to the model."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        name, _, entry = key.rpartition("/")
        if name not in names:
            raise DamagedFile("The checkpoint holds optimizer values for {name}, which is not in its model.", name=name)
        state.setdefault(names.index(name), {})[entry] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
