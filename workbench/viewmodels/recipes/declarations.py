"""What the engine declares about settings, put together for the families that a configuration chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.config.configuration import SECTIONS, declared_options, declared_settings
from engine.config.corpus import CorpusConfig
from engine.config.model import CELLS
from engine.config.optimizer import OPTIMIZERS, SCHEDULES
from engine.config.options import Option, OptionValue, checked
from engine.config.sampling import SamplingConfig
from engine.config.training import TrainingConfig

Tables = dict[str, dict[str, Any]]

_PLAIN: Mapping[str, type[Any]] = {"corpus": CorpusConfig, "training": TrainingConfig, "sampling": SamplingConfig}
# In each section the words that choose a family, the families by their name, and the default.
_FAMILIES: Mapping[str, tuple[tuple[str, Mapping[str, type[Any]], str], ...]] = {
    "model": (("cell", CELLS, "lstm"),),
    "training": (("optimizer", OPTIMIZERS, "adamw"), ("schedule", SCHEDULES, "cosine")),
}


@dataclass(frozen=True)
class Declared:
    """One setting of a configuration: its declaration and default. owner: the dataclass it is declared in, None for
    the word that chooses a family."""

    path: str
    option: Option
    default: OptionValue
    owner: type[Any] | None

    @property
    def section(self) -> str:
        """The part of the configuration in which it stands."""
        return self.path.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name in its section."""
        return self.path.partition(".")[2]

    def check(self, value: object) -> None:
        """Raise InvalidSetting for a value that it cannot have."""
        if self.owner is not None:
            checked(self.owner, self.section, self.name, value)


def declared_for(tables: Mapping[str, Any]) -> dict[str, Declared]:
    """All settings that exist with the families that `tables` choose, by path, in the order of their declaration."""
    found: dict[str, Declared] = {}
    for section in SECTIONS:
        table = tables.get(section, {})
        kinds = tuple(_chosen(table, word, known, default) for word, known, default in _FAMILIES.get(section, ()))
        found.update(_declared(section, kinds))
    return found


def complete(tables: Mapping[str, Any]) -> Tables:
    """The tables with the default of every setting that is left out; values are taken as they are."""
    whole: Tables = {section: {} for section in SECTIONS}
    for setting in declared_for(tables).values():
        whole[setting.section][setting.name] = tables.get(setting.section, {}).get(setting.name, setting.default)
    return whole


def pruned(changes: Mapping[str, Any], tables: Mapping[str, Any]) -> Tables:
    """What of `changes` exists with the families that `tables` choose."""
    known = declared_for(tables)
    kept = {
        section: {name: value for name, value in table.items() if f"{section}.{name}" in known}
        for section, table in changes.items()
    }
    return {section: table for section, table in kept.items() if table}


def different(changes: Mapping[str, Any], base: Mapping[str, Any]) -> Tables:
    """What of `changes` is not the same in `base`."""
    kept = {
        section: {name: value for name, value in table.items() if not is_same(value, base.get(section, {}).get(name))}
        for section, table in changes.items()
    }
    return {section: table for section, table in kept.items() if table}


def is_same(one: object, other: object) -> bool:
    """Whether two values are the same setting: 1 is 1.0, but not true."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def value_of(tables: Mapping[str, Any], path: str) -> Any:
    """The value of a setting in tables, None when it is not there."""
    section, _, name = path.partition(".")
    return tables.get(section, {}).get(name)


def _chosen(table: Mapping[str, Any], word: str, known: Mapping[str, type[Any]], default: str) -> str:
    kind = table.get(word, default)
    return kind if isinstance(kind, str) and kind in known else default


@cache
def _declared(section: str, kinds: tuple[str, ...]) -> dict[str, Declared]:
    words = {setting.path: setting for setting in declared_settings(section)}
    found: dict[str, Declared] = {}

    def add(owner: type[Any]) -> None:
        for setting in declared_options(owner, section):
            found[setting.path] = Declared(setting.path, setting.option, setting.default, owner)

    if section in _PLAIN:
        add(_PLAIN[section])
    for (word, known, default), kind in zip(_FAMILIES.get(section, ()), kinds, strict=True):
        path = f"{section}.{word}"
        found[path] = Declared(path, words[path].option, default, None)
        add(known[kind])
    return found
