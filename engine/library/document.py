"""What a person writes with a model: the text, who wrote which part of it, what the model offered, and a history.

A document never changes: every edit makes a new one. Positions count characters of `text`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from engine.errors import BadInput
from engine.library.strict_json import without_surrogates

Author = Literal["model", "person"]
Setting = bool | int | float | str

MAX_TEXT_CHARACTERS: Final = 2_000_000
MAX_EDITS: Final = 2_000
MAX_EDIT_CHARACTERS: Final = 2_000_000
MAX_CANDIDATES: Final = 200
MAX_CANDIDATE_CHARACTERS: Final = 1_000_000


@dataclass(frozen=True)
class Span:
    """The characters [start, stop) and who wrote them."""

    start: int
    stop: int
    author: Author


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The model that writes: a run of the library, or the name of an exported file; and its title."""

    run: str = ""
    file: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What was taken out at a position and put in there. removed_spans: who had written what was removed, from 0."""

    position: int
    removed: str
    inserted: str
    author: Author
    removed_spans: tuple[Span, ...] = ()

    @property
    def size(self) -> int:
        """Characters that the history holds for it."""
        return len(self.removed) + len(self.inserted)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A continuation that the model offered. prompt: the end of what it read; created: when, as `utc_now`."""

    text: str
    prompt: str = ""
    seed: int = 0
    temperature: float = 0.0
    created: str = ""
    origin: Origin = field(default_factory=Origin)
    is_starred: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document. Use `edited`, `undone` and `redone` to change its text, `dataclasses.replace` for the rest.

    spans: ascending, without gaps, all of the text; settings: how the model writes; edits: at most 2,000 of 2,000,000
    characters in all, of which the first `num_done` are done and the others undone.
    """

    title: str
    text: str = ""
    spans: tuple[Span, ...] = ()
    origin: Origin = field(default_factory=Origin)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    edits: tuple[Edit, ...] = ()
    num_done: int = 0
    created: str = ""
    changed: str = ""

    def __post_init__(self) -> None:
        if not covers(self.spans, len(self.text)):
            raise ValueError("the spans of a document cover its text")
        if not 0 <= self.num_done <= len(self.edits):
            raise ValueError("a document has no more edits done than there are")

    @property
    def next_undo(self) -> Edit | None:
        """The edit that `undone` takes back."""
        return self.edits[self.num_done - 1] if self.num_done else None

    @property
    def next_redo(self) -> Edit | None:
        """The edit that `redone` makes again."""
        return self.edits[self.num_done] if self.num_done < len(self.edits) else None

    def edited(
        self, position: int, num_removed: int, inserted: str, author: Author = "person", *, joins: bool = False
    ) -> "Document":
        """The document with `num_removed` characters at a position replaced. What was undone is forgotten.

        joins: an insertion right behind the last one, by the same author, becomes a part of it, to be undone with it
        (typing, a model that writes). Raises `BadInput` when the text becomes too long.
        """
        inserted = without_surrogates(inserted)
        stop = min(position + num_removed, len(self.text))
        if not 0 <= position <= stop:
            raise ValueError(f"a text of {len(self.text)} characters has no position {position}")
        if len(self.text) - (stop - position) + len(inserted) > MAX_TEXT_CHARACTERS:
            raise BadInput(
                "A text here can have at most {count} characters. Begin a new one.", count=MAX_TEXT_CHARACTERS
            )
        edit = Edit(
            position=position,
            removed=self.text[position:stop],
            inserted=inserted,
            author=author,
            removed_spans=_within(self.spans, position, stop, shift=-position),
        )
        if not edit.size:
            return self
        done = self.edits[: self.num_done]
        last = done[-1] if done else None
        if joins and last is not None and _continues(edit, last):
            done = (*done[:-1], replace(last, inserted=last.inserted + inserted))
        else:
            done = (*done, edit)
        edits = _newest(done)
        return replace(self._with_made(edit), edits=edits, num_done=len(edits))

    def undone(self) -> "Document":
        """The document before its last edit; itself when there is nothing to undo."""
        edit = self.next_undo
        if edit is None:
            return self
        stop = edit.position + len(edit.inserted)
        if self.text[edit.position : stop] != edit.inserted:
            return self._without_history()
        spans = [Span(s.start + edit.position, s.stop + edit.position, s.author) for s in edit.removed_spans]
        made = self._with_replaced(edit.position, stop, edit.removed, spans)
        return replace(made, num_done=self.num_done - 1)

    def redone(self) -> "Document":
        """The document after the edit that was undone last; itself when there is none."""
        edit = self.next_redo
        if edit is None:
            return self
        if self.text[edit.position : edit.position + len(edit.removed)] != edit.removed:
            return self._without_history()
        return replace(self._with_made(edit), num_done=self.num_done + 1)

    def with_candidate(self, candidate: Candidate) -> "Document":
        """The document with one more candidate; beyond 200, or 1,000,000 characters, the oldest without a star go.

        Raises `BadInput` when the starred ones leave no room.
        """
        text, prompt = without_surrogates(candidate.text), without_surrogates(candidate.prompt)
        kept = [*self.candidates, replace(candidate, text=text, prompt=prompt)]
        while len(kept) > MAX_CANDIDATES or sum(len(c.text) + len(c.prompt) for c in kept) > MAX_CANDIDATE_CHARACTERS:
            oldest = next((index for index, other in enumerate(kept[:-1]) if not other.is_starred), None)
            if oldest is None:
                raise BadInput("There is no room for more candidates. Remove some, or take the star from some.")
            del kept[oldest]
        return replace(self, candidates=tuple(kept))

    def without_candidate(self, index: int) -> "Document":
        """The document without one of its candidates."""
        return replace(self, candidates=self.candidates[:index] + self.candidates[index + 1 :])

    def with_star(self, index: int, is_starred: bool) -> "Document":
        """The document with a star for one of its candidates, or without it."""
        starred = replace(self.candidates[index], is_starred=is_starred)
        return replace(self, candidates=(*self.candidates[:index], starred, *self.candidates[index + 1 :]))

    def _with_made(self, edit: Edit) -> "Document":
        stop = edit.position + len(edit.removed)
        span = Span(edit.position, edit.position + len(edit.inserted), edit.author)
        return self._with_replaced(edit.position, stop, edit.inserted, [span])

    def _with_replaced(self, start: int, stop: int, text: str, spans: Sequence[Span]) -> "Document":
        shift = len(text) - (stop - start)
        before, after = _within(self.spans, 0, start), _within(self.spans, stop, len(self.text), shift=shift)
        return replace(self, text=self.text[:start] + text + self.text[stop:], spans=_merged([*before, *spans, *after]))

    def _without_history(self) -> "Document":
        """The history is that of another text: somebody changed the file."""
        return replace(self, edits=(), num_done=0)


def covers(spans: Sequence[Span], length: int) -> bool:
    """Whether spans are ascending and leave out none of so many characters."""
    stops, starts = [0, *(span.stop for span in spans)], [*(span.start for span in spans), length]
    return stops == starts and all(span.start < span.stop for span in spans)


def _continues(edit: Edit, last: Edit) -> bool:
    is_behind = edit.position == last.position + len(last.inserted)
    return is_behind and not edit.removed and bool(last.inserted) and edit.author == last.author


def _newest(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The last edits that the bounds of the history leave room for."""
    edits = edits[-MAX_EDITS:]
    room = MAX_EDIT_CHARACTERS
    for index in range(len(edits) - 1, -1, -1):
        room -= edits[index].size
        if room < 0:
            return edits[index + 1 :]
    return edits


def _within(spans: Iterable[Span], start: int, stop: int, *, shift: int = 0) -> tuple[Span, ...]:
    """The parts of spans in [start, stop), moved by `shift`."""
    return tuple(
        Span(max(span.start, start) + shift, min(span.stop, stop) + shift, span.author)
        for span in spans
        if max(span.start, start) < min(span.stop, stop)
    )


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans without empty ones, neighbours of one author joined."""
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].author == span.author and merged[-1].stop == span.start:
            merged[-1] = Span(merged[-1].start, span.stop, span.author)
        elif span.stop > span.start:
            merged.append(span)
    return tuple(merged)
