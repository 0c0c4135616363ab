"""What cleaning changed: how often, and where first."""

from dataclasses import dataclass, field

from engine.import_events import Change, Place


@dataclass
class ChangeLog:
    """Adds up the changes of all files of a corpus, in the order in which their kinds first occurred."""

    _counts: dict[str, int] = field(default_factory=dict)
    _first: dict[str, Place] = field(default_factory=dict)

    def add(self, kind: str, count: int, place: Place) -> None:
        """`count` further changes of a kind, the first of them at `place`.

        Two steps can make changes of one kind, and the later step one that stands further ahead.
        """
        self._counts[kind] = self._counts.get(kind, 0) + count
        first = self._first.setdefault(kind, place)
        if first.source == place.source and (place.line, place.column) < (first.line, first.column):
            self._first[kind] = place

    def changes(self) -> tuple[Change, ...]:
        """All kinds so far."""
        return tuple(Change(kind=kind, count=count, first=self._first[kind]) for kind, count in self._counts.items())


class LineCounter:
    """Counts the line ends of a text once, when several steps of cleaning pass it on unchanged."""

    def __init__(self) -> None:
        self._text = ""
        self._newlines = 0

    def newlines(self, text: str) -> int:
        """Line feeds in `text`."""
        if text is not self._text:
            self._text, self._newlines = text, text.count("\n")
        return self._newlines


class Position:
    """Line and column of the next character that a step of cleaning is given."""

    def __init__(self, source: str, log: ChangeLog, counter: LineCounter | None = None) -> None:
        """counter: shared by the steps of one chain."""
        self.source = source
        self.line = 1
        self.column = 1
        self._log = log
        self._counter = counter or LineCounter()

    def report(self, kind: str, count: int, text: str, offset: int) -> None:
        """`count` changes in `text`, which begins at this position; the first at its character `offset`."""
        if count:
            line, column = self._after(text[:offset])
            self._log.add(kind, count, Place(source=self.source, line=line, column=column))

    def advance(self, text: str) -> None:
        """Move behind `text`."""
        self.line, self.column = self._after(text)

    def _after(self, text: str) -> tuple[int, int]:
        newlines = self._counter.newlines(text)
        if not newlines:
            return self.line, self.column + len(text)
        return self.line + newlines, len(text) - text.rfind("\n")
