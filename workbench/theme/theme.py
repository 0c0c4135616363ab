"""The application's look: the tokens in force, the size of text, the palette and the style sheet made of them."""

from typing import Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

from workbench.theme.style import style_sheet
from workbench.theme.tokens import DARK, LIGHT, Tokens, mix

Choice = Literal["system", "light", "dark"]
SMALLEST_TEXT, LARGEST_TEXT = 0.8, 2.0
_SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
_the_theme: "Theme | None" = None


class Theme(QObject):
    """Light or dark, and the size of text. Whoever paints by hand asks for `tokens` and paints again on `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._system_font = QFont(app.font())
        self._choice: Choice = "system"
        self._text_scale = 1.0
        self._is_applied = False
        self._fonts: dict[float, QFont] = {}  # asked for hundreds of times for each picture of a plot
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return DARK if self.is_dark else LIGHT

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on dark ground."""
        if self._choice == "system":
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._choice == "dark"

    @property
    def choice(self) -> Choice:
        """What the person chose: the system's scheme, or one of ours."""
        return self._choice

    def set_choice(self, choice: Choice) -> None:
        """Follow the system, or stay light or dark."""
        if choice not in _SCHEMES:
            raise ValueError(f"no such scheme: {choice!r}")
        if choice == self._choice:
            return
        self._choice = choice
        self.apply()

    @property
    def text_scale(self) -> float:
        """The size of text as a factor of the system's."""
        return self._text_scale

    def set_text_scale(self, scale: float) -> None:
        """Make all text so many times the system's size, within 0.8 and 2."""
        scale = min(max(round(scale, 2), SMALLEST_TEXT), LARGEST_TEXT)
        if scale == self._text_scale:
            return
        self._text_scale = scale
        self._fonts.clear()
        self.apply()

    def font(self, factor: float = 1.0) -> QFont:
        """The system's font, so many times the size of body text."""
        made = self._fonts.get(factor)
        if made is None:
            made = self._fonts[factor] = self._made_font(factor)
        return QFont(made)  # which the one who asked may change

    def _made_font(self, factor: float) -> QFont:
        font = QFont(self._system_font)
        font.setWeight(font.weight())  # said outright, or a painter fills it in from the widget
        factor *= self._text_scale
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * factor)
        else:
            font.setPixelSize(max(1, round(font.pixelSize() * factor)))
        return font

    def apply(self) -> None:
        """Dress the whole application: style, palette, font, style sheet."""
        if not self._is_applied:
            self._app.setStyle(QStyleFactory.create("Fusion"))
            self._is_applied = True
        # Window frames follow where the platform lets them; the rest is our own palette, whatever the platform does.
        self._app.styleHints().setColorScheme(_SCHEMES[self._choice])
        tokens = self.tokens
        self._app.setFont(self.font())
        self._app.setPalette(palette(tokens))
        QToolTip.setPalette(palette(tokens))
        QToolTip.setFont(self.font())
        self._app.setStyleSheet(style_sheet(tokens, self._text_scale))
        self.changed.emit()

    def _on_scheme_changed(self) -> None:
        if self._choice == "system" and self._is_applied:
            self.apply()


def theme() -> Theme:
    """The application's one theme, made on first use. It needs the QApplication."""
    global _the_theme
    if _the_theme is None or not shiboken6.isValid(_the_theme):
        app = QApplication.instance()
        assert isinstance(app, QApplication), "the theme needs the QApplication"
        _the_theme = Theme(app)
    return _the_theme


def palette(tokens: Tokens) -> QPalette:
    """Every role of Qt's palette, for enabled and disabled widgets."""
    made = QPalette()
    for role, colour in _roles(tokens).items():
        made.setColor(role, QColor(colour))
    for role, colour in _disabled_roles(tokens).items():
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colour))
    return made


def _roles(tokens: Tokens) -> dict[QPalette.ColorRole, str]:
    role = QPalette.ColorRole
    return {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: mix(tokens.line, tokens.surface, 0.3),
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.on_accent,
        role.PlaceholderText: tokens.quiet,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: mix(tokens.accent, tokens.text, 0.7),
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Light: tokens.raised,
        role.Midlight: mix(tokens.line, tokens.surface, 0.5),
        role.Mid: mix(tokens.quiet, tokens.line, 0.3),
        role.Dark: mix(tokens.quiet, tokens.surface, 0.65),
        role.Shadow: mix("#000000", tokens.window, 0.6),
    }


def _disabled_roles(tokens: Tokens) -> dict[QPalette.ColorRole, str]:
    role = QPalette.ColorRole
    faint = mix(tokens.quiet, tokens.window, 0.6)
    texts = (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.Link, role.LinkVisited)
    return {
        **dict.fromkeys(texts, faint),
        role.Base: tokens.window,
        role.Button: tokens.window,
        role.Highlight: mix(tokens.quiet, tokens.surface, 0.4),
        role.Accent: mix(tokens.quiet, tokens.surface, 0.4),
        role.HighlightedText: tokens.surface,
    }
