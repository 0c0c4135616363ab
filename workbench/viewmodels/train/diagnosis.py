"""What is going on in a run, from its history alone.

A trend is told only when the last three validations bear it out. What simply happened, an exploded gradient, is told
at once.
"""

import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from workbench.viewmodels.run_history import RunHistory
from workbench.words import plural, tr

Kind = Literal[
    "exploded", "rate_too_high", "memorising", "slowed", "clipping_always", "stopped", "slowly", "improving",
    "clipping_never",
]  # fmt: skip

HELD = 3  # validations that must bear out a trend
SMALL_GAIN = 0.005  # of the loss, in a twentieth of the run
RISE = 0.02  # of the training loss over three validations, which is no noise
NEARLY_ALL = 0.8  # of the steps are clipped
EARLY_SHARE, EARLY_VALIDATIONS = 0.3, 8
FEWEST_REPORTS = 10  # before anything is said about clipping
MOST_SORTED = 500  # of a long run's reports are enough for a median


@dataclass(frozen=True)
class Finding:
    """Something that is so. count: how often it happened; step: of the best state, where that matters."""

    kind: Kind
    count: int = 0
    step: int = 0


def findings(history: RunHistory, is_clipping: bool = True) -> list[Finding]:
    """All that is found, the most pressing first. is_clipping: whether a clipping threshold is set."""
    found = [_exploded(history)]
    if len(history.validation) > HELD:
        found += [_rate_too_high(history), _stood_still(history), _slowed(history)]
        found += [_clipped(history)] if is_clipping else []
        found += [_progress(history)]
    known = [finding for finding in found if finding is not None]
    # That clipping does nothing is worth a word only where nothing better is to be said.
    return sorted(known, key=lambda finding: finding.kind == "clipping_never")


def sentence_of(finding: Finding) -> str:
    """What the person reads."""
    match finding.kind:
        case "exploded":
            return plural(
                "The gradient exploded once. The run went back a little and goes on more carefully.",
                "The gradient exploded {count} times. The run went back a little and goes on more carefully.",
                finding.count,
            )
        case "rate_too_high":
            return tr("The loss rises: the learning rate is too high.")
        case "memorising":
            return tr("It begins to learn by heart: training falls while validation rises.")
        case "slowed":
            return tr("The speed has dropped by half or more: another program may be busy.")
        case "clipping_always":
            return tr("Nearly every gradient is clipped, so the threshold sets the pace.")
        case "stopped":
            return tr("Validation has stopped improving. The best state, of step {step}, is kept.", step=finding.step)
        case "slowly":
            return tr("It improves slowly now.")
        case "improving":
            return tr("Still improving.")
        case "clipping_never":
            return tr("No gradient has been clipped yet, so the threshold changes nothing.")


def _exploded(history: RunHistory) -> Finding | None:
    steps = [mark.step for mark in history.marks if mark.kind == "rewound"]
    if not steps:
        return None
    validated = history.validation["step"]
    is_recent = len(validated) < HELD or steps[-1] >= validated[-HELD]
    return Finding("exploded", count=len(steps)) if is_recent else None


def _rate_too_high(history: RunHistory) -> Finding | None:
    share = history.share_done
    is_early = (share is not None and share < EARLY_SHARE) or len(history.validation) <= EARLY_VALIDATIONS
    if not is_early:
        return None
    losses = [_mean(_between(history, "loss", back)) for back in range(HELD, -1, -1)]
    rises = all(later > earlier for earlier, later in pairwise(losses))
    return Finding("rate_too_high") if rises and losses[-1] > (1 + RISE) * losses[0] else None


def _stood_still(history: RunHistory) -> Finding | None:
    """No new best in three validations: learned by heart, where training fell all the same."""
    losses, best = history.validation["loss"], history.best_loss
    if history.best_row is None or history.best_row >= len(losses) - HELD:
        return None
    before, now = _mean(_between(history, "loss", HELD)), _mean(_between(history, "loss", 0))
    has_fallen = now < (1 - SMALL_GAIN) * before
    if has_fallen and losses[-1] > (1 + SMALL_GAIN) * best:
        return Finding("memorising", step=history.best_step or 0)
    return Finding("stopped", step=history.best_step or 0)


def _slowed(history: RunHistory) -> Finding | None:
    speeds = history.training["tokens_per_second"]
    first = _first_row(history, HELD)
    usual = _median(speeds[: first : 1 + first // MOST_SORTED])
    recent = [_median(_between(history, "tokens_per_second", back)) for back in range(HELD)]
    return Finding("slowed") if all(speed < usual / 2 for speed in recent) else None


def _clipped(history: RunHistory) -> Finding | None:
    shares = history.training["clipped_share"]
    if len(shares) < FEWEST_REPORTS:
        return None
    if all(_mean(_between(history, "clipped_share", back)) > NEARLY_ALL for back in range(HELD)):
        return Finding("clipping_always")
    return Finding("clipping_never") if max(shares) == 0 else None


def _progress(history: RunHistory) -> Finding | None:
    losses = history.validation["loss"]
    before, now = min(losses[:-HELD]), min(losses)
    if not now < before:
        return None
    gain = (before - now) / abs(before) / _twentieths(history)
    return Finding("improving" if gain >= SMALL_GAIN else "slowly")


def _twentieths(history: RunHistory) -> float:
    """How many twentieths of the run the last three validations span, so that trying more often changes no sentence."""
    validated = history.validation["step"]
    if not history.total_steps:
        return float(HELD)
    return 20 * (validated[-1] - validated[-1 - HELD]) / history.total_steps


def _between(history: RunHistory, column: str, back: int) -> "array[float]":
    """Reports between a validation and the one before it. back: 0 is the newest validation."""
    validated = history.validation["step"]
    steps = history.training["step"]
    last = bisect_right(steps, validated[-1 - back])
    return history.training[column][_first_row(history, back + 1) : last]


def _first_row(history: RunHistory, back: int) -> int:
    """The first report after a validation; 0 where there is none so far back."""
    validated = history.validation["step"]
    return bisect_right(history.training["step"], validated[-1 - back]) if back < len(validated) else 0


def _mean(values: "array[float]") -> float:
    return sum(values) / len(values) if values else math.nan


def _median(values: "array[float]") -> float:
    return sorted(values)[len(values) // 2] if values else math.nan
