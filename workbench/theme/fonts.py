"""The faces of the workbench, all of them the system's own font times the person's text scale."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QWidget

from workbench.theme.theme import theme

Face = Callable[[], QFont]


def caption() -> QFont:
    """Small print: captions, units, what stands beside a number."""
    return theme().font(0.85)


def body() -> QFont:
    """Running text and controls."""
    return theme().font()


def strong() -> QFont:
    """Body text with weight: the current entry, a name in a row."""
    return _weighted(theme().font())


def title() -> QFont:
    """The title of a card, a fold or a dialog."""
    return _weighted(theme().font(1.25))


def page_title() -> QFont:
    """The title of a page."""
    return _weighted(theme().font(1.7))


def big_number() -> QFont:
    """The few large numbers, in figures of equal width so that they do not dance."""
    return tabular(theme().font(2.1))


def serif() -> QFont:
    """What is read as a text: generated prose."""
    return _of_family(["Noto Serif", "Source Serif 4", "Georgia", "Charter", "DejaVu Serif"], QFont.StyleHint.Serif)


def mono() -> QFont:
    """What is read letter by letter: code, paths, exact values."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    return _of_family(fixed.families(), QFont.StyleHint.Monospace)


def tabular(font: QFont) -> QFont:
    """The font with figures of equal width."""
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def follow(widget: QWidget, face: Face) -> None:
    """Give a widget a face and keep its size when the text scale changes."""
    for old in widget.findChildren(_FaceFollower):
        if old.parent() is widget:
            old.deleteLater()
    _FaceFollower(widget, face)


class _FaceFollower(QObject):
    """Lives and dies with its widget, so that nothing outlives it."""

    def __init__(self, widget: QWidget, face: Face) -> None:
        super().__init__(widget)
        self._face = face
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        widget = self.parent()
        if isinstance(widget, QWidget):
            widget.setFont(self._face())


def _weighted(font: QFont) -> QFont:
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _of_family(families: list[str], hint: QFont.StyleHint) -> QFont:
    font = theme().font()
    font.setFamilies(families)
    font.setStyleHint(hint)
    return font
