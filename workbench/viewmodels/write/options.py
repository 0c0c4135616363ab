"""The options behind More, in groups: what is shown of each follows from its declaration."""

from dataclasses import dataclass
from typing import Literal

from engine.config.options import Option, default_of, options_of
from engine.config.sampling import SamplingConfig
from workbench.bridge.protocols.writing import Setting
from workbench.viewmodels.write.controls import CANDIDATES, LARGEST_SEED, OPTIONS, WritingControls
from workbench.words import number, significant, tr

OptionKind = Literal["whole", "number", "choice", "texts"]

# An option that refines another one is shown when that one is on, or when it is changed itself.
_REFINES = {
    "xtc_threshold": ("xtc_probability",), "mirostat_rate": ("mirostat_target",),
    "dynamic_exponent": ("dynamic_range",), "dry_base": ("dry_multiplier",),
    "dry_allowed_length": ("dry_multiplier",), "dry_breakers": ("dry_multiplier",),
    "penalty_window": ("repetition_penalty", "presence_penalty", "frequency_penalty"), "length_penalty": ("beams",),
}  # fmt: skip
_GROUPS = {
    "choosing": ("top_k", "top_p", "min_p", "typical_p", "top_n_sigma", "xtc_probability", "xtc_threshold",
                 "mirostat_target", "mirostat_rate"),
    "repetition": ("repetition_penalty", "presence_penalty", "frequency_penalty", "penalty_window", "no_repeat_ngram",
                   "dry_multiplier", "dry_base", "dry_allowed_length", "dry_breakers"),
    "end": ("end_at", "stop"),
    "texts": ("banned", "forced", "logit_bias"),
    "chance": ("seed", "is_seed_kept", "choose_at", "temperature_change", "dynamic_range", "dynamic_exponent",
               "num_candidates"),
    "search": ("beams", "length_penalty"),
    "style": ("style",),
    "mix": ("mix_model",),
}  # fmt: skip
_STEPS = {"logit_bias": 0.1, "temperature_change": 0.1, "dry_base": 0.05, "mirostat_rate": 0.05}


@dataclass(frozen=True, kw_only=True)
class OptionRow:
    """One option as a person reads it. step: by how much an arrow changes it."""

    name: str
    label: str
    help: str
    kind: OptionKind
    minimum: float = 0
    maximum: float = 0
    step: float = 1
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def explanation(self) -> str:
        """What it does, and what it can be."""
        if self.kind not in ("whole", "number"):
            return self.help
        least, most = _figure(self.minimum), _figure(self.maximum)
        return tr("{help} Possible: {minimum} to {maximum}.", help=self.help, minimum=least, maximum=most)


@dataclass(frozen=True, kw_only=True)
class OptionGroup:
    """Options that have one purpose. names: also those that are not rows of their own."""

    key: str
    title: str
    names: tuple[str, ...]
    rows: tuple[OptionRow, ...]


def option_groups() -> list[OptionGroup]:
    """All groups in the order of their use; the rows of seed, style and mixing are made by hand."""
    by_hand = ("seed", "is_seed_kept", "style", "mix_model")
    return [
        OptionGroup(
            key=key, title=_titles()[key], names=names,
            rows=tuple(_row(name) for name in names if name not in by_hand),
        )
        for key, names in _GROUPS.items()
    ]  # fmt: skip


def is_needed(name: str, controls: WritingControls) -> bool:
    """Whether an option has something to say now."""
    refined = _REFINES.get(name, ())
    return not refined or controls.is_changed(name) or any(controls.is_changed(other) for other in refined)


def option_label(name: str) -> str:
    """What an option is called; its own name where it is none of ours."""
    option = options_of(SamplingConfig).get(name)
    return tr(option.label) if option is not None else name.replace("_", " ")


def value_words(name: str, value: Setting) -> str:
    """The value of an option as a person reads it."""
    if isinstance(value, str):
        is_choice = name in OPTIONS and bool(options_of(SamplingConfig)[name].choices)
        return _choice_words().get(value, value) if is_choice else value
    return _figure(value)


def _figure(value: float) -> str:
    return number(value) if value == int(value) else significant(value)


def _row(name: str) -> OptionRow:
    if name == "num_candidates":
        return OptionRow(
            name=name, label=tr("Candidates at once"), help=tr("How many ways to go on are offered side by side."),
            kind="whole", minimum=CANDIDATES[0], maximum=CANDIDATES[1],
        )  # fmt: skip
    option = options_of(SamplingConfig)[name]
    least, most = option.minimum or 0, option.maximum or 0
    kind = _kind(name, option)
    return OptionRow(
        name=name, label=tr(option.label), help=tr(option.help), kind=kind, minimum=least,
        maximum=min(most, LARGEST_SEED), step=1 if kind == "whole" else _STEPS.get(name, _step(least, most)),
        unit=tr(option.unit) if option.unit else "",
        choices=tuple((choice, _choice_words()[choice]) for choice in option.choices),
    )  # fmt: skip


def _kind(name: str, option: Option) -> OptionKind:
    default = default_of(SamplingConfig, name)
    if isinstance(default, str):
        return "choice" if option.choices else "texts"
    return "whole" if isinstance(default, int) else "number"


def _step(least: float, most: float) -> float:
    """A twentieth of a share; a tenth of what counts in ones."""
    return 0.05 if most - least <= 1 else 0.1


def _titles() -> dict[str, str]:
    return {
        "choosing": tr("What may be chosen"),
        "repetition": tr("Against repetition"),
        "end": tr("Where it ends"),
        "texts": tr("Words and texts"),
        "chance": tr("Chance"),
        "search": tr("Search"),
        "style": tr("A style to take up"),
        "mix": tr("Another model has a say"),
    }


def _choice_words() -> dict[str, str]:
    return {
        "length": tr("the length"), "line": tr("a line"), "sentence": tr("a sentence"), "paragraph": tr("a paragraph"),
        "tokens": tr("every token"), "words": tr("word beginnings"),
    }  # fmt: skip
