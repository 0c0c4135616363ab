"""Pieces that the recurrent families share.

Legend: T time, B batch, I input, H hidden, G gates times H, N = T * B.
"""

from typing import cast

import torch
from torch import Tensor

_MINUS_ONE = torch.tensor(-1.0)


def accumulating_dtype(dtype: torch.dtype) -> torch.dtype:
    """The precision of sums and curves when the products are made in `dtype`: float32 for bfloat16."""
    return torch.float32 if dtype == torch.bfloat16 else dtype


def tanh_from_doubled(doubled: Tensor, out: Tensor) -> None:
    """tanh(x) into `out` from `doubled` = 2x, which is overwritten.

    tanh(x) = 2 sigmoid(2x) - 1; on a processor torch's sigmoid is vectorised and six times faster than its tanh.
    """
    torch.add(_MINUS_ONE.to(doubled), doubled.sigmoid_(), alpha=2, out=out)


def chunks_of_time(num_steps: int, batch_size: int) -> list[tuple[slice, slice]]:
    """Pieces of a window, each as the slice of its steps and of the states around them (one more).

    A piece has about 1,024 tokens: enough for good products, few enough to stay in the processor's cache.
    """
    size = max(1, 1024 // batch_size)
    starts = range(0, num_steps, size)
    return [(slice(s, min(s + size, num_steps)), slice(s, min(s + size, num_steps) + 1)) for s in starts]


def column_sums(x_NG: Tensor) -> Tensor:
    """Sums over N (G,), as a product: torch's own sum of bfloat16 first copies everything to float32."""
    return x_NG.new_ones(1, len(x_NG)).mm(x_NG)[0]


def torch_layer(
    kernel: str,
    x_TBI: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    state: tuple[Tensor, ...],
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """One layer by torch's own kernel ("lstm", "gru", "rnn_tanh", "rnn_relu"), cuDNN's on a GPU.

    The products are made in the precision of `x_TBI`; the state comes and goes in its own.
    """
    dtype = x_TBI.dtype
    weights = [tensor.to(dtype) for tensor in (weight_ih, weight_hh, bias_ih, bias_hh)]
    if x_TBI.is_cuda:
        weights = _in_one_chunk(weights)
    before = [tensor.to(dtype).unsqueeze(0) for tensor in state]
    if kernel == "lstm" and keeps_float32_cell(x_TBI):
        before[1] = state[1].float().unsqueeze(0)
    function = getattr(torch._VF, kernel)
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    settings = (True, 1, 0.0, torch.is_grad_enabled(), False, False)
    h_TBH, *after = function(x_TBI, before if kernel == "lstm" else before[0], weights, *settings)
    pairs = zip(cast(list[Tensor], after), state, strict=True)
    return h_TBH, tuple(new[0].to(old.dtype) for new, old in pairs)


def keeps_float32_cell(x_TBI: Tensor) -> bool:
    """Whether torch's LSTM may keep the cell in float32 beside bfloat16 products.

    oneDNN can, and should: a bfloat16 cell loses every addition below 1/256 of its value. Other kernels refuse.
    """
    has_onednn: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if x_TBI.device.type != "cpu" or x_TBI.dtype != torch.bfloat16 or not has_onednn:
        return False
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _in_one_chunk(tensors: list[Tensor]) -> list[Tensor]:
    """The same tensors as views of one piece of memory, as cuDNN wants its weights; else it copies and warns."""
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    pieces = torch.split(flat, [tensor.numel() for tensor in tensors])
    return [piece.view_as(tensor) for piece, tensor in zip(pieces, tensors, strict=True)]
