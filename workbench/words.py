"""Every word a person reads goes through here: templates are translated, values written as the language writes them.

A catalogue is a JSON file in `resources/translations`: English template to translated template. The key of a plural is
the English form for many; its value a pair for one and for many.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

from engine.errors import Message, Value

PSEUDO = "pseudo"  # lengthens every string, to find what does not fit and what is not translated
ENGLISH = "en"
_ACCENTED = str.maketrans("aeiouAEIOUncs", "áéíóúÁÉÍÓÚñçš")
_OWN_WORDS = ("title", "path", "folder", "text", "run")  # the person's own, which may be words of ours by chance
_PLACES = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&\w+;|%\w)")


@dataclass(frozen=True)
class Language:
    """A language: its templates, and how it writes numbers."""

    name: str = ENGLISH
    templates: Mapping[str, str | list[str]] = field(default_factory=dict)
    thousands: str = ","
    decimal: str = "."


_current = Language()


def language_names() -> list[str]:
    """Languages with a catalogue, English first."""
    folder = resources.files("resources") / "translations"
    names = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    return [ENGLISH, *names]


def read_language(name: str) -> Language:
    """The language of a name such as "de" or "de_AT"; English when there is no catalogue for it."""
    if name == PSEUDO:
        return Language(PSEUDO)
    short = name.split("_")[0].split("-")[0]
    file = resources.files("resources") / "translations" / f"{short}.json"
    if short == ENGLISH or not file.is_file():
        return Language()
    catalogue = json.loads(file.read_text(encoding="utf-8"))
    return Language(short, catalogue["templates"], catalogue["thousands"], catalogue["decimal"])


def use_language(language: Language) -> None:
    """Speak this language from now on. What is already on the screen stays as it is."""
    global _current
    _current = language


def current_language() -> Language:
    """The language that is spoken."""
    return _current


def tr(template: str, /, **values: Value) -> str:
    """The template in the person's language with its values filled in. Whole numbers get thousands separators."""
    return _filled(_translated(template, 1), values)


def plural(one: str, many: str, count: int, /, **values: Value) -> str:
    """The form for one or for many, in the person's language; both may name {count}."""
    template = _translated(many, 0 if count == 1 else 1, one)
    return _filled(template, {**values, "count": count})


def told(message: Message) -> str:
    """A sentence of the engine in the person's language; values that are sentences' parts are translated too."""
    values = {
        name: tr(value) if isinstance(value, str) and name not in _OWN_WORDS and value in _current.templates else value
        for name, value in message.values.items()
    }
    return tr(message.template, **values) if message.template else ""


def number(value: float, decimals: int = 0) -> str:
    """A number as the language writes it, rounded to so many decimals."""
    return _localised(f"{value:,.{decimals}f}")


def significant(value: float, digits: int = 3) -> str:
    """A number with so many digits that mean something: 0.00123, 45.6, 7,890."""
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        return _localised(f"{value:.{digits - 1}e}")
    text = f"{float(f'{value:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")
    return _localised(text)


def percent(share: float, decimals: int = 0) -> str:
    """A share of 1 as a percentage."""
    return tr("{number} %", number=number(100 * share, decimals))


def duration(seconds: float) -> str:
    """A length of time as people say it: "12 s", "3 min 20 s", "1 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    if whole < 600:
        minutes, rest = divmod(whole, 60)
        with_seconds = tr("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
        return with_seconds if rest else tr("{minutes} min", minutes=minutes)
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=minutes) if minutes else tr("{hours} h", hours=hours)


def rough_duration(seconds: float) -> str:
    """A predicted length of time: "about 5 minutes", with no more exactness than a prediction has."""
    if seconds < 50:
        return plural("about {count} second", "about {count} seconds", max(5, 5 * round(seconds / 5)))
    if seconds < 5400:
        return plural("about {count} minute", "about {count} minutes", max(1, round(seconds / 60)))
    hours = seconds / 3600
    if hours < 10:
        return tr("about {hours} hours", hours=number(hours, 1).removesuffix(f"{_current.decimal}0"))
    return plural("about {count} hour", "about {count} hours", round(hours))


def file_size(num_bytes: float) -> str:
    """A size in kB, MB or GB (powers of 1000)."""
    if num_bytes < 1000:
        return plural("{count} byte", "{count} bytes", int(num_bytes))
    if num_bytes < 999_500:
        return tr("{size} kB", size=number(num_bytes / 1e3))
    if num_bytes < 999_500_000:
        return tr("{size} MB", size=number(num_bytes / 1e6, 1 if num_bytes < 9.95e6 else 0))
    return tr("{size} GB", size=number(num_bytes / 1e9, 1))


def _translated(template: str, form: int, one: str = "") -> str:
    if _current.name == PSEUDO:
        return _lengthened(one if form == 0 and one else template)
    found = _current.templates.get(template)
    if isinstance(found, list):
        return found[form]
    if found:
        return found
    return one if form == 0 and one else template


def _filled(template: str, values: Mapping[str, Value]) -> str:
    if not values:
        return template.replace("{{", "{").replace("}}", "}")
    return template.format(**{name: _written(value) for name, value in values.items()})


def _written(value: Value) -> str:
    if isinstance(value, bool | str):
        return str(value)
    return _localised(Message("{value}", {"value": value}).text)


def _localised(text: str) -> str:
    if _current.decimal == ".":
        return text
    swapped = {",": _current.thousands, ".": _current.decimal}
    return "".join(swapped.get(sign, sign) for sign in text)


def _lengthened(template: str) -> str:
    """The template between brackets, a third longer, accented; its values and markup stay."""
    parts = _PLACES.split(template)
    letters = "".join(part if _PLACES.fullmatch(part) else part.translate(_ACCENTED) for part in parts)
    return f"[{letters}{' ~' * max(1, len(template) // 6)}]"
