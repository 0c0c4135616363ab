"""Beside the text: what was changed, where it comes from, what is kept to check the model, and its runs."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID
from workbench.widgets.buttons import QuietButton
from workbench.widgets.labels import Caption, ElidedLabel, Label, Quiet, StateLabel
from workbench.widgets.tables import PlainTableModel, TableDialog
from workbench.words import number, tr

_NUM_SOURCES = 3


class AboutText(QWidget):
    """Facts in groups. Empty groups are not shown."""

    place_asked = Signal()
    run_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: list[tuple[str, str, str]] = []
        self._changes, self._validation = Quiet(), Quiet()
        self._names = QVBoxLayout()
        self._names.setSpacing(GRID // 2)
        self.sources_button = _link(tr("Show all files"))
        self.place_button = _link(tr("Show where it begins"))
        self._runs = QVBoxLayout()
        self._runs.setSpacing(0)
        self.sources_button.clicked.connect(self._on_sources_pressed)
        self.place_button.clicked.connect(self.place_asked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._group(tr("Changed at import"), self._changes)
        self._group(tr("Made from"), self._names, self.sources_button)
        self._validation_group = self._group(tr("Kept for validation"), self._validation, self.place_button)
        self._runs_group = self._group(tr("Trained on it"), self._runs)
        self._column.addStretch(1)
        self._column.addWidget(StateLabel("lock", tr("Your texts stay on this computer."), "quiet"))

    def set_changes(self, sentence: str) -> None:
        """Say what cleaning changed."""
        self._changes.setText(sentence)

    def set_sources(self, sources: Sequence[tuple[str, str, str]]) -> None:
        """Name the files: name, kind, size."""
        self._sources = list(sources)
        _clear(self._names)
        for name, kind, size in self._sources[:_NUM_SOURCES]:
            self._names.addWidget(ElidedLabel(name))
            self._names.addWidget(Caption(tr("{kind}, {size}", kind=kind, size=size)))
        self.sources_button.setText(tr("Show all {count} files", count=number(len(self._sources))))
        self.sources_button.setVisible(len(self._sources) > _NUM_SOURCES)

    def set_validation(self, sentence: str, *, has_place: bool) -> None:
        """Say what is kept for validation; an empty sentence hides it."""
        self._validation.setText(sentence)
        self._validation_group.setVisible(bool(sentence))
        self.place_button.setVisible(has_place)

    def set_runs(self, runs: Sequence[tuple[str, str, str]]) -> None:
        """Lead to runs: id, title, icon."""
        _clear(self._runs)
        for run_id, title, icon_name in runs:
            button = _link(title, icon_name)
            button.setProperty("run", run_id)
            button.clicked.connect(self._on_run_pressed)
            self._runs.addWidget(button)
        self._runs_group.setVisible(bool(runs))

    def _group(self, title: str, *parts: QWidget | QVBoxLayout) -> QWidget:
        group = QWidget()
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(_Heading(title))
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)
        self._column.addWidget(group)
        return group

    def _on_run_pressed(self) -> None:
        self.run_chosen.emit(self.sender().property("run"))

    def _on_sources_pressed(self) -> None:
        model = PlainTableModel([tr("File"), tr("Kind"), tr("Size")], self._sources)
        TableDialog(tr("Files of this text"), model, self).open()


class _Heading(Label):
    def face(self) -> QFont:
        return fonts.strong()


def _link(text: str, icon_name: str | None = None) -> QuietButton:
    button = QuietButton(text, icon_name)
    button.set_accented(icon_name is None)
    button.setStyleSheet("padding-left: 0; padding-right: 0; text-align: left;")  # stands under the words above it
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return button


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
