"""The branches of a document as rows: the tree from its root, each with what tells it from the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.bridge.protocols.writing import Branch, Document, part_that_differs
from workbench.words import plural, tr

FIRST_CHARACTERS = 120  # of what differs


@dataclass(frozen=True, kw_only=True)
class BranchRow:
    """depth: 0 for a root; title: its name, or else the first words that its parent does not have; lines: for each
    level from the root's children on, whether another branch of that level follows below.
    """

    id: str
    parent: str
    depth: int
    title: str
    is_named: bool
    num_words: int
    is_kept: bool
    is_on_show: bool
    has_children: bool
    lines: tuple[bool, ...]

    @property
    def length(self) -> str:
        """How long its whole text is."""
        return plural("{count} word", "{count} words", self.num_words)

    @property
    def spoken(self) -> str:
        """The row in words, for those who do not see it."""
        marks = [self.title, self.length]
        if self.is_on_show:
            marks.append(tr("on show"))
        if self.is_kept:
            marks.append(tr("kept"))
        return ", ".join(marks)


@dataclass(frozen=True)
class _Description:
    """What was found in a text and that of its parent, which is not looked for again while both are the same."""

    text: str
    parent_text: str
    title: str
    num_words: int


class BranchDescriptions:
    """Makes the rows of one document again and again, looking only at the texts that are others."""

    def __init__(self) -> None:
        self._known: dict[str, _Description] = {}

    def rows_of(self, document: Document) -> list[BranchRow]:
        """The branches in the order of a tree, older ones first; none where there is only one."""
        if len(document.branches) < 2:
            self._known = {}
            return []
        texts = {branch.id: branch.text for branch in document.branches} | {document.branch: document.text}
        self._known = {branch.id: self._described(branch, texts) for branch in document.branches}
        placed = list(in_tree_order(document.branches))
        lines = _lines([depth for _, depth in placed])
        return [
            self._row(branch, depth, document, below)
            for (branch, depth), below in zip(placed, lines, strict=True)
        ]

    def _described(self, branch: Branch, texts: dict[str, str]) -> _Description:
        text, parent_text = texts[branch.id], texts.get(branch.parent, "")
        known = self._known.get(branch.id)
        if known is not None and known.text is text and known.parent_text is parent_text:
            return known
        return _Description(text, parent_text, first_words(text, parent_text), len(text.split()))

    def _row(self, branch: Branch, depth: int, document: Document, lines: tuple[bool, ...]) -> BranchRow:
        known = self._known[branch.id]
        return BranchRow(
            id=branch.id,
            parent=branch.parent,
            depth=depth,
            title=branch.name or known.title,
            is_named=bool(branch.name),
            num_words=known.num_words,
            is_kept=branch.is_kept,
            is_on_show=branch.id == document.branch,
            has_children=any(other.parent == branch.id for other in document.branches),
            lines=lines,
        )


def in_tree_order(branches: Sequence[Branch]) -> Iterator[tuple[Branch, int]]:
    """Each branch with its depth, before those that depart from it."""
    waiting = [(branch, 0) for branch in reversed(branches) if not branch.parent]
    while waiting:
        branch, depth = waiting.pop()
        yield branch, depth
        waiting += [(child, depth + 1) for child in reversed(branches) if child.parent == branch.id]


def first_words(text: str, parent_text: str) -> str:
    """The first words of a text that its parent does not have."""
    if not text.strip():
        return tr("Nothing yet")
    start, _, end = part_that_differs(parent_text, text)
    if start == len(text):
        return tr("Like its parent") if len(parent_text) == len(text) else tr("Ends earlier")
    if end <= start:
        return tr("Leaves something out")
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    words = " ".join(text[start : start + FIRST_CHARACTERS].split())
    return (f"… {words}" if start else words) or tr("Other spaces")


def _lines(depths: Sequence[int]) -> list[tuple[bool, ...]]:
    """For each row, at which levels from 1 on another one follows before the tree goes back above that level."""
    lines: list[tuple[bool, ...]] = []
    below: set[int] = set()
    for depth in reversed(depths):
        lines.append(tuple(level in below for level in range(1, depth + 1)))
        below = {level for level in below if level <= depth} | {depth}
    return lines[::-1]
