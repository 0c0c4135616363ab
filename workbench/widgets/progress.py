"""A wait, how long it lasts, and the way out of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from workbench.theme.spacing import GRID
from workbench.widgets.buttons import Button
from workbench.widgets.labels import Caption, ElidedLabel
from workbench.words import tr


class ProgressRow(QWidget):
    """What is being done, how much of it is done, and Cancel."""

    cancelled = Signal()

    def __init__(self, text: str = "", is_cancellable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ElidedLabel(text)
        self._remaining = Caption()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(text)
        self.cancel_button = Button(tr("Cancel"))
        if not is_cancellable:  # to show it before it has a parent would open a window
            self.cancel_button.hide()
        self.cancel_button.clicked.connect(self.cancelled)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID // 2)
        grid.addWidget(self._text, 0, 0)
        grid.addWidget(self._remaining, 0, 1)
        grid.addWidget(self._bar, 1, 0, 1, 2)
        grid.addWidget(self.cancel_button, 0, 2, 2, 1)
        grid.setColumnStretch(0, 1)
        self.set_progress(None)

    def set_text(self, text: str) -> None:
        """Say what is being done."""
        self._text.setText(text)
        self._bar.setAccessibleName(text)

    def set_progress(self, share: float | None, remaining_text: str = "") -> None:
        """Show what is done, from 0 to 1; None shows that it goes on without knowing how long."""
        self._remaining.setText(remaining_text)
        self._bar.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self._bar.setValue(round(1000 * min(max(share, 0.0), 1.0)))
