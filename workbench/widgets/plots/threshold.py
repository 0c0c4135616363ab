"""The grip of a threshold: a real control, so that hands, keys and screen readers reach it."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.theme.tokens import contrast
from workbench.widgets.plots.contents import Threshold
from workbench.widgets.plots.styles import colour_name
from workbench.words import significant, tr

# The next round value up or down: steps of about a tenth.
_ROUND_VALUES = [tenths / 10 for tenths in (10, 11, 12, 13, 15, 16, 18, 20, 22, 25, 27, 30, 33, 36, 40, 45, 50, 56, 62)]
_ROUND_VALUES += [6.8, 7.5, 8.2, 9.0, 10.0]
_SETTLES_AFTER_MS = 700  # after the last key
_GRIP = 14.0
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 5, Qt.Key.Key_PageDown: -5}


class ThresholdGrip(QWidget):
    """Shows the value of a threshold and moves it. The line itself is painted by the plot."""

    moving = Signal(float)
    released = Signal(float)

    def __init__(self, parent: QWidget, value_at: Callable[[float], float]) -> None:
        """value_at: the value at a height of the parent, in pixels."""
        super().__init__(parent)
        self._value_at = value_at
        self._threshold: Threshold | None = None
        self._before: float | None = None
        self._grabbed_at = 0.0
        self._settling = QTimer(self, singleShot=True, interval=_SETTLES_AFTER_MS)
        self._settling.timeout.connect(self._release)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.hide()

    @property
    def is_moving(self) -> bool:
        """Whether the person holds it, or has just moved it with a key."""
        return self._before is not None

    def set_threshold(self, threshold: Threshold | None) -> None:
        """Show this value, or nothing."""
        self._threshold = threshold
        self.setVisible(threshold is not None)
        if threshold is None:
            self._before = None
            self._settling.stop()
            return
        name = threshold.name or tr("Threshold")
        self.setAccessibleName(tr("{name} {value}", name=name, value=self._text()))
        self.setToolTip(tr("{name}: drag it, or move it with the arrow keys", name=name))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its value."""
        metrics = QFontMetricsF(fonts.caption())
        return QSize(math.ceil(metrics.horizontalAdvance(self._text()) + _GRIP + 12), math.ceil(metrics.height() + 6))

    def _text(self) -> str:
        return significant(self._threshold.value, 3) if self._threshold is not None else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() != Qt.MouseButton.LeftButton or self._threshold is None:
            event.ignore()
            return
        self._begin()
        self._grabbed_at = event.position().y() - self.height() / 2

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._before is not None:
            self._move(_two_digits(self._value_at(self.mapToParent(event.position()).y() - self._grabbed_at)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: the value holds."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._release()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down to the next round value; Enter holds it at once; Escape takes it back."""
        if event.key() in _STEPS and self._threshold is not None:
            self._begin()
            self._move(stepped(self._threshold.value, _STEPS[Qt.Key(event.key())]))
            self._settling.start()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.is_moving:
            self._release()
        elif event.key() == Qt.Key.Key_Escape and self._before is not None:
            self._move(self._before)
            self._release()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A value moved by keys holds when one goes on to something else."""
        super().focusOutEvent(event)
        if self._settling.isActive():
            self._release()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """A filled tab that points at its line, ridges to hold it by, the value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colour_name("threshold")
        ink = QColor(max(("#FFFFFF", "#10121A"), key=lambda colour: contrast(colour, ground)))
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(theme().tokens.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QPen(ink, 1))
        for offset in (-3.0, 0.0, 3.0):
            y = round(rect.center().y() + offset) + 0.5
            painter.drawLine(QPointF(rect.left() + 5, y), QPointF(rect.left() + 5 + 7, y))
        painter.setFont(fonts.caption())
        painter.drawText(rect.adjusted(_GRIP, 0, -4, 0), Qt.AlignmentFlag.AlignCenter, self._text())

    def _begin(self) -> None:
        if self._before is None and self._threshold is not None:
            self._before = self._threshold.value

    def _move(self, value: float) -> None:
        if self._threshold is not None and math.isfinite(value):
            self.moving.emit(self._threshold.bounded(value))

    def _release(self) -> None:
        self._settling.stop()
        before, self._before = self._before, None
        if self._threshold is not None and before is not None and before != self._threshold.value:
            self.released.emit(self._threshold.value)


def stepped(value: float, steps: int) -> float:
    """The value so many round values further up, or down for negative ones."""
    value = max(value, 1e-9)  # nothing above 0 is below it
    for _ in range(abs(steps)):
        value = _next_round(value) if steps > 0 else _previous_round(value)
    return value


def _next_round(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return _two_digits(power * next(step for step in _ROUND_VALUES if step > value / power * (1 + 1e-6)))


def _previous_round(value: float) -> float:
    power = 10.0 ** (math.ceil(math.log10(value)) - 1)
    return _two_digits(power * next(step for step in reversed(_ROUND_VALUES) if step < value / power * (1 - 1e-6)))


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
