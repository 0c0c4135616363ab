"""The smaller plots under the loss: gradient norm, gradient norms of the matrices, learning rate, speed."""

import math
from statistics import median
from typing import Literal

from workbench.viewmodels.curves.clipping import ClippingThreshold
from workbench.viewmodels.curves.names import matrix_names
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.picture import Drawn, Picture
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.words import number, significant, tr

Tab = Literal["gradient", "matrices", "rate", "speed"]
TABS: tuple[Tab, ...] = ("gradient", "matrices", "rate", "speed")
MOST_LATEST = 3  # values at the ends of more curves than this would only hide each other
LATELY = 50  # reports


def tab_name(tab: Tab) -> str:
    """A tab in words."""
    names = {
        "gradient": tr("Gradient norm"),
        "matrices": tr("Per matrix"),
        "rate": tr("Learning rate"),
        "speed": tr("Speed"),
    }
    return names[tab]


def tab_picture(tab: Tab, curves: RunCurves, clipping: ClippingThreshold, options: CurveOptions) -> Picture:
    """What the plot of a tab shows now."""
    curves.renew()
    is_norm = tab in ("gradient", "matrices")
    return Picture(
        axis=curves.axis,
        y_name=_y_name(tab),
        title=_y_name(tab),
        write_value=_whole if tab == "speed" else None,
        is_log_x=options.is_log("x"),
        is_log_y=is_norm,
        curves=_matrices(curves) if tab == "matrices" else _one_curve(tab, curves),
        references=clipping.past_line if tab == "gradient" else [],
        marks=curves.marks(curves.axis),
        threshold=clipping.threshold if tab == "gradient" else None,
        empty_text=tr("The curve appears with the first steps."),
    )


def tab_sentence(tab: Tab, curves: RunCurves, clipping: ClippingThreshold) -> str:
    """What stands beside the plot in words."""
    match tab:
        case "gradient":
            return clipping.sentence()
        case "matrices":
            return tr("How strongly each part of the network is told to change, smoothed.")
        case "rate":
            return _rate_sentence(curves)
        case "speed":
            return _speed_sentence(curves)


def _y_name(tab: Tab) -> str:
    names = {
        "gradient": tr("Gradient norm before clipping"),
        "matrices": tr("Gradient norm of each matrix"),
        "rate": tr("Learning rate"),
        "speed": tr("Tokens per second"),
    }
    return names[tab]


def _one_curve(tab: Tab, curves: RunCurves) -> list[Drawn]:
    column, name, colour = {
        "gradient": ("gradient_norm", tr("gradient norm"), "gradient"),
        "rate": ("learning_rate", tr("learning rate"), "series-6"),
        "speed": ("tokens_per_second", tr("tokens per second"), "series-7"),
    }[tab]
    training = curves.history.training
    return [
        Drawn(
            key=tab, name=name, x=training[curves.axis], y=training[column], colour=colour, in_legend=False,
            generation=curves.generation,
        )
    ]  # fmt: skip


def _matrices(curves: RunCurves) -> list[Drawn]:
    columns = curves.history.matrix_norms
    names = matrix_names(columns)
    return [
        Drawn(
            key=key, name=names[key], x=column[curves.axis], y=curves.smoothed_norms(key), series=index,
            shows_latest=len(columns) <= MOST_LATEST,
            generation=curves.generation,
        )
        for index, (key, column) in enumerate(columns.items())
    ]  # fmt: skip


def _rate_sentence(curves: RunCurves) -> str:
    rate = curves.history.training.last("learning_rate")
    factor = _factor(curves)
    if math.isnan(rate):
        return ""
    if factor == 1.0:
        return tr("{rate} now, as planned.", rate=significant(rate, 3))
    return tr("{rate} now: {factor} of the planned rate.", rate=significant(rate, 3), factor=significant(factor, 3))


def _factor(curves: RunCurves) -> float:
    """How the person and the guard changed the planned rate."""
    factor = 1.0
    for mark in curves.history.marks:
        if mark.kind == "rewound":
            factor = float(mark.sentence.values["factor"])
        elif mark.kind == "changed" and mark.sentence.values["setting"] == "training.learning_rate_factor":
            factor = float(mark.sentence.values["new"])
    return factor


def _speed_sentence(curves: RunCurves) -> str:
    speeds = [speed for speed in curves.history.training["tokens_per_second"][-LATELY:] if not math.isnan(speed)]
    if not speeds:
        return ""
    return tr("{speed} tokens per second lately.", speed=_whole(float(f"{median(speeds):.3g}")))


def _whole(value: float) -> str:
    return number(value)
