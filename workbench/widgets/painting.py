"""Colours for those who paint by hand."""

from PySide6.QtGui import QColor

from workbench.theme.theme import theme
from workbench.theme.tokens import mix


def colour(token: str, ground: str = "", share: float = 1.0) -> QColor:
    """A token's colour, or so much of it over the token of a ground."""
    tokens = theme().tokens
    if not ground:
        return QColor(getattr(tokens, token))
    return QColor(mix(getattr(tokens, token), getattr(tokens, ground), share))
