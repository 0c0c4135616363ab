"""A few choices side by side, one of which holds."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import CORNER, GRID
from workbench.widgets.focus import HandPainted
from workbench.widgets.painting import colour

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class SegmentedControl(QWidget):
    """Exclusive options in a row; a click or the arrow keys choose. fills: they share all the width there is."""

    changed = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], parent: QWidget | None = None, *, fills: bool = False
    ) -> None:
        super().__init__(parent)
        self._fills = fills
        self._segments: dict[str, _Segment] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3, 3, 3, 3)
        self._row.setSpacing(2)
        width = QSizePolicy.Policy.Expanding if fills else QSizePolicy.Policy.Fixed
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self.set_options(options)

    @property
    def current(self) -> str:
        """The key of the option that holds."""
        return next((key for key, segment in self._segments.items() if segment.isChecked()), "")

    def set_current(self, key: str) -> None:
        """Let an option hold, without a signal; none of them with an empty key."""
        if key:
            self._segments[key].setChecked(True)
        else:
            self._group.setExclusive(False)
            for segment in self._segments.values():
                segment.setChecked(False)
            self._group.setExclusive(True)
        self._share_focus()

    def segment(self, key: str) -> QAbstractButton:
        """The button of an option."""
        return self._segments[key]

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer other options; what holds stays if it is still offered, else the first holds."""
        kept = self.current
        for old in self._segments.values():
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._segments = {key: _Segment(text, self._fills) for key, text in options}
        for segment in self._segments.values():
            self._group.addButton(segment)
            self._row.addWidget(segment)
            segment.clicked.connect(self._on_segment_clicked)
        if self._segments:
            self.set_current(kept if kept in self._segments else next(iter(self._segments)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        keys = list(self._segments)
        focused = next((key for key, segment in self._segments.items() if segment.hasFocus()), "")
        if step is None or not (self.current or focused):
            super().keyPressEvent(event)
            return
        place = keys.index(self.current or focused) + step
        if 0 <= place < len(keys):
            self._segments[keys[place]].setFocus(Qt.FocusReason.TabFocusReason)
            self._segments[keys[place]].click()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("text", "window", 0.07))
            painter.drawRoundedRect(self.rect(), CORNER, CORNER)

    def _share_focus(self) -> None:
        """Tab comes to the one that holds, or to the first; Qt lets it come to the one that had the focus last."""
        held = self.current or next(iter(self._segments), "")
        for key, segment in self._segments.items():
            is_reached = key == held
            segment.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_reached else Qt.FocusPolicy.ClickFocus)

    def _on_segment_clicked(self) -> None:
        self._share_focus()
        self.changed.emit(self.current)


class _Segment(HandPainted, QAbstractButton):
    ring_corner = 6

    def __init__(self, text: str, fills: bool) -> None:
        super().__init__()
        self._padding = GRID if fills else 3 * GRID
        width = QSizePolicy.Policy.Expanding if fills else QSizePolicy.Policy.Preferred
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(fonts.strong())
        return QSize(metrics.horizontalAdvance(self.text()) + self._padding, metrics.height() + GRID)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _STEPS:
            event.ignore()  # the control moves on, from the first to the last
        else:
            super().keyPressEvent(event)

    def paint_face(self, painter: QPainter) -> None:
        if self.isChecked():
            painter.setPen(colour("line"))
            painter.setBrush(colour("raised"))
            area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(area, self.ring_corner, self.ring_corner)
        painter.setFont(fonts.strong() if self.isChecked() else fonts.body())
        is_loud = self.isChecked() or self.underMouse()
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        painter.setPen(colour("text" if is_loud else "quiet"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
