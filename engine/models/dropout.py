"""Dropout whose draws come from a generator of the caller."""

from math import prod

import torch
from torch import Tensor

_LOWEST = -(2**63)


def dropped_out(x: Tensor, dropout: float, mask_shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
    """Inverted dropout (Srivastava et al. 2014): `x` with a share `dropout` of it set to zero, the rest scaled up.

    `mask_shape` is the shape of `x`, or one that broadcasts to it where several places share a draw. Draws from
    `generator`, or from the device's own when it is None. The share is kept to 1 in 65,536 on a processor.
    """
    if x.device.type == "cpu":
        mask = _kept(mask_shape, dropout, generator).to(x.dtype)
    else:
        mask = x.new_empty(mask_shape).bernoulli_(1 - dropout, generator=generator)
    # Scaled apart from the mask, whose precision may not hold the scale.
    return x * mask * (1 / (1 - dropout))


def _kept(shape: tuple[int, ...], dropout: float, generator: torch.Generator | None) -> Tensor:
    """True where a value stays, from 16 random bits each: ten times faster than `bernoulli_` on a processor."""
    size = prod(shape)
    words = torch.empty((size + 3) // 4, dtype=torch.int64).random_(_LOWEST, None, generator=generator)
    return words.view(torch.int16)[:size].view(shape) >= round(dropout * 65536) - 32768
