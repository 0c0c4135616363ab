"""What an index of a text answers: for every byte of another text, the longest passage that begins there in both."""

from dataclasses import dataclass
from typing import Protocol

from engine.analysis.byte_text import ByteText, Indices


@dataclass(frozen=True)
class ByteMatches:
    """Matching statistics of M bytes (Chang and Lawler 1994, "Sublinear approximate string matching and
    biological applications").

    lengths_M: of the longest passage that begins at each byte and stands in the indexed text; it falls by one from a
    byte to the next, or less, or rises. places_M: a place in the indexed text at which it stands, any number where the
    length is 0. is_complete: False when what stands there too often was not looked at everywhere.
    """

    lengths_M: Indices
    places_M: Indices
    is_complete: bool = True


class TextIndex(Protocol):
    """Finds passages of other texts in one text."""

    @property
    def shortest_certain(self) -> int:
        """Passages of so many bytes are found, all of them; of shorter ones, and of their lengths, some are missed."""

    @property
    def memory_bytes(self) -> int:
        """What it takes, parts that are mapped from a file among it."""

    @property
    def text(self) -> ByteText:
        """The indexed text."""

    def matches(self, query: ByteText) -> ByteMatches:
        """The longest passages that begin at each byte of another text."""
