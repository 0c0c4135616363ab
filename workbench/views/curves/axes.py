"""The horizontal axis as the plots want to be told of it."""

from typing import Any

from workbench.viewmodels.curves.options import axis_name
from workbench.viewmodels.run_history import Axis
from workbench.widgets.plots.formats import seconds_label, step_label
from workbench.words import significant


def axis_settings(axis: Axis) -> dict[str, Any]:
    """Name, format and kind of the horizontal axis, for `CurvePlot.set_axes`."""
    name = axis_name(axis)
    formats = {"time": seconds_label, "epoch": significant}
    return {
        "x_name": name[:1].upper() + name[1:],
        "x_format": formats.get(axis, step_label),
        "x_is_seconds": axis == "time",
    }
