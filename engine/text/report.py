"""What a person is told about an imported corpus."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from engine.errors import message_record
from engine.import_events import Change, Problem
from engine.text.counting import Census

_RARE_BELOW: Final = 10
_MAX_LISTED_CHARACTERS: Final = 5_000
_MAX_LISTED_RARE: Final = 200
_MAX_LISTED_PROBLEMS: Final = 200


@dataclass(frozen=True, kw_only=True)
class PartCounts:
    """Sizes of one text. words: runs of anything but spaces, tabs and line ends."""

    bytes: int
    characters: int
    words: int
    lines: int
    character_kinds: int
    word_kinds: int
    has_more_word_kinds: bool


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """counts: of text.utf8 alone; other_parts: of valid.utf8 and test.utf8, where they are.

    characters: the most frequent kinds of text.utf8 with their counts, up to 5,000; rare_characters: those below 10
    occurrences, rarest first, up to 200 of num_rare_characters. references and leakage: of the default split.
    """

    counts: PartCounts
    other_parts: Mapping[str, PartCounts] = field(default_factory=dict)
    characters: Mapping[str, int] = field(default_factory=dict)
    num_rare_characters: int = 0
    rare_characters: Sequence[str] = ()
    changes: Sequence[Change] = ()
    problems: Sequence[Problem] = ()
    num_problems: int = 0
    references: Mapping[str, Any] = field(default_factory=dict)
    leakage: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values; the sentences of problems as `message_record` stores them."""
        plain = asdict(self)
        plain["problems"] = [
            {"name": problem.name, **message_record("reason", problem.reason), "is_refused": problem.is_refused}
            for problem in self.problems
        ]
        return plain


def report_of(
    censuses: Mapping[str, Census],
    changes: Sequence[Change],
    problems: Sequence[Problem],
    references: Mapping[str, Any],
    leakage: Mapping[str, Any],
) -> ImportReport:
    """The report for the censuses of a corpus' parts, by name ("text", "valid", "test")."""
    characters = censuses["text"].characters()
    rare = [character for character, count in reversed(characters.items()) if count < _RARE_BELOW]
    return ImportReport(
        counts=_counts(censuses["text"], len(characters)),
        other_parts={name: _counts(census) for name, census in censuses.items() if name != "text"},
        characters=dict(list(characters.items())[:_MAX_LISTED_CHARACTERS]),
        num_rare_characters=len(rare),
        rare_characters=rare[:_MAX_LISTED_RARE],
        changes=list(changes),
        problems=list(problems[:_MAX_LISTED_PROBLEMS]),
        num_problems=len(problems),
        references=references,
        leakage=leakage,
    )


def _counts(census: Census, num_kinds: int | None = None) -> PartCounts:
    return PartCounts(
        bytes=census.num_bytes,
        characters=census.num_characters,
        words=census.num_words,
        lines=census.num_lines,
        character_kinds=len(census.characters()) if num_kinds is None else num_kinds,
        word_kinds=census.num_word_kinds,
        has_more_word_kinds=census.has_more_word_kinds,
    )
