"""One family of line drawings that take the colour of what they stand for, sharp at every size and pixel ratio."""

from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QPushButton

from workbench.theme.theme import theme
from workbench.theme.tokens import mix

_AIR = 4


def icon(name: str, role: str = "text") -> QIcon:
    """The icon of resources/icons/<name>.svg in the colour of a token. It follows the theme by itself.

    Raises FileNotFoundError when there is no such drawing.
    """
    _drawing(name)
    getattr(theme().tokens, role)
    return QIcon(_TokenIconEngine(name, role))


def pixmap(name: str, role: str = "text", size: int | None = None, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of so many device-independent pixels, for labels and painters."""
    side = size or icon_size()
    return _rendered(name, getattr(theme().tokens, role), round(side * ratio), ratio)


def icon_size() -> int:
    """The side of an icon beside body text."""
    return max(16, 2 * round(QFontMetrics(theme().font()).height() * 0.5))


def set_icon(target: QAbstractButton | QAction, name: str, role: str = "text") -> None:
    """Give a button or an action an icon that follows the theme and the text scale; no name takes it away."""
    for old in target.findChildren(_IconFollower):
        if old.parent() is target:
            old.setParent(None)
            old.deleteLater()
    if name:
        _IconFollower(target, name, role)
    else:
        target.setIcon(QIcon())


class _IconFollower(QObject):
    """Lives and dies with its button or action, so that nothing outlives it."""

    def __init__(self, target: QAbstractButton | QAction, name: str, role: str) -> None:
        super().__init__(target)
        self._name, self._role = name, role
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        target = self.parent()
        if isinstance(target, QAbstractButton | QAction):
            target.setIcon(icon(self._name, self._role))
        if isinstance(target, QAbstractButton):
            # A button with words wants air between them and the icon; Qt leaves 4 pixels.
            air = _AIR if isinstance(target, QPushButton) else 0
            target.setIconSize(QSize(icon_size() + air, icon_size()))


class _TokenIconEngine(QIconEngine):
    """Draws at the asked size in the colour that the token has at that moment."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        ratio = painter.device().devicePixelRatioF()
        side = min(rect.width(), rect.height())
        target = QRect(rect.left(), rect.center().y() - (side - 1) // 2, side, side)
        painter.drawPixmap(target, _rendered(self._name, self._colour(mode), round(side * ratio), ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002
        # Qt asks in device pixels here and sets the ratio itself.
        side = min(size.width(), size.height())
        drawn = _rendered(self._name, self._colour(mode), side, 1.0)
        if size.width() == side:
            return drawn
        wide = QPixmap(size)
        wide.fill(Qt.GlobalColor.transparent)
        with QPainter(wide) as painter:
            painter.drawPixmap(0, (size.height() - side) // 2, drawn)
        return wide

    def _colour(self, mode: QIcon.Mode) -> str:
        tokens = theme().tokens
        if mode == QIcon.Mode.Disabled:
            return mix(tokens.quiet, tokens.window, 0.5)
        colour: str = getattr(tokens, self._role)
        return colour


@lru_cache
def _drawing(name: str) -> str:
    return (resources.files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _rendered(name: str, colour: str, side: int, ratio: float) -> QPixmap:
    key = f"textloom/{name}/{colour}/{side}/{ratio}"
    kept = QPixmap()
    if QPixmapCache.find(key, kept):  # Qt's own cache ends with the application; a pixmap of ours must not outlive it
        return kept
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, made)
    return made
