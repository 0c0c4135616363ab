"""Writing with a model as the window sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.errors import Message
from engine.library.document import Author, Branch, Candidate, Document, Edit, Origin, Setting, Source, Span
from engine.library.passages import part_that_differs
from workbench.bridge.protocols.asking import (
    Alternative,
    Alternatives,
    AlternativesRequest,
    CopiedPassage,
    CopyReport,
    CopyRequest,
    FillRequest,
    GapCandidate,
    IndexProgress,
    MilestoneText,
    MixKind,
    MixPart,
    ModelRef,
    ModelRequest,
    NextRequest,
    NextToken,
    ScoreRequest,
    ScoresCame,
    Suggestion,
    SuggestRequest,
    TimeTravelRequest,
    TokenScore,
    WriteRequest,
    prompt_before,
)
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.judging import JudgeEvent, JudgeRequest

__all__ = [
    "Alternative",
    "Alternatives",
    "AlternativesRequest",
    "Author", "Branch", "Candidate", "CopiedPassage", "CopyReport", "CopyRequest", "Document", "Edit",
    "FillRequest", "GapCandidate", "HeldDocument", "IndexProgress", "MilestoneText", "MixKind", "MixPart",
    "ModelFacts", "ModelRead", "ModelRef", "ModelRequest", "NextRequest", "NextToken", "Origin", "PieceWritten",
    "ScoreRequest", "ScoresCame", "Setting", "Source", "Span", "SuggestRequest", "Suggestion", "TimeTravelRequest",
    "TokenScore", "WriteRequest", "Writing", "WritingEntry", "WritingEvent", "Written", "part_that_differs",
    "prompt_before",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WritingEntry:
    """A document as a list shows it. beginning: its first characters; model: the title of the one that wrote in it."""

    id: str
    title: str
    changed: str = ""
    beginning: str = ""
    num_characters: int = 0
    model: str = ""
    problem: Message | None = None


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """What a model file says about its model: what it reads (char, byte, word), and figures of its training."""

    title: str
    tokens: str
    num_parameters: int
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class ModelRead:
    """The model is there and has read the prompt.

    seeds: of each candidate; created: when; replaced: what the model does not know in the prompt; notes: what was
    damaged.
    """

    seeds: tuple[int, ...] = ()
    created: str = ""
    replaced: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PieceWritten:
    """More of candidate `index`, the only one or one of several."""

    text: str
    index: int = 0


WritingEvent = ModelRead | PieceWritten


@dataclass(frozen=True, kw_only=True)
class Written:
    """All that was written, of each candidate.

    reasons: why each one ended: "length", "stop", "line", "sentence", "paragraph", "words" or "cancelled".
    """

    texts: tuple[str, ...]
    reasons: tuple[str, ...] = ()


class HeldDocument(Protocol):
    """A document of the library that this window alone writes, until it is released."""

    @property
    def id(self) -> str:
        """Its id; empty before it was saved for the first time."""
        ...

    def save(self, document: Document, on_done: Callable[[], None], on_failed: Callable[[Failure], None]) -> Job:
        """Write it on a thread. An older state never replaces a newer one."""
        ...

    def save_now(self, document: Document) -> None:
        """Write it and return when it is on the disk. Raises TextloomError."""
        ...

    def release(self) -> None:
        """Let others have it. It cannot be saved any more."""
        ...


class Writing(Protocol):
    """Models that write, and the documents that come of it."""

    def with_saved_state(self, run_ids: Sequence[str]) -> set[str]:
        """Those of these runs that have something to write with. Quick."""
        ...

    def write(
        self,
        request: WriteRequest,
        on_event: Callable[[WritingEvent], None],
        on_done: Callable[[Written], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None],
    ) -> Job:
        """Let a model write. Cancelled, it ends at once; what came until then came as pieces."""
        ...

    def preload(self, model: ModelRef) -> None:
        """Read a model that will soon be asked. Quiet: what is wrong with it is told when it is."""
        ...

    def live_runs(self) -> set[str]:
        """The runs that train in this window now, which can be asked as they are. Quick."""
        ...

    def ask_next(
        self,
        request: NextRequest,
        on_done: Callable[[tuple[NextToken, ...]], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """The tokens that could come next, the likeliest before the settings first. A new question drops the old."""
        ...

    def ask_alternatives(
        self,
        request: AlternativesRequest,
        on_done: Callable[[Alternatives], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """What else could stand at a place of a text. A new question drops the old."""
        ...

    def suggest(
        self,
        request: SuggestRequest,
        on_done: Callable[[tuple[Suggestion, ...]], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """The likeliest next words. A new question drops the old."""
        ...

    def score(
        self,
        request: ScoreRequest,
        on_event: Callable[[ScoresCame], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """How probable a text is, token by token. A new question drops the old."""
        ...

    def find_copied(
        self,
        request: CopyRequest,
        on_event: Callable[[IndexProgress], None],
        on_done: Callable[[CopyReport], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """The passages of a text that stand in a corpus. A new question drops the old, but not an index half built."""
        ...

    def judge(
        self, request: JudgeRequest, on_event: Callable[[JudgeEvent], None], on_done: Callable[[], None]
    ) -> Job:
        """How likely texts are to their models, and how new they are; what cannot be told is left out.

        A new question drops the old.
        """
        ...

    def fill(
        self,
        request: FillRequest,
        on_event: Callable[[GapCandidate], None],
        on_done: Callable[[tuple[GapCandidate, ...]], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """Texts for a gap as they are written; all of them in the end, the one that fits best first."""
        ...

    def milestones(self, run_id: str) -> tuple[int, ...]:
        """The steps at which a run's weights were kept, ascending. Quick."""
        ...

    def travel(
        self,
        request: TimeTravelRequest,
        on_event: Callable[[MilestoneText], None],
        on_done: Callable[[], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """The same prompt and seed over all milestones of a run, from the first on. A new question drops the old."""
        ...

    def read_facts(
        self, file: Path, on_done: Callable[[ModelFacts], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """What a model file says about itself."""
        ...

    def read_passage(
        self, file: Path, most: int, on_done: Callable[[str], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """The end of the text of a file of any kind that can be imported, `most` characters of it."""
        ...

    def install_demo(
        self, on_done: Callable[[str], None], on_failed: Callable[[Failure], None], *, is_first_start: bool = False
    ) -> Job:
        """Put the run that comes with Textloom into the library; `on_done` gets its id.

        is_first_start: only if nothing was ever kept in the library; the id is empty else.
        """
        ...

    def list_documents(
        self, on_done: Callable[[list[WritingEntry]], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """All documents, the one that was changed last first."""
        ...

    def new_document(self) -> HeldDocument:
        """A document that is nowhere until it is saved for the first time."""
        ...

    def open_document(
        self,
        writing_id: str,
        on_done: Callable[[HeldDocument, Document], None],
        on_failed: Callable[[Failure], None],
    ) -> Job:
        """Read a document and hold it, so that nobody else writes it."""
        ...

    def trash(self, writing_id: str) -> Path:
        """Move a document that nobody holds to the trash; returns its place there. Raises TextloomError."""
        ...

    def restore(self, place: Path) -> None:
        """Bring a document back from the trash. Raises TextloomError."""
        ...

    def export_text(
        self, text: str, path: Path, on_done: Callable[[], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """Write a UTF-8 file; an existing one is replaced."""
        ...
