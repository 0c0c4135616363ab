"""The matrices of a model, packed for products with one vector at a time.

In 32-bit floats a product runs at the speed of the memory as soon as the matrices do not fit the processor's cache:
4600 x 2300 took 855 us on two cores of an AMD EPYC. In 16-bit floats half as much is read, and a kernel of torch (the
fbgemm library), which widens each weight on its way, took 243 us. Matrices that fit the cache gain nothing (2048 x
1024: 55 us against 59 us), so they stay what they are. 8-bit weights were tried and not kept: torch's product for them
took as long as NumPy's at those sizes with 16-bit inputs, and the likeliest token changed in 1.4 of 100 places.

Legend: B rows, R rows and C columns of the matrix.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LARGE_BYTES = 64 * 2**20  # of 32-bit weights that a step reads: more does not fit the caches of processors of 2026
LARGEST_HALF = 60_000.0  # near the largest 16-bit float

_CACHE_LINE_BYTES = 64
_FEW_ROWS = 3


class Matrix(Protocol):
    """A matrix (R, C) that keeps its values."""

    shape: tuple[int, int]

    def product(self, x: Floats, out: Floats) -> None:
        """`out` = matrix x for one vector x (C,), or for each row of x (B, C)."""


Packing = Callable[[Floats], Matrix]


class FloatMatrix:
    """In 32-bit floats."""

    def __init__(self, values_RC: Floats) -> None:
        self.shape = (values_RC.shape[0], values_RC.shape[1])
        self._values_RC = aligned(values_RC)

    def product(self, x: Floats, out: Floats) -> None:
        """See `Matrix`. A few rows are faster one by one; for more it stands at the left, where it is not turned."""
        if x.ndim == 1:
            np.dot(self._values_RC, x, out=out)
        elif len(x) <= _FEW_ROWS:
            for row, row_out in zip(x, out, strict=True):
                np.dot(self._values_RC, row, out=row_out)
        else:
            out[...] = np.dot(self._values_RC, x.T).T


class HalfMatrix:
    """In 16-bit floats, multiplied with 32-bit ones. Loads torch."""

    def __init__(self, values_RC: Floats) -> None:
        import torch

        self.shape = (values_RC.shape[0], values_RC.shape[1])
        self._from_numpy = torch.from_numpy
        self._multiply = torch.ops.quantized.linear_dynamic_fp16
        self._packed = torch.ops.quantized.linear_prepack_fp16(torch.from_numpy(np.ascontiguousarray(values_RC)), None)

    def product(self, x: Floats, out: Floats) -> None:
        """See `Matrix`."""
        rows = x if x.ndim == 2 else x[np.newaxis]
        product = self._multiply(self._from_numpy(np.ascontiguousarray(rows)), self._packed).numpy()
        out[...] = product if x.ndim == 2 else product[0]


def packing_for(matrices: Iterable[Floats]) -> Packing:
    """How the matrices that a step reads are packed best where the last digits do not matter.

    In 16 bits, when they are large together, fit that range, and this processor has the kernel.
    """
    known = list(matrices)
    is_large = sum(matrix.nbytes for matrix in known) > LARGE_BYTES
    if is_large and all(float(np.abs(matrix).max()) < LARGEST_HALF for matrix in known) and _has_kernel():
        return HalfMatrix
    return FloatMatrix


def aligned(array: Floats) -> Floats:
    """A copy that begins where a cache line begins: products read it up to a tenth faster."""
    memory = np.empty(array.nbytes + _CACHE_LINE_BYTES, np.uint8)
    start = -memory.ctypes.data % _CACHE_LINE_BYTES
    copy = memory[start : start + array.nbytes].view(np.float32).reshape(array.shape)
    copy[...] = array
    return copy


def _has_kernel() -> bool:
    import torch

    return "fbgemm" in torch.backends.quantized.supported_engines and torch.backends.quantized.engine in (
        "fbgemm", "x86",
    )  # fmt: skip
