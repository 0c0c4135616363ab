"""The columns of one run as curves: smoothed as far as they are new, and known to be other ones after a resume."""

import math
from array import array
from bisect import bisect_right

from workbench.viewmodels.curves.options import CurveOptions, planned_seconds, position
from workbench.viewmodels.curves.picture import MarkKind
from workbench.viewmodels.curves.smoothing import Smoothed
from workbench.viewmodels.run_history import Axis, RunHistory
from workbench.viewmodels.train.happenings import change_sentence
from workbench.words import told

MARK_KINDS: dict[str, MarkKind] = {"changed": "setting", "rewound": "rewound", "resumed": "paused", "warning": "note"}


class RunCurves:
    """generation: grows when rows that were drawn before may be others now."""

    def __init__(self, history: RunHistory, options: CurveOptions) -> None:
        self.history = history
        self.generation = 0
        self._options = options
        self._smoothed = Smoothed(options.smoothing)
        self._smoothed_norms: dict[str, Smoothed] = {}
        self._started = history.started
        self._marks: list[tuple[float, str, MarkKind]] = []
        self._marks_key: tuple[object, ...] = ()

    @property
    def axis(self) -> Axis:
        """The horizontal axis that suits it, or that the person chose."""
        return self._options.axis(planned_seconds(self.history))

    def renew(self) -> None:
        """Notice that the run went on from an earlier step, and what the person chose."""
        if self._options.smoothing != self._smoothed.weight:
            self._smoothed = Smoothed(self._options.smoothing)
            self._smoothed_norms.clear()
            self.generation += 1
        started = self.history.started
        if started is self._started:
            return
        self._started = started
        self.generation += 1
        self._smoothed_norms.clear()
        keep = bisect_right(self.history.training["step"], started.step) if started is not None else 0
        self._smoothed.follow(self.history.training["loss"], keep)

    def smoothed(self) -> "array[float]":
        """The training loss, smoothed, in nats."""
        return self._smoothed.follow(self.history.training["loss"])

    def smoothed_norms(self, matrix: str) -> "array[float]":
        """The gradient norm of a matrix, smoothed."""
        known = self._smoothed_norms.setdefault(matrix, Smoothed(self._options.smoothing))
        return known.follow(self.history.matrix_norms[matrix]["norm"])

    def marks(self, axis: Axis) -> list[tuple[float, str, MarkKind]]:
        """What was done to the run: place, sentence, kind."""
        history = self.history
        key = (axis, self.generation, len(history.marks), len(history.training) > 0)
        if key != self._marks_key:
            self._marks_key, self._marks = key, self._placed_marks(axis)
        return self._marks

    def _placed_marks(self, axis: Axis) -> list[tuple[float, str, MarkKind]]:
        changes = iter(self.history.changes)
        placed: list[tuple[float, str, MarkKind]] = []
        for mark in self.history.marks:
            change = next(changes, None) if mark.kind == "changed" else None
            x = position(self.history.training, mark.step, axis)
            if mark.step > 0 and not math.isnan(x):
                sentence = told(mark.sentence) if change is None else change_sentence(change)
                placed.append((x, sentence, MARK_KINDS[mark.kind]))
        return placed
