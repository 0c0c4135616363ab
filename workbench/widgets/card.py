"""Cards: a surface that holds things together, and one that is a choice."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import CORNER, GAP, GRID
from workbench.widgets.focus import HandPainted
from workbench.widgets.labels import Body, Caption, Label
from workbench.widgets.painting import colour


class Card(QFrame):
    """A surface with a line around it; its parts go into `column`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(GAP, GAP, GAP, GAP)
        self.column.setSpacing(GRID)


class ChoiceCard(HandPainted, QAbstractButton):
    """One of several ways to go, exclusive among the cards of the same parent."""

    ring_inset = 4.0

    def __init__(self, title: str, sentence: str = "", facts: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title, self._sentence, self._facts = _CardTitle(), Body(), Caption()
        self._facts.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP - 2, GAP, GAP - 2)
        column.setSpacing(GRID // 2)
        for label in (self._title, self._sentence, self._facts):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)
        column.addStretch()
        self.set_words(title, sentence, facts)

    def set_words(self, title: str, sentence: str = "", facts: str = "") -> None:
        """Say something else."""
        for label, text in ((self._title, title), (self._sentence, sentence), (self._facts, facts)):
            label.setText(text)
            label.setVisible(bool(text))
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(" ".join(part for part in (sentence, facts) if part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paint_face(self, painter: QPainter) -> None:
        is_chosen = self.isChecked()
        line = colour("accent") if is_chosen else colour("text", "line", 0.3 if self.underMouse() else 0.0)
        width = 2.0 if is_chosen else 1.0
        painter.setPen(QPen(line, width))
        painter.setBrush(colour("accent", "surface", 0.06) if is_chosen else colour("surface"))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), CORNER, CORNER)
        if is_chosen:  # a second sign beside the colour
            side = icon_size()
            mark = pixmap("check", "accent", side, self.devicePixelRatioF())
            painter.drawPixmap(self.width() - side - GRID - 2, GRID + 2, mark)


class _CardTitle(Label):
    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setContentsMargins(0, 0, icon_size(), 0)

    def face(self) -> QFont:
        return fonts.strong()
