"""The numbers of a plot as a table to read, and as a file."""

import csv
from pathlib import Path

import numpy as np

from workbench.widgets.plots.contents import Contents
from workbench.widgets.plots.scales import Axis
from workbench.widgets.plots.series import Curve, Numbers
from workbench.words import number, tr

MOST_ROWS = 5000


def values_table(contents: Contents) -> tuple[list[str], list[list[str]]]:
    """Headers and rows: one column for x, one for every visible curve, a row for every x that any of them has.

    More than 5,000 rows are thinned; curves with few samples keep theirs, and the first header says so.
    """
    curves = contents.visible_curves()
    everything = _union([curve.x for curve in curves])
    shown = everything if len(everything) <= MOST_ROWS else _thinned(curves)
    head = contents.x_axis.name or tr("x")
    if len(shown) < len(everything):
        head = tr("{name} ({shown} of {all} rows)", name=head, shown=len(shown), all=len(everything))
    columns = [_x_texts(shown, contents.x_axis)]
    columns += [_texts(_column(curve, shown), contents.y_axis) for curve in curves]
    return [head, *(curve.name for curve in curves)], [list(row) for row in zip(*columns, strict=True)]


def write_csv(contents: Contents, path: Path) -> None:
    """Write all samples of the visible curves: the same table in full, numbers as computers read them.

    Raises OSError when the file cannot be written.
    """
    curves = contents.visible_curves()
    xs = _union([curve.x for curve in curves])
    columns = [_column(curve, xs) for curve in curves]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([contents.x_axis.name or "x", *(curve.name for curve in curves)])
        rows = zip(xs.tolist(), *(column.tolist() for column in columns), strict=True)
        writer.writerows(map(_plain, row) for row in rows)


def _union(arrays: list[Numbers]) -> Numbers:
    return np.unique(np.concatenate(arrays)) if arrays else np.empty(0)


def _thinned(curves: list[Curve]) -> Numbers:
    """Rows for all samples of short curves, and every so manieth of long ones."""
    kept: Numbers = np.empty(0)
    for place, curve in enumerate(ordered := sorted(curves, key=lambda curve: len(curve.x))):
        room = (MOST_ROWS - len(kept)) // (len(ordered) - place)
        new = np.setdiff1d(curve.x, kept)
        if len(new) > room:
            new = new[np.linspace(0, len(new) - 1, room).round().astype(int)] if room > 1 else new[:0]
        kept = _union([kept, new])
    return kept


def _column(curve: Curve, xs: Numbers) -> Numbers:
    """The curve's values at these x, NaN where it has none. Of several samples at one x the last counts."""
    places = np.searchsorted(curve.x, xs, side="right") - 1
    found = (places >= 0) & (curve.x[places] == xs)
    return np.where(found, curve.y[places], np.nan)


def _x_texts(xs: Numbers, axis: Axis) -> list[str]:
    if axis.is_seconds or not len(xs):
        return [axis.reading(x) for x in xs.tolist()]
    decimals = 0 if (xs == np.round(xs)).all() else 2
    return [number(x, decimals) for x in xs.tolist()]


def _texts(values: Numbers, axis: Axis) -> list[str]:
    return ["" if value != value else axis.written(value) for value in values.tolist()]


def _plain(value: float) -> float | int | str:
    if value != value:
        return ""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
