"""What is said about the one run that is selected."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.viewmodels.recipes.labels import choice_label, model_text, tokens_word
from workbench.viewmodels.runs.columns import NOTHING, state_text
from workbench.viewmodels.runs.rows import RunRow, long_date_text, number_of
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.viewmodels.train import wording
from workbench.words import duration, number, percent, significant, told, tr


@dataclass(frozen=True)
class Figure:
    """A number with its caption, its unit and a quiet word about it."""

    caption: str
    text: str
    unit: str = ""
    extra: str = ""


def outcome_sentence(page: RunsViewModel, row: RunRow) -> str:
    """What became of a run, or what it does now."""
    entry = row.entry
    if entry.problem is not None:
        return told(entry.problem)
    if row.is_live:
        return _live_sentence(page, row)
    if row.state == "interrupted":
        if not page.has_saved(row):
            return tr("Interrupted at step {step}, before anything was saved.", step=row.step)
        return tr("Interrupted at step {step}. Go on from what was saved last.", step=row.step)
    reason = told(entry.reason) if entry.reason is not None else ""
    if not row.has_best or math.isnan(row.accuracy):
        return reason or state_text(row)
    corpus = page.workbench.texts.entry(entry.corpus_id) if entry.corpus_id else None
    by_frequency = wording.frequency_guesses(corpus, entry.tokens)
    return wording.achieved_sentence(entry.tokens, round(100 * row.accuracy), by_frequency, _best_step(row))


def reason_sentence(row: RunRow) -> str:
    """Why a run ended, where the outcome says something else."""
    entry = row.entry
    if row.is_live or not row.has_best or row.state == "interrupted" or entry.reason is None:
        return ""
    return told(entry.reason)


def figures(page: RunsViewModel, row: RunRow) -> list[Figure]:
    """The best numbers of a run."""
    tokens = row.entry.tokens
    guesses = NOTHING if math.isnan(row.accuracy) else number(100 * row.accuracy)
    value, unit = page.units.text(row.best_loss, row.factor) if row.has_best else (NOTHING, "")
    step = tr("at step {step}", step=_best_step(row)) if row.has_best and _best_step(row) else ""
    time = duration(row.seconds) if row.seconds else NOTHING
    return [
        Figure(wording.guesses_caption(tokens), guesses),
        Figure(tr("Best validation"), value, unit, step),
        Figure(tr("Trained for"), time, "", tr("{step} steps", step=row.step) if row.step else ""),
    ]


def facts(row: RunRow) -> str:
    """Model, text and machine in one quiet line."""
    entry = row.entry
    parts = []
    if "model" in entry.configuration:
        parts.append(
            tr("{model}, {tokens}", model=model_text(entry.configuration), tokens=tokens_word(entry.configuration))
        )
    if entry.num_parameters:
        parts.append(tr("{count} weights", count=significant(entry.num_parameters, 3)))
    if entry.corpus_title:
        parts.append(tr("on {text}", text=entry.corpus_title))
    machine = _machine(entry.machine)
    if machine:
        parts.append(machine)
    made = long_date_text(entry.created)
    if made:
        parts.append(made)
    return "  ·  ".join(parts)


def _live_sentence(page: RunsViewModel, row: RunRow) -> str:
    run = page.workbench.queue.current
    if run is None or run.run_id != row.entry.id or not run.is_running:
        if row.share is None:
            return tr("A command trains it in another window: step {step}.", step=row.step)
        return tr(
            "A command trains it in another window: step {step}, {share}.", step=row.step, share=percent(row.share)
        )
    return tr("{state}. Step {step}.", state=state_text(row), step=row.step)


def _best_step(row: RunRow) -> int:
    step = number_of(row.entry.best, "step")
    return 0 if math.isnan(step) else int(step)


def _machine(machine: Mapping[str, object]) -> str:
    device, precision = machine.get("device"), machine.get("precision")
    if not isinstance(device, str) or not device:
        return ""
    name = choice_label(device)
    return tr("{device}, {precision}", device=name, precision=precision) if isinstance(precision, str) else name
