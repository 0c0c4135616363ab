"""Several runs over each other: each by itself, and those that differ by their seed only as mean and range."""

import json
import math
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.curves.losses import reference_lines
from workbench.viewmodels.curves.options import CurveOptions, planned_seconds
from workbench.viewmodels.curves.picture import Drawn, Picture, Range
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.saved import SavedHistories
from workbench.viewmodels.curves.units import Units, unit_title
from workbench.viewmodels.run_history import Axis
from workbench.viewmodels.runs.differences import distinct_titles
from workbench.viewmodels.runs.rows import LIVE_STATES
from workbench.viewmodels.workbench import Workbench
from workbench.words import tr

MOST_RUNS = 24  # looks that can be told apart
MOST_POINTS = 400  # of a mean
LOOK_AGAIN_MILLISECONDS = 1000
_MOST_MARKS = 40
_MANY = 8  # from here on their training losses and marks would only hide each other


@dataclass
class _Shown:
    """A run of the overlay, or several that differ by their seed only."""

    title: str
    entries: list[RunEntry]
    curves: list[RunCurves]
    series: int


@dataclass
class Mean:
    """Mean and range of several curves over one x."""

    x: "array[float]" = field(default_factory=lambda: array("d"))
    mean: "array[float]" = field(default_factory=lambda: array("d"))
    low: "array[float]" = field(default_factory=lambda: array("d"))
    high: "array[float]" = field(default_factory=lambda: array("d"))


class OverlayCurves(QObject):
    """changed: there is something else to draw."""

    changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._units, self._options = Units.shared(workbench), CurveOptions.shared(workbench)
        self._saved = SavedHistories.shared(workbench)
        self._ids: list[str] = []
        self._curves: dict[str, RunCurves] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)
        self._saved.changed.connect(self.changed)

    def show_runs(self, run_ids: Sequence[str]) -> bool:
        """Show these from now on; whether they are others than before."""
        ids = list(dict.fromkeys(run_ids))[:MOST_RUNS]
        is_other, self._ids = ids != self._ids, ids
        return is_other

    def set_seen(self, is_seen: bool) -> None:
        """Follow runs that train only while somebody looks."""
        if is_seen:
            self._timer.start()
        else:
            self._timer.stop()

    def picture(self) -> Picture:
        """What the plot shows now."""
        shown = self._shown()
        axis = self._axis(shown)
        parts = [self._drawn(item, axis, is_many=len(shown) > _MANY) for item in shown]
        return Picture(
            axis=axis,
            y_name=unit_title(self._units.unit),
            title=tr("Losses of several runs in {unit}", unit=self._units.name),
            write_value=self._units.value_text,
            is_log_x=self._options.is_log("x"),
            is_log_y=self._options.is_log("loss"),
            curves=[curve for curves, _ in parts for curve in curves],
            ranges=[band for _, bands in parts for band in bands],
            references=self._references(shown),
            empty_text=self._empty_text(),
            hidden=self._options.hidden,
        )

    def _shown(self) -> list[_Shown]:
        entries = []
        for run_id in self._ids:
            entry, history = self._workbench.runs.entry(run_id), self._saved.history(run_id)
            if entry is None or history is None:
                continue
            known = self._curves.get(run_id)
            if known is None or known.history is not history:
                self._curves[run_id] = RunCurves(history, self._options)
            self._curves[run_id].renew()
            entries.append(entry)
        self._curves = {run_id: self._curves[run_id] for run_id in (entry.id for entry in entries)}
        titles = dict(zip((entry.id for entry in entries), distinct_titles(entries), strict=True))
        groups = seed_groups(entries)
        return [self._item(group, titles, index) for index, group in enumerate(groups)]

    def _item(self, group: list[RunEntry], titles: dict[str, str], index: int) -> _Shown:
        title = titles[group[0].id]
        if len(group) > 1:
            title = tr("{title}, mean of {count}", title=group[0].title, count=len(group))
        return _Shown(title, group, [self._curves[entry.id] for entry in group], index)

    def _axis(self, shown: list[_Shown]) -> Axis:
        histories = [curves.history for item in shown for curves in item.curves]
        return self._options.axis(max((planned_seconds(history) for history in histories), default=0.0))

    def _drawn(self, item: _Shown, axis: Axis, *, is_many: bool) -> tuple[list[Drawn], list[Range]]:
        if len(item.entries) > 1:
            return self._drawn_mean(item, axis)
        curves, key = item.curves[0], item.entries[0].id
        history = curves.history
        law, generation = self._units.law(history.bits_factor), hash((id(history), curves.generation))
        drawn = []
        if "validation" not in self._options.hidden:
            validation = history.validation
            drawn.append(
                Drawn(
                    key=key, name=item.title, x=validation[axis], y=validation["loss"], series=item.series,
                    has_marks=not is_many and len(validation) <= _MOST_MARKS, width=1.5, law=law, generation=generation,
                )
            )  # fmt: skip
        if "smoothed" not in self._options.hidden:
            drawn.append(
                Drawn(
                    key=f"{key} training", name=tr("{title}, training", title=item.title), x=history.training[axis],
                    y=curves.smoothed(), series=item.series, is_faint=True, shows_latest=False, in_legend=not drawn,
                    law=law, generation=generation, follows=key if drawn else "",
                )
            )  # fmt: skip
        return drawn, []

    def _drawn_mean(self, item: _Shown, axis: Axis) -> tuple[list[Drawn], list[Range]]:
        mean = mean_of([(c.history.validation[axis], c.history.validation["loss"]) for c in item.curves])
        law = self._units.law(item.curves[0].history.bits_factor)
        key = "mean " + " ".join(entry.id for entry in item.entries)
        curve = Drawn(
            key=key, name=item.title, x=mean.x, y=mean.mean, series=item.series, width=1.5, law=law,
            generation=hash(tuple(mean.mean)),
        )  # fmt: skip
        return [curve], [Range(key=key, x=mean.x, low=mean.low, high=mean.high, series=item.series, law=law)]

    def _references(self, shown: list[_Shown]) -> list[tuple[str, float]]:
        """Those of the text, where all runs read the same one in the same way."""
        entries = [entry for item in shown for entry in item.entries]
        if "references" in self._options.hidden or len({(entry.corpus_id, entry.tokens) for entry in entries}) != 1:
            return []
        return reference_lines(shown[0].curves[0], entries[0].tokens, self._units)

    def _empty_text(self) -> str:
        if not self._ids:
            return tr("Select runs to see their curves over each other.")
        is_reading = any(
            self._saved.history(run_id) is None for run_id in self._ids if self._workbench.runs.entry(run_id)
        )
        return tr("The curves are being read.") if is_reading else tr("These runs have no curves.")

    def _on_timer_ticked(self) -> None:
        entries = (self._workbench.runs.entry(run_id) for run_id in self._ids)
        if any(entry is not None and entry.state in LIVE_STATES for entry in entries):
            self.changed.emit()


def seed_groups(entries: Sequence[RunEntry]) -> list[list[RunEntry]]:
    """Runs of one group with equal settings but for the seed stand together, in their order."""
    found: dict[str, list[RunEntry]] = {}
    for entry in entries:
        found.setdefault(_key(entry), []).append(entry)
    return list(found.values())


def mean_of(curves: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Mean:
    """Mean and range where all curves are known; each is a line between its points."""
    result = Mean()
    if not all(len(x) for x, _ in curves):
        return result
    first, last = max(x[0] for x, _ in curves), min(x[-1] for x, _ in curves)
    places = sorted({place for x, _ in curves for place in x if first <= place <= last})
    for place in places[:: max(1, math.ceil(len(places) / MOST_POINTS))]:
        row = [_at(x, y, place) for x, y in curves]
        result.x.append(place)
        result.mean.append(sum(row) / len(row))
        result.low.append(min(row))
        result.high.append(max(row))
    return result


def _at(x: Sequence[float], y: Sequence[float], place: float) -> float:
    """The value at a place between two known ones."""
    right = min(bisect_right(x, place), len(x) - 1)
    left = max(right - 1, 0)
    if x[right] <= x[left]:
        return y[right]
    share = min((place - x[left]) / (x[right] - x[left]), 1.0)
    return y[left] + share * (y[right] - y[left])


def _key(entry: RunEntry) -> str:
    if not entry.group:
        return entry.id
    tables = {name: dict(table) for name, table in entry.configuration.items() if hasattr(table, "items")}
    tables.get("training", {}).pop("seed", None)
    return json.dumps([entry.group, entry.corpus_id, tables], sort_keys=True, default=str)
