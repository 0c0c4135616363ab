"""The curves of a plot as a row of switches, each with a piece of its curve."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from workbench.theme import fonts
from workbench.theme.theme import theme
from workbench.theme.tokens import mix
from workbench.widgets.plots.series import Curve
from workbench.widgets.plots.styles import line_pen, paint_sample, resolve_colour
from workbench.words import tr

_SAMPLE = 22.0
_PAD = 6.0
_GAP = 2
_AFTER_NAME = 12
_MOST_ROWS = 3


class Legend(QScrollArea):
    """The name of the plot and one switch for every curve, in rows as wide as there is room; many rows scroll."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows()
        self._entries: dict[str, LegendEntry] = {}
        self._rows.name.setFont(fonts.caption())
        self.setWidget(self._rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._rows.setAutoFillBackground(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.follow_theme()

    def set_name(self, name: str) -> None:
        """What the plot shows, and in which unit."""
        self._rows.name.setText(name)
        self._arrange()

    def show_curves(self, curves: Mapping[str, Curve]) -> None:
        """Have a switch for each of these curves that wants one."""
        wanted = {key: curve for key, curve in curves.items() if curve.in_legend}
        is_new = list(wanted) != list(self._entries)
        if is_new:
            self._rebuild(wanted)
        looks_new = [self._entries[key].show_curve(curve) for key, curve in wanted.items()]
        if is_new or any(looks_new):
            self._arrange()

    def entry(self, key: str) -> "LegendEntry":
        """The switch of a curve."""
        return self._entries[key]

    def follow_theme(self) -> None:
        """Take colours and fonts as they are now."""
        palette = self._rows.name.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme().tokens.quiet))
        self._rows.name.setPalette(palette)
        self._rows.name.setFont(fonts.caption())
        for entry in self._entries.values():
            entry.update()
        self._arrange()

    def hasHeightForWidth(self) -> bool:
        """Fewer pixels across are more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all rows, or of as many as leave room for the plot."""
        return min(self._rows.arrange(width, is_trial=True), _MOST_ROWS * self._rows.row_height())

    def sizeHint(self) -> QSize:
        """Some width, one row."""
        return QSize(320, self._rows.arrange(320, is_trial=True))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters; names are elided when a row is narrower than one of them."""
        return QSize(60, min(self._rows.arrange(60, is_trial=True), self._rows.row_height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the switches for the new width."""
        super().resizeEvent(event)
        self._fit_rows()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll only where there is something to scroll; otherwise whoever scrolls around us gets it."""
        if self.verticalScrollBar().maximum() > 0:
            super().wheelEvent(event)
        else:
            event.ignore()

    def _arrange(self) -> None:
        self.updateGeometry()
        self._fit_rows()

    def _fit_rows(self) -> None:
        width = self.viewport().width()
        self._rows.resize(width, self._rows.arrange(width, is_trial=False))

    def _rebuild(self, curves: Mapping[str, Curve]) -> None:
        kept = {key: entry for key, entry in self._entries.items() if key in curves}
        for key, entry in self._entries.items():
            if key not in curves:
                entry.hide()
                entry.deleteLater()
        self._entries = {key: kept.get(key) or self._new_entry(key) for key in curves}
        self._rows.entries = list(self._entries.values())
        for before, after in pairwise(self._rows.entries):
            QWidget.setTabOrder(before, after)

    def _new_entry(self, key: str) -> "LegendEntry":
        entry = LegendEntry(key, self._rows)
        entry.switched.connect(self.toggled)
        entry.show()
        return entry


class _Rows(QWidget):
    """Puts the name and the switches in rows, the next row beginning where one is full."""

    def __init__(self) -> None:
        super().__init__()
        self.name = QLabel(self)
        self.entries: list[LegendEntry] = []

    def row_height(self) -> int:
        """The height of a row, whatever is in it."""
        return round(QFontMetricsF(fonts.caption()).height() + 6)

    def arrange(self, width: int, is_trial: bool) -> int:
        """Give everything its place, unless it is a trial. Returns the height of all rows, 0 when there is nothing."""
        height = self.row_height() if self.entries or self.name.text() else 0
        name_width = min(self.name.sizeHint().width(), width) if self.name.text() else 0
        x, y = (name_width + _AFTER_NAME if name_width else 0), 0
        if not is_trial:
            self.name.setGeometry(0, 0, name_width, height)
        for entry in self.entries:
            entry_width = min(entry.sizeHint().width(), max(width, 1))
            if x > 0 and x + entry_width > width:
                x, y = 0, y + height
            if not is_trial:
                entry.setGeometry(x, y, entry_width, height)
            x += entry_width + _GAP
        return y + height


class LegendEntry(QAbstractButton):
    """The switch of one curve."""

    switched = Signal(str, bool)

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._key = key
        self._curve: Curve | None = None
        self._look: tuple[object, ...] = ()
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._on_entry_clicked)

    def show_curve(self, curve: Curve) -> bool:
        """Look like this curve. Returns whether anything about it is new."""
        look = (curve.name, curve.colour, curve.dash, curve.is_faint, curve.has_marks, curve.is_visible)
        if look == self._look:
            return False
        self._look, self._curve = look, curve
        self.setText(curve.name)
        self.setChecked(curve.is_visible)
        self.setToolTip(tr("Hide {name}", name=curve.name) if curve.is_visible else tr("Show {name}", name=curve.name))
        self.update()
        return True

    def sizeHint(self) -> QSize:
        """The sample and the name."""
        metrics = QFontMetricsF(fonts.caption())
        width = _PAD + _SAMPLE + _PAD + metrics.horizontalAdvance(self.text()) + _PAD
        return QSize(round(width + 1), round(metrics.height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """A hidden curve has no line, and its name is struck through."""
        if self._curve is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, rect = theme().tokens, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(mix(tokens.text, tokens.surface, 0.05)))
            painter.setPen(line_pen(QColor(tokens.accent), width=2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect, 4, 4)
        font = fonts.caption()
        if self.isChecked():
            pen = line_pen(resolve_colour(self._curve.colour, self._curve.is_faint), self._curve.dash, 2)
            paint_sample(painter, QRectF(_PAD, 0, _SAMPLE, self.height()), pen, self._curve.has_marks)
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if self.isChecked() else tokens.quiet))
        place = rect.adjusted(_PAD + _SAMPLE + _PAD - 1, 0, 0, 0)
        name = QFontMetricsF(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)

    def _on_entry_clicked(self, is_on: bool) -> None:
        self.switched.emit(self._key, is_on)
