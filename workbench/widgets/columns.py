"""Cells of equal width in as many columns as there is room for."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from workbench.theme.spacing import GAP


class ColumnsLayout(QLayout):
    """Lays its widgets out in rows; a column is at least `min_width` wide, and as wide as its widest widget needs.

    max_columns: 0 sets no limit; as many columns as there are widgets when these are fewer, unless `keeps_width`.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        min_width: int = 200,
        spacing: int = GAP,
        max_columns: int = 0,
        keeps_width: bool = False,
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._min_width, self._max_columns, self._keeps_width = min_width, max_columns, keeps_width
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
        return self._arrange(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._arrange(area, is_trial=False)

    def sizeHint(self) -> QSize:
        return QSize(self._least_width(), self.heightForWidth(self._least_width()))

    def minimumSize(self) -> QSize:
        return QSize(self._least_width(), 0)

    def _least_width(self) -> int:
        return max((item.minimumSize().width() for item in self._items if not item.isEmpty()), default=0)

    def _arrange(self, area: QRect, is_trial: bool) -> int:
        items = [item for item in self._items if not item.isEmpty()]
        if not items:
            return 0
        gap = self.spacing()
        least = max(self._min_width, self._least_width())
        columns = max(1, (area.width() + gap) // (least + gap))
        if self._max_columns:
            columns = min(columns, self._max_columns)
        if not self._keeps_width:
            columns = min(columns, len(items))
        width = (area.width() - gap * (columns - 1)) // columns
        y = area.y()
        for first in range(0, len(items), columns):
            row = items[first : first + columns]
            height = max(_height(item, width) for item in row)
            if not is_trial:
                for place, item in enumerate(row):
                    item.setGeometry(QRect(QPoint(area.x() + place * (width + gap), y), QSize(width, height)))
            y += height + gap
        return y - gap - area.y()


def _height(item: QLayoutItem, width: int) -> int:
    height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
    return max(height, item.minimumSize().height())
