"""The colours of the text: a ground and a line beneath for each step, so that colour is not the only sign."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument

from workbench.theme.theme import theme
from workbench.theme.tokens import Tokens, mix

Mark = tuple[int, int, str, int]  # start, stop, mode, step
Marks = Callable[[int, int], Iterable[Mark]]

LONGEST_BLOCK = 10_000  # positions; of a longer paragraph only what is in sight is coloured: Qt lays out all of it anew
AHEAD = 1000  # positions that are typed or written before it is looked again what is in sight
_LINE = QTextCharFormat.UnderlineStyle
LINES = {1: _LINE.DotLine, 2: _LINE.DashUnderline, 3: _LINE.SingleUnderline}
_GROUNDS = {
    "surprise": ("care", {1: 0.12, 2: 0.26, 3: 0.42}),
    "entropy": ("threshold", {1: 0.12, 2: 0.26, 3: 0.42}),
    "copied": ("gradient", {1: 0.22}),
}


def format_of(mode: str, step: int) -> QTextCharFormat:
    """How a step looks in the present theme; step 0 is plain text."""
    tokens, made = theme().tokens, QTextCharFormat()
    if step == 0:
        return made
    if mode == "author":
        made.setForeground(QColor(mix(tokens.accent, tokens.text, 0.4)))
        made.setUnderlineStyle(_LINE.DotLine)
        made.setUnderlineColor(QColor(mix(tokens.accent, tokens.surface, 0.35)))
        return made
    name, _ = _GROUNDS[mode]
    made.setBackground(QColor(ground_of(tokens, mode, step)))
    made.setForeground(QColor(tokens.text))
    made.setUnderlineStyle(_LINE.SingleUnderline if mode == "copied" else LINES[step])
    made.setUnderlineColor(QColor(mix(getattr(tokens, name), tokens.surface, 0.75)))
    return made


def ground_of(tokens: Tokens, mode: str, step: int) -> str:
    """The colour under the letters of a step."""
    name, shares = _GROUNDS[mode]
    return mix(getattr(tokens, name), tokens.surface, shares[step])


class Tint(QSyntaxHighlighter):
    """Colours what is in sight, and what is edited. Nothing else: a long text would stand still for it."""

    def __init__(self, document: QTextDocument, marks: Marks) -> None:
        super().__init__(document)
        self._marks = marks
        self._formats: dict[tuple[str, int], QTextCharFormat] = {}
        self._true = (0, 0)  # these positions are coloured as they shall be
        self._in_sight = (0, 0)
        self._is_paused = False
        self.rehighlight()  # nothing yet: else Qt does it later, when there is a long text
        document.contentsChange.connect(self._on_contents_changed)

    def pause(self, is_paused: bool) -> None:
        """Colour nothing for the moment, as all of the text is put in at once."""
        self._is_paused = is_paused
        self._true = (0, 0)

    def forget(self) -> None:
        """All is coloured by something else now, or looks otherwise."""
        self._true = (0, 0)
        self._formats.clear()

    def renew(self, start: int, stop: int, visible: tuple[int, int]) -> None:
        """The marks of [start, stop) are others; colour as much of it as is in sight."""
        first, last = max(start, visible[0]), min(stop, visible[1])
        if start < self._true[1] and stop > self._true[0]:
            self._true = (max(self._true[0], visible[0]), min(self._true[1], visible[1]))
            if first < last and self._true[0] < self._true[1]:
                self._colour(first, last)
        self.show(*visible)

    def show(self, start: int, stop: int) -> None:
        """These positions are in sight: colour what is not yet as it shall be."""
        true_start, true_stop = self._true
        self._in_sight = start, stop + AHEAD
        if self._has_long_block(start, stop):
            if not (true_start <= start and stop <= true_stop):
                self._true = start, stop
                self._colour(start, stop)
        elif start < true_stop and stop > true_start:
            if start < true_start:
                self._colour(start, true_start)
            if stop > true_stop:
                self._colour(true_stop, stop)
            self._true = min(start, true_start), max(stop, true_stop)
        else:
            self._colour(start, stop)
            self._true = start, stop

    def highlightBlock(self, text: str) -> None:  # noqa: ARG002
        if self._is_paused:
            return
        block = self.currentBlock()
        begin = block.position()
        first, last = begin, begin + block.length() - 1
        if block.length() > LONGEST_BLOCK:
            first, last = max(first, self._in_sight[0]), min(last, self._in_sight[1])
        for start, stop, mode, step in self._marks(first, max(first, last)):
            self.setFormat(start - begin, stop - start, self._format(mode, step))

    def _format(self, mode: str, step: int) -> QTextCharFormat:
        made = self._formats.get((mode, step))
        if made is None:
            made = self._formats[mode, step] = format_of(mode, step)
        return made

    def _has_long_block(self, start: int, stop: int) -> bool:
        block = self.document().findBlock(start)
        while block.isValid() and block.position() < stop:
            if block.length() > LONGEST_BLOCK:
                return True
            block = block.next()
        return False

    def _colour(self, start: int, stop: int) -> None:
        block: QTextBlock = self.document().findBlock(start)
        while block.isValid() and block.position() < stop:
            self.rehighlightBlock(block)
            block = block.next()

    def _on_contents_changed(self, position: int, num_removed: int, num_added: int) -> None:
        start, stop = self._true
        by = num_added - num_removed
        if position + num_removed <= start:
            self._true = start + by, stop + by
        elif position < stop:
            self._true = min(start, position), max(stop + by, position + num_added)
