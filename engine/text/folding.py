"""Rare characters replaced by common ones that resemble them, by a declared rule."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from engine.text.changes import Position

FALLBACK: Final = "?"
# What normal forms do not relate: typographic signs and their plain equivalents.
_PLAIN: Final[Mapping[str, str]] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u0060\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-"),
    **dict.fromkeys("\t\u00a0\u2007\u2009\u200a\u202f\u3000", " "),
    **dict.fromkeys("\u2022\u00b7\u25cf\u25e6", "*"),
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
    "\r": "\n", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "\u0131": "i", "…": "...", "\u2044": "/", "\u00d7": "x",
}  # fmt: skip


def foldings(counts: Mapping[str, int], rare_below: int) -> dict[str, str]:
    """What each character that occurs fewer than `rare_below` times becomes; line feeds and "?" are never rare.

    See `equivalent`, of which an outcome counts only if it is not rare itself; "?" for what is left.
    """
    common = {character for character, count in counts.items() if count >= rare_below} | {"\n", FALLBACK}
    return {character: _folded(character, common) for character in counts if character not in common}


def equivalent(character: str, is_known: Callable[[str], bool]) -> str | None:
    """The known characters that stand for an unknown one, in corpora as in prompts; None when there are none.

    In order: its declared plain equivalent, its compatibility decomposition with and without marks, the other case of
    the letter, with and without marks. A mark of which nothing is known disappears.
    """
    plain = _PLAIN.get(character, character)
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(_PLAIN.get(part, part) for part in decomposed if not unicodedata.combining(part))
    for candidate in (plain, decomposed, bare, character.swapcase(), bare.lower(), bare.upper()):
        if candidate and candidate != character and all(map(is_known, candidate)):
            return candidate
    return "" if unicodedata.combining(character) else None


class Folder:
    """Replaces characters in a text that comes in pieces."""

    def __init__(self, table: Mapping[str, str], position: Position, common: frozenset[str] | None = None) -> None:
        """common: with it, every character outside it that `table` does not name is folded, too."""
        self._table = dict(table)
        self._common = common
        self._position = position
        self._pattern = re.compile(_class_of(table, common))

    def feed(self, text: str) -> str:
        """The text with its rare characters replaced, and the replacements counted."""
        places = [match.start() for match in self._pattern.finditer(text)]
        if places:
            self._position.report("rare characters replaced", len(places), text, places[0])
        self._position.advance(text)
        return self._pattern.sub(self._replacement, text) if places else text

    def _replacement(self, match: re.Match[str]) -> str:
        known = self._table.get(match[0])
        if known is None:
            known = self._table[match[0]] = _folded(match[0], self._common or frozenset())
        return known


def _class_of(table: Mapping[str, str], common: frozenset[str] | None) -> str:
    if common is not None:
        return f"[^{re.escape(''.join(sorted(common)))}]"
    return f"[{re.escape(''.join(sorted(table)))}]" if table else r"(?!)"


def _folded(character: str, common: set[str] | frozenset[str]) -> str:
    known = equivalent(character, common.__contains__)
    return FALLBACK if known is None else known
