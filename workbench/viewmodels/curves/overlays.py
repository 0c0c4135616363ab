"""Several runs over each other: each by itself, and groups that differ only by their seed as mean and range."""

import json
import math
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.curves.run_curves import Numbers, RunCurves
from workbench.viewmodels.run_history import Axis

MOST_POINTS = 200


@dataclass(frozen=True)
class Band:
    """Mean and range of several curves over one x."""

    x: Numbers
    mean: Numbers
    low: Numbers
    high: Numbers


def seed_groups(entries: Sequence[RunEntry]) -> list[list[RunEntry]]:
    """Runs of one group with equal settings but for the seed stand together, in their order."""
    found: dict[str, list[RunEntry]] = {}
    for entry in entries:
        found.setdefault(_key(entry), []).append(entry)
    return list(found.values())


def band(curves: Sequence[RunCurves], axis: Axis) -> Band | None:
    """Mean and range of the validation losses where all curves are known; None when they share nothing."""
    columns = [curve.validations(axis) for curve in curves]
    if not columns or not all(x for x, _ in columns):
        return None
    first, last = max(x[0] for x, _ in columns), min(x[-1] for x, _ in columns)
    places = sorted({place for x, _ in columns for place in x if first <= place <= last})
    if not places:
        return None
    thinned = places[:: max(1, math.ceil(len(places) / MOST_POINTS))]
    rows = [[_at(x, y, place) for x, y in columns] for place in thinned]
    return Band(
        array("d", thinned), array("d", [sum(row) / len(row) for row in rows]), array("d", [min(row) for row in rows]),
        array("d", [max(row) for row in rows]),
    )  # fmt: skip


def _at(x: Numbers, y: Numbers, place: float) -> float:
    """The value at a place between two known ones."""
    right = bisect_right(x, place)
    if right == 0:
        return y[0]
    if right == len(x):
        return y[-1]
    share = (place - x[right - 1]) / (x[right] - x[right - 1])
    return y[right - 1] + share * (y[right] - y[right - 1])


def _key(entry: RunEntry) -> str:
    if not entry.group:
        return entry.id
    tables = {section: dict(table) for section, table in entry.configuration.items() if isinstance(table, dict)}
    tables.get("training", {}).pop("seed", None)
    return json.dumps([entry.group, entry.corpus_id, tables], sort_keys=True, default=str)
