"""What was done to a run and what it wrote, line by line."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.events import SampleWritten, SettingChanged
from workbench.viewmodels.recipes.declarations import declared_for
from workbench.viewmodels.recipes.labels import label_of, value_text
from workbench.viewmodels.run_history import Mark, RunHistory
from workbench.words import duration, percent, plural, told, tr

MARK_ICONS = {"changed": "settings", "rewound": "undo", "resumed": "resume", "warning": "warning"}
LossText = Callable[[float], tuple[str, str]]  # a loss in nats to a number and its unit


@dataclass(frozen=True)
class Happening:
    """A line of the run's history. place: step and time, as words; empty for what is so now."""

    icon: str
    sentence: str
    place: str = ""


@dataclass(frozen=True)
class SampleText:
    """A sample as it is shown: when it was written, how good the model was then, and the text."""

    caption: str
    prompt: str
    text: str
    heading: str = ""


def happenings(history: RunHistory) -> list[Happening]:
    """What was done to a run, the newest first."""
    changes = iter(history.changes)
    lines = []
    for mark in history.marks:
        change = next(changes, None) if mark.kind == "changed" else None
        lines.append(Happening(MARK_ICONS[mark.kind], _sentence(mark, change), place_text(history, mark.step)))
    return lines[::-1]


def change_sentence(change: SettingChanged) -> str:
    """What was changed, by the name that a form shows."""
    setting = declared_for({}).get(change.field)
    return tr(
        "{setting}: {old} became {new}.",
        setting=label_of(setting) if setting is not None else change.field,
        old=value_text(setting, change.old), new=value_text(setting, change.new),
    )  # fmt: skip


def place_text(history: RunHistory, step: int) -> str:
    """Step and time of something."""
    steps = history.training["step"]
    row = min(bisect_left(steps, step), len(steps) - 1)
    if row < 0:
        return tr("step {step}", step=step)
    return tr("step {step}, {duration}", step=step, duration=duration(history.training["time"][row]))


def best_sample(history: RunHistory) -> SampleWritten | None:
    """The sample of the best state: the last one of a run that came to its end, else the one nearest to it."""
    if not history.samples or history.best_step is None:
        return history.samples[-1] if history.samples else None
    if _ended_with_best(history):
        return history.samples[-1]
    best = history.best_step
    return min(history.samples, key=lambda sample: abs(sample.step - best))


def best_sample_text(history: RunHistory, sample: SampleWritten, loss_text: LossText) -> SampleText:
    """The sample of the best state, or that which comes closest to it, under a heading that says which."""
    if _ended_with_best(history) or sample.step == history.best_step:
        text = sample_text(history, sample, loss_text, is_best=True)
        return replace(text, heading=tr("From its best state"))
    return replace(sample_text(history, sample, loss_text), heading=tr("Closest to its best state"))


def _ended_with_best(history: RunHistory) -> bool:
    """Whether the last sample was written after the best weights were back."""
    return history.ended is not None and history.ended.outcome in ("completed", "stopped_early")


def sample_text(
    history: RunHistory, sample: SampleWritten, loss_text: LossText, *, is_best: bool = False
) -> SampleText:
    """A sample with the words above it."""
    parts = [tr("{duration}, step {step}", duration=duration(sample.seconds), step=sample.step)]
    loss = history.best_loss if is_best else loss_at(history, sample.step)
    if loss is not None:
        value, unit = loss_text(loss)
        parts.append(tr("{value} {unit}", value=value, unit=unit))
    if sample.known_word_share is not None:
        parts.append(tr("{share} known words", share=percent(sample.known_word_share)))
    parts += copied_words(sample)
    return SampleText("  ·  ".join(parts), sample.prompt, sample.text)


def copied_words(sample: SampleWritten) -> list[str]:
    """How much of a sample stands word for word in the training text; nothing as long as that is not known."""
    count = sample.longest_copied
    if count is None:
        return []
    if sample.copied_share is None:
        return [plural("up to {count} character copied in a row", "up to {count} characters copied in a row", count)]
    if sample.copied_share == 0:
        return [plural("nothing copied beyond {count} character", "nothing copied beyond {count} characters", count)]
    return [tr("{share} copied, up to {count} characters in a row", share=percent(sample.copied_share), count=count)]


def loss_at(history: RunHistory, step: int) -> float | None:
    """The last validation loss until a step."""
    row = bisect_right(history.validation["step"], step) - 1
    return None if row < 0 else history.validation["loss"][row]


def _sentence(mark: Mark, change: SettingChanged | None) -> str:
    return change_sentence(change) if change is not None else told(mark.sentence)
