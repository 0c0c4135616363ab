"""Writing with models for the window."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from weakref import WeakSet

from engine.errors import BadInput
from engine.library.document import Document
from engine.library.files import write_text
from engine.library.library import Library
from engine.library.runs import POINTERS
from workbench.bridge import asking
from workbench.bridge.alternatives import ask_alternatives
from workbench.bridge.copy_indexes import CopyIndexes
from workbench.bridge.demo import install_demo, is_untouched
from workbench.bridge.folder_document import FolderDocument, writing_entry
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.judging import judge
from workbench.bridge.live import LiveRuns
from workbench.bridge.protocols.asking import (
    Alternatives,
    AlternativesRequest,
    CopyReport,
    CopyRequest,
    FillRequest,
    GapCandidate,
    IndexProgress,
    MilestoneText,
    ModelRef,
    ModelRequest,
    NextRequest,
    NextToken,
    ScoreRequest,
    ScoresCame,
    Suggestion,
    SuggestRequest,
    TimeTravelRequest,
    WriteRequest,
)
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.judging import JudgeEvent, JudgeRequest
from workbench.bridge.protocols.writing import ModelFacts, WritingEntry, WritingEvent, Written
from workbench.bridge.writers import IsCancelled, Writers

OnFailed = Callable[[Failure], None]


class LibraryWriting:
    """See the protocol `Writing`."""

    def __init__(self, library: Library, jobs: ThreadJobs, live: LiveRuns) -> None:
        self._library = library
        self._jobs = jobs
        self._live = live
        self._writers = Writers(library, live)
        self._copies = CopyIndexes(library)
        self._open: WeakSet[FolderDocument] = WeakSet()

    def with_saved_state(self, run_ids: Sequence[str]) -> set[str]:
        """Those of these runs that have something to write with."""
        runs = self._library.runs_path
        return {run for run in run_ids if any((runs / run / pointer).exists() for pointer in POINTERS)}

    def live_runs(self) -> set[str]:
        """The runs that train in this window now."""
        return self._live.ids()

    def preload(self, model: ModelRef) -> None:
        """Read a model that will soon be asked; one that trains is read when it is."""

        def work(is_cancelled: IsCancelled) -> None:
            if not model.is_live:
                self._writers.asked(ModelRequest(model=model), is_cancelled)

        self._jobs.start("preload", work, needs="numpy")

    def write(
        self,
        request: WriteRequest,
        on_event: Callable[[WritingEvent], None],
        on_done: Callable[[Written], None],
        on_failed: OnFailed,
        on_cancelled: Callable[[], None],
    ) -> ThreadJob:
        """Let a model write; see the protocol."""
        return self._jobs.start(
            "write", partial(asking.write, self._writers, request), on_event=on_event, on_done=on_done,
            on_failed=on_failed, on_cancelled=on_cancelled, needs="numpy",
        )  # fmt: skip

    def ask_next(
        self, request: NextRequest, on_done: Callable[[tuple[NextToken, ...]], None], on_failed: OnFailed
    ) -> ThreadJob:
        """The tokens that could come next."""
        work = partial(asking.ask_next, self._writers, request)
        return self._jobs.start("next", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def ask_alternatives(
        self, request: AlternativesRequest, on_done: Callable[[Alternatives], None], on_failed: OnFailed
    ) -> ThreadJob:
        """What else could stand at a place of a text."""
        work = partial(ask_alternatives, self._writers, request)
        return self._jobs.start("alternatives", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def suggest(
        self, request: SuggestRequest, on_done: Callable[[tuple[Suggestion, ...]], None], on_failed: OnFailed
    ) -> ThreadJob:
        """The likeliest next words."""
        work = partial(asking.suggest, self._writers, request)
        return self._jobs.start("suggest", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def score(
        self,
        request: ScoreRequest,
        on_event: Callable[[ScoresCame], None],
        on_done: Callable[[], None],
        on_failed: OnFailed,
    ) -> ThreadJob:
        """How probable a text is."""
        return self._jobs.start(
            "score", partial(asking.score, self._writers, request), on_event=on_event, on_done=lambda _: on_done(),
            on_failed=on_failed, needs="numpy",
        )  # fmt: skip

    def find_copied(
        self,
        request: CopyRequest,
        on_event: Callable[[IndexProgress], None],
        on_done: Callable[[CopyReport], None],
        on_failed: OnFailed,
    ) -> ThreadJob:
        """What of a text stands in a corpus; see the protocol."""
        return self._jobs.start(
            "copied", partial(self._copies.find, request), on_event=on_event, on_done=on_done, on_failed=on_failed,
            needs="numpy",
        )  # fmt: skip

    def judge(
        self, request: JudgeRequest, on_event: Callable[[JudgeEvent], None], on_done: Callable[[], None]
    ) -> ThreadJob:
        """How likely and how new some texts are; see the protocol."""
        work = partial(judge, self._writers, self._copies, request)
        return self._jobs.start(
            "judge", work, on_event=on_event, on_done=lambda _: on_done(), needs="numpy"
        )

    def fill(
        self,
        request: FillRequest,
        on_event: Callable[[GapCandidate], None],
        on_done: Callable[[tuple[GapCandidate, ...]], None],
        on_failed: OnFailed,
    ) -> ThreadJob:
        """Texts for a gap."""
        work = partial(asking.fill, self._writers, request)
        return self._jobs.start(
            "fill", work, on_event=on_event, on_done=on_done, on_failed=on_failed, needs="numpy"
        )

    def milestones(self, run_id: str) -> tuple[int, ...]:
        """The steps at which a run's weights were kept."""
        return tuple(self._library.run(run_id).milestone_steps())

    def travel(
        self,
        request: TimeTravelRequest,
        on_event: Callable[[MilestoneText], None],
        on_done: Callable[[], None],
        on_failed: OnFailed,
    ) -> ThreadJob:
        """One prompt over all milestones of a run."""
        steps = request.steps or self.milestones(request.run)
        work = partial(asking.travel, self._writers, request, steps)
        return self._jobs.start(
            "travel", work, on_event=on_event, on_done=lambda _: on_done(), on_failed=on_failed, needs="numpy"
        )

    def read_facts(
        self, file: Path, on_done: Callable[[ModelFacts], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """What a model file says about itself."""

        def work(_: Callable[[], bool]) -> ModelFacts:
            from engine.models.build import num_parameters
            from engine.models.model_file import read_description

            found = read_description(file)
            vocabulary_size = found.tokenizer.vocabulary_size
            return ModelFacts(
                title=found.title or file.stem,
                tokens=found.tokenizer.kind,
                num_parameters=num_parameters(found.configuration.model, vocabulary_size),
                accuracy=found.counts.get("accuracy"),
            )

        return self._jobs.start("model file", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def read_passage(
        self, file: Path, most: int, on_done: Callable[[str], None], on_failed: OnFailed
    ) -> ThreadJob:
        """The end of the text of a file."""

        def work(_: Callable[[], bool]) -> str:
            from engine.text.reading import read_text_file

            text, _problems = read_text_file(file)
            passage = text[-most:]
            if not passage.strip():
                raise BadInput("{name} holds no text.", name=file.name)
            return passage

        return self._jobs.start("passage", work, on_done=on_done, on_failed=on_failed, needs="numpy")

    def install_demo(
        self, on_done: Callable[[str], None], on_failed: Callable[[Failure], None], *, is_first_start: bool = False
    ) -> ThreadJob:
        """Put the run that comes with Textloom into the library; see the protocol."""

        def work(_: Callable[[], bool]) -> str:
            return "" if is_first_start and not is_untouched(self._library) else install_demo(self._library)

        return self._jobs.start(
            "demo", work, on_done=on_done, on_failed=on_failed, is_exclusive=False, needs="numpy"
        )

    def list_documents(
        self, on_done: Callable[[list[WritingEntry]], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """All documents, the one that was changed last first."""

        def work(_: Callable[[], bool]) -> list[WritingEntry]:
            return [writing_entry(entry) for entry in self._library.list_writings() if not entry.is_unfinished]

        return self._jobs.start("documents", work, on_done=on_done, on_failed=on_failed)

    def new_document(self) -> FolderDocument:
        """A document that is nowhere until it is saved for the first time."""
        return self._kept(FolderDocument(self._library, self._jobs))

    def open_document(
        self,
        writing_id: str,
        on_done: Callable[[FolderDocument, Document], None],
        on_failed: Callable[[Failure], None],
    ) -> ThreadJob:
        """Read a document and hold it."""

        def work(_: Callable[[], bool]) -> tuple[FolderDocument, Document]:
            folder = self._library.writing(writing_id)
            if not folder.path.is_dir():
                raise BadInput("This document is no longer there. Open another one, or begin a new one.")
            held = self._kept(FolderDocument(self._library, self._jobs, folder))
            return held, folder.read()

        # Not exclusive: a job that is dropped would hold its document for ever.
        return self._jobs.start(
            "open document", work, on_done=lambda pair: on_done(*pair), on_failed=on_failed, is_exclusive=False
        )

    def trash(self, writing_id: str) -> Path:
        """Move a document that nobody holds to the trash."""
        return self._library.trash(self._library.writing(writing_id).path)

    def restore(self, place: Path) -> None:
        """Bring a document back from the trash."""
        self._library.restore(place)

    def export_text(
        self, text: str, path: Path, on_done: Callable[[], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """Write a UTF-8 file; an existing one is replaced."""

        def work(_: Callable[[], bool]) -> None:
            write_text(path, text)

        return self._jobs.start(
            "export text", work, on_done=lambda _: on_done(), on_failed=on_failed, is_exclusive=False
        )

    def let_go(self, corpus_id: str) -> None:
        """Hold no files of this corpus."""
        self._copies.let_go(corpus_id)

    def close(self) -> None:
        """Release what is still held, and build nothing further."""
        self._copies.close()
        for held in list(self._open):
            held.release()

    def _kept(self, held: FolderDocument) -> FolderDocument:
        self._open.add(held)
        return held
