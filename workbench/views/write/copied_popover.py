"""A copied passage in its place in the corpus: what stands before it there, and after it."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GRID
from workbench.theme.theme import theme
from workbench.views.write.editor import Editor
from workbench.views.write.text_sheet import TextSheet
from workbench.views.write.tint import ground_of
from workbench.widgets.buttons import Button
from workbench.widgets.labels import Caption, Label
from workbench.words import tr

_LINE = 52  # letters
_MOST_SHOWN = 400  # letters of a passage: of a longer one the beginning and the end


class CopiedPopover(TextSheet):
    """show_asked: go to the place in the corpus."""

    show_asked = Signal()

    def __init__(self, editor: Editor, title: str, before: str, passage: str, after: str) -> None:
        super().__init__(editor)
        heading = Label(tr("In “{title}”", title=title))
        fonts.follow(heading, fonts.strong)
        self.passage = QLabel()
        self.passage.setTextFormat(Qt.TextFormat.RichText)
        self.passage.setText(_markup(before, _shortened(passage), after))
        self.passage.setWordWrap(True)
        self.passage.setAccessibleName(f"{before}{passage}{after}")
        fonts.follow(self.passage, fonts.serif)
        self.passage.setFixedWidth(self.passage.fontMetrics().averageCharWidth() * _LINE)
        self.show_button = Button(tr("Show in the text"), "texts")
        self.show_button.clicked.connect(self._on_show_clicked)
        content = QWidget()
        content.setAccessibleName(heading.text())
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        note = Caption(tr("The marked words also stand in your text."))
        for widget in (heading, note, self.passage, self.show_button):
            column.addWidget(widget)
        self.set_content(content)

    def _on_show_clicked(self) -> None:
        self.close_now()
        self.show_asked.emit()


def _shortened(passage: str) -> str:
    if len(passage) <= _MOST_SHOWN:
        return passage
    half = _MOST_SHOWN // 2
    return f"{passage[:half]} … {passage[-half:]}"


def _markup(before: str, passage: str, after: str) -> str:
    tokens = theme().tokens
    marked = f'<span style="background-color: {ground_of(tokens, "copied", 1)}">{_lines(passage)}</span>'
    quiet = f'<span style="color: {tokens.quiet}">'
    return f"{quiet}… {_lines(before)}</span>{marked}{quiet}{_lines(after)} …</span>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
