"""What a run writes: a stream of samples, the newest at the top."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from workbench.theme import fonts
from workbench.theme.spacing import GAP, GRID, max_text_width
from workbench.theme.theme import theme
from workbench.viewmodels.train.happenings import SampleText
from workbench.words import tr

NEW_MILLISECONDS = 8000
_SIZE = 1.08  # of a sample, beside the body text
_LINE_PERCENT = 135


class SamplesView(QTextEdit):
    """A text to read, select and copy. A new sample stands above the others and is marked for a while."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[SampleText] = []
        self._is_code = False
        self._has_new = False
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("What it writes now"))
        self.setPlaceholderText(tr("The first sample comes a few seconds after the start."))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(GAP - 2)
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(NEW_MILLISECONDS)
        self._fading.timeout.connect(self._on_newness_faded)
        self._add_actions()
        theme().changed.connect(self._on_theme_changed)

    def show_texts(self, texts: Sequence[SampleText], is_code: bool, *, is_live: bool) -> None:
        """Show these; one more than before is put above them without moving what is being read."""
        new = list(texts)
        if new == self._texts and is_code == self._is_code:
            return
        is_one_more = bool(self._texts) and new[1:] == self._texts[: len(new) - 1] and is_code == self._is_code
        self._texts, self._is_code = new, is_code
        self._has_new = is_live and is_one_more
        self._write_all()
        if self._has_new:
            self._fading.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._limit_lines()

    def text_to_copy(self) -> str:
        """What is selected, else the newest sample."""
        selected = self.textCursor().selection().toPlainText()
        if selected or not self._texts:
            return selected
        return self._texts[0].prompt + self._texts[0].text

    def copy_text(self) -> None:
        """Put it on the clipboard."""
        QGuiApplication.clipboard().setText(self.text_to_copy())

    def _limit_lines(self) -> None:
        """Lines of at most 75 characters, however wide the page is."""
        widest = max_text_width(self._face()) + 2 * GAP
        if widest < self.viewport().width():
            self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
            self.setLineWrapColumnOrWidth(widest)
        else:
            self.setLineWrapMode(QTextEdit.LineWrapMode.WidgetWidth)

    def _add_actions(self) -> None:
        copy = QAction(tr("Copy"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_text)
        everything = QAction(tr("Select all"), self)
        everything.triggered.connect(self.selectAll)
        self.addActions([copy, everything])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _write_all(self) -> None:
        """Write the whole stream; what is read or selected keeps its place, which is told from the end."""
        bar, cursor = self.verticalScrollBar(), self.textCursor()
        below = bar.maximum() - bar.value() if bar.value() else None
        selected = [self.document().characterCount() - place for place in (cursor.anchor(), cursor.position())]
        has_selection = cursor.hasSelection()
        self.clear()
        writer = QTextCursor(self.document())
        writer.beginEditBlock()
        for index, text in enumerate(self._texts):
            self._write(writer, text, is_first=index == 0)
        writer.endEditBlock()
        if has_selection:
            self._select(*(self.document().characterCount() - place for place in selected))
        bar.setValue(0 if below is None else bar.maximum() - below)

    def _select(self, anchor: int, position: int) -> None:
        if min(anchor, position) >= 0:
            cursor = self.textCursor()
            cursor.setPosition(anchor)
            cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    def _write(self, cursor: QTextCursor, text: SampleText, *, is_first: bool) -> None:
        if not is_first:
            cursor.insertBlock()
        cursor.setBlockFormat(_block(0 if is_first else GAP, GRID // 2, 100))
        if text.heading:
            cursor.insertText(text.heading + "\n", self._format(fonts.strong(), "text"))
        if is_first and self._has_new:
            cursor.insertText(tr("New") + "  ", self._format(fonts.strong(), "accent"))
        cursor.insertText(text.caption, self._format(fonts.tabular(fonts.caption()), "quiet"))
        face = self._face()
        for line in (text.prompt + text.text).strip("\n").split("\n"):
            cursor.insertBlock(_block(0, 0, 100 if self._is_code else _LINE_PERCENT), self._format(face, "text"))
            cursor.insertText(line, self._format(face, "text"))

    def _face(self) -> QFont:
        face = fonts.mono() if self._is_code else fonts.serif()
        face.setPointSizeF(face.pointSizeF() * (0.95 if self._is_code else _SIZE))
        return face

    def _format(self, font: QFont, token: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFont(font)
        made.setForeground(QColor(getattr(theme().tokens, token)))
        return made

    def _on_newness_faded(self) -> None:
        if self._has_new:
            self._has_new = False
            self._write_all()

    def _on_theme_changed(self) -> None:
        self._limit_lines()
        self._write_all()


def _block(above: int, below: int, line_percent: int) -> QTextBlockFormat:
    made = QTextBlockFormat()
    made.setTopMargin(above)
    made.setBottomMargin(below)
    made.setLineHeight(line_percent, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return made
