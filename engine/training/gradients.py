"""Norms and clipping of gradients, and the figures that tell how training goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Clipping:
    """Thresholds; 0 switches one off. norm: of the whole gradient; value: of each of its numbers."""

    norm: float = 0.0
    value: float = 0.0


def gradient_norms(gradients: Sequence[torch.Tensor]) -> torch.Tensor:
    """Euclidean norm of each gradient, as one tensor on their device."""
    return torch.stack(list(torch._foreach_norm(list(gradients))))


def clip(gradients: Sequence[torch.Tensor], norm: float, clipping: Clipping) -> bool:
    """Clip in place; whether anything was cut.

    By norm: if ||g|| > threshold, g <- g * threshold / ||g|| (Pascanu et al. 2013, algorithm 1). By value: each number
    is cut off at plus and minus the threshold.
    """
    tensors = list(gradients)
    if clipping.norm and norm > clipping.norm:
        torch._foreach_mul_(tensors, clipping.norm / norm)
        return True
    if clipping.value:
        largest = float(torch.stack(list(torch._foreach_norm(tensors, float("inf")))).max())
        if largest > clipping.value:
            for tensor in tensors:
                tensor.clamp_(-clipping.value, clipping.value)
            return True
    return False


def parameter_norm(parameters: Sequence[torch.Tensor]) -> float:
    """Euclidean norm of all weights together."""
    with torch.no_grad():
        return float(torch.linalg.vector_norm(gradient_norms([parameter.detach() for parameter in parameters])))


def spectral_norm(matrix_HH: torch.Tensor, start_H: torch.Tensor, num_iterations: int = 20) -> float:
    """Largest singular value by power iteration on the transpose times the matrix (Golub and Van Loan, 8.2).

    matrix_HH: any real matrix (rows, H); start_H: first guess, not orthogonal to the leading direction.
    """
    with torch.no_grad():
        matrix = matrix_HH.detach().float()
        vector_H = start_H
        for _ in range(num_iterations):
            vector_H = matrix.t() @ (matrix @ vector_H)
            vector_H = vector_H / vector_H.norm().clamp_min(1e-30)
        return float((matrix @ vector_H).norm())
