"""Writing with a model as the window sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.errors import Message
from engine.library.document import Author, Candidate, Document, Edit, Origin, Setting, Span
from workbench.bridge.protocols.jobs import Failure, Job

__all__ = [
    "Author", "Candidate", "Document", "Edit", "HeldDocument", "ModelFacts", "ModelRead", "Origin", "PieceWritten",
    "Setting", "Span",
    "WriteRequest", "Writing", "WritingEntry", "WritingEvent", "Written",
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
class WriteRequest:
    """What shall be written, by the best state of a run or by the model of a file.

    num_words: after which it ends, at the end of a word; count: so many candidates at once, each with its own seed
    derived from `seed` (the first has `seed` itself).
    """

    run: str = ""
    file: str = ""
    prompt: str = ""
    num_words: int = 60
    temperature: float = 0.8
    seed: int = 1
    stop: str = ""
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class ModelRead:
    """The model is there and has read the prompt.

    seeds: of each candidate; replaced: what the model does not know in the prompt; notes: what was damaged.
    """

    seeds: tuple[int, ...] = ()
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
    """All that was written."""

    texts: tuple[str, ...]


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

    def read_facts(
        self, file: Path, on_done: Callable[[ModelFacts], None], on_failed: Callable[[Failure], None]
    ) -> Job:
        """What a model file says about itself."""
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
