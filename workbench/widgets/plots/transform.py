"""Arithmetic on the samples of a curve before it is shown."""

import numpy as np

from workbench.widgets.plots.series import Numbers, Samples

_LARGEST_EXPONENT = 700.0  # e to the power of more is no number any longer


def scaled(values: Samples, factor: float) -> Numbers:
    """A multiple of every value."""
    return np.array(values, dtype=np.float64) * factor


def exponential(values: Samples) -> Numbers:
    """e to the power of every value."""
    return np.exp(np.minimum(np.array(values, dtype=np.float64), _LARGEST_EXPONENT))
