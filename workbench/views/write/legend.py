"""The line under the text: what its colours mean, and what there is to say about the character at the caret."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.theme.theme import theme
from workbench.viewmodels.write.colour_steps import LegendEntry
from workbench.views.write.tint import format_of
from workbench.widgets.buttons import QuietButton
from workbench.widgets.flow import FlowLayout
from workbench.widgets.labels import Caption, ElidedLabel
from workbench.widgets.painting import colour
from workbench.words import tr


class Legend(QFrame):
    """asked: what the button at the right offers is wanted."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What the colours mean"))
        self.entries: list[_Entry] = []
        self._steps = QWidget()
        self._flow = FlowLayout(self._steps, spacing=GRID)
        self._title = Caption()
        self._title.setFixedHeight(_Sample("author", 0).sizeHint().height())
        self._flow.addWidget(self._title)
        self.note = _Note()
        self.action = QuietButton("")
        self._lone = QHBoxLayout()
        self._arrange()
        self.action.clicked.connect(self.asked)
        self.set_action("")

    def set_entries(self, title: str, entries: Sequence[LegendEntry]) -> None:
        """Show what the steps mean; a single one stands before the note."""
        if list(entries) == [widget.entry for widget in self.entries]:
            return
        for old in self.entries:
            old.hide()
            old.deleteLater()
        is_alone = len(entries) == 1
        self.entries = [_Entry(entry, has_text=not is_alone) for entry in entries]
        for widget in self.entries:
            (self._lone if is_alone else self._flow).addWidget(widget)
        self._title.setText(title)
        self._steps.setVisible(len(entries) > 1)

    def set_note(self, text: str) -> None:
        """Say something about the character at the caret, or in general."""
        self.note.setText(text)

    def set_action(self, text: str) -> None:
        """What can be done with it; nothing without a text."""
        self.action.setText(text)
        self.action.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.fillRect(0, 0, self.width(), 1, colour("line"))

    def _arrange(self) -> None:
        self._lone.setSpacing(GRID)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addLayout(self._lone)
        row.addWidget(self.note, 1)
        row.addWidget(self.action)
        keep = self.action.sizePolicy()
        keep.setRetainSizeWhenHidden(True)  # the line does not jump when the button comes and goes
        keep.setHorizontalPolicy(QSizePolicy.Policy.Fixed)
        self.action.setSizePolicy(keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GRID // 2, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addWidget(self._steps)
        column.addLayout(row)


class _Note(ElidedLabel):
    """One line; all of it in its bubble."""

    colour = "quiet"

    def face(self) -> QFont:
        return fonts.caption()


class _Entry(QWidget):
    """A sample of the look of a step, and its meaning."""

    def __init__(self, entry: LegendEntry, *, has_text: bool) -> None:
        super().__init__()
        self.entry = entry
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, GRID if has_text else 0, 0)
        row.setSpacing(GRID // 2 + 2)
        row.addWidget(_Sample(entry.mode, entry.step))
        if has_text:
            row.addWidget(Caption(entry.text))
        self.setAccessibleName(entry.text)


class _Sample(QWidget):
    """A few letters as the text shows them."""

    def __init__(self, mode: str, step: int) -> None:
        super().__init__()
        self._look = mode, step
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(_letters()) + 2, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        layout = QTextLayout(_letters(), self.font())
        look = QTextLayout.FormatRange()
        for name, value in (("start", 0), ("length", len(_letters())), ("format", format_of(*self._look))):
            setattr(look, name, value)  # PySide's type hints do not know them
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        with QPainter(self) as painter:
            painter.setPen(colour("text"))
            layout.draw(painter, QPointF(1, 2), [look])

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


def _letters() -> str:
    return tr("Abc")
