"""What else could stand in the place of a token: rows with bars, of which one can be chosen, and then to go on."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.viewmodels.write.alternatives import OtherTokens, TokenRow
from workbench.views.write.editor import Editor
from workbench.views.write.text_sheet import TextSheet
from workbench.widgets.buttons import Button
from workbench.widgets.focus import HandPainted
from workbench.widgets.labels import Caption, Label
from workbench.widgets.painting import colour
from workbench.words import tr

_BAR = 120
_LONGEST_NAME = 180
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class TokenPopover(TextSheet):
    """go_on_asked: the model shall continue behind what was chosen."""

    go_on_asked = Signal()

    def __init__(self, editor: Editor, others: OtherTokens) -> None:
        super().__init__(editor)
        self._others = others
        self.title = Label(others.title)
        fonts.follow(self.title, fonts.strong)
        self.sentence = Caption(others.sentence)
        self.rows = [_Row(row, others.rows) for row in others.rows]
        self.hint = Caption(tr("Choose one, and the text branches here."))
        self.go_on = Button(tr("Go on from here"), "write")
        self.go_on.hide()
        content = QWidget()
        content.setAccessibleName(others.title)
        content.setAccessibleDescription(others.sentence)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.title, self.sentence, *self.rows, self.hint, self.go_on):
            column.addWidget(widget)
        self._column, self._spacer = column, QSpacerItem(0, GRID)
        column.insertItem(2, self._spacer)
        column.insertSpacing(3 + len(self.rows), GRID)
        self.set_content(content)
        for row in self.rows:
            row.clicked.connect(self._on_row_clicked)
        self.go_on.clicked.connect(self._on_go_on_clicked)
        others.chosen.connect(self._on_token_chosen)
        others.gone.connect(self.close_now)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        shown = [row for row in self.rows if not row.isHidden()]
        if step is None or not shown:
            super().keyPressEvent(event)
            return
        index = next((index for index, row in enumerate(shown) if row.hasFocus()), -1 if step > 0 else len(shown))
        shown[min(max(index + step, 0), len(shown) - 1)].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_row_clicked(self) -> None:
        row = self.sender()
        assert isinstance(row, _Row)
        if row.row.is_own:
            self.close_now()
        else:
            self._others.choose(row.row.index)

    def _on_token_chosen(self) -> None:
        self.go_on.show()
        self.go_on.setFocus(Qt.FocusReason.TabFocusReason)  # before the row that has it goes
        for row in self.rows:
            row.hide()
        self.title.setText(tr("A new branch begins here"))
        self.sentence.setText(tr("The text as it was is kept."))
        self.hint.hide()
        self._spacer.changeSize(0, 0)
        self._column.invalidate()
        self._column.activate()
        self.fit()

    def _on_go_on_clicked(self) -> None:
        self.close_now()
        self.go_on_asked.emit()


class _Row(HandPainted, QAbstractButton):
    """A token, its bar and its probability; the longest bar belongs to the likeliest."""

    ring_corner = 5

    def __init__(self, row: TokenRow, rows: Sequence[TokenRow]) -> None:
        super().__init__()
        self.row = row
        self._largest = max(other.probability for other in rows) or 1.0
        metrics = QFontMetrics(fonts.strong())
        widths = [metrics.horizontalAdvance(other.name) for other in rows]
        self._name_width = min(max(widths) + GRID, _LONGEST_NAME)
        self._share_width = max(metrics.horizontalAdvance(other.share) for other in rows)
        self.setText(row.name)
        self.setAccessibleName(tr("{token}, {share}", token=row.name, share=row.share))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = self._name_width + _BAR + self._share_width + self._here_width() + 4 * GRID
        return QSize(width, self.fontMetrics().height() + GRID)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif Qt.Key(event.key()) in _STEPS:
            event.ignore()  # the sheet moves on
        else:
            super().keyPressEvent(event)

    def paint_face(self, painter: QPainter) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        if self.underMouse() or self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("text", "raised", 0.07))
            painter.drawRoundedRect(self.rect(), self.ring_corner, self.ring_corner)
        inner = self.rect().adjusted(GRID, 0, -GRID, 0)
        face = fonts.strong() if self.row.is_own else fonts.body()
        face.setItalic(self.row.is_named)
        painter.setFont(face)
        painter.setPen(colour("text"))
        name = painter.fontMetrics().elidedText(self.row.name, Qt.TextElideMode.ElideMiddle, self._name_width - GRID)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, name)
        bar = inner.width() - self._name_width - self._share_width - self._here_width() - 2 * GRID
        self._paint_bar(painter, QRectF(inner.left() + self._name_width, inner.center().y() - 4, bar, 9))
        painter.setFont(fonts.tabular(fonts.body()))
        painter.setPen(colour("quiet"))
        shares = inner.adjusted(0, 0, -self._here_width() - GRID, 0)
        painter.drawText(shares, middle | Qt.AlignmentFlag.AlignRight, self.row.share)
        if self.row.is_own:
            painter.setFont(fonts.caption())
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, _here())

    def _here_width(self) -> int:
        return QFontMetrics(fonts.caption()).horizontalAdvance(_here())

    def _paint_bar(self, painter: QPainter, groove: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("line", "raised", 0.5))
        painter.drawRoundedRect(groove, 3, 3)
        groove.setWidth(max(3.0, groove.width() * self.row.probability / self._largest))
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(groove, 3, 3)


def _here() -> str:
    return tr("stands here")
