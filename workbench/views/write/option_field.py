"""One option behind More: a dot while it differs from its default, its name, and the field in which it is changed."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.theme import fonts
from workbench.theme.icons import pixmap
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.viewmodels.write.options import OptionRow
from workbench.widgets.beside import BesideLayout
from workbench.widgets.focus import HandPainted
from workbench.widgets.inputs import ComboBox, DoubleSpinBox, SpinBox
from workbench.widgets.labels import Label
from workbench.widgets.painting import colour
from workbench.words import tr

_TEXT_LINES = 2
_SPIN_SURROUND = 8 * GRID  # what the style keeps beside the number: paddings, border, arrows
_MOST_WHOLE = 2_147_483_647


class ResetDot(HandPainted, QAbstractButton):
    """Marks what differs from its default and takes it back. It keeps its room while there is nothing to mark."""

    ring_corner = 4

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_name(self, name: str) -> None:
        """What it does, for its bubble and for those who hear the screen."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        return QSize(2 * GRID, 2 * GRID)

    def paint_face(self, painter: QPainter) -> None:
        if self.underMouse() or self.hasFocus():
            side = 2 * GRID
            painter.drawPixmap(0, 0, pixmap("undo", "accent", side, self.devicePixelRatioF()))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        painter.drawEllipse(QRectF(GRID - 3.5, GRID - 3.5, 7, 7))


class OptionField(QWidget):
    """Tells what the person does; shows what it is told. explained: its field has the focus."""

    edited = Signal(str, object)  # name, value
    reset_asked = Signal(str)
    explained = Signal(str)  # what the option does

    def __init__(self, row: OptionRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self.dot = ResetDot()
        self.dot.set_name(tr("Reset “{title}”", title=row.label))
        self.dot.clicked.connect(self._on_dot_clicked)
        self.editor = _made_editor(row)
        self._connect_editor()
        self.editor.setAccessibleName(row.label)
        self.editor.setAccessibleDescription(row.help)
        self.editor.installEventFilter(self)
        self.setToolTip(row.explanation)
        self._arrange()
        self._size_editor()
        theme().changed.connect(self._size_editor)

    def show_value(self, value: object, is_changed: bool) -> None:
        """Show a value without telling it as an edit, and whether it is another than the default."""
        self.dot.setVisible(is_changed)
        editor = self.editor
        editor.blockSignals(True)
        if isinstance(editor, ComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QPlainTextEdit):
            if editor.toPlainText() != value:
                editor.setPlainText(str(value))
        elif editor.value() != value:
            editor.setValue(value)  # type: ignore[arg-type]
        editor.blockSignals(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and watched is self.editor:
            self.explained.emit(self.row.explanation)
        return False

    def _arrange(self) -> None:
        name = QWidget()
        line = QHBoxLayout(name)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID // 2)
        line.addWidget(self.dot)
        line.addWidget(Label(self.row.label), 1)
        if isinstance(self.editor, QPlainTextEdit):
            column = QVBoxLayout(self)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GRID // 2)
            column.addWidget(name)
            column.addWidget(self.editor)
            return
        pair = BesideLayout(self)
        pair.addWidget(name)
        pair.addWidget(self.editor)

    def _connect_editor(self) -> None:
        editor = self.editor
        if isinstance(editor, ComboBox):
            editor.activated.connect(self._on_choice_made)
        elif isinstance(editor, QPlainTextEdit):
            editor.textChanged.connect(self._on_text_changed)
        else:
            editor.valueChanged.connect(self._on_value_changed)

    def _size_editor(self) -> None:
        """As wide as its usual values, not as its largest possible one."""
        editor = self.editor
        metrics = editor.fontMetrics()
        if isinstance(editor, QPlainTextEdit):
            margins = 2 * round(editor.document().documentMargin()) + 2 * editor.frameWidth() + 2
            editor.setFixedHeight(_TEXT_LINES * metrics.lineSpacing() + margins)
        elif not isinstance(editor, ComboBox):
            editor.setFixedWidth(metrics.horizontalAdvance(f"0.000{editor.suffix()}") + _SPIN_SURROUND)

    def _on_dot_clicked(self) -> None:
        self.editor.setFocus()
        self.reset_asked.emit(self.row.name)

    def _on_choice_made(self, index: int) -> None:
        assert isinstance(self.editor, ComboBox)
        self.edited.emit(self.row.name, self.editor.itemData(index))

    def _on_text_changed(self) -> None:
        assert isinstance(self.editor, QPlainTextEdit)
        self.edited.emit(self.row.name, self.editor.toPlainText())

    def _on_value_changed(self, value: float) -> None:
        self.edited.emit(self.row.name, value)


class TextsEdit(QPlainTextEdit):
    """A few short texts, one on each line. Tab goes to the next field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fonts.follow(self, _mono)


def _mono() -> QFont:
    return fonts.mono()


def _made_editor(row: OptionRow) -> ComboBox | SpinBox | DoubleSpinBox | TextsEdit:
    if row.kind == "texts":
        return TextsEdit()
    if row.kind == "choice":
        combo = ComboBox()
        for value, words in row.choices:
            combo.addItem(words, value)
        return combo
    spin: SpinBox | DoubleSpinBox
    if row.kind == "whole":
        spin = SpinBox()
        spin.setRange(int(row.minimum), min(int(row.maximum), _MOST_WHOLE))
        spin.setGroupSeparatorShown(False)
    else:
        spin = DoubleSpinBox()
        spin.setRange(row.minimum, row.maximum)
    spin.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
    spin.setSingleStep(row.step)  # type: ignore[arg-type]
    spin.setSuffix(f" {row.unit}" if row.unit else "")
    return spin
