"""Initial weights, all drawn from one generator that the caller owns.

- uniform: U(-init_range, init_range) (Zaremba et al. 2014; Karpathy's char-rnn 2015).
- xavier: U(-a, a) with a = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010), per gate.
- orthogonal: Q of the QR decomposition of a Gaussian matrix (Saxe et al. 2014), per gate.
- identity: the unit matrix (Le, Jaitly & Hinton 2015), per gate, for recurrent matrices only.
- Biases are 0, but the forget gate of an LSTM (Jozefowicz et al. 2015) and the update gate of a GRU start where the
  configuration says; a high value makes either remember.
- Outside `uniform`, an embedding is drawn from N(0, 1), or from N(0, 1/H) when it is also the output matrix.
"""

from math import sqrt

import torch
from torch import Tensor

from engine.config.model import GruConfig, LstmConfig, ModelConfig
from engine.models.build import NUM_GATES
from engine.models.language_model import LanguageModel


@torch.no_grad()
def initialise(model: LanguageModel, generator: torch.Generator) -> None:
    """Fill every parameter of `model` by its configuration, in the order of `parameter_shapes`.

    The draws happen on the generator's device, in float32, so that a model for a GPU starts from the same weights.
    """
    config = model.config
    for name, parameter in model.named_parameters():
        owner, _, kind = name.rpartition(".")
        if kind == "bias":
            value = torch.zeros(parameter.shape)
            if owner != "output":
                _set_gate_bias(value, config)
        elif owner == "embedding":
            value = _embedding(parameter.shape, config, generator)
        elif owner == "output":
            value = draw(config.input_init, parameter.shape, 1, config.init_range, generator)
        else:
            scheme = config.recurrent_init if kind == "weight_hh" else config.input_init
            value = draw(scheme, parameter.shape, NUM_GATES[config.cell], config.init_range, generator)
        parameter.copy_(value)


def draw(scheme: str, shape: tuple[int, ...], num_gates: int, init_range: float, generator: torch.Generator) -> Tensor:
    """A float32 matrix of `shape` = (num_gates * rows, columns) on the generator's device, each gate on its own."""
    rows, columns = shape[0] // num_gates, shape[1]
    weight = torch.empty(shape, device=generator.device)
    for block in torch.split(weight, rows):
        if scheme == "uniform":
            block.uniform_(-init_range, init_range, generator=generator)
        elif scheme == "xavier":
            limit = sqrt(6 / (rows + columns))
            block.uniform_(-limit, limit, generator=generator)
        elif scheme == "orthogonal":
            block.copy_(_orthogonal(rows, columns, generator))
        else:
            block.copy_(torch.eye(rows, columns))
    return weight


def _orthogonal(rows: int, columns: int, generator: torch.Generator) -> Tensor:
    """Orthonormal rows or columns, whichever are fewer; the signs of R make the draw uniform (Mezzadri 2007)."""
    gaussian = torch.randn(max(rows, columns), min(rows, columns), generator=generator, device=generator.device)
    q, r = torch.linalg.qr(gaussian)
    orthonormal: Tensor = q * torch.where(r.diagonal() < 0, -1.0, 1.0)
    return orthonormal if rows >= columns else orthonormal.t()


def _embedding(shape: tuple[int, ...], config: ModelConfig, generator: torch.Generator) -> Tensor:
    weight = torch.empty(shape, device=generator.device)
    if config.input_init == "uniform":
        return weight.uniform_(-config.init_range, config.init_range, generator=generator)
    deviation = 1 / sqrt(config.hidden_size) if config.tied else 1.0
    return weight.normal_(0.0, deviation, generator=generator)


def _set_gate_bias(bias: Tensor, config: ModelConfig) -> None:
    """Both gates stand second in their family's order: i, f, g, o and r, z, n."""
    second = slice(config.hidden_size, 2 * config.hidden_size)
    if isinstance(config, LstmConfig):
        bias[second] = config.forget_bias
    elif isinstance(config, GruConfig):
        bias[second] = config.update_bias
