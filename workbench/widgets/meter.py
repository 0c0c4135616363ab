"""A share of something, as a thin bar."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.theme.theme import theme
from workbench.widgets.painting import colour

_HEIGHT = 6
_WIDTH = 48


class Meter(QWidget):
    """Tells nobody its number: that stands in words beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    @property
    def share(self) -> float | None:
        """What it shows."""
        return self._share

    def set_share(self, share: float | None) -> None:
        """Fill it so far, from 0 to 1; None shows an empty groove."""
        if share != self._share:
            self._share = None if share is None else min(max(share, 0.0), 1.0)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(_WIDTH * theme().text_scale), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        area, radius = QRectF(self.rect()), self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("line"))
            painter.drawRoundedRect(area, radius, radius)
            if self._share:
                area.setWidth(max(area.height(), area.width() * self._share))
                painter.setBrush(colour("accent"))
                painter.drawRoundedRect(area, radius, radius)
