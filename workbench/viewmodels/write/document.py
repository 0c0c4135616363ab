"""The document that is open: what the person and the model do to it, and how it reaches the disk."""

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import Author, Candidate, Document, Edit, HeldDocument, Origin, Setting
from workbench.viewmodels.write.positions import (
    UnitMap,
    changed_part,
    num_units,
    place_at,
    place_from,
    plain_lines,
    unit_at,
)
from workbench.words import tr

SAVE_MILLISECONDS = 1000
PAUSE_SECONDS = 2.0  # typing after a longer one is a step of its own for undo
LONGEST_TITLE = 40  # letters of a title that is taken from the text
TITLED = "is_titled"


class OpenDocument(QObject):
    """One document, from its first letter on. Positions in signals and arguments are Qt's, in UTF-16 units.

    text_replaced: by anybody but the editor that shows it: position, units taken out, text put in; text_reset: show all
    of it anew; changed: text, title, candidates or history are others; saved: it is on the disk; failed: it is not.
    """

    text_replaced = Signal(int, int, str)
    text_reset = Signal()
    changed = Signal()
    candidates_changed = Signal()
    saved = Signal()
    failed = Signal(object)  # Failure

    def __init__(self, held: HeldDocument, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = held
        self._document = document
        self._saved = document
        self._is_saving = False
        self._edited_at = 0.0
        self._ranges: tuple[Document, list[tuple[int, int]]] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)

    @property
    def id(self) -> str:
        """Its id; empty before it was saved for the first time."""
        return self._held.id

    @property
    def document(self) -> Document:
        """How it stands."""
        return self._document

    @property
    def is_saved(self) -> bool:
        """Whether all of it is on the disk; an empty new one needs no disk."""
        return self._document is self._saved or self.is_blank

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been written in it yet."""
        return not self.id and not self._document.text and not self._document.edits and not self._document.candidates

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
        """Where the model wrote: ascending ranges of positions."""
        if self._ranges is None or self._ranges[0].spans is not self._document.spans:
            units = UnitMap(self._document.text)
            spans = [span for span in self._document.spans if span.author == "model"]
            ranges = [(units.unit_at(span.start), units.unit_at(span.stop)) for span in spans]
            self._ranges = self._document, ranges
        return self._ranges[1]

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

    def write(self, place: int, text: str, author: Author, *, joins: bool = False) -> None:
        """Put text in at a character; `joins`: as a part of what was put in last. Raises BadInput if it is too much."""
        unit = self.unit_at(place)
        self._become(self._document.edited(place, 0, text, author, joins=joins))
        self.text_replaced.emit(unit, 0, text)

    def undo(self) -> None:
        """Take back what was done last."""
        edit = self._document.next_undo
        if edit is not None:
            self._step(edit, self._document.undone(), edit.inserted, edit.removed)

    def redo(self) -> None:
        """Do again what was taken back."""
        edit = self._document.next_redo
        if edit is not None:
            self._step(edit, self._document.redone(), edit.removed, edit.inserted)

    def rename(self, title: str) -> None:
        """Give it a title of the person's own."""
        self._become(replace(self._document, title=title, settings={**self._document.settings, TITLED: True}))

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
        place = self._place_of(candidate, caret)
        last = self._document.next_undo
        if last is not None and last.position == place and not last.removed and self._is_candidate(last):
            self.undo()
        text = plain_lines(candidate.text)
        self.write(place, text, "model")
        return place + len(text)

    def save(self) -> None:
        """Write it on a thread, if there is something new."""
        self._timer.stop()
        if self.is_saved or self._is_saving:
            return
        self._is_saving = True
        document = self._document
        self._held.save(document, lambda: self._on_save_done(document), self._on_save_failed)

    def close(self) -> None:
        """Write what is new and let others have it. Raises TextloomError; it is still open then."""
        self._timer.stop()
        if not self.is_saved:
            self._held.save_now(self._document)
            self._saved = self._document
        self._held.release()

    def save_now(self) -> None:
        """Write what is new and return when it is on the disk; a failure is told."""
        self._timer.stop()
        if self.is_saved:
            return
        document = self._document
        try:
            self._held.save_now(document)
        except TextloomError as error:
            self.failed.emit(Failure(error.message))
        else:
            self._saved = document

    def _edit(self, place: int, num_removed: int, inserted: str) -> None:
        document, now = self._document, time.monotonic()
        is_burst = now - self._edited_at < PAUSE_SECONDS
        self._edited_at = now
        last = document.next_undo
        joined = _joined_removal(last, place, num_removed, inserted) if is_burst and last is not None else None
        try:
            if joined is not None:
                document = document.undone().edited(*joined, "")
            else:
                joins = is_burst and last is not None and not _ends_step(last.inserted, inserted)
                document = document.edited(place, num_removed, inserted, joins=joins)
        except TextloomError as error:
            self.failed.emit(Failure(error.message))
            self.text_reset.emit()
            return
        self._become(document)

    def _step(self, edit: Edit, document: Document, taken: str, put: str) -> None:
        unit = self.unit_at(edit.position)
        is_sound = len(document.text) == len(self._document.text) - len(taken) + len(put)
        self._edited_at = 0.0
        self._become(document)
        if is_sound:
            self.text_replaced.emit(unit, num_units(taken), put)
        else:
            self.text_reset.emit()

    def _become(self, document: Document) -> None:
        self._document = self._titled(document)
        self._timer.start()
        self.changed.emit()

    def _titled(self, document: Document) -> Document:
        """With a title from the beginning of its text, unless the person gave it one."""
        if document.settings.get(TITLED) or document.text is self._document.text:
            return document
        return replace(document, title=title_of(document.text))

    def _place_of(self, candidate: Candidate, caret: int) -> int:
        text, prompt = self._document.text, candidate.prompt
        if not prompt or text[:caret].endswith(prompt):
            return caret
        found = text.rfind(prompt)
        return caret if found < 0 else found + len(prompt)

    def _is_candidate(self, edit: Edit) -> bool:
        texts = (plain_lines(candidate.text) for candidate in self._document.candidates)
        return edit.author == "model" and edit.inserted in texts

    def _on_timer_ticked(self) -> None:
        self.save()

    def _on_save_done(self, document: Document) -> None:
        self._is_saving = False
        self._saved = document
        if self.is_saved:
            self.saved.emit()
        else:
            self._timer.start()

    def _on_save_failed(self, failure: Failure) -> None:
        self._is_saving = False
        self.failed.emit(failure)


def title_of(text: str) -> str:
    """A title from the beginning of a text."""
    words = text[:400].split("\n\n")[0].split() or text[:400].split()
    title = ""
    for word in words:
        if len(title) + len(word) + 1 > LONGEST_TITLE:
            break
        title = f"{title} {word}".strip()
    title = title.rstrip(",;:-–—")
    return title or (words[0][:LONGEST_TITLE] if words else tr("New text"))


def _joined_removal(last: Edit, place: int, num_removed: int, inserted: str) -> tuple[int, int] | None:
    """Place and length of two removals that follow each other, by the backspace or the delete key."""
    if inserted or num_removed != 1 or last.inserted or last.author != "person":
        return None
    if place + 1 == last.position:
        return place, len(last.removed) + 1
    return (place, len(last.removed) + 1) if place == last.position else None


def _ends_step(before: str, inserted: str) -> bool:
    """Whether typing goes on as a new step for undo: with a new line or a new sentence."""
    return before.endswith("\n") or before[-2:] in (". ", "? ", "! ") or len(inserted) > 1 or not before
