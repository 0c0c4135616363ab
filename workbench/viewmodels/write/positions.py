"""Between Qt's positions, which count UTF-16 units, and ours, which count characters (code points)."""

from bisect import bisect_left, bisect_right

from workbench.bridge.protocols.writing import part_that_differs

_LINE_ENDS = {ord(sign): "\n" for sign in "\r\u2028\u2029\ufdd0\ufdd1"}  # what Qt takes for the end of a line


def num_units(text: str) -> int:
    """UTF-16 units of a text."""
    return len(text) if _is_plain(text) else len(text.encode("utf-16-le", "surrogatepass")) // 2


def unit_at(text: str, place: int) -> int:
    """The unit at which the character `place` of a text begins."""
    return place if _is_plain(text) else num_units(text[:place])


def place_at(text: str, unit: int) -> int:
    """The character that begins at a unit of a text, or, amid one, that character."""
    if _is_plain(text):
        return min(max(unit, 0), len(text))
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * max(unit, 0)].decode("utf-16-le", "ignore"))


def place_from(text: str, unit: int) -> int:
    """As `place_at`, or, amid a character, the one behind it."""
    place = place_at(text, unit)
    return place if unit_at(text, place) >= min(unit, num_units(text)) else place + 1


def plain_lines(text: str) -> str:
    """The text with line ends as an editor keeps them, so that both count the same."""
    return text.replace("\r\n", "\n").translate(_LINE_ENDS)


def changed_part(before: str, after: str) -> tuple[int, int, str]:
    """What turns one text into another: where, how much goes, what comes."""
    start, stop, end = part_that_differs(before, after)
    return start, stop - start, after[start:end]


class UnitMap:
    """Many characters of one text to their units and back, computed once."""

    def __init__(self, text: str) -> None:
        self._wide = [] if _is_plain(text) else [place for place, sign in enumerate(text) if sign > "\uffff"]
        self._second_units = [place + index + 1 for index, place in enumerate(self._wide)]

    def unit_at(self, place: int) -> int:
        """The unit at which the character `place` begins."""
        return place + bisect_left(self._wide, place)

    def place_at(self, unit: int) -> int:
        """The character that begins at a unit, or, amid one, that character."""
        return unit - bisect_right(self._second_units, unit)


def _is_plain(text: str) -> bool:
    """Whether every character is one unit."""
    # A hundred times as fast as to look for the largest character, and asked for with every letter that is typed.
    return text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)
