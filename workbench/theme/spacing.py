"""The grid that everything stands on, in device-independent pixels, and how long a line of text may be."""

from PySide6.QtGui import QFont, QFontMetrics

GRID = 8  # between things that belong together
GAP = 16  # between groups
MARGIN = 24  # around a page
CORNER = 8  # radius of corners
MAX_TEXT_CHARACTERS = 75

_SAMPLE = "the quick brown fox jumps over the lazy dog and reads on by the light. "


def max_text_width(font: QFont) -> int:
    """The width of 75 characters of running text in a font."""
    return round(QFontMetrics(font).horizontalAdvance(_SAMPLE) * MAX_TEXT_CHARACTERS / len(_SAMPLE))
