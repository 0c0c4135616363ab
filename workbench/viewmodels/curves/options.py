"""How the curves are looked at: the horizontal axis, logarithmic axes, smoothing. Remembered."""

import math
from array import array

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.run_history import AXES, Axis, Columns, RunHistory
from workbench.viewmodels.workbench import Workbench
from workbench.words import tr

SHORT_RUN_SECONDS = 15 * 60.0
SMOOTHING = 0.6
MOST_SMOOTHING = 0.99


class CurveOptions(QObject):
    """One choice for all plots of the window."""

    changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._settings = workbench.settings

    @classmethod
    def shared(cls, workbench: Workbench) -> "CurveOptions":
        """The one of this window."""
        known = workbench.property("curve_options")
        if isinstance(known, CurveOptions):
            return known
        options = cls(workbench)
        workbench.setProperty("curve_options", options)
        return options

    @property
    def chosen_axis(self) -> Axis | None:
        """The horizontal axis the person chose; None leaves it to the length of the run."""
        text = self._settings.text("curves/axis")
        return next((axis for axis in AXES if axis == text), None)

    def axis(self, planned_seconds: float) -> Axis:
        """Time for runs under 15 minutes, else steps, unless the person chose."""
        return self.chosen_axis or ("time" if planned_seconds < SHORT_RUN_SECONDS else "step")

    def set_axis(self, axis: Axis | None) -> None:
        """Choose the horizontal axis."""
        self._settings.set("curves/axis", axis or "")
        self.changed.emit()

    @property
    def smoothing(self) -> float:
        """How much of the past stays in the smoothed curve."""
        return min(max(self._settings.number("curves/smoothing", SMOOTHING), 0.0), MOST_SMOOTHING)

    def set_smoothing(self, weight: float) -> None:
        """Smooth more or less."""
        self._settings.set("curves/smoothing", float(weight))
        self.changed.emit()

    def is_log(self, which: str) -> bool:
        """Whether an axis ("x" or "loss") is logarithmic."""
        return self._settings.flag(f"curves/log_{which}")

    def set_log(self, which: str, is_log: bool) -> None:
        """Make an axis logarithmic or not."""
        self._settings.set(f"curves/log_{which}", is_log)
        self.changed.emit()


def axis_name(axis: Axis) -> str:
    """An axis in words."""
    names = {
        "step": tr("steps"),
        "epoch": tr("passes through the text"),
        "tokens": tr("tokens read"),
        "time": tr("time"),
    }
    return names[axis]


def planned_seconds(history: RunHistory) -> float:
    """How long a run takes, as far as is known; a few minutes before anything is."""
    if history.ended is not None:
        return history.ended.seconds
    if history.plan is not None and history.plan.seconds is not None:
        return history.plan.seconds
    return history.seconds


def position(columns: Columns, step: int, axis: Axis) -> float:
    """Where a step lies on an axis, by the nearest row at or after it; NaN when there is none."""
    if axis == "step":
        return float(step)
    steps: "array[float]" = columns["step"]
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if steps[middle] < step else (low, middle)
    if not steps:
        return math.nan
    return columns[axis][min(low, len(steps) - 1)]
