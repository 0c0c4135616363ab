"""How the curves are looked at: the horizontal axis, logarithmic axes, smoothing, what is hidden. Remembered."""

import math
from bisect import bisect_left
from typing import Literal

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.run_history import AXES, Axis, Columns, RunHistory
from workbench.viewmodels.workbench import Workbench
from workbench.words import tr

SHORT_RUN_SECONDS = 15 * 60.0
SMOOTHING = 0.6
MOST_SMOOTHING = 0.99
Part = Literal["raw", "smoothed", "validation", "references"]
PARTS: tuple[Part, ...] = ("raw", "smoothed", "validation", "references")
_SHARED = "curve_options"


class CurveOptions(QObject):
    """One choice for all plots of the window."""

    changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._settings = workbench.settings

    @classmethod
    def shared(cls, workbench: Workbench) -> "CurveOptions":
        """The one of this window."""
        known = workbench.property(_SHARED)
        if isinstance(known, CurveOptions):
            return known
        options = cls(workbench)
        workbench.setProperty(_SHARED, options)
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
        weight = self._settings.number("curves/smoothing", SMOOTHING)
        return min(max(weight, 0.0), MOST_SMOOTHING) if math.isfinite(weight) else SMOOTHING

    def set_smoothing(self, weight: float) -> None:
        """Smooth more or less."""
        self._settings.set("curves/smoothing", float(weight))
        self.changed.emit()

    def is_log(self, which: Literal["x", "loss"]) -> bool:
        """Whether an axis is logarithmic."""
        return self._settings.flag(f"curves/log_{which}")

    def set_log(self, which: Literal["x", "loss"], is_log: bool) -> None:
        """Make an axis logarithmic or not."""
        self._settings.set(f"curves/log_{which}", is_log)
        self.changed.emit()

    @property
    def hidden(self) -> frozenset[str]:
        """The parts of a plot of losses that the person does not want to see."""
        return frozenset(self._settings.texts("curves/hidden")) & frozenset(PARTS)

    def show_part(self, part: Part, is_shown: bool) -> None:
        """Show a part, or hide it."""
        hidden = self.hidden - {part} if is_shown else self.hidden | {part}
        if hidden != self.hidden:
            self._settings.set("curves/hidden", sorted(hidden))
            self.changed.emit()


def part_name(part: Part) -> str:
    """A part of a plot of losses in words."""
    names = {
        "raw": tr("Training, as it was reported"),
        "smoothed": tr("Training, smoothed"),
        "validation": tr("Validation"),
        "references": tr("Values to compare with"),
    }
    return names[part]


def planned_seconds(history: RunHistory) -> float:
    """How long a run takes, as far as that is known."""
    if history.ended is not None:
        return history.ended.seconds
    if history.plan is not None and history.plan.seconds is not None:
        return max(history.plan.seconds, history.seconds)
    share = history.share_done
    return history.seconds / share if share else history.seconds


def position(columns: Columns, step: int, axis: Axis) -> float:
    """Where a step lies on an axis, by the nearest row at or after it; NaN when there is none."""
    steps = columns["step"]
    if axis == "step" or not steps:
        return float(step) if axis == "step" else math.nan
    return columns[axis][min(bisect_left(steps, step), len(steps) - 1)]
