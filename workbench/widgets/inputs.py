"""Fields that are filled in. None of them turns under a wheel that only passes by."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QFont, QPainter, QPaintEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QStyledItemDelegate,
    QWidget,
)

from workbench import words
from workbench.theme import fonts
from workbench.theme.icons import icon, icon_size, pixmap
from workbench.theme.spacing import GRID
from workbench.widgets.focus import HandPainted
from workbench.widgets.painting import colour
from workbench.words import tr

if TYPE_CHECKING:
    _Widget = QWidget
    _Button = QAbstractButton
else:
    _Widget = _Button = object
_DECIMALS = 12


class SteadyWheel(_Widget):
    """Leaves the wheel to the page unless the field has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ComboBox(SteadyWheel, QComboBox):
    """One of a few."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(16)
        self.setItemDelegate(QStyledItemDelegate(self))  # the one that heeds the style sheet

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            side = icon_size()
            drawing = pixmap("chevron-down", "quiet", side, self.devicePixelRatioF())
            painter.setOpacity(1.0 if self.isEnabled() else 0.5)
            painter.drawPixmap(self.width() - side - GRID, (self.height() - side) // 2, drawing)


class _Arrows(_Widget):
    """Two small arrows at the right of a spin box."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = painter.pen()
            pen.setColor(colour("quiet"))
            pen.setWidthF(1.5)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.setOpacity(1.0 if self.isEnabled() else 0.4)
            middle, x = self.height() / 2, self.width() - 13
            for direction in (-1, 1):
                tip = QPoint(x, round(middle + direction * 7))
                painter.drawPolyline([tip + QPoint(-3, -3 * direction), tip, tip + QPoint(3, -3 * direction)])


class SpinBox(SteadyWheel, _Arrows, QSpinBox):
    """A whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        fonts.follow(self, _figures)


class DoubleSpinBox(SteadyWheel, _Arrows, QDoubleSpinBox):
    """A number with as many decimals as it needs: 0.002 is 0.002, and 5 is 5."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDecimals(_DECIMALS)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        fonts.follow(self, _figures)

    def textFromValue(self, value: float) -> str:
        text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".") or "0"
        return text.replace(".", words.current_language().decimal)

    def valueFromText(self, text: str) -> float:
        number = self._number(text)
        return self.minimum() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if self._number(text) is not None:
            is_inside = self.minimum() <= self.valueFromText(text) <= self.maximum()
            return (QValidator.State.Acceptable if is_inside else QValidator.State.Intermediate), text, position
        is_begun = all(sign in "0123456789.,eE+- " for sign in self._bare(text))
        return (QValidator.State.Intermediate if is_begun else QValidator.State.Invalid), text, position

    def sizeHint(self) -> QSize:
        # Qt asks for the room of the longest number there could be, which is all twelve decimals or none.
        words_width = self.fontMetrics().horizontalAdvance(f"{self.prefix()}0.00000{self.suffix()}")
        return QSize(words_width + 6 * GRID, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _number(self, text: str) -> float | None:
        try:
            return float(self._bare(text).replace(",", "."))
        except ValueError:
            return None

    def _bare(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()


class SearchField(QLineEdit):
    """A line that searches as one types."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.addAction(QAction(icon("search", "quiet"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        clear = self.findChild(QAction, "_q_qlineeditclearaction")
        if clear is not None:
            clear.setIcon(icon("close", "quiet"))
            clear.setText(tr("Clear"))


class _Ticked(HandPainted, _Button):
    """A mark beside words, painted by hand: Fusion's own is hardly seen on dark ground."""

    ring_corner = 6

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words_width = metrics.horizontalAdvance(self.text()) + GRID if self.text() else 0
        return QSize(self._side() + words_width + GRID, max(metrics.height(), self._side()) + GRID)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paint_face(self, painter: QPainter) -> None:
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        side = self._side()
        is_marked = self.isChecked()
        painter.setPen(colour("accent") if is_marked else colour("quiet", "surface", 0.66))
        painter.setBrush(colour("accent" if is_marked else "surface"))
        self._paint_mark(painter, QRectF(4.5, (self.height() - side) // 2 + 0.5, side - 1, side - 1))
        painter.setPen(colour("text"))
        area = self.rect().adjusted(side + GRID + 3, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic, self.text())

    def _paint_mark(self, painter: QPainter, area: QRectF) -> None:
        raise NotImplementedError

    def _side(self) -> int:
        return icon_size()


class CheckBox(_Ticked, QCheckBox):
    """Something that is so or not."""

    def _paint_mark(self, painter: QPainter, area: QRectF) -> None:
        painter.drawRoundedRect(area, 4, 4)
        if self.isChecked():
            corner = area.topLeft().toPoint()
            painter.drawPixmap(corner, pixmap("check", "on_accent", self._side(), self.devicePixelRatioF()))


class RadioButton(_Ticked, QRadioButton):
    """One of a few that stand under each other."""

    def _paint_mark(self, painter: QPainter, area: QRectF) -> None:
        painter.drawEllipse(area)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("on_accent"))
            inset = area.width() * 0.3
            painter.drawEllipse(area.adjusted(inset, inset, -inset, -inset))


class Switch(HandPainted, QCheckBox):
    """Something that is on or off, at once."""

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words_width = metrics.horizontalAdvance(self.text()) + GRID + 2 if self.text() else 0
        return QSize(self._track().width() + words_width + 6, max(metrics.height(), self._track().height()) + GRID)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paint_face(self, painter: QPainter) -> None:
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        size = self._track()
        track = QRectF(3, (self.height() - size.height()) / 2, size.width(), size.height())
        radius = track.height() / 2
        painter.setPen(colour("accent") if self.isChecked() else colour("quiet", "surface", 0.66))
        painter.setBrush(colour("accent") if self.isChecked() else colour("quiet", "window", 0.12))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        knob = track.height() - 6
        left = track.right() - knob - 3 if self.isChecked() else track.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("on_accent") if self.isChecked() else colour("quiet"))
        painter.drawEllipse(QRectF(left, track.top() + 3, knob, knob))
        painter.setPen(colour("text"))
        area = self.rect().adjusted(size.width() + GRID + 5, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _track(self) -> QSize:
        height = 2 * round(self.fontMetrics().height() * 0.55)
        return QSize(round(height * 1.75), height)


def _figures() -> QFont:
    return fonts.tabular(fonts.body())
