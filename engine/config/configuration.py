"""The whole configuration of a run, and its form as plain tables (TOML, JSON).

In tables the fields of a chosen family stand flat in their section, after the word that chooses it:
`[model] cell = "lstm"`, `[training] optimizer = "adamw"`, `schedule = "cosine"`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine.config.corpus import CorpusConfig
from engine.config.model import CELLS, LstmConfig, ModelConfig
from engine.config.optimizer import OPTIMIZERS, SCHEDULES
from engine.config.options import (
    Option,
    OptionValue,
    Section,
    build,
    default_of,
    options_of,
    unknown_choice,
    unknown_name,
)
from engine.config.sampling import SamplingConfig
from engine.config.training import TrainingConfig
from engine.errors import BadInput, InvalidSetting, NewerFormat

FORMAT_VERSION = 1

Table = dict[str, Any]
SECTIONS = ("corpus", "model", "training", "sampling")


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Everything that a person can choose about a run. Validated when it is built."""

    corpus: CorpusConfig = field(default_factory=CorpusConfig)
    model: ModelConfig = field(default_factory=LstmConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)

    def __post_init__(self) -> None:
        _check_corpus(self.corpus)
        _check_model(self.model)
        check_training(self.training)


def _check_corpus(corpus: CorpusConfig) -> None:
    drops_tokens = corpus.min_count > 1 or corpus.max_vocabulary > 0
    if corpus.tokens == "char" and drops_tokens and not corpus.unknown_character:
        raise InvalidSetting(
            "{field} must be true when corpus.min_count or corpus.max_vocabulary leave characters out: "
            "add --set corpus.unknown_character=true.",
            field="corpus.unknown_character",
        )
    if corpus.tokens == "byte" and (drops_tokens or corpus.unknown_character):
        raise InvalidSetting(
            "{field} is byte, which knows every text: leave corpus.min_count, corpus.max_vocabulary and "
            "corpus.unknown_character out.",
            field="corpus.tokens",
        )
    if corpus.tokens == "word" and corpus.unknown_character:
        raise InvalidSetting(
            "{field} is for models that read characters: words always have a token for those that are not known. "
            "Leave it out.",
            field="corpus.unknown_character",
        )


def _check_model(model: ModelConfig) -> None:
    if model.tied and model.embedding_size != model.hidden_size:
        raise InvalidSetting(
            "{field} is {embedding_size}, but with model.tied it must equal model.hidden_size. "
            "The nearest possible value is {hidden_size}.",
            field="model.embedding_size", embedding_size=model.embedding_size, hidden_size=model.hidden_size,
        )  # fmt: skip


def check_training(training: TrainingConfig) -> None:
    """Refuse training settings that contradict each other. Raises InvalidSetting."""
    if training.clip_norm > 0 and training.clip_value > 0:
        raise InvalidSetting(
            "{field} and training.clip_value are both set: clip by norm or by value, and set the other one to 0.",
            field="training.clip_norm",
        )
    if not (training.minutes or training.epochs or training.steps or training.tokens):
        raise InvalidSetting(
            "{field}, training.epochs, training.steps and training.tokens are all 0: say when the run shall end.",
            field="training.minutes",
        )


def _families(section: str, table: Mapping[str, object]) -> list[tuple[str, Section]]:
    """The tagged unions of a section with the class that its table chooses: (word, class) pairs."""
    chosen: list[tuple[str, Section]] = []
    for word, known, default, _ in _UNIONS.get(section, ()):
        kind = table.get(word, default)
        if not isinstance(kind, str) or kind not in known:
            raise unknown_choice(f"{section}.{word}", kind, list(known))
        chosen.append((word, known[kind]))
    return chosen


# The words that choose a family in a section: its classes by their name, the default, and what the word means.
_UNIONS: dict[str, tuple[tuple[str, Mapping[str, Section], str, str], ...]] = {
    "model": (("cell", CELLS, "lstm", "The kind of recurrent network."),),
    "training": (
        ("optimizer", OPTIMIZERS, "adamw", "How the weights follow the gradient."),
        ("schedule", SCHEDULES, "cosine", "How the learning rate changes during training."),
    ),
}
_PLAIN: dict[str, Section] = {"corpus": CorpusConfig, "training": TrainingConfig, "sampling": SamplingConfig}


def known_names(section: str, table: Mapping[str, object]) -> list[str]:
    """Names of all settings that exist in a section, given the families that its table chooses."""
    names = list(options_of(_PLAIN[section])) if section in _PLAIN else []
    for word, family in _families(section, table):
        names += [word, *options_of(family)]
    return names


def from_tables(tables: Mapping[str, object]) -> Configuration:
    """A validated configuration from plain tables; what is not given keeps its default.

    Raises InvalidSetting, or NewerFormat for a configuration of a later version.
    """
    version = tables.get("format", FORMAT_VERSION)
    if isinstance(version, bool) or not isinstance(version, int):
        raise InvalidSetting("{field} must be a whole number.", field="format")
    if version > FORMAT_VERSION:
        raise NewerFormat(
            "This configuration was made by a newer version of Textloom (format {version}; this one reads {known}). "
            "Install the newer version to use it.",
            version=version, known=FORMAT_VERSION,
        )  # fmt: skip
    for name in tables:
        if name not in SECTIONS and name not in ("format", "recipe"):
            raise unknown_name(name, SECTIONS)
    return Configuration(**{section: _section(section, _table(tables, section)) for section in SECTIONS})


def _table(tables: Mapping[str, object], section: str) -> Mapping[str, object]:
    table = tables.get(section, {})
    if not isinstance(table, Mapping):
        raise BadInput("The part {section} of this configuration is not a table.", section=section)
    return table


def _section(section: str, table: Mapping[str, object]) -> Any:
    chosen = _families(section, table)
    known = known_names(section, table)
    for name in table:
        if name not in known:
            raise unknown_name(f"{section}.{name}", [f"{section}.{other}" for other in known])
    parts = {
        word: build(family, section, {name: table[name] for name in options_of(family) if name in table})
        for word, family in chosen
    }
    if section == "model":
        return parts["cell"]
    plain = _PLAIN[section]
    return build(plain, section, {name: table[name] for name in options_of(plain) if name in table}, **parts)


def to_tables(configuration: Configuration) -> Table:
    """Plain tables that `from_tables` turns into an equal configuration."""
    model = {"cell": configuration.model.cell, **_plain(configuration.model)}
    training = configuration.training
    return {
        "format": FORMAT_VERSION,
        "corpus": _plain(configuration.corpus),
        "model": model,
        "training": {
            **_plain(training),
            "optimizer": training.optimizer.kind,
            **_plain(training.optimizer),
            "schedule": training.schedule.kind,
            **_plain(training.schedule),
        },
        "sampling": _plain(configuration.sampling),
    }


def _plain(section: Any) -> Table:
    return {f.name: getattr(section, f.name) for f in fields(section) if "option" in f.metadata}


def merged(base: Mapping[str, object], changes: Mapping[str, Mapping[str, object]]) -> Table:
    """Tables of `base` with `changes` laid over them.

    When a change chooses another family (another cell, optimizer or schedule), the settings of the old family that the
    new one does not have are dropped, so that `--set model.cell=gru` can be said alone.
    """
    result: Table = {name: dict(value) if isinstance(value, Mapping) else value for name, value in base.items()}
    for section, table in changes.items():
        if section not in SECTIONS:
            raise unknown_name(f"{section}.{next(iter(table), '')}", SECTIONS)
        own = result.setdefault(section, {})
        words = [word for word, *_ in _UNIONS.get(section, ())]
        chosen = {word: table[word] for word in words if word in table}
        if chosen:
            known = known_names(section, {**own, **chosen})
            own = {name: value for name, value in own.items() if name in known}
        result[section] = {**own, **table}
    return result


@dataclass(frozen=True)
class DeclaredSetting:
    """One setting for `--set`.

    only_with: the families that have it, after the word that chooses them ("cell rnn"), empty when all do;
    other_defaults: the families whose default is another one.
    """

    path: str
    option: Option
    default: OptionValue
    only_with: str = ""
    other_defaults: Mapping[str, OptionValue] = field(default_factory=dict)


def declared_settings(section: str) -> list[DeclaredSetting]:
    """All settings of a section, of all its families; what families declare in different words is there for each."""
    found = [] if section not in _PLAIN else declared_options(_PLAIN[section], section)
    for word, known, default, meaning in _UNIONS.get(section, ()):
        found.append(DeclaredSetting(f"{section}.{word}", Option(word, meaning, choices=tuple(known)), default))
        declared: dict[tuple[str, Option], dict[str, OptionValue]] = {}
        for kind, family in known.items():
            for setting in declared_options(family, section):
                declared.setdefault((setting.path, setting.option), {})[kind] = setting.default
        for (path, option), defaults in declared.items():
            first = next(iter(defaults.values()))
            only_with = "" if len(defaults) == len(known) else f"{word} {' or '.join(defaults)}"
            others = {kind: value for kind, value in defaults.items() if value != first}
            found.append(DeclaredSetting(path, option, first, only_with, others))
    return found


def declared_options(section: Section, prefix: str) -> list[DeclaredSetting]:
    """The settings that one dataclass of options declares."""
    return [
        DeclaredSetting(f"{prefix}.{name}", option, default_of(section, name))
        for name, option in options_of(section).items()
    ]


def live_options() -> list[str]:
    """Settings that may be changed while a run trains, as `section.name`."""
    declared = {f"training.{name}": o for name, o in options_of(TrainingConfig).items()}
    declared["model.dropout"] = options_of(LstmConfig)["dropout"]
    return [name for name, o in declared.items() if o.live]
