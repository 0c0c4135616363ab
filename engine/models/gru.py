"""The gated recurrent unit (Cho et al. 2014) with the reset gate after the product: one layer over time.

    r, z = sigmoid(W x_t + b + U h_{t-1})           reset and update gate
    n    = tanh(W_n x_t + r * (U_n h_{t-1} + b_n))  candidate; Cho 2014 has U_n (r * h_{t-1}) instead
    h_t  = (1 - z) * n + z * h_{t-1}

The rows of the matrices hold the gates in the order r, z, n.

Torch has no fused kernel for it on a processor: its backward makes one small weight-gradient product per time step.
Here each step has one product, and everything that does not wait for the step before spans all time steps.

Legend: T time, B batch, I input, H hidden, G = 3H, N = T * B.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from engine.models.kernels import accumulating_dtype, chunks_of_time, column_sums, tanh_from_doubled, torch_layer

_sigmoid_backward = torch.ops.aten.sigmoid_backward  # (a, s) -> a * s * (1 - s)
_tanh_backward = torch.ops.aten.tanh_backward  # (a, t) -> a * (1 - t * t)


def gru_layer(
    x_TBI: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """All hidden states (T, B, H) in the precision of `x_TBI`, and the state (h_BH,) after the last step.

    `weight_ih` (3H, I), `weight_hh` (3H, H), `bias` (3H,), its last third inside the reset product.
    """
    if x_TBI.device.type == "cpu":
        h_TBH, h_BH = _Gru.apply(x_TBI, weight_ih, weight_hh, bias, *state)  # type: ignore[no-untyped-call]
        return h_TBH, (h_BH,)
    bias_rz, bias_n = torch.split(bias, [2 * weight_hh.shape[1], weight_hh.shape[1]])
    bias_ih = torch.cat([bias_rz, torch.zeros_like(bias_n)])
    bias_hh = torch.cat([torch.zeros_like(bias_rz), bias_n])
    return torch_layer("gru", x_TBI, weight_ih, weight_hh, bias_ih, bias_hh, state)


class _Gru(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x_TBI: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor, h_BH: Tensor
    ) -> tuple[Tensor, Tensor]:
        (num_steps, batch_size, _), hidden_size, dtype = x_TBI.shape, h_BH.shape[1], x_TBI.dtype
        exact = accumulating_dtype(dtype)
        # What the candidate reads is doubled, for `tanh_from_doubled`.
        doubled_n = torch.cat([weight_ih[: 2 * hidden_size], 2 * weight_ih[2 * hidden_size :]])
        w, u = doubled_n.to(dtype), weight_hh.to(dtype)
        bias_x, bias_h = bias.to(dtype, copy=True), bias.to(dtype, copy=True)
        bias_x[2 * hidden_size :], bias_h[: 2 * hidden_size] = 0, 0
        gates_TBG = x_TBI.new_empty(num_steps, batch_size, 3 * hidden_size, dtype=exact)
        candidates_TBH = x_TBI.new_empty(num_steps, batch_size, hidden_size, dtype=exact)
        h_all = x_TBI.new_empty(num_steps + 1, batch_size, hidden_size, dtype=exact)
        low_all = h_all if dtype == exact else torch.empty_like(h_all, dtype=dtype)
        h_all[0] = h_BH
        low_all[0] = h_BH
        for part, states in chunks_of_time(num_steps, batch_size):
            inputs_NG = torch.addmm(bias_x, x_TBI[part].flatten(0, 1), w.t())
            gates_TBG[part] = inputs_NG.view(-1, batch_size, 3 * hidden_size)
            _run(gates_TBG[part], candidates_TBH[part], h_all[states], low_all[states], u, bias_h)
        ctx.save_for_backward(x_TBI, weight_ih, weight_hh, gates_TBG, candidates_TBH, h_all, low_all)
        return low_all[1:], h_all[-1].to(h_BH.dtype, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_TBH: Tensor, grad_BH: Tensor) -> tuple[Tensor | None, ...]:
        x_TBI, weight_ih, weight_hh, gates_TBG, candidates_TBH, h_all, low_all = ctx.saved_tensors
        num_steps, batch_size, hidden_size = candidates_TBH.shape
        w, u = weight_ih.to(x_TBI.dtype), weight_hh.to(x_TBI.dtype)
        grad_x = torch.empty_like(x_TBI) if ctx.needs_input_grad[0] else None
        grad_w, grad_u = torch.zeros_like(weight_ih), torch.zeros_like(weight_hh)
        grad_b = grad_w.new_zeros(3 * hidden_size)
        grad_BH = grad_BH.to(h_all.dtype)
        for part, states in reversed(chunks_of_time(num_steps, batch_size)):
            from_x, from_h, grad_BH = _run_back(
                grad_TBH[part], grad_BH, gates_TBG[part], candidates_TBH[part], h_all[states], u
            )
            grad_w += from_x.t().mm(x_TBI[part].flatten(0, 1))
            grad_u += from_h.t().mm(low_all[part].flatten(0, 1))
            grad_b += column_sums(from_h)
            if grad_x is not None:
                torch.mm(from_x, w, out=grad_x[part].view(len(from_x), -1))
        return grad_x, grad_w, grad_u, grad_b, grad_BH.to(weight_hh.dtype)


def _run(gates_TBG: Tensor, candidates_TBH: Tensor, h_all: Tensor, low_all: Tensor, u: Tensor, bias_h: Tensor) -> None:
    """Steps through a piece of time. `gates_TBG` comes with W x_t + b and leaves with r, z, n; `candidates_TBH` leaves
    with U_n h + b_n; the states `h_all` and their low-precision copies `low_all` (T + 1, B, H) are filled in."""
    hidden_size = h_all.shape[2]
    sizes = [2 * hidden_size, hidden_size]
    recurrent_BG = low_all.new_empty(h_all.shape[1], 3 * hidden_size)
    recurrent_rz, recurrent_n = torch.split(recurrent_BG, sizes, 1)
    gates_rz, gates_n = torch.split(gates_TBG, sizes, 2)
    steps = zip(gates_rz, *gates_rz.chunk(2, 2), gates_n, candidates_TBH, h_all, low_all, strict=False)
    for (rz, r, z, n, candidate, before, low_before), after, low_after in zip(
        steps, h_all[1:], low_all[1:], strict=True
    ):
        torch.addmm(bias_h, low_before, u.t(), out=recurrent_BG)
        rz.add_(recurrent_rz).sigmoid_()
        candidate.copy_(recurrent_n)
        tanh_from_doubled(n.addcmul_(r, candidate, value=2), out=n)
        torch.lerp(n, before, z, out=after)
        low_after.copy_(after)


def _run_back(
    grad_TBH: Tensor, grad_BH: Tensor, gates_TBG: Tensor, candidates_TBH: Tensor, h_all: Tensor, u: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Steps back through a piece of time, from the gradients of its outputs and of its last state.

    Returns the gradients of W x_t + b and of U h_{t-1} + b, both (N, G), and of the state before the piece (B, H).
    """
    num_steps, batch_size, hidden_size = grad_TBH.shape
    r, z, n = gates_TBG.chunk(3, 2)
    # Every gradient of a step is the step's gradient of h times a factor known beforehand.
    factor_n = _tanh_backward(1 - z, n)
    factors = torch.empty(num_steps, batch_size, 3, hidden_size, dtype=grad_BH.dtype)
    _sigmoid_backward.grad_input(factor_n * candidates_TBH, r, grad_input=factors[:, :, 0])
    _sigmoid_backward.grad_input(h_all[:-1] - n, z, grad_input=factors[:, :, 1])
    torch.mul(factor_n, r, out=factors[:, :, 2])
    grads = torch.cat([torch.zeros_like(grad_BH).unsqueeze(0), grad_TBH.to(grad_BH.dtype)])
    grads[-1] += grad_BH
    from_h = u.new_empty(num_steps, batch_size, 3, hidden_size)
    product_BH = u.new_empty(batch_size, hidden_size)
    for before, after, factor, total, z_BH in reversed(
        list(zip(grads[:-1], grads[1:], factors, from_h, z, strict=True))
    ):
        torch.mul(after.unsqueeze(1), factor, out=total)
        torch.mm(total.flatten(1), u, out=product_BH)
        before.addcmul_(after, z_BH).add_(product_BH)
    from_x = from_h.clone()
    torch.mul(grads[1:], factor_n, out=from_x[:, :, 2])
    return from_x.view(-1, 3 * hidden_size), from_h.view(-1, 3 * hidden_size), grads[0]
