"""The header and the licence that Project Gutenberg puts around a book, also around each of several books in a file."""

import re
from typing import Final

from engine.text.changes import Position
from engine.text.steps import Step

_START = re.compile(
    r"^[ \t]{0,20}(?:\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG .{0,300}?\*\*\*|\*END\*? ?THE SMALL PRINT)"
    r"[^\n]{0,300}\n",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    r"^[ \t]{0,20}(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG"
    r"|End of (?:the |this )?Project Gutenberg(?:'s|\u2019s| EBook| Etext))[^\n]{0,600}(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_CHARACTERS: Final = 100_000  # the longest headers, with the "small print" of the 1990s, have a third of this
_MARKER_CHARACTERS: Final = 1_000


class GutenbergBook(Step):
    """Keeps what stands between the markers; a text without markers stays as it is.

    The start marker is looked for in the first 100,000 characters; after the end marker of a book everything is
    dropped up to the start marker of the next, if there is one.
    """

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self._held = ""
        self._state = "header"
        self._is_line_start = True

    def feed(self, text: str) -> str:
        self._held += text
        if self._state == "header" and len(self._held) < _HEADER_CHARACTERS:
            return ""
        return self._advanced(is_last=False)

    def finish(self) -> str:
        return self._advanced(is_last=True)

    def _advanced(self, *, is_last: bool) -> str:
        kept = []
        while True:
            before = self._state
            kept.append(self._one_part(is_last=is_last))
            if self._state == before:
                return "".join(kept)

    def _one_part(self, *, is_last: bool) -> str:
        """Work in the present state up to the marker that ends it, or to the last line that may begin one."""
        if self._state == "header":
            match = _START.search(self._held, 0, _HEADER_CHARACTERS)
            if match:
                self._drop(match.end(), "headers of Project Gutenberg removed")
            self._state = "book"
            return ""
        marker = _END if self._state == "book" else _START
        certain = len(self._held) if is_last else self._end_of_certain_lines()
        start = 0 if self._is_line_start else self._held.find("\n") + 1
        match = marker.search(self._held, start, certain) if start or self._is_line_start else None
        if self._state == "licence":
            self._drop(match.end() if match else certain, None)
            self._state = "book" if match else "licence"
            return ""
        if match is None:
            return self._keep(certain)
        kept = self._keep(match.start())
        self._drop(match.end() - match.start(), "licences of Project Gutenberg removed")
        self._state = "licence"
        return kept

    def _end_of_certain_lines(self) -> int:
        """Where the last, unfinished line begins, unless it is too long to be a marker."""
        at = self._held.rfind("\n") + 1
        return at if len(self._held) - at <= _MARKER_CHARACTERS else len(self._held)

    def _keep(self, length: int) -> str:
        kept, self._held = self._held[:length], self._held[length:]
        self._moved_behind(kept)
        return kept

    def _drop(self, length: int, kind: str | None) -> None:
        dropped, self._held = self._held[:length], self._held[length:]
        if kind is not None:
            self.position.report(kind, 1, dropped, 0)
        self._moved_behind(dropped)

    def _moved_behind(self, text: str) -> None:
        self.position.advance(text)
        if text:
            self._is_line_start = text.endswith("\n")
