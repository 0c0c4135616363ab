"""A text that is edited, with who wrote what in it and a history that leads back and forth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from engine.errors import BadInput
from engine.library import branches as tree
from engine.library.branches import TRUNK, Branch
from engine.library.edits import Edit, continues, newest, with_sources
from engine.library.passages import NO_SOURCE, Author, Source, Span, covers, merged, numbered, renumbered, within
from engine.library.strict_json import without_surrogates

MAX_TEXT_CHARACTERS: Final = 2_000_000


@dataclass(frozen=True, kw_only=True)
class EditedText:
    """One text and its history. It never changes: every edit makes a new one. Positions count characters of `text`.

    text: of the branch on show; spans: ascending, without gaps, all of the text; sources: what spans name by number;
    edits: at most 2,000 of 2,000,000 characters in all, of which the first `num_done` are done and the others undone;
    branches: none as long as nothing departs, else all, the oldest first; branch: the id of the one on show; created:
    when, as `utc_now`.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()
    sources: tuple[Source, ...] = ()
    edits: tuple[Edit, ...] = ()
    num_done: int = 0
    branches: tuple[Branch, ...] = ()
    branch: str = TRUNK
    created: str = ""

    def __post_init__(self) -> None:
        if not covers(self.spans, len(self.text)):
            raise ValueError("the spans of a document cover its text")
        if not 0 <= self.num_done <= len(self.edits):
            raise ValueError("a document has no more edits done than there are")
        if self.branches and tree.found(self.branches, self.branch) is None:
            raise ValueError("the branch on show is one of the branches")

    @property
    def next_undo(self) -> Edit | None:
        """The edit that `undone` takes back."""
        return self.edits[self.num_done - 1] if self.num_done else None

    @property
    def next_redo(self) -> Edit | None:
        """The edit that `redone` makes again."""
        return self.edits[self.num_done] if self.num_done < len(self.edits) else None

    def edited(
        self,
        position: int,
        num_removed: int,
        inserted: str,
        author: Author = "person",
        *,
        joins: bool = False,
        source: Source | None = None,
    ) -> Self:
        """The document with `num_removed` characters at a position replaced. What was undone is forgotten.

        joins: an insertion right behind the last one, by the same author from the same source, becomes a part of it,
        to be undone with it (typing, a model that writes); so does the first one into a branch that was just begun.
        Raises `BadInput` when the text becomes too long.
        """
        inserted = without_surrogates(inserted)
        stop = min(position + num_removed, len(self.text))
        self._check_position(position, stop)
        if len(self.text) - (stop - position) + len(inserted) > MAX_TEXT_CHARACTERS:
            raise BadInput(
                "A text here can have at most {count} characters. Begin a new one.", count=MAX_TEXT_CHARACTERS
            )
        sources, number = numbered(self.sources, source)
        edit = replace(self._removal(position, stop), inserted=inserted, author=author, source=number)
        if not edit.size:
            return self
        made = replace(self._with_made(edit), sources=sources)
        done = self.edits[: self.num_done]
        last = done[-1] if done else None
        if joins and last is not None and continues(edit, last):
            whole = replace(last, inserted=last.inserted + inserted, author=author, source=number)
            return made._with_history((*done[:-1], whole))
        return made._with_history((*done, edit))

    def undone(self) -> Self:
        """The document before its last edit; itself when there is nothing to undo.

        Back in the branch from which the edit went; one that it began is gone, unless somebody named or kept it.
        """
        edit = self.next_undo
        if edit is None:
            return self
        stop = edit.position + len(edit.inserted)
        if self.text[edit.position : stop] != edit.inserted:
            return self._without_history()
        spans = [span.moved(edit.position) for span in edit.removed_spans]
        made = self._with_replaced(edit.position, stop, edit.removed, spans)
        if edit.move is not None:
            made = made._standing_in(edit.move.left, self)
            if edit.move.begun is not None:
                made = replace(made, branches=tree.tidied(tree.without_begun(made.branches, edit.move.begun)))
        return replace(made, num_done=self.num_done - 1)

    def redone(self) -> Self:
        """The document after the edit that was undone last; itself when there is none."""
        edit = self.next_redo
        if edit is None:
            return self
        if self.text[edit.position : edit.position + len(edit.removed)] != edit.removed:
            return self._without_history()
        return replace(self._with_made(edit), num_done=self.num_done + 1)

    def compacted(self) -> Self:
        """The same without sources that nothing names any more, as it is saved."""
        used = sorted({span.source for span in self.all_spans()} - {NO_SOURCE})
        if len(used) == len(self.sources):
            return self
        numbers = {old: new for new, old in enumerate(used)}
        return replace(
            self,
            sources=tuple(self.sources[number] for number in used),
            spans=renumbered(self.spans, numbers),
            edits=tuple(with_sources(edit, numbers) for edit in self.edits),
            branches=tuple(replace(branch, spans=renumbered(branch.spans, numbers)) for branch in self.branches),
        )

    def all_spans(self) -> Iterator[Span]:
        """Those of the text, of its other branches, and of what its history took out or put in."""
        yield from self.spans
        for branch in self.branches:
            yield from branch.spans
        for edit in self.edits:
            yield from edit.removed_spans
            yield from edit.inserted_spans

    def _all_branches(self) -> tuple[Branch, ...]:
        """Those that there are, or the only one, which is not written down."""
        return self.branches or (Branch(id=self.branch, created=self.created),)

    def _check_position(self, position: int, stop: int) -> None:
        if not 0 <= position <= stop:
            raise ValueError(f"a text of {len(self.text)} characters has no position {position}")

    def _removal(self, start: int, stop: int) -> Edit:
        spans = within(self.spans, start, stop, shift=-start)
        return Edit(position=start, removed=self.text[start:stop], inserted="", author="person", removed_spans=spans)

    def _with_made(self, edit: Edit) -> Self:
        spans = [span.moved(edit.position) for span in edit.inserted_spans]
        made = self._with_replaced(edit.position, edit.position + len(edit.removed), edit.inserted, spans)
        return made if edit.move is None else made._standing_in(edit.move.entered, self, edit.move.begun)

    def _with_replaced(self, start: int, stop: int, text: str, spans: Sequence[Span]) -> Self:
        shift = len(text) - (stop - start)
        before, after = within(self.spans, 0, start), within(self.spans, stop, len(self.text), shift=shift)
        return replace(self, text=self.text[:start] + text + self.text[stop:], spans=merged([*before, *spans, *after]))

    def _standing_in(self, branch_id: str, left: "EditedText", begun: Branch | None = None) -> Self:
        """With a branch on show, and what was there before laid down in the branch that is left.

        A branch that was deleted meanwhile is there again, as the history leads back to it.
        """
        branches = tree.with_content(left._all_branches(), left.branch, left.text, left.spans)
        entered = begun or self._remembered(branch_id)
        branches = tree.with_content(tree.with_one_more(branches, entered), branch_id, "", ())
        return replace(self, branches=branches, branch=branch_id)

    def _remembered(self, branch_id: str) -> Branch:
        moves = (edit.move for edit in self.edits if edit.move is not None)
        begun = (move.begun for move in moves if move.begun is not None and move.begun.id == branch_id)
        return next(begun, Branch(id=branch_id))

    def _with_history(self, done: tuple[Edit, ...]) -> Self:
        """With this history, all of it done, as far as there is room."""
        edits = newest(done)
        return replace(self, edits=edits, num_done=len(edits))

    def _without_history(self) -> Self:
        """The history is that of another text: somebody changed the file."""
        return replace(self, edits=(), num_done=0)
