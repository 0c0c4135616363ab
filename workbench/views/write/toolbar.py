"""The strip over the text: its documents at the left, what is done to the text at the right."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workbench.theme.spacing import GRID
from workbench.viewmodels.write.colour_steps import MODES, ColourMode, mode_name
from workbench.widgets.beside import BesideLayout
from workbench.widgets.buttons import IconButton, QuietButton
from workbench.words import tr


class WriteToolbar(QWidget):
    """Asks for what the page does."""

    list_asked = Signal()
    new_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    copy_asked = Signal()
    trash_asked = Signal()
    face_chosen = Signal(str)
    colour_chosen = Signal(str)
    suggestions_toggled = Signal(bool)
    again_asked = Signal()
    column_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.documents = QuietButton(tr("Documents"), "folder")
        self.new = QuietButton(tr("New"), "add")
        self.undo = IconButton("undo", tr("Undo"), "Ctrl+Z")
        self.redo = IconButton("redo", tr("Redo"), "Ctrl+Shift+Z")
        self.again = IconButton("again", tr("Write again from here"), "Ctrl+R")
        self.colour = QuietButton(tr("Colours"), "colours")
        self.copy = IconButton("copy", tr("Copy all"))
        self.export = IconButton("export", tr("Export"))
        self.more = IconButton("more", tr("More"))
        self.column = IconButton("chevron-right", tr("Hide the settings"))
        self._is_column_open = True
        self.menu = self._made_menu()
        self.more.setMenu(self.menu)
        self.colours: dict[str, QAction] = {}
        self.colour.setMenu(self._made_colours())
        self._arrange()
        self._connect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words(True)
        if self.sizeHint().width() > self.width():
            self._show_words(False)

    def set_possible(self, can_undo: bool, can_redo: bool) -> None:
        """Whether there is something to take back, or to do again."""
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def show_face(self, face: str) -> None:
        """Mark the face in force."""
        (self.mono if face == "mono" else self.serif).setChecked(True)

    def show_colour(self, mode: ColourMode) -> None:
        """Mark by what the text is coloured."""
        self.colours[mode].setChecked(True)
        self.colour.setAccessibleDescription(mode_name(mode))

    def show_suggestions(self, is_on: bool) -> None:
        """Mark whether words are suggested."""
        self.suggestions.setChecked(is_on)

    def set_can_rewrite(self, is_possible: bool) -> None:
        """Whether the model wrote something at the caret, or in what is marked."""
        self.again.setEnabled(is_possible)

    def show_column(self, is_open: bool) -> None:
        """Offer the other state of the column."""
        self._is_column_open = is_open
        self.column.set_icon_name("chevron-right" if is_open else "chevron-left")
        self.column.set_name(tr("Hide the settings") if is_open else tr("Show the settings"))

    def _made_menu(self) -> QMenu:
        menu = QMenu(self)
        faces = QActionGroup(self)
        self.serif, self.mono = QAction(tr("Book face"), faces), QAction(tr("Typewriter face"), faces)
        for action in (self.serif, self.mono):
            action.setCheckable(True)
            menu.addAction(action)
        menu.addSeparator()
        self.suggestions = menu.addAction(tr("Suggest words while I write"))
        self.suggestions.setCheckable(True)
        menu.addSeparator()
        self.trash = menu.addAction(tr("Move to the trash"))
        return menu

    def _made_colours(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        for mode in MODES:
            action = QAction(mode_name(mode), group)
            action.setCheckable(True)
            action.setData(mode)
            menu.addAction(action)
            self.colours[mode] = action
        group.triggered.connect(self._on_colour_triggered)
        return menu

    def _show_words(self, has_words: bool) -> None:
        """Name the buttons at the left where there is room, else leave their drawings."""
        for button, text in (
            (self.documents, tr("Documents")), (self.new, tr("New")), (self.colour, tr("Colours")),
        ):  # fmt: skip
            button.setText(text if has_words else "")
            button.setAccessibleName(text)
            button.setToolTip("" if has_words else text)

    def _arrange(self) -> None:
        pair = BesideLayout(self, spacing=GRID // 2)  # two rows where large letters leave no room for one
        pair.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        left, right = QWidget(), QWidget()
        for side, buttons in (
            (left, (self.documents, self.new, self.colour)),
            (right, (self.undo, self.redo, self.again, self.copy, self.export, self.more, self.column)),
        ):
            row = QHBoxLayout(side)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(GRID // 2)
            for button in buttons:
                row.addWidget(button)
            if side is left:
                row.addStretch(1)
            pair.addWidget(side)

    def _connect(self) -> None:
        for button, signal in (
            (self.documents, self.list_asked), (self.new, self.new_asked), (self.undo, self.undo_asked),
            (self.redo, self.redo_asked), (self.copy, self.copy_asked), (self.again, self.again_asked),
        ):  # fmt: skip
            button.clicked.connect(signal)
        self.trash.triggered.connect(self.trash_asked)
        self.serif.triggered.connect(self._on_serif_chosen)
        self.mono.triggered.connect(self._on_mono_chosen)
        self.suggestions.triggered.connect(self.suggestions_toggled)
        self.column.clicked.connect(self._on_column_clicked)

    def _on_colour_triggered(self, action: QAction) -> None:
        self.colour_chosen.emit(action.data())

    def _on_serif_chosen(self) -> None:
        self.face_chosen.emit("serif")

    def _on_mono_chosen(self) -> None:
        self.face_chosen.emit("mono")

    def _on_column_clicked(self) -> None:
        self.column_toggled.emit(not self._is_column_open)
