"""The candidates side by side: in which order they stand, how likely each is to its model, and how new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Job
from workbench.bridge.protocols.judging import JudgedText, JudgeEvent, JudgeRequest, Likelihood, Novelty
from workbench.bridge.protocols.writing import Candidate, CopyReport, IndexProgress, ModelRef, Origin, Writing
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.writer import ModelWriter
from workbench.words import number, percent, plural, rough_duration, tr

Order = Literal["order", "likelihood", "novelty"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
ORDER_KEY: Final = "write/candidate_order"
MOST_KEYS: Final = 9  # candidates that a digit of the keyboard names
Key = tuple[Origin, str, str]
_MOST_KNOWN: Final = 500


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was found about a candidate; None as long as nothing was. tokens: what its model reads."""

    bits_per_token: float | None = None
    tokens: str = "char"
    report: CopyReport | None = None


@dataclass(frozen=True, kw_only=True)
class CandidateRow:
    """A candidate as it is shown. index: its place in the document; shares: from 0 to 1, None while it is not known."""

    index: int
    text: str
    is_starred: bool = False
    is_written: bool = True
    likelihood: str = ""
    likelihood_share: float | None = None
    novelty: str = ""
    novelty_share: float | None = None
    copied: str = ""

    @property
    def number(self) -> int:
        """What it is called, and the key that takes it."""
        return self.index + 1


class CandidateTable(QObject):
    """Puts together what is known of the candidates of the open document, and asks for it while somebody looks.

    changed: rows, their order or their figures; progress_changed: of what the figures wait for; emptied: the person let
    all of them go.
    """

    changed = Signal()
    emptied = Signal()
    progress_changed = Signal()

    def __init__(
        self,
        writing: Writing,
        models: ModelChoices,
        documents: Documents,
        writer: ModelWriter,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._writing, self._models, self._settings = writing, models, settings
        self._documents, self._writer = documents, writer
        self._known: dict[Key, Figures] = {}
        self._judged: set[Key] = set()  # of these all is known that can be
        self._asked: tuple[Key, ...] = ()
        self._is_watched = False
        self._job: Job | None = None
        self.progress: IndexProgress | None = None
        writer.drafts_changed.connect(self._renew)
        documents.opened.connect(self._on_document_opened)
        self._on_document_opened()

    @property
    def is_writing(self) -> bool:
        """Whether they are being written just now."""
        return bool(self._writer.drafts)

    @property
    def texts(self) -> list[tuple[str, bool]]:
        """Text and star of those that are being written, else of those of the document, as they were written."""
        if self.is_writing:
            begun = begun_word(self._writer.prompt)
            return [(begun + text, False) for text in self._writer.drafts]
        return [(begun_word(one.prompt) + one.text, one.is_starred) for one in self._kept]

    def star(self, index: int) -> None:
        """Keep a candidate, or no longer."""
        self._documents.current.star(index, not self._kept[index].is_starred)

    def dismiss(self) -> None:
        """Let those without a star go."""
        self._documents.current.dismiss_candidates()
        if not self._kept:
            self.emptied.emit()

    @property
    def order(self) -> Order:
        """By what they are sorted."""
        chosen = self._settings.text(ORDER_KEY)
        return next((order for order in ORDERS if order == chosen), "order")

    def sort_by(self, order: str) -> None:
        """Sort them by something else."""
        self._settings.set(ORDER_KEY, order)
        self.changed.emit()

    @property
    def is_measuring(self) -> bool:
        """Whether some figures are still looked for."""
        return self._job is not None

    @property
    def progress_text(self) -> str:
        """What is waited for, beyond a moment."""
        return tr("Reading the text from which the model learned, to find what is copied")

    @property
    def remaining_text(self) -> str:
        """How long that takes."""
        seconds = self.progress.remaining_seconds if self.progress is not None else None
        return rough_duration(seconds) if seconds is not None else ""

    def rows(self) -> list[CandidateRow]:
        """Those that are shown, sorted; what is not known yet stands behind."""
        texts, kept = self.texts, self._kept
        if self.is_writing:
            return [CandidateRow(index=index, text=text, is_written=False) for index, (text, _) in enumerate(texts)]
        figures = [self._known.get(_key(candidate), Figures()) for candidate in kept]
        likeliest = max((_mean_probability(found) or 0.0 for found in figures), default=0.0)
        rows = [
            _row(index, text, is_starred, found, likeliest, is_final=_key(kept[index]) in self._judged)
            for index, ((text, is_starred), found) in enumerate(zip(texts, figures, strict=True))
        ]
        return [rows[index] for index in _sorted(figures, self.order)]

    def watch(self, is_watched: bool) -> None:
        """Whether anybody looks at the figures: only then they are looked for."""
        self._is_watched = is_watched
        if is_watched:
            self._renew()
        else:
            self.stop()

    def stop(self) -> None:
        """Look for nothing any more; what is known stays."""
        if self._job is not None:
            self._job.drop()
        self._end()

    @property
    def _kept(self) -> tuple[Candidate, ...]:
        return self._documents.current.document.candidates

    def _on_document_opened(self) -> None:
        self._documents.current.candidates_changed.connect(self._renew)
        self._renew()

    def _renew(self) -> None:
        """The candidates may be others."""
        missing = tuple(dict.fromkeys(key for key in map(_key, self._kept) if key not in self._judged))
        if self._is_watched and not self.is_writing and not set(missing) <= set(self._asked):
            self._measure(missing)
        self.changed.emit()

    def _measure(self, keys: tuple[Key, ...]) -> None:
        self._asked = keys
        texts = (JudgedText(model=self._ref(origin), text=text, before=prompt) for origin, prompt, text in keys)
        request = JudgeRequest(texts=tuple(texts))
        self._known = dict(list(self._known.items())[-_MOST_KNOWN:])
        self._judged &= self._known.keys()
        self._job = self._writing.judge(request, self._on_event_came, self._on_done)
        self.progress_changed.emit()

    def _ref(self, origin: Origin) -> ModelRef:
        """A model: as it is offered now, else what is on the disk."""
        found = next((choice.ref for choice in self._models.choices if choice.origin.run == origin.run), None)
        if origin.run and found is not None:
            return found
        return ModelRef(run=origin.run, file=origin.file)

    def _on_event_came(self, event: JudgeEvent) -> None:
        match event:
            case Likelihood():
                self._learn(event.index, bits_per_token=event.bits_per_token, tokens=event.tokens)
            case Novelty():
                self.progress = None
                self._learn(event.index, report=event.report)
                self.progress_changed.emit()
            case IndexProgress():
                self.progress = event
                self.progress_changed.emit()

    def _learn(self, index: int, **found: object) -> None:
        key = self._asked[index]
        self._known[key] = replace(self._known.get(key, Figures()), **found)  # type: ignore[arg-type]
        self.changed.emit()

    def _on_done(self) -> None:
        self._judged.update(self._asked)
        self._end()
        self.changed.emit()

    def _end(self) -> None:
        self._job, self.progress, self._asked = None, None, ()
        self.progress_changed.emit()


def begun_word(prompt: str) -> str:
    """The word that a text ends amid, which what follows may complete."""
    return prompt.split()[-1] if prompt and not prompt[-1].isspace() else ""


def likelihood_text(bits: float, tokens: str) -> str:
    """A mean surprise, in words."""
    value = number(bits, 1) if bits >= 0.95 else number(bits, 2)
    if tokens == "word":
        return tr("{value} bits per word", value=value)
    if tokens == "byte":
        return tr("{value} bits per byte", value=value)
    return tr("{value} bits per letter", value=value)


def novelty_text(report: CopyReport) -> str:
    """How much of a text stands nowhere in what its model learned from."""
    if report.copied_share is None:
        return tr("too short to say")
    return tr("all of it") if report.copied_share == 0 else percent(1 - report.copied_share)


def copied_text(report: CopyReport) -> str:
    """The longest passage that does."""
    return plural(
        "longest copied passage: {count} character", "longest copied passage: {count} characters", report.longest
    )


def _row(
    index: int, text: str, is_starred: bool, found: Figures, likeliest: float, *, is_final: bool
) -> CandidateRow:
    unknown = tr("not known") if is_final else ""
    row = CandidateRow(index=index, text=text, is_starred=is_starred, likelihood=unknown, novelty=unknown)
    mean = _mean_probability(found)
    if mean is not None and found.bits_per_token is not None:
        share = mean / likeliest if likeliest else 0.0
        text_ = likelihood_text(found.bits_per_token, found.tokens)
        row = replace(row, likelihood=text_, likelihood_share=share)
    if found.report is not None:
        copied_share = found.report.copied_share
        row = replace(
            row, novelty=novelty_text(found.report), copied=copied_text(found.report),
            novelty_share=1 - copied_share if copied_share is not None else None,
        )  # fmt: skip
    return row


def _key(candidate: Candidate) -> Key:
    """What its figures depend on."""
    return candidate.origin, candidate.prompt, candidate.text


def _mean_probability(found: Figures) -> float | None:
    """The geometric mean of the probabilities of its tokens."""
    return None if found.bits_per_token is None else 2.0**-found.bits_per_token


def _sorted(figures: Sequence[Figures], order: Order) -> list[int]:
    """Indices of the likeliest or newest first, else as they were written."""

    def key(index: int) -> tuple[float, ...]:
        found = figures[index]
        if order == "likelihood":
            return (float("inf") if found.bits_per_token is None else found.bits_per_token, index)
        if order == "novelty":
            report = found.report
            share = report.copied_share if report is not None else None
            return (2.0 if share is None else share, report.longest if report is not None else 0, index)
        return (index,)

    return sorted(range(len(figures)), key=key)
