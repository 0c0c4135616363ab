"""What a person types, in steps that make sense to undo."""

import time

from workbench.bridge.protocols.writing import Document, Edit

PAUSE_SECONDS = 2.0  # typing after a longer one is a step of its own


class TypingSteps:
    """Makes letters that follow each other quickly one edit."""

    def __init__(self) -> None:
        self._edited_at = 0.0

    def typed(self, document: Document, place: int, num_removed: int, inserted: str) -> Document:
        """The document after something was typed. Raises BadInput if it is too much."""
        now = time.monotonic()
        is_burst = now - self._edited_at < PAUSE_SECONDS
        self._edited_at = now
        last = document.next_undo
        joined = _joined_removal(last, place, num_removed, inserted) if is_burst and last is not None else None
        if joined is not None:
            return document.undone().edited(*joined, "")
        joins = is_burst and last is not None and not _ends_step(last.inserted, inserted)
        return document.edited(place, num_removed, inserted, joins=joins)

    def end(self) -> None:
        """What is typed next is a step of its own."""
        self._edited_at = 0.0


def _joined_removal(last: Edit, place: int, num_removed: int, inserted: str) -> tuple[int, int] | None:
    """Place and length of two removals that follow each other, by the backspace or the delete key."""
    if inserted or num_removed != 1 or last.inserted or last.author != "person" or last.move is not None:
        return None
    if place + 1 == last.position:
        return place, len(last.removed) + 1
    return (place, len(last.removed) + 1) if place == last.position else None


def _ends_step(before: str, inserted: str) -> bool:
    """Whether typing goes on as a new step for undo: with a new line or a new sentence."""
    return before.endswith("\n") or before[-2:] in (". ", "? ", "! ") or len(inserted) > 1 or not before
