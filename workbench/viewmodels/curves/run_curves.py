"""The numbers of one run, ready to be drawn: in the chosen unit, over the chosen axis."""

import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workbench.viewmodels.curves.names import reference_names
from workbench.viewmodels.curves.options import CurveOptions, planned_seconds, position
from workbench.viewmodels.curves.smoothing import Smoothed
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import Axis, Columns, RunHistory
from workbench.words import told, tr

if TYPE_CHECKING:
    Numbers = array[float]
else:
    Numbers = array

MarkKind = Literal["setting", "rewound", "paused", "note"]
MARK_KINDS: dict[str, MarkKind] = {"changed": "setting", "rewound": "rewound", "resumed": "paused", "warning": "note"}


@dataclass(frozen=True)
class Best:
    """The best validation: its place and what to write there."""

    x: float
    y: float
    text: str


class RunCurves:
    """Converts and smooths only what is new since it was last asked."""

    def __init__(self, history: RunHistory, units: Units, options: CurveOptions) -> None:
        self.history = history
        self._units, self._options = units, options
        self._smoothed: dict[str, Smoothed] = {}
        self._converted: dict[str, tuple[object, Numbers]] = {}
        self._num_restarts = -1

    @property
    def axis(self) -> Axis:
        """The horizontal axis."""
        return self._options.axis(planned_seconds(self.history))

    @property
    def num_points(self) -> int:
        """Rows of training that are there."""
        return len(self.history.training)

    def losses(self) -> tuple[Numbers, Numbers]:
        """Training loss as it was reported: x and y."""
        training = self.history.training
        return training[self.axis], self._in_unit("training", training["loss"])

    def smoothed_losses(self) -> tuple[Numbers, Numbers]:
        """Training loss smoothed in nats, then in the unit."""
        training = self.history.training
        return training[self.axis], self._in_unit("smoothed", self.smoothed("loss", training))

    def validations(self, axis: Axis | None = None) -> tuple[Numbers, Numbers]:
        """Validation loss: x and y. axis: another than that of this run."""
        validation = self.history.validation
        return validation[axis or self.axis], self._in_unit("validation", validation["loss"])

    def smoothed(self, name: str, columns: Columns) -> Numbers:
        """A column smoothed as the person chose."""
        self._notice_restart()
        known = self._smoothed.get(name)
        if known is None or known.weight != self._options.smoothing:
            known = self._smoothed[name] = Smoothed(self._options.smoothing)
        return known.follow(columns[name])

    def best(self) -> Best | None:
        """The best validation."""
        row = self.history.best_row
        if row is None:
            return None
        loss = self.history.best_loss
        text, _ = self._units.text(loss, self.history.bits_factor)
        return Best(self.history.validation[self.axis][row], self.value(loss), tr("best {value}", value=text))

    def references(self) -> list[tuple[str, float]]:
        """What simple methods reach, by name, in the unit."""
        return [(name, self.value(loss)) for name, loss in reference_names(self.history.references)]

    def marks(self) -> list[tuple[float, str, MarkKind]]:
        """What was done to the run: place, sentence, kind."""
        axis, training = self.axis, self.history.training
        placed = [(position(training, mark.step, axis), mark) for mark in self.history.marks]
        return [(x, told(mark.sentence), MARK_KINDS[mark.kind]) for x, mark in placed if not math.isnan(x)]

    def value(self, loss_nats: float) -> float:
        """A loss in the unit."""
        return self._units.convert(loss_nats, self.history.bits_factor)

    def _in_unit(self, name: str, losses: Numbers) -> Numbers:
        self._notice_restart()
        key = (self._units.unit, self.history.bits_factor, self._options.smoothing if name == "smoothed" else 0.0)
        known_key, values = self._converted.get(name, (None, array("d")))
        if known_key != key or len(values) > len(losses):
            values = array("d")
        convert: Callable[[float, float], float] = self._units.convert
        factor = self.history.bits_factor
        values.extend(convert(loss, factor) for loss in losses[len(values) :])
        self._converted[name] = (key, values)
        return values

    def _notice_restart(self) -> None:
        """A run that went on has other numbers behind the cut: nothing that was kept is sure."""
        restarts = sum(mark.kind == "resumed" for mark in self.history.marks)
        if restarts != self._num_restarts:
            self._num_restarts = restarts
            self._smoothed.clear()
            self._converted.clear()
