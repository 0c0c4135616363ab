"""How an option is declared once, and everything that follows from the declaration.

A section is a frozen keyword-only dataclass whose fields are made with `option`. Validation, the text form of
`--set`, the TOML of a recipe, help and forms all read the same declaration.
"""

import difflib
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from engine.errors import InvalidSetting

OptionValue = bool | int | float | str


@dataclass(frozen=True)
class Option:
    """What is declared about one option.

    label: its name for people; help: one plain sentence; minimum, maximum: inclusive bounds of numbers;
    choices: the allowed words; unit: what a number counts; live: may be changed while a run trains.
    """

    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    live: bool = False


def option(
    default: OptionValue,
    *,
    label: str,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    live: bool = False,
) -> Any:
    """Declare one option as a dataclass field."""
    declared = Option(label, help, minimum, maximum, choices, unit, live)
    return field(default=default, metadata={"option": declared})


Section = type[Any]  # a dataclass whose fields were made with `option`
S = TypeVar("S")


def options_of(section: Section) -> dict[str, Option]:
    """Declarations of a section by field name, in their order; fields that hold another section are left out."""
    return {f.name: f.metadata["option"] for f in fields(section) if "option" in f.metadata}


def default_of(section: Section, name: str) -> OptionValue:
    """Default value of one option."""
    default = section.__dataclass_fields__[name].default
    assert default is not MISSING
    return default  # type: ignore[no-any-return]


def checked(section: Section, prefix: str, name: str, value: object) -> OptionValue:
    """`value` in the option's own type.

    Raises InvalidSetting naming field, value, bound and the nearest possible value.
    """
    declared = options_of(section)[name]
    path = f"{prefix}.{name}"
    default = default_of(section, name)
    if isinstance(default, bool):
        return _checked_bool(path, value)
    if isinstance(default, str):
        return _checked_word(path, value, declared)
    return _checked_number(path, value, declared, whole=isinstance(default, int))


def _checked_bool(path: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidSetting("{field} is on or off: write true or false, not {value}.", field=path, value=_shown(value))
    return value


def _checked_word(path: str, value: object, declared: Option) -> str:
    if not isinstance(value, str):
        raise InvalidSetting("{field} is a word, not {value}: put it in quotes.", field=path, value=_shown(value))
    if declared.choices and value not in declared.choices:
        raise unknown_choice(path, value, declared.choices)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidSetting("{field} holds half a character (a lone surrogate). Type it again.", field=path)
    if len(value) > 10_000:
        raise InvalidSetting("{field} may have at most 10,000 characters.", field=path)
    return value


def _checked_number(path: str, value: object, declared: Option, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidSetting("{field} is a number, not {value}.", field=path, value=_shown(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidSetting("{field} must be a finite number, not {value}.", field=path, value=_shown(value))
    if whole and value != int(value):
        raise InvalidSetting(
            "{field} is a whole number, not {value}. The nearest is {nearest}.",
            field=path, value=_shown(value), nearest=round(value),
        )  # fmt: skip
    if declared.minimum is not None and value < declared.minimum:
        raise InvalidSetting(
            "{field} is {value}, but must be at least {nearest}. The nearest possible value is {nearest}.",
            field=path, value=_shown(value), nearest=declared.minimum,
        )  # fmt: skip
    if declared.maximum is not None and value > declared.maximum:
        raise InvalidSetting(
            "{field} is {value}, but must be at most {nearest}. The nearest possible value is {nearest}.",
            field=path, value=_shown(value), nearest=declared.maximum,
        )  # fmt: skip
    try:
        return int(value) if whole else float(value)
    except OverflowError:  # an option without bounds
        raise InvalidSetting("{field} is {value}, which is too large.", field=path, value=_shown(value)) from None


def unknown_choice(path: str, value: object, choices: Iterable[str]) -> InvalidSetting:
    """The error for a word that is none of the choices, with the nearest that is."""
    words = {"value": _shown(value), "choices": ", ".join(choices)}
    meant = _meant(value, choices) if isinstance(value, str) else ""
    if not meant:
        return InvalidSetting("{field} cannot be {value}. Choose one of: {choices}.", field=path, **words)
    template = "{field} cannot be {value}. Choose one of: {choices}. Did you mean {meant}?"
    return InvalidSetting(template, field=path, meant=meant, **words)


def unknown_name(path: str, known: Iterable[str]) -> InvalidSetting:
    """The error for a name that does not exist, with the nearest that does."""
    meant = _meant(path, known)
    if not meant:
        return InvalidSetting("There is no setting {field}.", field=path)
    return InvalidSetting("There is no setting {field}. Did you mean {meant}?", field=path, meant=meant)


def _meant(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, empty where none is near."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")


def _shown(value: object) -> str:
    try:
        shown = repr(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of thousands of digits"
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


def parse_setting(text: str) -> tuple[str, str, object]:
    """Take `section.name=value` of the command line apart; the value as TOML would read it, else as plain words.

    Raises InvalidSetting.
    """
    path, separator, written = text.partition("=")
    section, dot, name = path.strip().partition(".")
    if not (separator and dot and section and name):
        raise InvalidSetting(
            "{field} is not a setting: write section.name=value, for example training.clip_norm=0.25.",
            field=text[:80] or "Nothing",
        )
    try:
        value = tomllib.loads(f"value = {written.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        value = written.strip()
    except (ValueError, RecursionError):  # a whole number of thousands of digits, brackets within brackets
        raise InvalidSetting("The value of {field} is far too long. Give a shorter one.", field=path.strip()) from None
    return section, name, value


def build(section: type[S], prefix: str, values: Mapping[str, object], **nested: object) -> S:
    """A validated section from plain values; names not given keep their defaults."""
    known = options_of(section)
    for name in values:
        if name not in known:
            raise unknown_name(f"{prefix}.{name}", [f"{prefix}.{other}" for other in known])
    make: Callable[..., S] = section
    return make(**{name: checked(section, prefix, name, value) for name, value in values.items()}, **nested)
