"""The simple recurrent network (Elman 1990): one layer over time.

    h_t = f(W x_t + b + U h_{t-1})        f: tanh, sigmoid or ReLU

Torch has no fused kernel for it on a processor: its backward makes one small weight-gradient product per time step.
Here each step has one product, and the products with W and for the gradients of the weights span all time steps.

Legend: T time, B batch, I input, H hidden, N = T * B.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from engine.models.kernels import accumulating_dtype, chunks_of_time, column_sums, tanh_from_doubled, torch_layer


def rnn_layer(
    x_TBI: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor, state: tuple[Tensor, ...], activation: str
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """All hidden states (T, B, H) in the precision of `x_TBI`, and the state (h_BH,) after the last step.

    `weight_ih` (H, I), `weight_hh` (H, H), `bias` (H,), `activation` "tanh", "sigmoid" or "relu".
    """
    if x_TBI.device.type == "cpu" or activation == "sigmoid":
        (h_BH,) = state
        h_TBH = _Rnn.apply(x_TBI, weight_ih, weight_hh, bias, h_BH, activation)  # type: ignore[no-untyped-call]
        return h_TBH, (h_TBH[-1].to(h_BH.dtype, copy=True),)
    return torch_layer(f"rnn_{activation}", x_TBI, weight_ih, weight_hh, bias, torch.zeros_like(bias), state)


class _Rnn(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x_TBI: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor, h_BH: Tensor, activation: str
    ) -> Tensor:
        (num_steps, batch_size, _), hidden_size, dtype = x_TBI.shape, h_BH.shape[1], x_TBI.dtype
        w, u, low_bias = weight_ih.to(dtype), weight_hh.to(dtype), bias.to(dtype)
        h_all = x_TBI.new_empty(num_steps + 1, batch_size, hidden_size)
        h_all[0] = h_BH
        for part, states in chunks_of_time(num_steps, batch_size):
            totals_NH = torch.addmm(low_bias, x_TBI[part].flatten(0, 1), w.t())
            totals_TBH = totals_NH.view(-1, batch_size, hidden_size)
            for total_BH, before_BH, after_BH in zip(totals_TBH, h_all[part], h_all[states][1:], strict=True):
                _activate(total_BH.addmm_(before_BH, u.t()), activation, after_BH)
        ctx.save_for_backward(x_TBI, weight_ih, weight_hh, h_all)
        ctx.activation = activation
        return h_all[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_TBH: Tensor) -> tuple[Tensor | None, ...]:
        x_TBI, weight_ih, weight_hh, h_all = ctx.saved_tensors
        num_steps, batch_size, hidden_size = grad_TBH.shape
        w, u = weight_ih.to(x_TBI.dtype), weight_hh.to(x_TBI.dtype)
        grad_x = torch.empty_like(x_TBI) if ctx.needs_input_grad[0] else None
        grad_w, grad_u = torch.zeros_like(weight_ih), torch.zeros_like(weight_hh)
        grad_b = grad_w.new_zeros(hidden_size)
        grad_BH = torch.zeros_like(h_all[0])
        for part, states in reversed(chunks_of_time(num_steps, batch_size)):
            slopes_TBH = _slopes(h_all[states][1:], ctx.activation)
            grads = torch.cat([torch.zeros_like(grad_BH).unsqueeze(0), grad_TBH[part]])
            grads[-1] += grad_BH
            totals_TBH = torch.empty_like(slopes_TBH)
            for before_BH, after_BH, slope_BH, total_BH in reversed(
                list(zip(grads[:-1], grads[1:], slopes_TBH, totals_TBH, strict=True))
            ):
                torch.mul(after_BH, slope_BH, out=total_BH)
                before_BH.addmm_(total_BH, u)
            grad_BH, totals_NH = grads[0], totals_TBH.view(-1, hidden_size)
            grad_w += totals_NH.t().mm(x_TBI[part].flatten(0, 1))
            grad_u += totals_NH.t().mm(h_all[part].flatten(0, 1))
            grad_b += column_sums(totals_NH)
            if grad_x is not None:
                torch.mm(totals_NH, w, out=grad_x[part].view(len(totals_NH), -1))
        return grad_x, grad_w, grad_u, grad_b, grad_BH.to(weight_hh.dtype), None


def _activate(total_BH: Tensor, activation: str, out_BH: Tensor) -> None:
    if activation == "relu":
        torch.clamp_min(total_BH, 0, out=out_BH)
        return
    total_BH = total_BH.to(accumulating_dtype(total_BH.dtype))
    if activation == "sigmoid":
        torch.sigmoid(total_BH, out=out_BH)
    else:
        tanh_from_doubled(total_BH.mul_(2), out=out_BH)


def _slopes(h_TBH: Tensor, activation: str) -> Tensor:
    """f' of all steps, from f."""
    if activation == "relu":
        return (h_TBH > 0).to(h_TBH.dtype)
    if activation == "sigmoid":
        return h_TBH - h_TBH * h_TBH
    return 1 - h_TBH * h_TBH
