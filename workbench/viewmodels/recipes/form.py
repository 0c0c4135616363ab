"""The form of a configuration, made from the declarations: groups of fields, what is common first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.config.options import OptionValue
from workbench.viewmodels.recipes.declarations import Declared, declared_for
from workbench.viewmodels.recipes.labels import choice_label, label_of
from workbench.words import significant, tr

FieldKind = Literal["switch", "whole", "number", "choice", "text"]


@dataclass(frozen=True)
class FormField:
    """What a field is, whatever its value. bounds: in words, empty without any; choices: (word, label)."""

    path: str
    label: str
    help: str
    kind: FieldKind
    bounds: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    is_common: bool = True


@dataclass(frozen=True)
class FormGroup:
    """Fields that belong together, in their order."""

    key: str
    title: str
    fields: tuple[FormField, ...]

    @property
    def common(self) -> tuple[FormField, ...]:
        """Those that are always shown."""
        return tuple(field for field in self.fields if field.is_common)

    @property
    def rest(self) -> tuple[FormField, ...]:
        """Those behind More."""
        return tuple(field for field in self.fields if not field.is_common)


# In each group its common fields, then others in their order; what no group names goes to the group of its section.
_ORDER: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reads": (("corpus.tokens",), ("corpus.valid_share",)),
    "network": (
        ("model.cell", "model.num_layers", "model.hidden_size", "model.embedding_size", "model.dropout"), (),
    ),
    "length": (("training.minutes", "training.epochs"), ("training.steps", "training.tokens", "training.stop_after")),
    "learning": (
        (
            "training.learning_rate", "training.batch_size", "training.window_size", "training.clip_norm",
            "training.optimizer", "training.schedule",
        ),
        (),
    ),
    "meanwhile": (
        ("training.sample_prompt", "training.sample_every_seconds"),
        (
            "training.sample_length", "training.validate_every_steps", "training.save_every_seconds",
            "training.report_every_steps",
        ),
    ),
    "machine": (("training.device", "training.precision"), ("training.num_threads", "training.seed")),
    "writing": (("sampling.temperature", "sampling.length"), ()),
}  # fmt: skip
# The other settings of writing are chosen while one writes.
_GROUP_OF_SECTION = {"corpus": "reads", "model": "network", "training": "learning"}


def form_of(tables: Mapping[str, Any]) -> list[FormGroup]:
    """The groups of all settings that exist with the families that `tables` choose."""
    declared = declared_for(tables)
    named = {path for common, others in _ORDER.values() for path in (*common, *others)}
    groups = []
    for key, (common, others) in _ORDER.items():
        rest = [path for path in declared if path not in named and _GROUP_OF_SECTION.get(path.partition(".")[0]) == key]
        shown = [field_of(declared[path], is_common=True) for path in common if path in declared]
        hidden = [field_of(declared[path], is_common=False) for path in (*rest, *others) if path in declared]
        groups.append(FormGroup(key, _title(key), (*shown, *hidden)))
    return groups


def field_of(setting: Declared, *, is_common: bool = True) -> FormField:
    """The field of one setting."""
    option = setting.option
    return FormField(
        path=setting.path, label=_label(setting), help=tr(option.help), kind=_kind(setting),
        bounds=_bounds(setting), minimum=option.minimum,
        maximum=option.maximum, is_common=is_common,
        choices=tuple((choice, choice_label(choice)) for choice in option.choices),
    )  # fmt: skip


def _label(setting: Declared) -> str:
    """The name with its unit: beside the number it would have to say "1 step"."""
    label, unit = label_of(setting), tr(setting.option.unit) if setting.option.unit else ""
    if not unit or unit.casefold() in label.casefold():
        return label
    return tr("{label} ({unit})", label=label, unit=unit)


def _kind(setting: Declared) -> FieldKind:
    kind = type(setting.default)
    if setting.option.choices:
        return "choice"
    kinds: Mapping[type[OptionValue], FieldKind] = {bool: "switch", int: "whole", float: "number"}
    return kinds.get(kind, "text")


def _bounds(setting: Declared) -> str:
    least, most = setting.option.minimum, setting.option.maximum
    if least is None or most is None:
        return ""
    return tr("{least} to {most}", least=significant(least), most=significant(most, 6))


def _title(key: str) -> str:
    return {
        "reads": tr("What it reads"),
        "network": tr("The network"),
        "length": tr("How long"),
        "learning": tr("How it learns"),
        "meanwhile": tr("Meanwhile"),
        "machine": tr("The machine"),
        "writing": tr("Writing with it"),
    }[key]
