"""The options of cleaning as rows of a form, made from their declarations."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.config.corpus import CleaningConfig
from engine.config.options import OptionValue, default_of, options_of
from workbench.words import tr


@dataclass(frozen=True)
class CleaningRow:
    """One option. kind chooses the control; choices: words with their labels; minimum and maximum: of a number."""

    name: str
    kind: Literal["choice", "number", "switch"]
    label: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    maximum: int = 0
    unit: str = ""


def cleaning_rows() -> list[CleaningRow]:
    """A row for each option, in the order of their declaration."""
    rows = []
    for name, option in options_of(CleaningConfig).items():
        default = default_of(CleaningConfig, name)
        kind: Literal["choice", "number", "switch"] = (
            "switch" if isinstance(default, bool) else "choice" if option.choices else "number"
        )
        rows.append(
            CleaningRow(
                name, kind, tr(option.label), tr(option.help),
                tuple((choice, _choice_label(choice)) for choice in option.choices),
                int(option.minimum or 0), int(option.maximum or 0), tr(option.unit) if option.unit else "",
            )
        )  # fmt: skip
    return rows


def with_option(cleaning: CleaningConfig, name: str, value: OptionValue) -> CleaningConfig:
    """The same cleaning with another value of one option."""
    return replace(cleaning, **{name: value})  # type: ignore[arg-type]


def is_needed(name: str, cleaning: Any) -> bool:
    """Whether an option means anything beside the others."""
    return name != "rare_below" or cleaning.rare_characters == "fold"


def _choice_label(choice: str) -> str:
    match choice:
        case "unify":
            return tr("Write all the same way")
        case "keep":
            return tr("Leave as they are")
        case "remove":
            return tr("Remove")
        case "fold":
            return tr("Replace by common ones")
        case _:
            return choice.upper()
