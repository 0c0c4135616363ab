"""The few big numbers of a page."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.widgets.labels import Caption, ElidedLabel, TermLabel
from workbench.widgets.painting import colour

_LEAST_CAPTION = 60
_SMALLEST = 0.6  # of its size, for a number that has no room


class BigNumber(QWidget):
    """A caption, a large number with its unit, and a quiet word about it.

    can_shrink: where there is no room, the number becomes smaller and the caption ends early.
    """

    def __init__(
        self, caption: str, explanation: str = "", parent: QWidget | None = None, can_shrink: bool = False
    ) -> None:
        super().__init__(parent)
        self._caption: _PlainCaption | TermLabel = (
            TermLabel(caption, caption, explanation, face=fonts.caption, colour="quiet")
            if explanation
            else _PlainCaption(caption)
        )
        self._value = _Value(_SMALLEST if can_shrink else 1.0)
        self._extra = _Extra()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # numbers in a row keep one line, with a bar and without
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        if can_shrink:
            self._caption.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self._caption.setMinimumWidth(_LEAST_CAPTION)  # it ends in an ellipsis where there is no room
        self._caption.setMinimumHeight(self._caption.fontMetrics().height() + 4)
        for part in (self._caption, self._value, self._extra):
            column.addWidget(part)
        column.addSpacing(GRID // 2)
        column.addWidget(self._bar)
        column.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_caption(self, text: str) -> None:
        """Say what the number is."""
        self._caption.setText(text)
        self._tell()

    def set_value(self, text: str, unit: str = "", extra: str = "") -> None:
        """Show a number already written in the person's language."""
        self._value.show_value(text, unit)
        self._extra.setText(extra)
        self._tell()

    def set_share(self, share: float | None) -> None:
        """Draw a bar of what is done, from 0 to 1; None draws none."""
        self._bar.setVisible(share is not None)
        if share is not None:
            self._bar.setValue(round(1000 * min(max(share, 0.0), 1.0)))

    def _tell(self) -> None:
        words = (self._caption.text(), self._value.words, self._extra.text())
        self.setAccessibleName(", ".join(word for word in words if word))


class _PlainCaption(ElidedLabel):
    colour = Caption.colour
    face = Caption.face


class _Extra(ElidedLabel):
    colour = "quiet"

    def face(self) -> QFont:
        return fonts.tabular(fonts.caption())


class _Value(QWidget):
    """The number and its unit on one base line."""

    def __init__(self, smallest: float) -> None:
        super().__init__()
        self._text, self._unit, self._smallest = "", "", smallest
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    @property
    def words(self) -> str:
        return f"{self._text} {self._unit}".strip()

    def show_value(self, text: str, unit: str) -> None:
        if (text, unit) != (self._text, self._unit):
            self._text, self._unit = text, unit
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        big = QFontMetrics(fonts.big_number())
        width = big.horizontalAdvance(self._text)
        if self._unit:
            width += GRID - 2 + QFontMetrics(fonts.body()).horizontalAdvance(self._unit)
        return QSize(width + 2, big.height())

    def minimumSizeHint(self) -> QSize:
        size = self.sizeHint()
        return QSize(round(self._smallest * size.width()), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            share = max(min(1.0, self.width() / max(self.sizeHint().width(), 1)), self._smallest)
            big = fonts.big_number()
            big.setPointSizeF(big.pointSizeF() * share)
            painter.setFont(big)
            metrics = painter.fontMetrics()
            base = QFontMetrics(fonts.big_number()).ascent()
            painter.setPen(colour("text"))
            painter.drawText(0, base, self._text)
            unit = fonts.body()
            unit.setPointSizeF(unit.pointSizeF() * share)
            painter.setFont(unit)
            painter.setPen(colour("quiet"))
            painter.drawText(metrics.horizontalAdvance(self._text) + GRID - 2, base, self._unit)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
