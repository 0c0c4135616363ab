"""The model at work: it continues the text, or offers several ways to go on."""

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.config.sampling import SamplingConfig
from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import (
    Candidate,
    ModelRead,
    PieceWritten,
    Setting,
    Source,
    WriteRequest,
    Writing,
    WritingEvent,
    Written,
    prompt_before,
)
from workbench.viewmodels.write.controls import WritingControls
from workbench.viewmodels.write.document import OpenDocument
from workbench.viewmodels.write.models import ModelChoice
from workbench.viewmodels.write.positions import plain_lines

KEPT_PROMPT = 200  # of these, what a candidate remembers, to find its place again
NOT_REMEMBERED = ("prompt", "style", "seed")  # by a passage: what is long, or is remembered otherwise

WriterState = Literal["idle", "reading", "writing"]


@dataclass
class _Task:
    """What is being written now, and where."""

    document: OpenDocument
    request: WriteRequest
    model: ModelChoice
    place: int
    num_replaced: int = 0
    num_written: int = 0
    texts: list[str] = field(default_factory=list)
    read: ModelRead = field(default_factory=ModelRead)

    @property
    def settings(self) -> dict[str, Setting]:
        """How it is written, as a passage remembers it: the temperature, and what is not as it is by default."""
        chosen = {name: value for name, value in asdict(self.request.settings).items() if name not in NOT_REMEMBERED}
        plain = asdict(SamplingConfig())
        return {name: value for name, value in chosen.items() if value != plain[name] or name == "temperature"}

    @cached_property
    def source(self) -> Source:
        """How a continuation came about; known when the model is read."""
        return Source(
            origin=self.model.origin, settings=self.settings, seed=self.request.settings.seed, created=self.read.created
        )


class ModelWriter(QObject):
    """One piece of writing at a time.

    changed: its state; drafts_changed: candidates that are being written; ended: what was written stands, the
    character behind it (-1 for candidates); remarked: what the model does not know, and what was damaged in it
    (messages); failed: why it ended.
    """

    changed = Signal()
    drafts_changed = Signal()
    ended = Signal(int)
    remarked = Signal(object, object)  # two tuples
    failed = Signal(object)  # Failure

    def __init__(self, writing: Writing, controls: WritingControls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writing, self._controls = writing, controls
        self._state: WriterState = "idle"
        self._task: _Task | None = None
        self._job: Job | None = None

    @property
    def state(self) -> WriterState:
        """What it does."""
        return self._state

    @property
    def is_busy(self) -> bool:
        """Whether it reads or writes."""
        return self._state != "idle"

    @property
    def drafts(self) -> list[str]:
        """The candidates as far as they are written; empty when none are."""
        return self._task.texts if self._task is not None and self._task.request.count > 1 else []

    @property
    def prompt(self) -> str:
        """What is continued."""
        return self._task.request.prompt if self._task is not None else ""

    def continue_text(self, document: OpenDocument, place: int, model: ModelChoice, num_replaced: int = 0) -> None:
        """Let a model continue a text from a character on; its first word takes the place of so many characters."""
        self._start(document, place, model, 1, num_replaced)

    def offer_candidates(self, document: OpenDocument, place: int, model: ModelChoice) -> None:
        """Let a model write several continuations to choose from."""
        self._start(document, place, model, self._controls.num_candidates)

    def stop(self) -> None:
        """End; what has been written stays."""
        if self._job is not None:
            self._job.drop()
            self._finish()

    def _start(
        self, document: OpenDocument, place: int, model: ModelChoice, count: int, num_replaced: int = 0
    ) -> None:
        self.stop()
        controls = self._controls
        request = WriteRequest(
            model=model.ref,
            prompt=prompt_before(document.document.text, place),
            settings=replace(controls.sampling(), seed=controls.next_seed()),
            count=count,
        )
        request = controls.mixed(request)
        document.set_origin(model.origin)
        self._task = _Task(document, request, model, place, num_replaced, texts=[""] * count)
        self._set_state("reading")
        self.remarked.emit((), ())
        self.drafts_changed.emit()
        self._job = self._writing.write(request, self._on_event_came, self._on_done, self._on_failed, self._finish)

    def _on_event_came(self, event: WritingEvent) -> None:
        match event:
            case ModelRead() if self._task is not None:
                self._task.read = event
                self.remarked.emit(event.replaced, event.notes)
                self._set_state("writing")
            case PieceWritten():
                self._take_piece(event)

    def _take_piece(self, piece: PieceWritten) -> None:
        task = self._task
        if task is None:
            return
        task.texts[piece.index] += piece.text
        if task.request.count > 1:
            self.drafts_changed.emit()
            return
        text = plain_lines(piece.text)
        try:
            place, joins = task.place + task.num_written, task.num_written > 0
            removed = 0 if joins else task.num_replaced
            task.document.write(place, text, "model", num_removed=removed, joins=joins, source=task.source)
        except TextloomError as error:
            self.stop()
            self.failed.emit(Failure(error.message))
            return
        task.num_written += len(text)

    def _on_done(self, _: Written) -> None:
        self._finish()

    def _on_failed(self, failure: Failure) -> None:
        self._finish()
        self.failed.emit(failure)

    def _finish(self) -> None:
        task, self._task, self._job = self._task, None, None
        if task is None:
            return
        is_alone = task.request.count == 1
        if not is_alone:
            self._keep(task)
        self._set_state("idle")
        self.drafts_changed.emit()
        self.ended.emit(task.place + task.num_written if is_alone else -1)

    def _keep(self, task: _Task) -> None:
        request = task.request
        candidates = [
            Candidate(
                text=text,
                prompt=request.prompt[-KEPT_PROMPT:],
                seed=seed,
                temperature=request.settings.temperature,
                created=task.read.created,
                origin=task.model.origin,
                settings=task.settings,
            )
            for text, seed in zip(task.texts, task.read.seeds, strict=False)
            if text
        ]
        try:
            task.document.offer(candidates)
        except TextloomError as error:
            self.failed.emit(Failure(error.message))

    def _set_state(self, state: WriterState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
