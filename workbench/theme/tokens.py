"""The colours of the workbench, one set for light and one for dark, and the arithmetic of contrast."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """Named colours as '#RRGGBB'. A widget names what a colour is for, never the colour itself."""

    window: str
    surface: str
    raised: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    good: str
    care: str
    danger: str
    training: str
    validation: str
    gradient: str
    threshold: str
    reference: str


LIGHT = Tokens(
    window="#F6F6F3",
    surface="#FFFFFF",
    raised="#FFFFFF",
    line="#DEDED9",
    text="#1D1D1B",
    quiet="#5A5A55",
    accent="#2C66D0",
    on_accent="#FFFFFF",
    good="#1F7A4A",
    care="#9A5B00",
    danger="#B3261E",
    training="#0072B2",
    validation="#D55E00",
    gradient="#00805E",
    threshold="#B5578B",
    reference="#6F6F6F",
)
DARK = Tokens(
    window="#1B1C1E",
    surface="#25272A",
    raised="#2E3135",
    line="#3A3D41",
    text="#ECECE9",
    quiet="#A9ABAE",
    accent="#82ACFF",
    on_accent="#10182A",
    good="#63C893",
    care="#E7B15A",
    danger="#F2857C",
    training="#56B4E9",
    validation="#E8863F",
    gradient="#35C49B",
    threshold="#CC79A7",
    reference="#A9ABAE",
)


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, ground: str, share: float) -> str:
    """So much of a colour laid over a ground: the quiet shades between two tokens."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(255 * (share * over + (1 - share) * under)):02X}" for over, under in pairs)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
