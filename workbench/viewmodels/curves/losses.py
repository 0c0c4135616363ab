"""The plot of the losses of one run: training faint behind smoothed, validation, what to compare with."""

import math

from workbench.viewmodels.curves.names import reference_name
from workbench.viewmodels.curves.options import PARTS, CurveOptions
from workbench.viewmodels.curves.picture import Dash, Drawn, Picture
from workbench.viewmodels.curves.pins import Pinned
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.units import Units, unit_title
from workbench.viewmodels.run_history import Axis
from workbench.words import number, tr

# Pinned curves are thin and grey, and told apart by their dashes; the fourth and later ones need a colour.
QUIET_LOOKS: tuple[tuple[str, Dash], ...] = (
    ("quiet", "dashed"), ("quiet", "dotted"), ("quiet", "solid"), ("series-3", "dashed"), ("series-4", "dotted"),
    ("series-7", "dashed"),
)  # fmt: skip


def loss_picture(curves: RunCurves, tokens: str, pinned: list[Pinned], units: Units, options: CurveOptions) -> Picture:
    """What the plot shows now. tokens: what the model reads."""
    curves.renew()
    axis, hidden = curves.axis, options.hidden
    return Picture(
        axis=axis,
        y_name=unit_title(units.unit),
        title=tr("Loss in {unit}", unit=units.name),
        write_value=units.value_text,
        is_log_x=options.is_log("x"),
        is_log_y=options.is_log("loss"),
        curves=[
            *_pinned_curves(pinned, axis, tokens, units),
            *_training(curves, axis, units, options.smoothing),
            *_validation(curves, axis, units),
        ],
        references=[] if "references" in hidden else reference_lines(curves, tokens, units),
        marks=curves.marks(axis),
        best=_best(curves, axis, units) if "validation" not in hidden else None,
        empty_text=tr("The curve appears with the first steps."),
        switched=frozenset(PARTS),
        hidden=hidden,
    )


def smoothed_name(weight: float) -> str:
    """What the legend calls the training curve."""
    return tr("training, smoothed {weight}", weight=number(weight, 2).rstrip("0")) if weight > 0 else tr("training")


def reference_lines(curves: RunCurves, tokens: str, units: Units) -> list[tuple[str, float]]:
    """What simple methods reach on the same text, in the unit; worst first."""
    factor = curves.history.bits_factor
    found = [
        (reference_name(key), units.reference(value, factor, tokens))
        for key, value in curves.history.references.items()
    ]
    known = [(name, value) for name, value in found if math.isfinite(value)]
    return sorted(known, key=lambda line: -line[1])


def _training(curves: RunCurves, axis: Axis, units: Units, weight: float) -> list[Drawn]:
    training, law = curves.history.training, units.law(curves.history.bits_factor)
    x, generation = training[axis], curves.generation
    raw = Drawn(
        key="raw", name=tr("training, as reported"), x=x, y=training["loss"], colour="training", is_faint=True,
        shows_latest=False, in_legend=False, law=law, generation=generation,
    )  # fmt: skip
    smoothed = Drawn(
        key="smoothed", name=smoothed_name(weight), x=x, y=curves.smoothed(), colour="training", law=law,
        width=1.5, generation=generation,
    )  # fmt: skip
    return [raw, smoothed] if weight > 0 else [smoothed]


def _validation(curves: RunCurves, axis: Axis, units: Units) -> list[Drawn]:
    validation, law = curves.history.validation, units.law(curves.history.bits_factor)
    return [
        Drawn(
            key="validation", name=tr("validation"), x=validation[axis], y=validation["loss"], colour="validation",
            has_marks=True, law=law, generation=curves.generation,
        )
    ]  # fmt: skip


def _best(curves: RunCurves, axis: Axis, units: Units) -> tuple[float, float, str] | None:
    history = curves.history
    if history.best_row is None:
        return None
    value = units.convert(history.best_loss, history.bits_factor)
    text = tr("best {value}", value=units.value_text(value))
    return history.validation[axis][history.best_row], value, text


def _pinned_curves(pinned: list[Pinned], axis: Axis, tokens: str, units: Units) -> list[Drawn]:
    drawn = []
    for (colour, dash), pin in zip(QUIET_LOOKS, pinned, strict=False):
        if pin.tokens != tokens and units.unit != "bits":
            continue  # a nat per word and a nat per letter are not the same
        validation, factor = pin.history.validation, pin.history.bits_factor
        drawn.append(
            Drawn(
                key=f"pinned {pin.run_id}", name=pin.title, x=validation[axis], y=validation["loss"], colour=colour,
                dash=dash, shows_latest=False, law=units.law(factor), generation=id(pin.history),
            )
        )  # fmt: skip
    return drawn
