"""A text that goes on in several ways, one of which is on show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from engine.library import branches as tree
from engine.library.branches import Branch
from engine.library.edited_text import EditedText
from engine.library.edits import Edit, Move, branch_ids
from engine.library.ids import utc_now
from engine.library.passages import part_written_differently, within
from engine.library.strict_json import without_surrogates

MAX_NAME_CHARACTERS: Final = 200


@dataclass(frozen=True, kw_only=True)
class BranchedText(EditedText):
    """The branches of a text: at most 200, with 16 MiB of text that is not on show.

    To begin one and to show another are edits, which `undone` takes back; to name, keep or delete one is none.
    """

    def branch_with(self, branch_id: str) -> Branch:
        """A branch with its text, also while it is on show. Raises `ValueError` when there is none."""
        branch = tree.found(self._all_branches(), branch_id)
        if branch is None:
            raise ValueError(f"there is no branch {branch_id}")
        return replace(branch, text=self.text, spans=self.spans) if branch_id == self.branch else branch

    def branched(self, place: int, name: str = "") -> Self:
        """The text as it is becomes a branch, and a new one that ends at a place is on show.

        Beyond the bounds the oldest branches go that nobody named or kept; raises `BadInput` when none may go.
        """
        self._check_position(place, len(self.text))
        branches, ids = self._all_branches(), branch_ids(self.edits)
        new_id = str(1 + max(int(branch_id) for branch_id in (*ids, *(branch.id for branch in branches))))
        if len(new_id) > tree.LONGEST_BRANCH_ID:  # only where somebody changed the file
            raise tree.no_room()
        begun = Branch(
            id=new_id,
            parent=tree.parent_for(branches, self.branch, place, lambda one: one.text.startswith(self.text[:place])),
            name=_storable_name(name),
            place=place,
            created=utc_now(),
        )
        move = Move(left=self.branch, entered=begun.id, begun=begun)
        made = self._with_move(replace(self._removal(place, len(self.text)), move=move))
        return made._with_room((self.branch, begun.id))

    def switched(self, branch_id: str) -> Self:
        """The document with another branch on show; to walk on to a third is one edit with it, and back is none.

        Raises `ValueError` when there is no such branch; as `branched` when there is no room for the one that is left.
        """
        made = self._showing(branch_id)
        return made if made is self else made._with_room((self.branch, branch_id))

    def renamed_branch(self, branch_id: str, name: str) -> Self:
        """The document with another name, or none, for one of its branches."""
        return self._with_branch(replace(self.branch_with(branch_id), name=_storable_name(name)))

    def kept_branch(self, branch_id: str, is_kept: bool) -> Self:
        """The document with a branch that never makes room for others, or may again."""
        return self._with_branch(replace(self.branch_with(branch_id), is_kept=is_kept))

    def without_branch(self, branch_id: str) -> Self:
        """The document without one of its branches; if it is on show, its parent or the oldest other comes instead.

        The last one stays. What departed from it departs from its parent then.
        """
        gone = self.branch_with(branch_id)
        others = [branch.id for branch in self.branches if branch.id != branch_id]
        if not others:
            return self
        made = self
        if branch_id == self.branch:
            made = self._showing(gone.parent if gone.parent in others else others[0])
        return replace(made, branches=tree.tidied(tree.without(made.branches, branch_id)))

    def with_branch(self, branch: Branch, children: Sequence[str] = ()) -> Self:
        """The document with a branch again that it had before, and with what departed from it (by ids)."""
        return replace(self, branches=tree.with_one_more(self._all_branches(), branch, children))

    def _showing(self, branch_id: str) -> Self:
        target = self.branch_with(branch_id)
        if branch_id == self.branch:
            return self
        origin = self._before_walk()
        if origin.branch == branch_id:
            return origin._with_history(origin.edits[: origin.num_done])
        start, stop, end = part_written_differently(origin.text, origin.spans, target.text, target.spans)
        move = Move(left=origin.branch, entered=branch_id, spans=within(target.spans, start, end, shift=-start))
        edit = replace(origin._removal(start, stop), inserted=target.text[start:end], move=move)
        return origin._with_move(edit)

    def _before_walk(self) -> Self:
        """Where the walk from branch to branch began that was the last thing done, if that branch is still there."""
        last = self.next_undo
        is_there = last is not None and last.move is not None and tree.found(self.branches, last.move.left) is not None
        return self.undone() if last is not None and last.is_walk and is_there else self

    def _with_move(self, edit: Edit) -> Self:
        return self._with_made(edit)._with_history((*self.edits[: self.num_done], edit))

    def _with_room(self, needed: Sequence[str]) -> Self:
        return replace(self, branches=tree.with_room(self.branches, needed))

    def _with_branch(self, branch: Branch) -> Self:
        if branch.id == self.branch:
            branch = replace(branch, text="", spans=())
        branches = tree.changed(self._all_branches(), branch.id, lambda _: branch)
        return replace(self, branches=tree.tidied(branches))


def _storable_name(name: str) -> str:
    return " ".join(without_surrogates(name).split())[:MAX_NAME_CHARACTERS]
