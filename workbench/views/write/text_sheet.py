"""A sheet that hangs at a place of the text; whoever goes on typing closes it and loses no letter."""

from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtGui import QKeyEvent

from workbench.views.write.editor import Editor
from workbench.widgets.popover import Popover


class TextSheet(Popover):
    """Made for one showing, as every popover."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        editor.verticalScrollBar().valueChanged.connect(self.close_now)

    def show_at(self, area: QRect) -> None:
        """Show it at an area of the editor's viewport."""
        self._editor.anchor.setGeometry(area)
        self.show_near(self._editor.anchor)

    def fit(self) -> None:
        """Take as much room as the content needs now."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.adjustSize()
        self.move(self._place(self._editor.anchor))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text().strip():
            self.close_now()
            self._editor.setFocus()
            QCoreApplication.sendEvent(self._editor, event)
        else:
            super().keyPressEvent(event)
