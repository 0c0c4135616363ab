"""A slider that says what its ends mean."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.widgets.inputs import SteadyWheel
from workbench.widgets.labels import Caption, Label
from workbench.words import number


class LabelledSlider(QWidget):
    """From one word to another, with the number beside it."""

    value_changed = Signal(float)

    def __init__(
        self,
        left_text: str,
        right_text: str,
        minimum: float,
        maximum: float,
        step: float,
        decimals: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._minimum, self._step = minimum, step
        self._decimals = _decimals_of(step) if decimals is None else decimals
        self._slider = _Slider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, round((maximum - minimum) / step))
        self._slider.setPageStep(max(1, self._slider.maximum() // 10))
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._number = _Number()
        self._arrange(Caption(left_text), Caption(right_text))
        self.setFocusProxy(self._slider)
        self._tell()

    @property
    def value(self) -> float:
        """The number it stands at."""
        return round(self._minimum + self._slider.value() * self._step, 10)

    @property
    def slider(self) -> QSlider:
        """The handle and its groove."""
        return self._slider

    def set_value(self, value: float) -> None:
        """Move it to a number, without a signal."""
        self._slider.blockSignals(True)
        self._slider.setValue(round((value - self._minimum) / self._step))
        self._slider.blockSignals(False)
        self._tell()

    def setAccessibleName(self, name: str) -> None:
        """Name the slider itself, which is what has the focus."""
        super().setAccessibleName(name)
        self._slider.setAccessibleName(name)

    def _arrange(self, left: Caption, right: Caption) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._slider, 0, 0, 1, 2)
        grid.addWidget(self._number, 0, 2)
        grid.addWidget(left, 1, 0)
        grid.addWidget(right, 1, 1, Qt.AlignmentFlag.AlignRight)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _tell(self) -> None:
        text = number(self.value, self._decimals)
        self._number.setText(text)
        self._slider.setAccessibleDescription(text)
        widest = number(self._minimum + self._slider.maximum() * self._step, self._decimals)
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance(widest) + GRID // 2)

    def _on_slider_moved(self) -> None:
        self._tell()
        self.value_changed.emit(self.value)


class _Slider(SteadyWheel, QSlider):
    """The wheel turns it only while it has the focus."""


class _Number(Label):
    def face(self) -> QFont:
        return fonts.tabular(fonts.body())


def _decimals_of(step: float) -> int:
    return len(f"{step:.6f}".rstrip("0").partition(".")[2])
