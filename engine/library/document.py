"""What a person writes with a model: the text, who wrote which part of it, its branches, what the model offered.

A document never changes: every edit makes a new one. Positions count characters of `text`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from engine.errors import BadInput
from engine.library.branched_text import BranchedText
from engine.library.branches import Branch
from engine.library.edits import Edit, Move
from engine.library.passages import Author, Origin, Setting, Source, Span, storable_settings
from engine.library.strict_json import without_surrogates

__all__ = [
    "Author", "Branch", "Candidate", "Document", "Edit", "Move", "Origin", "Setting", "Source", "Span",
]  # fmt: skip

MAX_CANDIDATES: Final = 200
MAX_CANDIDATE_CHARACTERS: Final = 1_000_000


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
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def source(self) -> Source:
        """How it came about."""
        settings = self.settings or {"temperature": self.temperature}
        return Source(origin=self.origin, settings=settings, seed=self.seed, created=self.created)


@dataclass(frozen=True, kw_only=True)
class Document(BranchedText):
    """One document. Change its text, branches and candidates by their methods, the rest by `dataclasses.replace`.

    settings: how the model writes; changed: when it was saved, as `utc_now`.
    """

    title: str
    origin: Origin = field(default_factory=Origin)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    changed: str = ""

    def with_candidate(self, candidate: Candidate) -> "Document":
        """The document with one more candidate; beyond 200, or 1,000,000 characters, the oldest without a star go.

        Raises `BadInput` when the starred ones leave no room.
        """
        text, prompt = without_surrogates(candidate.text), without_surrogates(candidate.prompt)
        settings = storable_settings(candidate.settings)
        kept = [*self.candidates, replace(candidate, text=text, prompt=prompt, settings=settings)]
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
