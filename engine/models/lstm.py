"""The long short-term memory (Hochreiter & Schmidhuber 1997, forget gate of Gers et al. 2000): one layer over time.

    i, f, o = sigmoid(W x_t + b + U h_{t-1})        input, forget and output gate
    g       = tanh(W x_t + b + U h_{t-1})           candidate
    c_t     = f * c_{t-1} + i * g                   cell
    h_t     = o * tanh(c_t)

The rows of the matrices hold the gates in the order i, f, g, o. Torch's kernels fuse all of this (oneDNN on a
processor, cuDNN on a GPU). A layer of our own, written like the one of the GRU, was as fast for large layers and
slower for small ones.

Legend: T time, B batch, I input, H hidden, G = 4H.
"""

import torch
from torch import Tensor

from engine.models.kernels import torch_layer


def lstm_layer(
    x_TBI: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """All hidden states (T, B, H) in the precision of `x_TBI`, and the state (h_BH, c_BH) after the last step.

    `weight_ih` (4H, I), `weight_hh` (4H, H), `bias` (4H,).
    """
    return torch_layer("lstm", x_TBI, weight_ih, weight_hh, bias, torch.zeros_like(bias), state)
