"""A name and its field: side by side where there is room for both, else under each other."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from workbench.theme.spacing import GRID


class BesideLayout(QLayout):
    """Two widgets: the first as wide as the room lets it be, the second at the right as wide as it wants to be."""

    def __init__(self, parent: QWidget | None = None, spacing: int = GRID) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        inside = width - margins.left() - margins.right()
        return self._arrange(QRect(0, 0, inside, 0), is_trial=True) + margins.top() + margins.bottom()

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._arrange(area.marginsRemoved(self.contentsMargins()), is_trial=False)

    def sizeHint(self) -> QSize:
        height = max((item.sizeHint().height() for item in self._items if not item.isEmpty()), default=0)
        return QSize(self._width_beside(), height).grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        least = QSize()
        for item in self._items:
            least = least.expandedTo(QSize(item.minimumSize().width(), item.sizeHint().height()))
        return least.grownBy(self.contentsMargins())

    def _width_beside(self) -> int:
        hints = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        return sum(hints) + self.spacing() * max(0, len(hints) - 1)

    def _arrange(self, area: QRect, is_trial: bool) -> int:
        items = [item for item in self._items if not item.isEmpty()]
        hints = [item.sizeHint() for item in items]
        if len(items) == 2 and self._width_beside() <= area.width():
            height = max(hint.height() for hint in hints)
            left = area.width() - hints[1].width() - self.spacing()
            places = [QRect(area.x(), area.y(), left, height)]
            places.append(QRect(area.x() + left + self.spacing(), area.y(), hints[1].width(), height))
        else:
            places, height = [], 0
            for index, hint in enumerate(hints):
                width = area.width() if index == 0 else min(hint.width(), area.width())
                left = area.x() + area.width() - width
                places.append(QRect(left, area.y() + height, width, hint.height()))
                height += hint.height() + self.spacing() // 2
            height = max(0, height - self.spacing() // 2)
        if not is_trial:
            for item, place in zip(items, places, strict=True):
                item.setGeometry(place)
        return height
