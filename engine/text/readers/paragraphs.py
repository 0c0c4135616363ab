"""Lines of text from a document's paragraphs and tables: a paragraph a line, cells of a row separated by tabs."""

from collections.abc import Iterator
from typing import Final

from engine.errors import BadInput

MAX_CHARACTERS: Final = 50_000_000  # of one document: it is held in memory until it is known to be sound

_PIECE_CHARACTERS = 2**16
_PART_COST = 8  # characters whose memory a paragraph, a cell or a short piece of text takes at least


class Lines:
    """Collects the characters of nested paragraphs and table cells, and hands out finished lines.

    A heading stands between blank lines. The paragraphs of one cell are joined by a space; the rows of a table that
    stands inside a cell become part of that cell. `add` and `end...` raise `BadInput` for more than `MAX_CHARACTERS`.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._size = 0
        self._done: list[str] = []
        self._done_size = 0
        self._open: list[list[str]] = []  # paragraphs that have begun; a text box nests one in another
        self._cells: list[list[str]] = []  # paragraphs of each open cell
        self._rows: list[list[str]] = []  # finished cells of each open row
        self._has_text = False
        self._ends_blank = False

    def begin_paragraph(self) -> None:
        self._open.append([])

    def add(self, text: str) -> None:
        if self._open:
            self._grow(len(text))
            self._open[-1].append(text)

    def end_paragraph(self, *, is_heading: bool = False) -> None:
        self._grow(0)
        text = "".join(self._open.pop()) if self._open else ""
        if self._cells:
            self._cells[-1].append(text)
        elif is_heading and text.strip():
            self._heading(text)
        else:
            self._line(text)

    def begin(self, part: str) -> None:
        """A table ("tbl"), a row ("tr") or a cell ("tc") begins."""
        if part == "tr":
            self._rows.append([])
        elif part == "tc":
            self._cells.append([])

    def end(self, part: str) -> None:
        """The part that began last ends."""
        self._grow(0)
        if part == "tc" and self._cells:
            text = " ".join(" ".join(paragraph.split()) for paragraph in self._cells.pop() if paragraph.strip())
            if self._rows:
                self._rows[-1].append(text)
        elif part == "tr" and self._rows:
            text = "\t".join(self._rows.pop()).rstrip("\t")
            if self._cells:
                self._cells[-1].append(text)
            else:
                self._line(text)

    def take(self) -> Iterator[str]:
        """What is finished, once it is worth handing out."""
        if self._done_size >= _PIECE_CHARACTERS:
            yield from self.finish()

    def finish(self) -> Iterator[str]:
        """What is finished."""
        if self._done:
            yield "".join(self._done)
        self._done.clear()
        self._done_size = 0

    def _grow(self, num_characters: int) -> None:
        self._size += num_characters + _PART_COST
        if self._size > MAX_CHARACTERS:
            raise too_long(self._name)

    def _heading(self, text: str) -> None:
        if self._has_text and not self._ends_blank:
            self._line("")
        self._line(text)
        self._line("")

    def _line(self, text: str) -> None:
        if not text and not self._has_text:
            return  # a document begins with its first words
        self._has_text = True
        self._ends_blank = not text
        self._done.append(text + "\n")
        self._done_size += len(text) + 1


def too_long(name: str) -> BadInput:
    """The sentence for a document whose text does not fit into memory."""
    return BadInput("{name} holds more text than a document can have. Save it as plain text.", name=name)
