"""What a plot of curves shall show, in plain numbers and words: the views draw it, the viewmodels decide it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.viewmodels.run_history import Axis

Dash = Literal["solid", "dashed", "dotted"]
MarkKind = Literal["setting", "rewound", "paused", "note", "place"]


@dataclass(frozen=True)
class Law:
    """How a number of the history becomes one of the plot: a multiple of it, or e to the power of that."""

    factor: float = 1.0
    is_exponent: bool = False


PLAIN = Law()


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One curve. x and y are the growing columns themselves.

    series: its number among curves of equal rank, which gives it colour and dash instead of `colour` and `dash`;
    generation: another one says that earlier numbers are not what they were; follows: the curve with which it is shown
    and hidden.
    """

    key: str
    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str = "training"
    dash: Dash = "solid"
    series: int | None = None
    width: float = 1.0
    is_faint: bool = False
    has_marks: bool = False
    shows_latest: bool = True
    in_legend: bool = True
    law: Law = PLAIN
    generation: int = 0
    follows: str = ""


@dataclass(frozen=True, kw_only=True)
class Range:
    """A filled range between two edges, hidden with the curve of the same key."""

    key: str
    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    series: int
    law: Law = PLAIN


@dataclass(frozen=True)
class Threshold:
    """A value that the person can drag."""

    value: float
    name: str
    bounds: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything one plot shows. best: x, y and a few words; switched: keys of curves that
    are shown unless they are `hidden`; others are as the person left them in the legend.
    """

    axis: Axis
    y_name: str
    title: str
    write_value: Callable[[float], str] | None = None
    is_log_x: bool = False
    is_log_y: bool = False
    curves: Sequence[Drawn] = ()
    ranges: Sequence[Range] = ()
    references: Sequence[tuple[str, float]] = ()
    marks: Sequence[tuple[float, str, MarkKind]] = ()
    best: tuple[float, float, str] | None = None
    threshold: Threshold | None = None
    empty_text: str = ""
    switched: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
