"""The rail at the left: the pages in the order of work, and at its foot what is running."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.icons import icon_size, pixmap, set_icon
from workbench.theme.spacing import CORNER, GRID
from workbench.theme.theme import theme
from workbench.widgets.buttons import IconButton
from workbench.widgets.focus import HandPainted
from workbench.widgets.painting import colour
from workbench.words import tr

_WIDTH = 200
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Rail(QFrame):
    """One entry is the current one; a click, Enter or the arrow keys choose another."""

    chosen = Signal(str)
    collapsed_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, _RailEntry] = {}
        self._footer: QWidget | None = None
        self._is_collapsed = False
        self._group = QButtonGroup(self)
        self.setProperty("look", "rail")
        self.setAccessibleName(tr("Pages"))
        self._toggle = IconButton("chevron-left", "", role="quiet")
        self._toggle.clicked.connect(self._on_toggle_clicked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GRID, GRID * 2, GRID, GRID)
        self._column.setSpacing(GRID // 2)
        self._column.addStretch()
        self._column.addWidget(self._toggle)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @property
    def current(self) -> str:
        """The key of the current entry; empty when there is none."""
        return next((key for key, entry in self._entries.items() if entry.isChecked()), "")

    @property
    def is_collapsed(self) -> bool:
        """Whether only icons are shown."""
        return self._is_collapsed

    def add_entry(self, key: str, icon_name: str, text: str, shortcut: str = "") -> None:
        """Add a page at the end. The shortcut is shown; a QAction owns it."""
        entry = _RailEntry(icon_name, text, shortcut)
        entry.clicked.connect(self._on_entry_clicked)
        self._group.addButton(entry)
        self._column.insertWidget(len(self._entries), entry)
        self._entries[key] = entry

    def entry(self, key: str) -> QAbstractButton:
        """The button of a page."""
        return self._entries[key]

    def set_current(self, key: str) -> None:
        """Mark a page as the current one, without a signal."""
        self._entries[key].setChecked(True)

    def set_footer(self, widget: QWidget) -> None:
        """Put a widget at the foot, over the button that collapses the rail."""
        self._footer = widget
        self._column.insertWidget(self._column.count() - 1, widget)
        self._dress()

    def set_collapsed(self, is_collapsed: bool) -> None:
        """Show icons only, or icons and words."""
        if is_collapsed == self._is_collapsed:
            return
        self._is_collapsed = is_collapsed
        self._dress()
        self.collapsed_changed.emit(is_collapsed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self.current:
            super().keyPressEvent(event)
            return
        keys = list(self._entries)
        place = keys.index(self.current) + step
        if 0 <= place < len(keys):
            self._entries[keys[place]].setFocus(Qt.FocusReason.TabFocusReason)
            self._entries[keys[place]].click()

    def _dress(self) -> None:
        for entry in self._entries.values():
            entry.set_collapsed(self._is_collapsed)
        if isinstance(self._footer, RailStatus):
            self._footer.set_collapsed(self._is_collapsed)
        self._toggle.set_icon_name("chevron-right" if self._is_collapsed else "chevron-left")
        self._toggle.set_name(tr("Show names") if self._is_collapsed else tr("Show icons only"))
        room = icon_size() + 4 * GRID
        self.setFixedWidth(room if self._is_collapsed else max(_WIDTH, round(_WIDTH * min(theme().text_scale, 1.3))))

    def _on_toggle_clicked(self) -> None:
        self.set_collapsed(not self._is_collapsed)

    def _on_entry_clicked(self) -> None:
        self.chosen.emit(self.current)

    def _on_theme_changed(self) -> None:
        self._dress()


class _RailEntry(HandPainted, QAbstractButton):
    def __init__(self, icon_name: str, text: str, shortcut: str) -> None:
        super().__init__()
        self._icon_name, self._is_collapsed = icon_name, False
        self._keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        self.setText(text.replace("&", "&&"))
        self._words = text
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_icon(self, icon_name)
        self.set_collapsed(False)

    def set_collapsed(self, is_collapsed: bool) -> None:
        self._is_collapsed = is_collapsed
        words = self._words if is_collapsed else ""
        self.setToolTip(
            " ".join(part for part in (words, f"({self._keys})" if words and self._keys else self._keys) if part)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = max(self.fontMetrics().height(), icon_size())
        return QSize(icon_size() + 2 * GRID, side + 2 * GRID)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif Qt.Key(event.key()) in _STEPS:
            event.ignore()  # the rail moves on, from the first entry to the last
        else:
            super().keyPressEvent(event)

    def paint_face(self, painter: QPainter) -> None:
        self._paint_ground(painter)
        side = icon_size()
        role = "accent" if self.isChecked() else "quiet"
        left = (self.width() - side) // 2 if self._is_collapsed else GRID + 4
        drawing = pixmap(self._icon_name, role, side, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - side) // 2, drawing)
        if not self._is_collapsed:
            self._paint_words(painter, left + side + GRID + 2)

    def _paint_ground(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse() or self.isDown():
            share = 0.1 if self.isChecked() else 0.05
            painter.setBrush(colour("accent" if self.isChecked() else "text", "window", share + 0.04 * self.isDown()))
            painter.drawRoundedRect(self.rect(), CORNER, CORNER)
        if self.isChecked():
            painter.setBrush(colour("accent"))
            painter.drawRoundedRect(QRectF(0, self.height() / 2 - 9, 3, 18), 1.5, 1.5)

    def _paint_words(self, painter: QPainter, left: int) -> None:
        painter.setFont(fonts.strong() if self.isChecked() else fonts.body())
        painter.setPen(colour("text"))
        area = self.rect().adjusted(left, 0, -GRID, 0)
        shown = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)


class RailStatus(HandPainted, QAbstractButton):
    """What is running, as a line with a thin bar; a click leads to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._role, self._bubble, self._is_collapsed = "", "text", "", False
        self._share: float | None = None
        self._said: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        fonts.follow(self, fonts.caption)

    def set_status(
        self, icon_name: str, text: str, share: float | None = None, tooltip: str = "", role: str = "text"
    ) -> None:
        """Say what is running; the share of it that is done draws the bar, None draws none."""
        said = (icon_name, text, share if share is None else round(share * _WIDTH), tooltip, role)
        if said == self._said:
            return  # a layout of the rail ten times a second would cost more than what is new
        is_as_high = text == self.text() and (share is None) == (self._share is None)
        self._said = said
        self._icon_name, self._role = icon_name, role
        self._share = share
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(tooltip)
        self._bubble = tooltip
        self._dress()
        if not is_as_high:
            self.updateGeometry()
        self.update()

    def set_collapsed(self, is_collapsed: bool) -> None:
        """Show the icon and the bar only."""
        self._is_collapsed = is_collapsed
        self._dress()
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._is_collapsed:
            return icon_size() + 3 * GRID
        words = self.fontMetrics().boundingRect(self._words_area(width), self._flags(), self.text())
        lines = min(max(words.height(), icon_size()), 3 * self.fontMetrics().lineSpacing())
        return lines + 2 * GRID + (GRID if self._share is not None else 0)

    def sizeHint(self) -> QSize:
        return QSize(icon_size() + 2 * GRID, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(icon_size() + 2 * GRID, icon_size() + 2 * GRID)

    def paint_face(self, painter: QPainter) -> None:
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("text", "window", 0.05))
            painter.drawRoundedRect(self.rect(), CORNER, CORNER)
        self._paint_icon(painter)
        if not self._is_collapsed:
            painter.setPen(colour("text"))
            painter.drawText(self._words_area(self.width()), self._flags(), self.text())
        self._paint_bar(painter)

    def _paint_icon(self, painter: QPainter) -> None:
        if self._icon_name:
            side = icon_size()
            left = (self.width() - side) // 2 if self._is_collapsed else GRID + 4
            painter.drawPixmap(left, GRID, pixmap(self._icon_name, self._role, side, self.devicePixelRatioF()))

    def _paint_bar(self, painter: QPainter) -> None:
        if self._share is None:
            return
        groove = QRectF(GRID, self.height() - GRID, self.width() - 2 * GRID, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("quiet", "line", 0.12))
        painter.drawRoundedRect(groove, 1.5, 1.5)
        groove.setWidth(groove.width() * min(max(self._share, 0.0), 1.0))
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(groove, 1.5, 1.5)

    def _words_area(self, width: int) -> QRect:
        left = 2 * GRID + 4 + icon_size()
        return QRect(left, GRID, max(width - left - GRID, 1), 1000)

    @staticmethod
    def _flags() -> int:
        return int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)

    def _dress(self) -> None:
        parts = (self.text(), self._bubble) if self._is_collapsed else (self._bubble,)
        self.setToolTip("\n".join(part for part in parts if part))
