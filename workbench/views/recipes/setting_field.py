"""One setting of the form: its name, its editor, a way back, and what is wrong with it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.icons import icon_size, pixmap
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.viewmodels.recipes.faults import Fault
from workbench.viewmodels.recipes.field_state import FieldState
from workbench.viewmodels.recipes.form import FormField
from workbench.views.recipes.setting_editors import editor_for
from workbench.widgets.buttons import Button, IconButton
from workbench.widgets.labels import Label, TermLabel
from workbench.widgets.painting import colour
from workbench.words import tr


class SettingField(QWidget):
    """Tells what the person does; shows what it is told. The name opens the help of the setting."""

    edited = Signal(str, object)  # path, value
    reset_wanted = Signal(str)
    mend_wanted = Signal(str)

    def __init__(self, field: FormField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.editor = editor_for(field)
        self.editor.edited.connect(self._on_editor_edited)
        self.reset_button = IconButton("undo", "", role="accent")
        self.reset_button.clicked.connect(self._on_reset_clicked)
        self.note = FaultNote()
        self.note.button.clicked.connect(self._on_mend_clicked)
        self._dot = Dot()
        self.name = TermLabel(field.label, field.label, _explanation(field), colour="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._name_row())
        column.addLayout(self._editor_row())
        column.addWidget(self.note)
        column.addStretch()

    def show_state(self, state: FieldState) -> None:
        """Show the value, whether it differs from the recipe, and what is wrong with it."""
        self.editor.show_value(state.value)
        self._dot.setVisible(bool(state.reset_text))
        self.reset_button.setVisible(bool(state.reset_text))
        self.reset_button.set_name(state.reset_text)
        self.note.show_fault(state.fault)
        self.editor.setAccessibleDescription(self.field.help if state.fault is None else state.fault.sentence)

    def _name_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self._dot)
        row.addWidget(self.name)
        row.addStretch()
        return row

    def _editor_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self.editor, 1)
        row.addWidget(self.reset_button)
        return row

    def _on_editor_edited(self, value: object) -> None:
        self.edited.emit(self.field.path, value)

    def _on_reset_clicked(self) -> None:
        self.editor.setFocus()
        self.reset_wanted.emit(self.field.path)

    def _on_mend_clicked(self) -> None:
        self.editor.setFocus()
        self.mend_wanted.emit(self.field.path)


class FaultNote(QWidget):
    """Why a value is not possible, and a button that takes the nearest one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._sentence = Label()
        self._sentence.setWordWrap(True)
        self._sentence.set_colour("danger")
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = Button("")
        column = QVBoxLayout()
        column.setSpacing(GRID // 2)
        column.addWidget(self._sentence)
        buttons = QHBoxLayout()
        buttons.addWidget(self.button)
        buttons.addStretch()
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GRID // 2, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self._picture)
        row.addLayout(column, 1)
        row.setAlignment(self._picture, Qt.AlignmentFlag.AlignTop)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @property
    def text(self) -> str:
        """The sentence it shows."""
        return self._sentence.text()

    def show_fault(self, fault: Fault | None) -> None:
        """Show a fault; None hides the note."""
        self._sentence.setText(fault.sentence if fault else "")
        self.button.setText(fault.fix_text if fault else "")
        self.button.setVisible(fault is not None and bool(fault.fix))
        self.setVisible(fault is not None)

    def _on_theme_changed(self) -> None:
        self._picture.setPixmap(pixmap("error", "danger", icon_size(), self.devicePixelRatioF()))


class Dot(QWidget):
    """Marks a setting that differs from the recipe; the button beside its editor says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(GRID, GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawEllipse(QRectF(0.5, 0.5, GRID - 1, GRID - 1))


def _explanation(field: FormField) -> str:
    if not field.bounds:
        return field.help
    return tr("{help} Possible: {bounds}.", help=field.help, bounds=field.bounds)
