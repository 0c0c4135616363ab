"""What is behind More: all other options of writing, in groups that fold."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.controls import LARGEST_SEED, WritingControls
from workbench.viewmodels.write.options import OptionGroup, is_needed, option_groups
from workbench.viewmodels.write.style import StylePassage
from workbench.views.write.mix_view import MixView
from workbench.views.write.option_field import OptionField, ResetDot
from workbench.widgets.buttons import Button, IconButton, QuietButton
from workbench.widgets.flow import FlowLayout
from workbench.widgets.fold import Fold
from workbench.widgets.inputs import SpinBox, Switch
from workbench.widgets.labels import Caption, ElidedLabel, TermLabel
from workbench.words import plural, tr


class MoreView(QWidget):
    """The groups, and what is done with all of them. explained: the option that has the focus, in a sentence."""

    explained = Signal(str)
    command_asked = Signal()

    def __init__(
        self, controls: WritingControls, style: StylePassage, mix: MixView, settings: Settings,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controls, self._settings = controls, settings
        self.fields: dict[str, OptionField] = {}
        self.folds: dict[str, Fold] = {}
        self._groups = {group.key: group for group in option_groups()}
        self.seed = SeedField(controls)
        self.style_field = StyleField(style)
        self.mix = mix
        self.reset_all = QuietButton(tr("Reset all"), "undo")
        self.copy_command = QuietButton(tr("Copy as command"), "copy")
        self._mirostat = Caption(tr("Mirostat takes the place of all that leaves tokens out."))
        self._mirostat.setWordWrap(True)
        self._arrange()
        self.reset_all.clicked.connect(self._on_reset_all_clicked)
        self.copy_command.clicked.connect(self.command_asked)
        controls.changed.connect(self._on_control_changed)
        controls.loaded.connect(self._on_controls_loaded)
        self._on_controls_loaded()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for key, group in self._groups.items():
            fold = Fold(group.title, self._made_group(group))
            fold.set_open(self._settings.flag(f"write/open_{key}"))
            fold.head.setProperty("group", key)
            fold.head.toggled.connect(self._on_group_toggled)
            self.folds[key] = fold
            column.addWidget(fold)
        foot = QWidget()
        row = FlowLayout(foot)
        row.addWidget(self.reset_all)
        row.addWidget(self.copy_command)
        column.addSpacing(GRID)
        column.addWidget(foot)

    def _made_group(self, group: OptionGroup) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, GAP)
        column.setSpacing(GRID)
        by_hand = {"chance": self.seed, "style": self.style_field, "mix": self.mix}.get(group.key)
        if by_hand is not None:
            column.addWidget(by_hand)
        for row in group.rows:
            field = OptionField(row)
            field.edited.connect(self._controls.set)
            field.reset_asked.connect(self._controls.reset)
            field.explained.connect(self.explained)
            self.fields[row.name] = field
            column.addWidget(field)
        if group.key == "choosing":
            column.addWidget(self._mirostat)
        return content

    def _on_control_changed(self, name: str, _: object) -> None:
        if name in self.fields:
            self._show_field(name)
        self._show_needs()

    def _on_controls_loaded(self) -> None:
        for name in self.fields:
            self._show_field(name)
        self._show_needs()

    def _show_field(self, name: str) -> None:
        self.fields[name].show_value(self._controls.value(name), self._controls.is_changed(name))

    def _show_needs(self) -> None:
        """Refining options come and go; the groups tell what is changed in them."""
        controls, changed = self._controls, set(self._controls.changed_names)
        for name, field in self.fields.items():
            is_wanted = is_needed(name, controls)
            if field.isHidden() == is_wanted:
                field.setVisible(is_wanted)
        for key, fold in self.folds.items():
            count = len(changed.intersection(self._groups[key].names))
            fold.set_count(count, plural("{count} setting changed", "{count} settings changed", count))
        self._mirostat.setVisible(controls.is_changed("mirostat_target"))
        self.reset_all.setVisible(bool(changed))

    def _on_group_toggled(self, is_open: bool) -> None:
        self._settings.set(f"write/open_{self.sender().property('group')}", is_open)

    def _on_reset_all_clicked(self) -> None:
        self.copy_command.setFocus()  # the button under the hand goes away
        self._controls.reset(*self._controls.changed_names)


class SeedField(QWidget):
    """The seed with its dice, and whether it stays."""

    def __init__(self, controls: WritingControls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self.box, self.keep, self.dice = _seed_box(), Switch(tr("Keep this seed")), IconButton("dice", tr("New seed"))
        self.dot = ResetDot()
        self.dot.set_name(tr("Reset “{title}”", title=tr("Seed")))
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self.dot)
        head.addWidget(_seed_term())
        head.addStretch()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.box, 1)
        row.addWidget(self.dice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self.keep)
        self.box.valueChanged.connect(self._on_seed_changed)
        self.keep.toggled.connect(self._on_keep_toggled)
        self.dice.clicked.connect(controls.throw_dice)
        self.dot.clicked.connect(self._on_dot_clicked)
        controls.changed.connect(self._on_controls_loaded)
        controls.loaded.connect(self._on_controls_loaded)
        self._on_controls_loaded()

    def _on_controls_loaded(self) -> None:
        for widget in (self.box, self.keep):
            widget.blockSignals(True)
        self.box.setValue(self._controls.seed)
        self.keep.setChecked(self._controls.is_seed_kept)
        for widget in (self.box, self.keep):
            widget.blockSignals(False)
        self.dot.setVisible(self._controls.is_seed_kept)

    def _on_seed_changed(self, value: int) -> None:
        self._controls.set("seed", value)

    def _on_keep_toggled(self, is_kept: bool) -> None:
        self._controls.set("is_seed_kept", is_kept)

    def _on_dot_clicked(self) -> None:
        self.keep.setFocus()
        self._controls.reset("is_seed_kept")


class StyleField(QWidget):
    """A passage of a file that the model reads first."""

    def __init__(self, style: StylePassage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._about, self._name, self._beginning = Caption(style.about), ElidedLabel(), Caption()
        for label in (self._about, self._beginning):
            label.setWordWrap(True)
        self.choose = Button(tr("Choose a file…"), "file")
        self.clear = IconButton("close", tr("Without a style"))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._name, 1)
        row.addWidget(self.clear)
        buttons = QHBoxLayout()
        buttons.addWidget(self.choose)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self._about)
        column.addLayout(row)
        column.addWidget(self._beginning)
        column.addLayout(buttons)
        self.choose.clicked.connect(self._on_choose_clicked)
        self.clear.clicked.connect(self._on_clear_clicked)
        style.changed.connect(self._on_style_changed)
        self._on_style_changed()

    def _on_style_changed(self) -> None:
        self._name.setText(self._style.name)
        self._beginning.setText(self._style.beginning)
        for widget in (self._name, self._beginning, self.clear):
            widget.setVisible(self._style.is_set)

    def _on_choose_clicked(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a file whose style is taken up"))
        if name:
            self._style.read(Path(name))

    def _on_clear_clicked(self) -> None:
        self.choose.setFocus()
        self._style.clear()


def _seed_box() -> SpinBox:
    box = SpinBox()
    box.setRange(0, LARGEST_SEED)
    box.setGroupSeparatorShown(False)
    box.setAccessibleName(tr("Seed"))
    return box


def _seed_term() -> TermLabel:
    explanation = tr(
        "The number from which chance begins. The same model writes the same text again from the same seed, beginning "
        "and settings."
    )
    return TermLabel(tr("Seed"), tr("Seed"), explanation)
