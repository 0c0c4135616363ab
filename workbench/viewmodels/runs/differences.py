"""The settings in which several runs differ, side by side; what they share is left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.recipes.declarations import complete, declared_for, is_same, value_of
from workbench.viewmodels.recipes.labels import label_of, value_text
from workbench.viewmodels.runs.columns import NOTHING
from workbench.viewmodels.runs.rows import date_text
from workbench.words import plural, tr

MOST_COMPARED = 60
MOST_DRAWN = 12  # as many as colours that can be told apart


@dataclass(frozen=True)
class Differences:
    """headers and rows: a setting and its value in each run; the other way round where that is narrower."""

    headers: list[str]
    rows: list[list[str]]
    sentence: str


def differences_of(entries: Sequence[RunEntry]) -> Differences:
    """Compare runs, at most 60; one whose description cannot be read has no settings."""
    usable = [entry for entry in entries if entry.configuration][:MOST_COMPARED]
    rows = [*_text_row(usable), *_setting_rows([entry.configuration for entry in usable])]
    table = [[tr("Setting"), *distinct_titles(usable)], *rows]
    if len(rows) < len(usable):
        table[0][0] = tr("Run")
        table = [list(column) for column in zip(*table, strict=True)]
    return Differences(table[0], table[1:] if rows else [], _sentence(len(entries), len(usable), len(rows)))


def distinct_titles(entries: Sequence[RunEntry]) -> list[str]:
    """The titles of runs; where two are called the same, each says when it was made, or its place."""
    counts = Counter(entry.title for entry in entries)
    titles = [
        entry.title
        if counts[entry.title] == 1
        else tr("{title} ({when})", title=entry.title, when=date_text(entry.created))
        for entry in entries
    ]
    again = Counter(titles)
    return [
        title if again[title] == 1 else tr("{title}, {place}", title=title, place=place)
        for place, title in enumerate(titles, 1)
    ]


def _text_row(entries: Sequence[RunEntry]) -> list[list[str]]:
    if len({entry.corpus_id for entry in entries}) < 2:
        return []
    return [[tr("Text"), *(entry.corpus_title or NOTHING for entry in entries)]]


def _setting_rows(configurations: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    whole = [complete(tables) for tables in configurations]
    own = [declared_for(tables) for tables in configurations]
    declared = {path: setting for known in own for path, setting in known.items()}
    rows = []
    for path, setting in declared.items():
        values = [value_of(tables, path) for tables in whole]
        if all(is_same(value, values[0]) for value in values):
            continue
        shown = [NOTHING if value is None else value_text(setting, value) for value in values]
        rows.append([label_of(setting), *shown])
    return rows


def _sentence(num_selected: int, num_runs: int, num_rows: int) -> str:
    if num_runs < 2:
        return tr("There is nothing to compare.")
    if num_rows:
        differ = plural("They differ in {count} setting.", "They differ in {count} settings.", num_rows)
    else:
        differ = tr("These runs have the same settings.")
    if num_runs == MOST_COMPARED and num_selected > num_runs:
        return tr(
            "{sentence} The first {most} are compared, the first {drawn} drawn.",
            sentence=differ, most=MOST_COMPARED, drawn=MOST_DRAWN,
        )  # fmt: skip
    if num_runs > MOST_DRAWN:
        return tr("{sentence} The first {drawn} are drawn.", sentence=differ, drawn=MOST_DRAWN)
    return differ
