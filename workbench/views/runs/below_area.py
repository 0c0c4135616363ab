"""The room below the table: it scrolls where the window is too low for both."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from workbench.widgets.scroll import ScrollArea

LEAST_TABLE = 150  # a header and three rows
LEAST_BELOW = 96


class BelowStack(QStackedWidget):
    """Parts that tell themselves what height they need at least; Qt would ask for their favourite one and scroll."""

    def hasHeightForWidth(self) -> bool:
        return False


class BelowArea(ScrollArea):
    """As high as its content needs, as long as the table above keeps a few rows."""

    _splitter: QSplitter | None = None  # events come before it is there

    def __init__(self, content: QWidget, splitter: QSplitter) -> None:
        super().__init__(content)
        self._inside, self._splitter = content, splitter
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        splitter.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        if self._splitter is None:
            return super().minimumSizeHint()
        hint = self._inside.minimumSizeHint()
        frame = self._splitter.widget(1)  # what lies between this and the edge of the room
        around = frame.height() - self.height() if frame is not None else 0
        room = self._splitter.height() - self._splitter.handleWidth() - LEAST_TABLE - max(around, 0)
        return QSize(hint.width(), max(min(hint.height(), room), LEAST_BELOW))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        wanted = {QEvent.Type.Resize: self._splitter, QEvent.Type.LayoutRequest: self.widget()}
        if self._splitter is not None and wanted.get(event.type()) is watched:
            self.updateGeometry()
        return super().eventFilter(watched, event)
