"""The document that is open: what the person and the model do to it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import (
    Author,
    Candidate,
    Document,
    Edit,
    HeldDocument,
    Origin,
    Setting,
    Source,
)
from workbench.viewmodels.write.positions import (
    UnitMap,
    changed_part,
    num_units,
    place_at,
    place_from,
    plain_lines,
    unit_at,
)
from workbench.viewmodels.write.saving import Saving
from workbench.viewmodels.write.titles import named, titled
from workbench.viewmodels.write.typing_steps import TypingSteps


class OpenDocument(QObject):
    """One document, from its first letter on. Positions in signals and arguments are Qt's, in UTF-16 units; places are
    characters.

    text_replaced: by anybody but the editor that shows it: position, units taken out, text put in; text_reset: show all
    of it anew; changed: text, title, candidates, branches or history are others; branches_changed: another branch is on
    show, or there are others; room_made: these branches had to go (tuple of Branch); saved: it is on the disk; failed:
    something could not be done.
    """

    text_replaced = Signal(int, int, str)
    text_reset = Signal()
    changed = Signal()
    candidates_changed = Signal()
    branches_changed = Signal()
    room_made = Signal(object)
    saved = Signal()
    failed = Signal(object)  # Failure

    def __init__(self, held: HeldDocument, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._saving = Saving(held, document, self)
        self._saving.saved.connect(self.saved)
        self._saving.failed.connect(self.failed)
        self._steps = TypingSteps()
        self._ranges: tuple[Document, list[tuple[int, int]]] | None = None

    @property
    def id(self) -> str:
        """Its id; empty before it was saved for the first time."""
        return self._saving.id

    @property
    def document(self) -> Document:
        """How it stands."""
        return self._document

    @property
    def is_saved(self) -> bool:
        """Whether all of it is on the disk; an empty new one needs no disk."""
        return self._saving.is_saved

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been written in it yet."""
        return self._saving.is_blank

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self._document.next_undo is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return self._document.next_redo is not None

    @property
    def num_words(self) -> int:
        """Words of its text."""
        return len(self._document.text.split())

    def place_at(self, unit: int) -> int:
        """The character at a position of the editor."""
        return place_at(self._document.text, unit)

    def unit_at(self, place: int) -> int:
        """The position of a character in the editor."""
        return unit_at(self._document.text, place)

    def model_ranges(self) -> list[tuple[int, int]]:
        """Where the model wrote: ascending ranges of positions, one for each passage of one source."""
        if self._ranges is None or self._ranges[0].spans is not self._document.spans:
            units = UnitMap(self._document.text)
            spans = [span for span in self._document.spans if span.author == "model"]
            ranges = [(units.unit_at(span.start), units.unit_at(span.stop)) for span in spans]
            self._ranges = self._document, ranges
        return self._ranges[1]

    def author_at(self, unit: int) -> tuple[Author, Source | None]:
        """Who wrote the character at a position, and how it came about where that is known; the person at the end."""
        document, place = self._document, self.place_at(unit)
        for span in document.spans:
            if span.start <= place < span.stop:
                return span.author, document.sources[span.source] if span.source >= 0 else None
        return "person", None

    def take_edit(self, position: int, num_removed: int, inserted: str, num_units_now: int) -> None:
        """What the person did in the editor, whose text is so long now."""
        text = self._document.text
        start, stop = place_at(text, position), place_from(text, position + num_removed)
        inserted = plain_lines(inserted)
        skipped, removed, put = changed_part(text[start:stop], inserted)
        if removed or put:
            self._edit(start + skipped, removed, put)
        if num_units(self._document.text) != num_units_now:
            self.text_reset.emit()

    def write(
        self,
        place: int,
        text: str,
        author: Author,
        *,
        num_removed: int = 0,
        joins: bool = False,
        source: Source | None = None,
    ) -> None:
        """Put text in at a character, in the place of `num_removed` characters behind it.

        `joins`: as a part of what was put in last, or of the branch that was begun.

        Raises BadInput if it is too much.
        """
        unit, removed = self.unit_at(place), num_units(self._document.text[place : place + num_removed])
        self._become(self._document.edited(place, num_removed, text, author, joins=joins, source=source))
        self.text_replaced.emit(unit, removed, text)

    def undo(self) -> None:
        """Take back what was done last."""
        self._show(self._document.undone())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._show(self._document.redone())

    def rename(self, title: str) -> None:
        """Give it a title of the person's own."""
        self._become(named(self._document, title))

    def set_origin(self, origin: Origin) -> None:
        """Remember which model writes."""
        if origin != self._document.origin:
            self._become(replace(self._document, origin=origin))

    def set_setting(self, name: str, value: Setting) -> None:
        """Remember how the model writes."""
        if self._document.settings.get(name) != value:
            self._become(replace(self._document, settings={**self._document.settings, name: value}))

    def offer(self, candidates: list[Candidate]) -> None:
        """Keep new candidates and the starred ones of before."""
        kept = replace(self._document, candidates=tuple(c for c in self._document.candidates if c.is_starred))
        for candidate in candidates:
            kept = kept.with_candidate(candidate)
        self._become(kept)
        self.candidates_changed.emit()

    def star(self, index: int, is_starred: bool) -> None:
        """Keep a candidate when new ones come, or not."""
        self._become(self._document.with_star(index, is_starred))
        self.candidates_changed.emit()

    def dismiss_candidates(self) -> None:
        """Let all candidates without a star go."""
        self.offer([])

    def use_candidate(self, index: int, caret: int) -> int:
        """Put a candidate where it continues the text, else at a character; one used before it there gives way.

        Returns the character behind it. Raises BadInput if it is too much.
        """
        candidate = self._document.candidates[index]
        place = _place_of(candidate, self._document.text, caret)
        last = self._document.next_undo
        if last is not None and last.position == place and _is_used(last, self._document.candidates):
            self.undo()
        text = plain_lines(candidate.text)
        self.write(place, text, "model", source=candidate.source)
        return place + len(text)

    def begin_branch(self, place: int, name: str = "") -> None:
        """Keep the text as it is as a branch, and go on at a character in a new one. Raises BadInput without room.

        What is written there first with `joins` is one step with it.
        """
        self._move(self._document.branched(place, name))

    def show_branch(self, branch_id: str) -> int:
        """Show another branch; returns the character at which it differs. Raises BadInput without room."""
        return self._move(self._document.switched(branch_id))

    def rename_branch(self, branch_id: str, name: str) -> None:
        """Give a branch a name, or none."""
        self._become(self._document.renamed_branch(branch_id, name))

    def keep_branch(self, branch_id: str, is_kept: bool) -> None:
        """Let a branch never make room for others, or let it."""
        self._become(self._document.kept_branch(branch_id, is_kept))

    def delete_branch(self, branch_id: str) -> Callable[[], None]:
        """Let a branch go; what is returned brings it back, and on show if it was. Raises BadInput without room."""
        before = self._document
        gone, was_shown = before.branch_with(branch_id), before.branch == branch_id
        children = tuple(branch.id for branch in before.branches if branch.parent == branch_id)
        self._show(before.without_branch(branch_id))

        def restore() -> None:
            restored = self._document.with_branch(gone, children)
            self._show(restored.switched(branch_id) if was_shown else restored)

        return restore

    def save(self) -> None:
        """Write it on a thread, if there is something new."""
        self._saving.save()

    def close(self) -> None:
        """Write what is new and let others have it. Raises TextloomError; it is still open then."""
        self._saving.close()

    def save_now(self) -> None:
        """Write what is new and return when it is on the disk; a failure is told."""
        self._saving.save_now()

    def _edit(self, place: int, num_removed: int, inserted: str) -> None:
        try:
            document = self._steps.typed(self._document, place, num_removed, inserted)
        except TextloomError as error:
            self.failed.emit(Failure(error.message))
            self.text_reset.emit()
            return
        self._become(document)

    def _move(self, document: Document) -> int:
        """As `_show`; branches that had to make room are told."""
        kept = {branch.id for branch in document.branches}
        gone = tuple(branch for branch in self._document.branches if branch.id not in kept)
        place = self._show(document)
        if gone:
            self.room_made.emit(gone)
        return place

    def _show(self, document: Document) -> int:
        """Become a document whose text may be another; returns the character at which it differs."""
        before = self._document
        if document is before:
            return 0
        place, num_removed, inserted = changed_part(before.text, document.text)
        self._steps.end()
        self._become(document)
        if num_removed or inserted:
            removed = before.text[place : place + num_removed]
            self.text_replaced.emit(self.unit_at(place), num_units(removed), inserted)
        return place

    def _become(self, document: Document) -> None:
        before = self._document
        self._document = titled(document, before)
        self._saving.take(self._document)
        if document.branch != before.branch or document.branches is not before.branches:
            self.branches_changed.emit()
        self.changed.emit()


def _place_of(candidate: Candidate, text: str, caret: int) -> int:
    """Where a candidate continues a text; the caret where it does nowhere."""
    prompt = candidate.prompt
    if not prompt or text[:caret].endswith(prompt):
        return caret
    found = text.rfind(prompt)
    return caret if found < 0 else found + len(prompt)


def _is_used(edit: Edit, candidates: tuple[Candidate, ...]) -> bool:
    """Whether an edit put one of the candidates in."""
    texts = (plain_lines(candidate.text) for candidate in candidates)
    return edit.author == "model" and not edit.removed and edit.inserted in texts
