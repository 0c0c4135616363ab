"""Three ways of choosing side by side, and a menu of the person's own."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID, MARGIN
from workbench.viewmodels.write.presets import LONGEST_NAME, Presets
from workbench.widgets.buttons import Button, IconButton, PrimaryButton
from workbench.widgets.labels import Caption, ElidedLabel, Title
from workbench.widgets.segmented import SegmentedControl
from workbench.words import tr


class PresetsView(QWidget):
    """None of the three holds when something is changed."""

    def __init__(self, presets: Presets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets = presets
        self._name = ElidedLabel()
        self.given = SegmentedControl([(preset.key, preset.name) for preset in presets.given], fills=True)
        self.given.setAccessibleName(tr("Preset"))
        for preset in presets.given:
            self.given.segment(preset.key).setToolTip(preset.about)
            self.given.segment(preset.key).setAccessibleDescription(preset.about)
        self.own = IconButton("more", tr("Your presets"), role="quiet")
        self.menu = QMenu(self)
        self._submenus: list[QMenu] = []
        self.own.setMenu(self.menu)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._name, 1)
        head.addWidget(self.own)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self.given)
        self.menu.aboutToShow.connect(self._on_menu_opened)
        self.given.changed.connect(presets.choose_given)
        presets.changed.connect(self._on_presets_changed)
        self._on_presets_changed()

    def _on_presets_changed(self) -> None:
        presets = self._presets
        self.given.set_current(presets.current_given)
        own = presets.current_own
        self._name.setText(tr("Preset: {title}", title=own) if own else tr("Preset"))

    def _on_menu_opened(self) -> None:
        """The menu is made when it is opened: there may be other presets by now."""
        for old in self._submenus:
            old.deleteLater()
        self._submenus.clear()
        self.menu.clear()
        for name in self._presets.own_names:
            action = self.menu.addAction(_shown(name), self._on_preset_chosen)
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == self._presets.current_own)
        self.menu.addSeparator()
        self.menu.addAction(tr("Save as a preset…"), self._on_save_chosen)
        if self._presets.own_names:
            self._add_names(tr("Rename"), self._on_rename_chosen)
            self._add_names(tr("Delete"), self._on_delete_chosen)

    def _add_names(self, title: str, call: Callable[[], None]) -> None:
        menu = QMenu(title, self.menu)
        self._submenus.append(menu)
        self.menu.addMenu(menu)
        for name in self._presets.own_names:
            menu.addAction(_shown(name), call).setData(name)

    def _on_preset_chosen(self) -> None:
        self._presets.choose_own(self._sent_name())

    def _on_save_chosen(self) -> None:
        suggested = self._presets.current_own
        PresetNameDialog(self._presets, tr("Save as a preset"), tr("Save"), suggested, self._presets.save, self).open()

    def _on_rename_chosen(self) -> None:
        name, presets = self._sent_name(), self._presets
        title = tr("Rename “{title}”", title=name)
        PresetNameDialog(presets, title, tr("Rename"), name, lambda new: presets.rename(name, new), self).open()

    def _on_delete_chosen(self) -> None:
        self._presets.delete(self._sent_name())

    def _sent_name(self) -> str:
        action = self.sender()
        return str(action.data()) if isinstance(action, QAction) else ""


class PresetNameDialog(QDialog):
    """A line for a name. Made for one showing with `open()`."""

    def __init__(
        self, presets: Presets, title: str, verb: str, name: str, use: Callable[[str], None], parent: QWidget
    ) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(title)
        self._presets, self._own, self._use = presets, name, use
        self.line = QLineEdit(name)
        self.line.setAccessibleName(tr("Name of the preset"))
        self.line.setMaxLength(LONGEST_NAME)
        self.line.selectAll()
        self.note = Caption()
        self.button = PrimaryButton(verb)
        self.button.setDefault(True)
        cancel = Button(tr("Cancel"))
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GRID)
        for part in (Title(title), self.line, self.note):
            column.addWidget(part)
        column.addSpacing(GAP - GRID)
        column.addLayout(foot)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)
        self.line.textChanged.connect(self._on_name_changed)
        cancel.clicked.connect(self.reject)
        self.button.clicked.connect(self._on_button_clicked)
        self._on_name_changed(name)

    def _on_name_changed(self, text: str) -> None:
        name = text.strip()
        is_taken = bool(name) and not self._presets.is_free(name)
        self.note.setText(tr("This replaces the preset of that name.") if is_taken else "")
        self.button.setEnabled(bool(name))

    def _on_button_clicked(self) -> None:
        self._use(self.line.text().strip())
        self.accept()


def _shown(name: str) -> str:
    """A name in a menu, where an ampersand would be a key."""
    return name.replace("&", "&&")
