"""The output layer and its loss in one: cross entropy without keeping the logits of a whole window.

Legend: N tokens of a window, V vocabulary, H hidden.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from engine.models.kernels import accumulating_dtype

# Logits held at a time: large enough for good products, small enough that they stay out of the way (32 MB).
MAX_LOGITS = 8_000_000


def mean_cross_entropy(hidden_NH: Tensor, weight_VH: Tensor, bias_V: Tensor, y_N: Tensor) -> Tensor:
    """Mean loss in nats per token, a scalar; products in the precision of `hidden_NH`, all else in the bias's."""
    if torch.is_grad_enabled():
        loss: Tensor = _MeanCrossEntropy.apply(hidden_NH, weight_VH, bias_V, y_N)  # type: ignore[no-untyped-call]
        return loss
    pieces = _log_probabilities(hidden_NH, weight_VH, bias_V, y_N)
    return torch.stack([loss for *_, loss in pieces]).sum() / len(y_N)


def _log_probabilities(hidden_NH: Tensor, weight_VH: Tensor, bias_V: Tensor, y_N: Tensor) -> Any:
    """Pieces of the window: (hidden, targets, log probabilities, summed loss)."""
    num_rows = max(1, MAX_LOGITS // len(bias_V))
    weight_VH, exact = weight_VH.to(hidden_NH.dtype), accumulating_dtype(hidden_NH.dtype)
    for hidden, y in zip(torch.split(hidden_NH, num_rows), torch.split(y_N, num_rows), strict=True):
        logits = hidden.mm(weight_VH.t()).to(exact).add_(bias_V)
        log_probabilities = torch.log_softmax(logits, 1)
        yield hidden, y.unsqueeze(1), log_probabilities, -log_probabilities.gather(1, y.unsqueeze(1)).sum()


class _MeanCrossEntropy(torch.autograd.Function):
    """Makes the gradients in the forward pass, piece by piece, while the logits are at hand."""

    @staticmethod
    def forward(ctx: Any, hidden_NH: Tensor, weight_VH: Tensor, bias_V: Tensor, y_N: Tensor) -> Tensor:
        low_weight_VH, num_tokens = weight_VH.to(hidden_NH.dtype), len(y_N)
        grad_hidden, losses = [], []
        grad_weight, grad_bias = torch.zeros_like(weight_VH), torch.zeros_like(bias_V)
        for hidden, y, log_probabilities, loss in _log_probabilities(hidden_NH, low_weight_VH, bias_V, y_N):
            grad_logits = log_probabilities.exp_().scatter_add_(1, y, -torch.ones_like(y, dtype=loss.dtype))
            grad_logits.div_(num_tokens)
            low_grad = grad_logits.to(hidden.dtype)
            grad_hidden.append(low_grad.mm(low_weight_VH))
            grad_weight += low_grad.t().mm(hidden)
            grad_bias += grad_logits.sum(0)
            losses.append(loss)
        ctx.save_for_backward(torch.cat(grad_hidden), grad_weight, grad_bias)
        return torch.stack(losses).sum() / num_tokens

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        grad_hidden, grad_weight, grad_bias = ctx.saved_tensors
        return grad_hidden * grad.to(grad_hidden.dtype), grad_weight * grad, grad_bias * grad, None
