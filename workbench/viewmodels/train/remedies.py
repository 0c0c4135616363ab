"""What can be done about a finding, and what that does to the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.control import SettingValue
from engine.events import SettingChanged
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.train.diagnosis import HELD, Finding
from workbench.words import significant, tr

Tables = Mapping[str, Any]
LOWEST_FACTOR = 0.1  # of the learning rate: halving it further teaches nothing more
MOST_DROPOUT = 0.6


@dataclass(frozen=True)
class Remedy:
    """A way out. text: of its button; consequence: what it changes, said beforehand.

    change: a live setting and its new value; new_settings: tables in which a new run from the best state differs.
    """

    text: str
    consequence: str
    change: tuple[str, SettingValue] | None = None
    new_settings: Tables = field(default_factory=dict)


def settings_now(configuration: Tables, changes: Sequence[SettingChanged]) -> dict[str, dict[str, Any]]:
    """The settings of a run after all that was changed while it trained."""
    tables = {name: dict(table) for name, table in configuration.items() if isinstance(table, Mapping)}
    for change in changes:
        section, _, name = change.field.partition(".")
        tables.setdefault(section, {})[name] = change.new
    return tables


def remedy_for(finding: Finding, history: RunHistory, settings: Tables, *, is_live: bool) -> Remedy | None:
    """The remedy, None where waiting is best. A change is first given three validations to show what it does."""
    if is_live and _has_changed_lately(history):
        return None
    training = settings.get("training", {})
    match finding.kind:
        case "memorising":
            return _more_dropout(settings, is_live) if history.best_row is not None else None
        case "exploded":
            return _tighter_clipping(training, 0.5, is_live, history.best_row is not None)
        case "clipping_always" if is_live:
            return _tighter_clipping(training, 2.0, is_live, False)
        case "rate_too_high" | "stopped" if is_live:
            return _halved_rate(training)
        case _:
            return None


def _has_changed_lately(history: RunHistory) -> bool:
    validated = history.validation["step"]
    since = validated[-HELD] if len(validated) >= HELD else 0
    return any(change.step >= since for change in history.changes)


def _more_dropout(settings: Tables, is_live: bool) -> Remedy | None:
    dropout = _number(settings.get("model", {}), "dropout", 0.0)
    wished = round(min(MOST_DROPOUT, max(0.2, dropout + 0.2)), 2)
    if wished <= dropout:
        return None
    return Remedy(
        tr("Go back, with dropout {value}", value=significant(wished)),
        _consequence(is_live),
        new_settings={"model": {"dropout": wished}},
    )


def _tighter_clipping(training: Tables, factor: float, is_live: bool, has_best: bool) -> Remedy | None:
    name = "clip_value" if _number(training, "clip_value", 0.0) > 0 else "clip_norm"
    present = _number(training, name, 1.0)
    wished = present * factor if present > 0 else 1.0
    text = tr("Clip at {value}", value=significant(wished))
    if is_live:
        return Remedy(text, _this_run(), change=(f"training.{name}", wished))
    return Remedy(text, _consequence(False), new_settings={"training": {name: wished}}) if has_best else None


def _halved_rate(training: Tables) -> Remedy | None:
    factor = _number(training, "learning_rate_factor", 1.0)
    if factor <= LOWEST_FACTOR:
        return None
    return Remedy(tr("Halve the learning rate"), _this_run(), change=("training.learning_rate_factor", factor / 2))


def _this_run() -> str:
    return tr("Changes this run from its next step on.")


def _consequence(is_live: bool) -> str:
    if is_live:
        return tr("Ends this run and begins a new one from its best state.")
    return tr("Begins a new run from the best state of this one.")


def _number(table: Tables, name: str, default: float) -> float:
    value = table.get(name, default)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default
