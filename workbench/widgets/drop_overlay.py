"""What is dragged over the window: what it holds, and what letting go will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workbench.theme import fonts
from workbench.theme.spacing import CORNER, GAP, GRID, MARGIN
from workbench.widgets.notice import announce
from workbench.widgets.painting import colour

Zone = tuple[str, str, str]
_LEAVE_MS = 60
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class Dropped:
    """What hangs over the window or was let go: files, a piece of text, web addresses."""

    paths: tuple[Path, ...] = ()
    text: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that we can name."""
        return not (self.paths or self.text.strip() or self.addresses)


def dropped_from(mime: QMimeData) -> Dropped:
    """What a drag or the clipboard holds."""
    urls = mime.urls() if mime.hasUrls() else []
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    addresses = tuple(url.toString() for url in urls if not url.isLocalFile() and url.toString())
    if urls:
        return Dropped(paths, "", addresses)
    text = mime.text() if mime.hasText() else ""
    only = text.strip()
    if only.lower().startswith(_SCHEMES) and not any(sign.isspace() for sign in only):
        return Dropped((), "", (only,))
    return Dropped((), text, ())


class DropOverlay(QWidget):
    """Covers its host while something hangs over it and shows where it can be let go."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.host = host
        self._headline = ""
        self._zones: list[Zone] = []
        self._lit = ""
        host.installEventFilter(self)
        self.hide()

    @property
    def lit_zone(self) -> str:
        """The key of the zone under the pointer."""
        return self._lit

    def show_zones(self, headline: str, zones: Sequence[Zone]) -> None:
        """Cover the host; each zone is a key, what letting go there does, and a line about it."""
        self._headline, self._zones = headline, list(zones)
        self._lit = self._zones[0][0] if len(self._zones) == 1 else ""
        self.setGeometry(self.host.rect())
        self.setAccessibleName(headline)
        self.raise_()
        self.show()
        self.update()
        announce(self, headline)

    def zone_at(self, position: QPoint) -> str:
        """The key of the zone at a place of the overlay; one zone alone is everywhere."""
        if len(self._zones) == 1:
            return self._zones[0][0]
        return next((zone[0] for zone, area in self._areas() if area.contains(position)), "")

    def highlight(self, key: str) -> None:
        """Light a zone up."""
        if key != self._lit:
            self._lit = key
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.host and self.isVisible():
            self.setGeometry(self.host.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            veil = colour("window")
            veil.setAlphaF(0.94)
            painter.fillRect(self.rect(), veil)
            painter.setFont(fonts.title())
            painter.setPen(colour("text"))
            painter.drawText(
                self._headline_area(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._headline
            )
            for zone, area in self._areas():
                self._paint_zone(painter, zone, area)

    def _paint_zone(self, painter: QPainter, zone: Zone, area: QRect) -> None:
        key, title, subtitle = zone
        is_lit = key == self._lit
        style = Qt.PenStyle.SolidLine if is_lit else Qt.PenStyle.DashLine
        painter.setPen(QPen(colour("accent") if is_lit else colour("quiet", "window", 0.66), 2, style))
        painter.setBrush(colour("accent", "surface", 0.1) if is_lit else colour("surface"))
        painter.drawRoundedRect(QRectF(area), CORNER * 1.5, CORNER * 1.5)
        inside = area.adjusted(GAP, GAP, -GAP, -GAP)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(fonts.title())
        painter.setPen(colour("text"))
        above = inside.adjusted(0, 0, 0, -inside.height() // 2 - GRID // 2)
        painter.drawText(above, flags | Qt.AlignmentFlag.AlignBottom, title)
        painter.setFont(fonts.body())
        painter.setPen(colour("quiet"))
        below = inside.adjusted(0, inside.height() // 2 + GRID // 2, 0, 0)
        painter.drawText(below, flags | Qt.AlignmentFlag.AlignTop, subtitle)

    def _headline_area(self) -> QRect:
        return QRect(MARGIN, MARGIN, self.width() - 2 * MARGIN, max(self.height() // 6, 64))

    def _areas(self) -> list[tuple[Zone, QRect]]:
        top = self._headline_area().bottom() + GAP
        room = QRect(MARGIN * 2, top, self.width() - 4 * MARGIN, self.height() - top - MARGIN * 2)
        width = (room.width() - GAP * (len(self._zones) - 1)) // max(1, len(self._zones))
        lefts = [room.left() + place * (width + GAP) for place in range(len(self._zones))]
        return [(zone, QRect(left, top, width, room.height())) for zone, left in zip(self._zones, lefts, strict=True)]


class DropTarget(QObject):
    """Watches the overlay's host for what is dragged over it, and tells what was let go and where.

    Children that take drops themselves (text editors) are watched too when they are named with `watch`; text
    dragged over those stays theirs.
    """

    entered = Signal(object)  # Dropped
    dropped = Signal(object, str)  # Dropped, key of the zone
    left = Signal()

    def __init__(self, overlay: DropOverlay) -> None:
        super().__init__(overlay)
        self._overlay = overlay
        self._host = overlay.host
        self._is_inside = False
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(_LEAVE_MS)
        self._leaving.timeout.connect(self._on_left)
        self.watch(self._host)

    def watch(self, widget: QWidget) -> None:
        """Watch a widget that would take files for itself."""
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            # The overlay that comes up under the pointer makes Qt leave one widget and enter another.
            self._leaving.start()
            return False
        if isinstance(watched, QWidget) and isinstance(event, QDropEvent):
            return self._take(watched, event)
        return False

    def _take(self, widget: QWidget, event: QDropEvent) -> bool:
        found = dropped_from(event.mimeData())
        if found.is_empty or (widget is not self._host and not found.paths and not found.addresses):
            return False
        position = widget.mapTo(self._host, event.position().toPoint())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._leaving.stop()
        if event.type() == QEvent.Type.Drop:
            self._finish(found, position)
            return True
        if not self._is_inside:
            self._is_inside = True
            self.entered.emit(found)
        if isinstance(event, QDragMoveEvent):
            self._overlay.highlight(self._overlay.zone_at(position))
        return True

    def _finish(self, found: Dropped, position: QPoint) -> None:
        key = self._overlay.zone_at(position) if self._overlay.isVisible() else ""
        self._is_inside = False
        self._overlay.hide()
        self.dropped.emit(found, key)

    def _on_left(self) -> None:
        self._is_inside = False
        self._overlay.hide()
        self.left.emit()
