"""Settings of the program, applied as they are chosen."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, MARGIN
from workbench.theme.theme import theme
from workbench.viewmodels.window import appearance
from workbench.viewmodels.workbench import Workbench
from workbench.widgets.buttons import QuietButton
from workbench.widgets.inputs import ComboBox, Switch
from workbench.widgets.labels import Caption
from workbench.words import percent, tr


class SettingsDialog(QDialog):
    """A short form."""

    def __init__(self, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._settings = workbench.settings
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(480)
        self._form = QFormLayout()
        self._form.setSpacing(GAP)
        self._add_appearance()
        self._add_behaviour()
        self._add_library(workbench.door.library_path)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GAP)
        layout.addLayout(self._form)
        layout.addStretch()
        layout.addWidget(buttons)

    def _add_appearance(self) -> None:
        self.theme_box = self._combo(tr("Colours"), appearance.themes(), self._settings.text("window/theme", "system"))
        self.theme_box.activated.connect(self._on_theme_chosen)
        sizes = [appearance.Choice(str(scale), percent(scale)) for scale in appearance.TEXT_SCALES]
        self.scale_box = self._combo(tr("Size of text"), sizes, str(appearance.text_scale(self._settings)))
        self.scale_box.activated.connect(self._on_scale_chosen)
        language = self._settings.text("window/language", "system")
        self.language_box = self._combo(tr("Language"), appearance.languages(), language)
        self.language_box.activated.connect(self._on_language_chosen)
        self._form.addRow("", Caption(tr("Another language is spoken from the next start on.")))

    def _add_behaviour(self) -> None:
        self.gentle = self._switch(tr("Leave room for other programs while training"), "training/gentle", False)
        self.awake = self._switch(tr("Keep the computer awake while training"), "training/awake", True)
        self.notify = self._switch(tr("Tell me when a run has ended"), "window/notify", True)

    def _add_library(self, path: Path) -> None:
        self._form.addRow(tr("Your library"), Caption(str(path)))
        button = QuietButton(tr("Open the folder"), "folder")
        button.clicked.connect(self._on_folder_wanted)
        self._form.addRow("", button)

    def _combo(self, label: str, choices: list[appearance.Choice], current: str) -> ComboBox:
        box = ComboBox()
        for choice in choices:
            box.addItem(choice.text, choice.key)
        box.setCurrentIndex(max(0, box.findData(current)))
        box.setAccessibleName(label)
        self._form.addRow(label, box)
        return box

    def _switch(self, text: str, key: str, default: bool) -> Switch:
        switch = Switch(text)
        switch.setChecked(self._settings.flag(key, default))
        switch.setProperty("key", key)
        switch.toggled.connect(self._on_switch_toggled)
        self._form.addRow("", switch)
        return switch

    def _on_theme_chosen(self) -> None:
        self._settings.set("window/theme", self.theme_box.currentData())
        theme().set_choice(appearance.theme_choice(self.theme_box.currentData()))

    def _on_scale_chosen(self) -> None:
        scale = float(self.scale_box.currentData())
        self._settings.set("window/text_scale", scale)
        theme().set_text_scale(scale)

    def _on_language_chosen(self) -> None:
        self._settings.set("window/language", self.language_box.currentData())

    def _on_switch_toggled(self, is_on: bool) -> None:
        self._settings.set(self.sender().property("key"), is_on)

    def _on_folder_wanted(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._workbench.door.library_path)))
