"""What an empty page says: what will be there, and the way to it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.theme.icons import pixmap
from workbench.theme.spacing import GAP, GRID
from workbench.theme.theme import theme
from workbench.widgets.buttons import PrimaryButton, QuietButton
from workbench.widgets.labels import Quiet, Title

_ICON = 48


class EmptyState(QWidget):
    """An icon, a title, a sentence, a button, in the middle of the room there is."""

    def __init__(
        self,
        icon_name: str,
        title: str,
        sentence: str,
        button_text: str = "",
        button_callback: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._title, self._sentence = Title(title), Quiet(sentence)
        self.button: PrimaryButton | None = None
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(GRID)
        self._buttons.addStretch()
        self._buttons.addStretch()
        if button_text:
            self.button = PrimaryButton(button_text)
            self._add_button(self.button, button_callback)
        self._arrange()
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def set_words(self, title: str, sentence: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._sentence.setText(sentence)

    def add_quiet(self, text: str, callback: Callable[[], object]) -> QuietButton:
        """Offer another way beside the button."""
        button = QuietButton(text)
        self._add_button(button, callback)
        return button

    def _add_button(self, button: PrimaryButton | QuietButton, callback: Callable[[], object] | None) -> None:
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        if callback is not None:
            button.clicked.connect(lambda: callback())

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addStretch(2)
        for label in (self._picture, self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title.setWordWrap(True)
        column.addWidget(self._picture)
        column.addSpacing(GRID)
        column.addWidget(self._title)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._sentence, 1000)
        line.addStretch(1)
        column.addLayout(line)
        column.addSpacing(GAP)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def _on_theme_changed(self) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, "quiet", _ICON, self.devicePixelRatioF()))
