"""Everything a plot shows, without a pixel: curves, ranges, reference values, marks, the best, a threshold."""

from dataclasses import dataclass, field
from typing import Literal

from workbench.widgets.plots.scales import Axis
from workbench.widgets.plots.series import EMPTY, Curve, Numbers

MarkKind = Literal["setting", "rewound", "paused", "note", "place"]


@dataclass
class Band:
    """A filled range between two curves."""

    colour: str
    x: Numbers = field(default_factory=lambda: EMPTY)
    low: Numbers = field(default_factory=lambda: EMPTY)
    high: Numbers = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Reference:
    """A value to compare with, as a horizontal line."""

    name: str
    value: float


@dataclass(frozen=True)
class EventMark:
    """Something that happened at an x."""

    x: float
    text: str
    kind: MarkKind = "note"


@dataclass(frozen=True)
class Best:
    """The sample that is remembered as the best."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Threshold:
    """A value that the person can move within bounds."""

    value: float
    name: str
    bounds: tuple[float, float]

    def bounded(self, value: float) -> float:
        """The nearest value within the bounds."""
        return min(max(value, self.bounds[0]), self.bounds[1])


@dataclass
class Contents:
    """What is to be drawn; whoever changes it says so to the plot."""

    x_axis: Axis = field(default_factory=Axis)
    y_axis: Axis = field(default_factory=Axis)
    curves: dict[str, Curve] = field(default_factory=dict)
    bands: dict[str, Band] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    marks: list[EventMark] = field(default_factory=list)
    best: Best | None = None
    threshold: Threshold | None = None
    empty_text: str = ""

    def visible_curves(self) -> list[Curve]:
        """The curves that are shown and have samples, in the order in which they came."""
        return [curve for curve in self.curves.values() if curve.is_visible and len(curve.x)]

    def visible_bands(self) -> list[Band]:
        """The ranges whose curve of the same key, if there is one, is shown."""
        hidden = {key for key, curve in self.curves.items() if not curve.is_visible}
        return [band for key, band in self.bands.items() if key not in hidden and len(band.x)]

    def latest_values(self) -> list[tuple[Curve, float]]:
        """The last value of every visible curve that shows it."""
        shown = [(curve, curve.latest) for curve in self.visible_curves() if curve.shows_latest]
        return [(curve, latest[1]) for curve, latest in shown if latest is not None]
