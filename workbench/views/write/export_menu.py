"""The menu by which a text leaves the program: as text, as Markdown, or as JSON with everything."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget, QWidgetAction

from workbench.theme.icons import icon
from workbench.theme.spacing import GAP, GRID
from workbench.viewmodels.write.export import FORMATS, Format, TextExport, repeats_sentence
from workbench.widgets.labels import Caption
from workbench.words import tr

_WIDTH = 34  # letters in a line of the sentence


class ExportMenu(QMenu):
    """Asks for a file and has it written."""

    def __init__(self, export: TextExport, parent: QWidget | None = None) -> None:
        super().__init__(tr("Export"), parent)
        self._export = export
        self.setIcon(icon("export"))
        self.setToolTipsVisible(True)
        for kind, (words, explanation, _) in _formats().items():
            action = self.addAction(words)
            action.setToolTip(explanation)
            action.setData(kind)
        self.addSeparator()
        self.addAction(self._sentence())
        self.triggered.connect(self._on_triggered)

    def ask(self, kind: Format) -> None:
        """Ask where to, and write it there."""
        name, _ = QFileDialog.getSaveFileName(
            self.parentWidget(), tr("Export the text"), self._export.file_name(kind), _formats()[kind][2]
        )
        if name:
            self._export.write(kind, Path(name))

    def _sentence(self) -> QWidgetAction:
        """What to know before a text is given away; nothing to be chosen."""
        words = Caption(repeats_sentence())
        words.setWordWrap(True)
        words.setFixedWidth(words.fontMetrics().averageCharWidth() * _WIDTH)
        ground = QWidget()
        row = QHBoxLayout(ground)
        row.setContentsMargins(GAP, GRID // 2, GAP, GRID)
        row.addWidget(words)
        action = QWidgetAction(self)
        action.setDefaultWidget(ground)
        action.setEnabled(False)
        return action

    def _on_triggered(self, action: object) -> None:
        kind = next((kind for kind in FORMATS if kind == action.data()), None)  # type: ignore[attr-defined]
        if kind is not None:
            self.ask(kind)


def _formats() -> dict[Format, tuple[str, str, str]]:
    """Of each its name in the menu, what it holds, and the filter of the file dialog."""
    return {
        "text": (tr("Plain text…"), tr("The text and nothing else."), tr("Text files (*.txt)")),
        "markdown": (
            tr("Markdown…"),
            tr("The model's words in italics, and a foot that names the model and its settings."),
            tr("Markdown files (*.md)"),
        ),
        "json": (
            tr("JSON with everything…"),
            tr("Text, branches and candidates, and of each passage who wrote it, with all settings."),
            tr("JSON files (*.json)"),
        ),
    }
