"""Choices about how the program looks and behaves, as the settings page offers them."""

from dataclasses import dataclass
from typing import Literal

from workbench.viewmodels.settings import Settings
from workbench.words import language_names, read_language, tr

TEXT_SCALES = (0.9, 1.0, 1.15, 1.3, 1.5)
PROJECTOR_SCALE = 1.5


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its value, and what it is called."""

    key: str
    text: str


def themes() -> list[Choice]:
    """Light, dark, or as the system."""
    return [Choice("system", tr("Like the system")), Choice("light", tr("Light")), Choice("dark", tr("Dark"))]


def theme_choice(key: str) -> Literal["system", "light", "dark"]:
    """What is meant by a word that may be odd, as from a settings file that somebody edited."""
    return "light" if key == "light" else "dark" if key == "dark" else "system"


def languages() -> list[Choice]:
    """Languages with a catalogue; names are in the language itself."""
    names = {"en": "English", "de": "Deutsch"}
    known = [Choice(name, names.get(name, name)) for name in language_names()]
    return [Choice("system", tr("Like the system")), *known]


def text_scale(settings: Settings) -> float:
    """The size of all text, 1 is the system's."""
    return min(max(settings.number("window/text_scale", 1.0), 0.8), 2.0)


def stepped_scale(scale: float, step: int) -> float:
    """The next larger or smaller size of text."""
    sizes = sorted({*TEXT_SCALES, scale})
    return sizes[min(max(sizes.index(scale) + step, 0), len(sizes) - 1)]


def projector_scale(scale: float) -> float:
    """The size of text for a projector, and back again when it is that already."""
    return 1.0 if scale == PROJECTOR_SCALE else PROJECTOR_SCALE


def chosen_language(settings: Settings, system: str) -> str:
    """The name of the language to speak. system: that of the system, such as "de_AT"."""
    chosen = settings.text("window/language", "system")
    return read_language(system if chosen == "system" else chosen).name
