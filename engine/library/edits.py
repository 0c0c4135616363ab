"""The history of a text: what was taken out and put in, and the branches between which somebody went."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine.library.branches import Branch
from engine.library.passages import NO_SOURCE, Author, Span, renumbered

MAX_EDITS: Final = 2_000
MAX_EDIT_CHARACTERS: Final = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Move:
    """From one branch to another, by their ids.

    spans: who had written what is put in, from 0; begun: the branch, if it begins here, without its text.
    """

    left: str
    entered: str
    spans: tuple[Span, ...] = ()
    begun: Branch | None = None


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What was taken out at a position and put in there. removed_spans: who had written what was removed, from 0.

    source: of what was put in, by its number; move: the branches, if this went from one to another.
    """

    position: int
    removed: str
    inserted: str
    author: Author
    removed_spans: tuple[Span, ...] = ()
    source: int = NO_SOURCE
    move: Move | None = None

    @property
    def size(self) -> int:
        """Characters that the history holds for it."""
        return len(self.removed) + len(self.inserted)

    @property
    def is_walk(self) -> bool:
        """Whether it only showed another branch that was there."""
        return self.move is not None and self.move.begun is None

    @property
    def inserted_spans(self) -> tuple[Span, ...]:
        """Who wrote what was put in, from 0."""
        if self.move is not None and self.is_walk:
            return self.move.spans
        return (Span(0, len(self.inserted), self.author, self.source),) if self.inserted else ()


def continues(edit: Edit, last: Edit) -> bool:
    """Whether an insertion can become a part of the one before: of the same hand, or the first into a new branch."""
    if edit.removed or last.is_walk or edit.position != last.position + len(last.inserted):
        return False
    if not last.inserted:
        return last.move is not None
    return (edit.author, edit.source) == (last.author, last.source)


def newest(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The last edits that the bounds of the history leave room for."""
    edits = edits[-MAX_EDITS:]
    room = MAX_EDIT_CHARACTERS
    for index in range(len(edits) - 1, -1, -1):
        room -= edits[index].size
        if room < 0:
            return edits[index + 1 :]
    return edits


def with_sources(edit: Edit, numbers: Mapping[int, int]) -> Edit:
    """An edit of a document whose sources have other numbers now."""
    move = edit.move
    return replace(
        edit,
        removed_spans=renumbered(edit.removed_spans, numbers),
        source=numbers.get(edit.source, NO_SOURCE),
        move=replace(move, spans=renumbered(move.spans, numbers)) if move is not None else None,
    )


def branch_ids(edits: tuple[Edit, ...]) -> set[str]:
    """The branches of which a history knows."""
    return {branch_id for edit in edits if edit.move is not None for branch_id in (edit.move.left, edit.move.entered)}
