"""A run as a row of the table: its figures, wherever they are known from, and its words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QDateTime, QLocale, Qt

from workbench.bridge.protocols.runs import LastFigures, RunEntry, RunState
from workbench.viewmodels.active_run import ActiveRun
from workbench.words import current_language

LIVE_STATES: tuple[RunState, ...] = (
    "preparing", "training", "validating", "pausing", "paused", "stopping",
)  # fmt: skip


@dataclass(frozen=True)
class RunRow:
    """One run as it stands now. Losses in nats per token, NaN where there is none.

    factor: multiplies a loss to give bits per character, NaN when not known; share: how much of it is done, None for
    a run that does not train or whose end is not known.
    """

    entry: RunEntry
    state: RunState
    step: int
    seconds: float
    best_loss: float
    last_loss: float
    accuracy: float
    factor: float
    share: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether it trains now, here or elsewhere."""
        return self.state in LIVE_STATES

    @property
    def has_best(self) -> bool:
        """Whether there is a best state to write with."""
        return not math.isnan(self.best_loss)

    def is_as(self, other: "RunRow") -> bool:
        """Whether another row shows the same."""
        return self is other or (self.entry is other.entry and _figures(self) == _figures(other))


def row_of(entry: RunEntry, last: LastFigures | None, run: ActiveRun | None) -> RunRow:
    """The row of a run. last: what it reported last, where that is known; run: this run if this window trains it."""
    if run is not None and run.is_running:
        return _row_of_active(entry, run)
    known = last or LastFigures()
    best_loss, best_bits = number_of(entry.best, "loss_nats"), number_of(entry.best, "bits_per_character")
    factor = best_bits / best_loss if best_loss else math.nan
    if math.isnan(factor) and known.loss_nats and known.bits_per_character is not None:
        factor = known.bits_per_character / known.loss_nats
    is_training = entry.state == "training"
    step = max(entry.step, known.step) if not entry.outcome else entry.step
    return RunRow(
        entry=entry,
        state=entry.state,
        step=step,
        seconds=max(entry.seconds, known.seconds) if not entry.outcome else entry.seconds,
        best_loss=best_loss,
        last_loss=math.nan if known.loss_nats is None else known.loss_nats,
        accuracy=number_of(entry.best, "accuracy"),
        factor=factor,
        share=_share(step, number_of(entry.plan, "total_steps")) if is_training else None,
    )


def number_of(table: Mapping[str, object], name: str) -> float:
    """A number of a table; NaN where it has none."""
    value = table.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def date_text(created: str) -> str:
    """When a run was made, short: the time for today's, else the date."""
    made = _local(created)
    if not made.isValid():
        return ""
    locale = QLocale(current_language().name)
    is_today = made.date() == QDateTime.currentDateTime().date()
    return locale.toString(made.time() if is_today else made.date(), QLocale.FormatType.ShortFormat)


def long_date_text(created: str) -> str:
    """When a run was made, date and time."""
    made = _local(created)
    locale = QLocale(current_language().name)
    return locale.toString(made, QLocale.FormatType.ShortFormat) if made.isValid() else ""


def _row_of_active(entry: RunEntry, run: ActiveRun) -> RunRow:
    history = run.history
    row = history.best_row
    return RunRow(
        entry=entry,
        state=run.state,
        step=history.step,
        seconds=history.seconds,
        best_loss=history.best_loss,
        last_loss=history.validation.last("loss"),
        accuracy=math.nan if row is None else history.validation["accuracy"][row],
        factor=history.bits_factor,
        share=history.share_done if run.is_running else None,
    )


def _figures(row: RunRow) -> tuple[object, ...]:
    figures = (row.best_loss, row.last_loss, row.accuracy, row.factor)
    return row.state, row.step, row.seconds, row.share, *(None if math.isnan(figure) else figure for figure in figures)


def _share(step: int, total_steps: float) -> float | None:
    return min(1.0, step / total_steps) if total_steps > 0 else None


def _local(created: str) -> QDateTime:
    return QDateTime.fromString(created, Qt.DateFormat.ISODate).toLocalTime()
