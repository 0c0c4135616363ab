"""Varying a run: one setting takes several values, each with several seeds, all with the same budget."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from engine.config.configuration import merged
from engine.config.options import OptionValue
from engine.errors import TextloomError
from workbench.bridge.protocols.runs import RunEntry
from workbench.bridge.protocols.training import Training, TrainRequest
from workbench.viewmodels.recipes.declarations import Declared, Tables, complete, declared_for, is_same, value_of
from workbench.viewmodels.recipes.faults import faults_of
from workbench.viewmodels.recipes.labels import choice_label, label_of, value_text
from workbench.viewmodels.runs.rows import number_of
from workbench.words import current_language, tr

MOST_SEEDS = 5
MOST_RUNS = 100
SEED = "training.seed"
_DURATIONS = ("minutes", "epochs", "steps", "tokens")
# What decides when and where a run works, not what it learns.
_NOT_VARIED = {
    SEED, *(f"training.{name}" for name in _DURATIONS), "training.report_every_steps", "training.save_every_seconds",
    "training.num_threads", "training.device", "training.sample_every_seconds", "training.sample_length",
    "training.sample_prompt",
}  # fmt: skip
_ON, _OFF = ("on", "true", "yes", "1"), ("off", "false", "no", "0")


@dataclass(frozen=True)
class Values:
    """The values of a line. problem: what is wrong with the first one that cannot be used, and the line mended."""

    values: tuple[OptionValue, ...] = ()
    problem: str = ""
    mended: str = ""


def varied_settings(entry: RunEntry) -> list[Declared]:
    """The settings of a run that can be varied."""
    declared = declared_for(entry.configuration)
    return [setting for path, setting in declared.items() if path not in _NOT_VARIED and setting.section != "sampling"]


def found_settings(settings: Sequence[Declared], words: str) -> list[Declared]:
    """Those whose name, help or path hold all words; those whose name does come first."""
    wanted = words.casefold().split()
    by_name = [setting for setting in settings if _holds(label_of(setting), wanted)]
    others = [
        setting
        for setting in settings
        if setting not in by_name and _holds(f"{label_of(setting)} {setting.path} {tr(setting.option.help)}", wanted)
    ]
    return by_name + others


def read_values(entry: RunEntry, setting: Declared, line: str) -> Values:
    """The values of a line, each of which the run could have."""
    parts = split_values(line, current_language().decimal)
    values: list[OptionValue] = []
    for place, part in enumerate(parts):
        value, nearest = _value_of(setting, part)
        if value is None:
            problem = tr("{value} is no value for {setting}.", value=part, setting=label_of(setting))
            return Values(tuple(values), problem, _mended(parts, place, nearest) if nearest else "")
        fault = next(iter(_faults(entry, setting.path, value).values()), None)
        if fault is not None:
            fix = dict(fault.fix).get(setting.path)
            return Values(tuple(values), fault.sentence, "" if fix is None else _mended(parts, place, _written(fix)))
        if not any(is_same(value, known) for known in values):
            values.append(value)
    return Values(tuple(values))


def split_values(line: str, decimal: str) -> list[str]:
    """The parts of a list. Where a comma is the decimal sign, a space or a semicolon stands between two values."""
    if ";" in line:
        parts = line.split(";")
    elif decimal == "," and re.search(r"\d,\d", line):
        parts = re.split(r",\s+|\s+", line)
    else:
        parts = line.split(",")
    return [stripped for part in parts if (stripped := part.strip())]


@dataclass(frozen=True)
class Variation:
    """What shall be queued. setting None: only the seeds differ."""

    entry: RunEntry
    setting: Declared | None
    values: tuple[OptionValue, ...]
    num_seeds: int

    @property
    def num_runs(self) -> int:
        """How many runs there will be."""
        return max(1, len(self.values) if self.setting is not None else 1) * self.num_seeds

    def group(self, taken: Sequence[str]) -> str:
        """A name for the group that no other one has."""
        what = label_of(self.setting) if self.setting is not None else tr("Seeds")
        name = tr("{title}: {setting}", title=self.entry.title[:120], setting=what)
        place, free = 2, name
        while free in taken:
            free, place = tr("{name} {place}", name=name, place=place), place + 1
        return free

    def requests(self, group: str) -> list[TrainRequest]:
        """The runs, value by value."""
        seeds = self._seeds()
        return [self._request(value, seed, group) for value in self._values() for seed in seeds]

    def seconds(self, training: Training) -> float | None:
        """The predicted time of all together: that of the base, by the size of the model and of a step."""
        base = base_seconds(self.entry)
        if base is None:
            return None
        shares = [self._relative_cost(training, self._tables(value)) for value in self._values()]
        return base * sum(shares) * self.num_seeds

    def _values(self) -> Sequence[OptionValue | None]:
        return self.values if self.setting is not None and self.values else (None,)

    def _seeds(self) -> list[int]:
        first = value_of(complete(self.entry.configuration), SEED)
        first = first if isinstance(first, int) else 1
        return [first + place for place in range(self.num_seeds)]

    def _tables(self, value: OptionValue | None) -> Tables:
        tables = merged(self.entry.configuration, budget_of(self.entry))
        if value is None or self.setting is None:
            return tables
        return merged(tables, {self.setting.section: {self.setting.name: value}})

    def _request(self, value: OptionValue | None, seed: int, group: str) -> TrainRequest:
        words = {"title": self.entry.title[:150], "seed": str(seed)}
        if value is None or self.setting is None:
            title = tr("{title}, seed {seed}", **words)
        else:
            words |= {"setting": label_of(self.setting), "value": value_text(self.setting, value)}
            title = (
                tr("{title}, {setting} {value}", **words)
                if self.num_seeds == 1
                else tr("{title}, {setting} {value}, seed {seed}", **words)
            )
        return TrainRequest(
            corpus_id=self.entry.corpus_id,
            tables=merged(self._tables(value), {"training": {"seed": seed}}),
            recipe=self.entry.recipe,
            title=title,
            start_from=self._start_from(),
            group=group,
        )

    def _start_from(self) -> str:
        """A run that began with the weights of another is compared with runs that begin with them too."""
        parent = self.entry.parent.get("run")
        changes_shape = self.setting is not None and self.setting.section in ("model", "corpus")
        return parent if isinstance(parent, str) and not changes_shape else ""

    def _relative_cost(self, training: Training, tables: Tables) -> float:
        """How long a run takes, as a multiple of the base's time: weights times tokens per step, about."""
        base = complete(self.entry.configuration)
        try:
            costs = [_cost(training, each, self.entry.vocabulary_size) for each in (complete(tables), base)]
        except (TextloomError, TypeError, ValueError):
            return 1.0
        return costs[0] / costs[1] if costs[1] else 1.0


def budget_of(entry: RunEntry) -> dict[str, dict[str, Any]]:
    """What gives every run the budget of the base: its number of steps, where minutes would let it depend on speed."""
    total_steps = number_of(entry.plan, "total_steps")
    minutes = number_of(complete(entry.configuration)["training"], "minutes")
    if not total_steps > 0 or not minutes > 0:
        return {}
    return {"training": {"minutes": 0.0, "epochs": 0.0, "tokens": 0, "steps": int(total_steps)}}


def budget_sentence(entry: RunEntry) -> str:
    """What all the runs have in common."""
    total_steps = number_of(entry.plan, "total_steps")
    if budget_of(entry):
        return tr(
            "Each trains for {count} steps, as many as this run was planned for, so that speed gives none more.",
            count=int(total_steps),
        )
    if total_steps > 0:
        return tr("Each has the budget of this run, which was planned for {count} steps.", count=int(total_steps))
    return tr("Each has the same budget as this run.")


def base_seconds(entry: RunEntry) -> float | None:
    """How long the base would take for its whole budget; None where nothing tells."""
    total_steps = number_of(entry.plan, "total_steps")
    if entry.step > 0 and entry.seconds > 0:
        return entry.seconds * (total_steps / entry.step if total_steps > 0 else 1.0)
    minutes = number_of(complete(entry.configuration)["training"], "minutes")
    return 60 * minutes if minutes > 0 else None


def _cost(training: Training, tables: Mapping[str, Any], vocabulary_size: int) -> float:
    matrices, _ = training.sizes(tables, vocabulary_size)
    num_weights = sum(count for _, count in matrices.values())
    return float(num_weights * tables["training"]["batch_size"] * tables["training"]["window_size"])


def _faults(entry: RunEntry, path: str, value: OptionValue) -> Mapping[str, Any]:
    section, _, name = path.partition(".")
    tables = merged({**entry.configuration}, {section: {name: value}})
    return faults_of(tables, complete(tables), path)


def _value_of(setting: Declared, text: str) -> tuple[OptionValue | None, str]:
    """The value that a text means, and else the nearest text that means one."""
    if isinstance(setting.default, bool):
        return _switch(text)
    if isinstance(setting.default, str):
        return _choice(setting, text)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None, ""
    is_whole = isinstance(setting.default, int) and number.is_integer()
    return (int(number) if is_whole else number), ""


def _switch(text: str) -> tuple[bool | None, str]:
    word = text.casefold()
    if word in (*_ON, tr("on").casefold()):
        return True, ""
    return (False, "") if word in (*_OFF, tr("off").casefold()) else (None, tr("on"))


def _choice(setting: Declared, text: str) -> tuple[str | None, str]:
    if not setting.option.choices:
        return text, ""
    names = {choice_label(choice).casefold(): choice for choice in setting.option.choices}
    names |= {choice.casefold(): choice for choice in setting.option.choices}
    found = names.get(text.casefold())
    if found is not None:
        return found, ""
    near = get_close_matches(text.casefold(), names, 1, 0.0)
    return None, choice_label(names[near[0]]) if near else ""


def _written(value: OptionValue) -> str:
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, str):
        return choice_label(value)
    return f"{value:g}".replace(".", current_language().decimal)


def _mended(parts: Sequence[str], place: int, value: str) -> str:
    separator = "; " if current_language().decimal == "," else ", "
    return separator.join([*parts[:place], value, *parts[place + 1 :]])


def _holds(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
