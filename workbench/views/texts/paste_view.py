"""Where a text is pasted or typed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, MARGIN
from workbench.widgets.buttons import QuietButton
from workbench.widgets.header import PageHeader
from workbench.words import tr


class PasteView(QWidget):
    """A field for a text; its first line becomes the title."""

    taken = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PageHeader(tr("Paste a text"))
        self.header.set_primary(tr("Import"), self._on_import_pressed)
        self.cancel_button = QuietButton(tr("Cancel"))
        self.cancel_button.clicked.connect(self.left)
        self.header.add_secondary(self.cancel_button)
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(tr("Text"))
        self.field.setPlaceholderText(tr("Paste it here with Ctrl+V."))
        self.field.setTabChangesFocus(True)
        fonts.follow(self.field, fonts.serif)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        column.addWidget(self.header)
        column.addWidget(self.field, 1)

    def begin(self) -> None:
        """Show an empty field and, when there is a text to paste, that."""
        self.header.set_state(tr("Its first line becomes the title; you can change it later."))
        self.field.setPlainText("")
        self.field.paste()
        self.field.setFocus()

    def _on_import_pressed(self) -> None:
        text = self.field.toPlainText()
        if text.strip():
            self.taken.emit(text)
        else:
            self.header.set_state(tr("There is nothing to import yet. Paste or type a text first."))
            self.field.setFocus()
