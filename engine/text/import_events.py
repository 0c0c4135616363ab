"""What happens during an import, told as it happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.text.sources import Problem

Stage = Literal["reading", "cleaning", "measuring"]


@dataclass(frozen=True, kw_only=True)
class ImportProgressed:
    """How far the import of one corpus is. done_bytes and total_bytes count both looks at every file."""

    stage: Stage
    done_bytes: int
    total_bytes: int
    remaining_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class ProblemFound:
    """A file is left out, or something about it is remarkable; the import goes on."""

    problem: Problem


@dataclass(frozen=True, kw_only=True)
class CorpusImported:
    """A corpus is complete on the disk. is_new: false when the same texts had been imported before in the same way."""

    corpus: str
    title: str
    is_new: bool
    report: Mapping[str, Any]


ImportEvent = ImportProgressed | ProblemFound | CorpusImported
