"""The numbers of the page of a run."""

import time

from workbench.viewmodels.train import wording
from workbench.viewmodels.train.shown_run import ShownRun
from workbench.viewmodels.train.wording import Figure
from workbench.words import duration, number, tr


def guesses(shown: ShownRun) -> Figure:
    """How many of 100 are guessed right."""
    history, caption = shown.history, wording.guesses_caption(shown.tokens)
    accuracies = history.validation["accuracy"]
    if not accuracies:
        return Figure(caption, extra=_waiting_words(shown))
    row = history.best_row if shown.is_over and history.best_row is not None else -1
    by_frequency = shown.frequency_guesses()
    extra = "" if by_frequency is None else tr("letter frequencies alone {count}", count=by_frequency)
    return Figure(caption, number(100 * accuracies[row]), extra)


def validation(shown: ShownRun) -> Figure:
    """The validation loss in the chosen unit, with its best. The unit stands above it: it is long in some languages."""
    history = shown.history
    losses = history.validation["loss"]
    if not losses:
        return Figure(tr("Validation"), extra=_waiting_words(shown))
    best, unit = shown.loss_text(history.best_loss)
    caption = tr("Validation, {unit}", unit=unit)
    if shown.is_over:
        return Figure(caption, best, extra=tr("best, at step {step}", step=history.best_step or 0))
    if history.best_row == len(losses) - 1:
        return Figure(caption, best, extra=tr("its best so far"))
    value, _ = shown.loss_text(losses[-1])
    return Figure(caption, value, extra=tr("best {value} at step {step}", value=best, step=history.best_step or 0))


def time_left(shown: ShownRun) -> Figure:
    """The time left with a bar, or the time it took."""
    history = shown.history
    if not shown.is_live and not shown.is_foreign:
        seconds = history.seconds or (shown.entry.seconds if shown.entry is not None else 0.0)
        steps = tr("{step} steps", step=history.step) if history.step else ""
        return Figure(tr("Trained for"), duration(seconds) if seconds else wording.NOTHING, steps)
    left = _seconds_left(shown)
    if left is None:
        return Figure(tr("Time left"), extra=_waiting_words(shown), share=0.0)
    seconds = history.seconds
    total = tr("of {duration}", duration=duration(seconds + left))
    share = history.share_done if history.share_done is not None else seconds / max(seconds + left, 1e-9)
    return Figure(tr("Time left"), duration(left), total, share)


def quiet_words(shown: ShownRun) -> list[str]:
    """Step, speed, and when it was saved."""
    history = shown.history
    words: list[str] = []
    if shown.is_over:
        return words
    if history.total_steps is not None:
        words.append(tr("step {step} of {total}", step=history.step, total=history.total_steps))
    elif history.step:
        words.append(tr("step {step}", step=history.step))
    words.append(wording.speed_text(history.training.last("tokens_per_second"), shown.tokens))
    if shown.is_live and shown.run is not None and shown.run.saved_at is not None:
        words.append(wording.saved_text(time.monotonic() - shown.run.saved_at))
    return [word for word in words if word]


def _waiting_words(shown: ShownRun) -> str:
    if shown.is_loading:
        return tr("is being read")
    if shown.state == "preparing":
        return tr("preparing")
    return tr("measuring the speed") if shown.is_live and shown.history.total_steps is None else tr("not yet")


def _seconds_left(shown: ShownRun) -> float | None:
    history = shown.history
    if history.last_step is not None and history.last_step.remaining_seconds is not None:
        return max(0.0, history.last_step.remaining_seconds)
    minutes = shown.settings().get("training", {}).get("minutes", 0)
    if not isinstance(minutes, int | float) or not minutes or not history.step:
        return None
    return max(0.0, 60 * minutes - history.seconds)
