"""The ways in which a text goes on: branches that depart from one another, kept as whole texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.errors import BadInput
from engine.library.passages import Span

TRUNK: Final = "0"  # the branch with which every document begins
MAX_BRANCHES: Final = 200
LONGEST_BRANCH_ID: Final = 12  # digits
MAX_BRANCH_BYTES: Final = 16 * 2**20  # of all texts that are not on show, in UTF-8


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One way in which a text goes on. Ids are numbers that grow: no branch is older than its parent.

    parent: the id of the one from which it departed at the character `place`, or empty; text and spans: empty while it
    is on show, as the document has them then; created: when, as `utc_now`; is_kept: it never makes room for others.
    """

    id: str
    parent: str = ""
    name: str = ""
    text: str = ""
    spans: tuple[Span, ...] = ()
    place: int = 0
    created: str = ""
    is_kept: bool = False

    @property
    def is_removable(self) -> bool:
        """Whether it may make room for others: the first one, kept ones and those with a name may not."""
        return self.id != TRUNK and not self.is_kept and not self.name


def found(branches: Sequence[Branch], branch_id: str) -> Branch | None:
    """The branch with an id."""
    return next((branch for branch in branches if branch.id == branch_id), None)


def with_content(
    branches: tuple[Branch, ...], branch_id: str, text: str, spans: tuple[Span, ...]
) -> tuple[Branch, ...]:
    """The branches, one of them with a text."""
    return changed(branches, branch_id, lambda branch: replace(branch, text=text, spans=spans))


def changed(
    branches: tuple[Branch, ...], branch_id: str, change: Callable[[Branch], Branch]
) -> tuple[Branch, ...]:
    """The branches, one of them changed."""
    return tuple(change(branch) if branch.id == branch_id else branch for branch in branches)


def with_one_more(branches: tuple[Branch, ...], branch: Branch, children: Sequence[str] = ()) -> tuple[Branch, ...]:
    """The branches with one more, from which those with the ids `children` depart; as they are if it is among them."""
    if found(branches, branch.id) is not None:
        return branches
    if found(branches, branch.parent) is None:
        branch = replace(branch, parent="")
    adopted = (replace(other, parent=branch.id) if other.id in children else other for other in branches)
    return tuple(sorted((*adopted, branch), key=lambda one: int(one.id)))


def without(branches: tuple[Branch, ...], branch_id: str) -> tuple[Branch, ...]:
    """The branches without one; what departed from it departs from its parent then."""
    gone = found(branches, branch_id)
    if gone is None:
        return branches
    return tuple(
        replace(branch, parent=gone.parent, place=min(branch.place, gone.place))
        if branch.parent == branch_id
        else branch
        for branch in branches
        if branch.id != branch_id
    )


def children_of(branches: Sequence[Branch], branch_id: str) -> tuple[str, ...]:
    """The ids of those that depart from a branch."""
    return tuple(branch.id for branch in branches if branch.parent == branch_id)


def without_begun(branches: tuple[Branch, ...], begun: Branch) -> tuple[Branch, ...]:
    """The branches without one that was just begun, unless somebody named it, kept it, or departed from it."""
    now = found(branches, begun.id)
    is_untouched = now is not None and not now.is_kept and now.name == begun.name
    return without(branches, begun.id) if is_untouched and not children_of(branches, begun.id) else branches


def tidied(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """No branches at all where only the first one is left, and nobody named or kept it."""
    if len(branches) == 1 and branches[0].id == TRUNK and not branches[0].name and not branches[0].is_kept:
        return ()
    return branches


def parent_for(
    branches: Sequence[Branch], branch_id: str, place: int, shares: Callable[[Branch], bool]
) -> str:
    """Of which branch a new one departs at a place of the one on show: the first that has the same text until there."""
    here = found(branches, branch_id)
    while here is not None and here.parent and place <= here.place:
        parent = found(branches, here.parent)
        if parent is None or not shares(parent):
            break
        here = parent
    return here.id if here is not None else branch_id


def with_room(branches: tuple[Branch, ...], needed: Sequence[str]) -> tuple[Branch, ...]:
    """The branches without the oldest that may go, until the rest keeps within the bounds; `needed` ids stay.

    Raises `BadInput` when those that have to stay leave no room.
    """
    sizes = {branch.id: len(branch.text.encode("utf-8")) for branch in branches}
    while len(branches) > MAX_BRANCHES or sum(sizes[branch.id] for branch in branches) > MAX_BRANCH_BYTES:
        oldest = next((one for one in branches if one.is_removable and one.id not in needed), None)
        if oldest is None:
            raise no_room()
        branches = without(branches, oldest.id)
    return branches


def no_room() -> BadInput:
    """What is said when there can be no further branch."""
    return BadInput("There is no room for more branches. Delete one, or no longer keep one.")
