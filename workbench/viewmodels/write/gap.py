"""Filling a gap: texts that could stand at the caret, or in the place of what is marked, and fit what follows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.config.sampling import SamplingConfig
from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import FillRequest, GapCandidate, Setting, Source, Writing
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.write.controls import WritingControls
from workbench.viewmodels.write.document import OpenDocument
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoice, ModelChoices
from workbench.viewmodels.write.positions import plain_lines
from workbench.viewmodels.write.writer import ModelWriter

WORDS: Final = (1, 60)
USUAL_WORDS: Final = 6
NUM_PROPOSALS: Final = 6
CONTEXT: Final = 20  # letters that are shown on either side, at the most


@dataclass(frozen=True)
class Proposal:
    """A text for the gap between the nearest words around it."""

    before: str
    text: str
    after: str


@dataclass(frozen=True)
class _Gap:
    """The characters [start, stop) of a document in its present text."""

    document: OpenDocument
    model: ModelChoice
    start: int
    stop: int
    text: str


class GapFilling(QObject):
    """One gap at a time. changed: proposals have come, or none will; filled: the position behind what was put in."""

    changed = Signal()
    filled = Signal(int)

    def __init__(
        self,
        writing: Writing,
        documents: Documents,
        models: ModelChoices,
        writer: ModelWriter,
        controls: WritingControls,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._writing, self._documents, self._models = writing, documents, models
        self._writer, self._controls = writer, controls
        self._gap: _Gap | None = None
        self._job: Job | None = None
        self._failure: Failure | None = None
        self._found: Sequence[GapCandidate] = ()
        self._settings = SamplingConfig()
        self.num_words = USUAL_WORDS

    @property
    def is_looking(self) -> bool:
        """Whether proposals are on their way."""
        return self._job is not None

    @property
    def failure(self) -> str:
        """Why there are none; empty when nothing went wrong."""
        return sentence_of(self._failure) if self._failure is not None else ""

    @property
    def proposals(self) -> list[Proposal]:
        """What could stand there, the best first."""
        gap = self._gap
        if gap is None:
            return []
        before, after = _last_words(gap.text[: gap.start]), _first_words(gap.text[gap.stop :])
        return [Proposal(before, found.text, after) for found in self._found]

    def can_fill(self, stop: int) -> bool:
        """Whether there is a model, and something that follows a position of the editor."""
        document = self._documents.current
        rest = document.document.text[document.place_at(stop) :]
        return self._models.current is not None and not self._writer.is_busy and bool(rest.strip())

    def begin(self, start: int, stop: int) -> None:
        """Look for what could stand between two positions of the editor."""
        model, document = self._models.current, self._documents.current
        if model is None or not self.can_fill(stop):
            return
        text = document.document.text
        self._gap = _Gap(document, model, document.place_at(start), document.place_at(stop), text)
        marked = len(text[self._gap.start : self._gap.stop].split())
        self.num_words = min(marked, WORDS[1]) if marked else USUAL_WORDS
        self.look()

    def look(self, num_words: int | None = None) -> None:
        """Look for others, of so many words."""
        gap = self._gap
        if gap is None:
            return
        self._drop()
        if num_words is not None:
            self.num_words = min(max(num_words, WORDS[0]), WORDS[1])
        self._found, self._failure = (), None
        self._settings = replace(
            self._controls.sampling(), seed=self._controls.next_seed(), num_words=self.num_words, end_at="length"
        )
        request = FillRequest(
            model=gap.model.ref, before=gap.text[: gap.start], after=gap.text[gap.stop :], settings=self._settings,
            count=NUM_PROPOSALS,
        )  # fmt: skip
        request = self._controls.mixed(request)
        self._job = self._writing.fill(request, self._on_candidate_came, self._on_done, self._on_failed)
        self.changed.emit()

    def choose(self, index: int) -> None:
        """Put a proposal in, as one step of the model that can be taken back."""
        gap = self._gap
        if gap is None or gap.document is not self._documents.current or gap.document.document.text != gap.text:
            return
        found = self._found[index]
        text = plain_lines(found.text)
        try:
            gap.document.write(
                gap.start, text, "model", num_removed=gap.stop - gap.start, source=self._source(gap.model, found)
            )
        except TextloomError as error:
            self._failure = Failure(error.message)
            self.changed.emit()
            return
        self.leave()
        self.filled.emit(gap.document.unit_at(gap.start + len(text)))

    def leave(self) -> None:
        """Nothing shall be filled any more."""
        self._drop()
        self._gap, self._found = None, ()

    def _source(self, model: ModelChoice, found: GapCandidate) -> Source:
        plain, chosen = asdict(SamplingConfig()), asdict(self._settings)
        settings: dict[str, Setting] = {
            name: value
            for name, value in chosen.items()
            if name not in ("prompt", "style", "seed") and (value != plain[name] or name == "temperature")
        }
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Source(origin=model.origin, settings=settings, seed=found.seed, created=created)

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
            self._job = None

    def _on_candidate_came(self, candidate: GapCandidate) -> None:
        """They come all at once, when all are judged."""

    def _on_done(self, found: tuple[GapCandidate, ...]) -> None:
        self._job, self._found = None, tuple(one for one in found if one.text)
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._job, self._failure = None, failure
        self.changed.emit()


def _last_words(text: str) -> str:
    """The end of a text, cut at a word where one begins there."""
    if len(text) <= CONTEXT:
        return text
    end = text[-CONTEXT:]
    words = end[end.find(" ") + 1 :]
    return f"…{words if words.strip() else end}"


def _first_words(text: str) -> str:
    if len(text) <= CONTEXT:
        return text
    beginning = text[:CONTEXT]
    words = beginning[: max(beginning.rfind(" "), 0)]
    return f"{words if words.strip() else beginning}…"
