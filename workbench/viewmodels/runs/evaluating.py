"""Trying the best model of a run on a file: with progress, a way out, and the result kept in the notes of the run."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, QLocale, QObject, Signal

from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.runs.labelling import Labelling
from workbench.viewmodels.runs.rows import number_of
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.words import current_language, percent, significant, tr

MODEL_SUFFIX = ".textloom"


class Evaluating(QObject):
    """One evaluation at a time; another one takes its place.

    changed: it began, went on or ended.
    """

    changed = Signal()

    def __init__(self, page: RunsViewModel, labelling: Labelling) -> None:
        super().__init__(page)
        self._workbench, self._labelling = page.workbench, labelling
        self._page = page
        self._job: Job | None = None
        self._entry: RunEntry | None = None
        self._path: Path | None = None
        self.share = 0.0
        self.result = ""  # the last result in one sentence; empty while there is none

    @property
    def is_running(self) -> bool:
        """Whether a model is being tried now."""
        return self._job is not None

    @property
    def sentence(self) -> str:
        """What is being done."""
        if self._entry is None or self._path is None:
            return ""
        return tr("Trying {title} on {file}", title=self._entry.title, file=self._path.name)

    def refusal(self, paths: Sequence[Path], run_id: str) -> str:
        """Why this cannot be tried; empty where it can."""
        row = self._page.table.row(run_id)
        if row is None:
            return tr("This run is not there any more.")
        if row.entry.problem is not None or not row.has_best:
            return tr("{title} has no best state yet, so there is no model to try.", title=row.entry.title)
        if len(paths) != 1:
            return tr("One file at a time can be tried. Drop them one after the other.")
        if paths[0].suffix.lower() == MODEL_SUFFIX:
            return tr("That is a model. Drop a text to see how well this run predicts it.")
        return ""

    def begin(self, run_id: str, paths: Sequence[Path]) -> None:
        """Try the best model of a run on a file."""
        refusal = self.refusal(paths, run_id)
        row = self._page.table.row(run_id)
        if refusal or row is None:
            self._workbench.notices.say(refusal)
            return
        self._entry, self._path, self.share, self.result = row.entry, paths[0], 0.0, ""
        self._job = self._workbench.door.runs.evaluate(
            run_id, list(paths), self._on_progressed, self._on_done, self._on_failed, self._on_cancelled
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Give it up."""
        if self._job is not None:
            self._job.cancel()

    def dismiss(self) -> None:
        """The result was read."""
        self.result = ""
        self.changed.emit()

    def _on_progressed(self, share: float) -> None:
        self.share = share
        self.changed.emit()

    def _on_done(self, record: Mapping[str, Any]) -> None:
        self._job = None
        if self._entry is not None and self._path is not None:
            figure = figure_text(record, self._entry.tokens)
            self.result = tr(
                "{title} on {file}: {figure}.", title=self._entry.title, file=self._path.name, figure=figure
            )
            self._labelling.add_note(self._entry.id, note_line(self._path.name, figure))
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._job = None
        self._workbench.notices.fail(failure)
        self.changed.emit()

    def _on_cancelled(self) -> None:
        self._job = None
        self.changed.emit()


def figure_text(record: Mapping[str, Any], tokens: str) -> str:
    """How well a text was predicted, inside a sentence."""
    perplexity, bits = number_of(record, "perplexity"), number_of(record, "bits_per_character")
    unknown = number_of(record, "unknown_share")
    if math.isnan(perplexity):
        return tr("so badly predicted that there is no number for it")
    words = {"perplexity": significant(perplexity, 3)}
    if not math.isnan(bits):
        text = tr("{bits} bits per character, perplexity {perplexity}", bits=significant(bits, 3), **words)
    elif tokens == "word":
        text = tr("perplexity {perplexity} per word", **words)
    else:
        text = tr("perplexity {perplexity}", **words)
    if math.isnan(unknown) or unknown < 0.005:
        return text
    return tr("{figure}; {share} of it is unknown to the model", figure=text, share=percent(unknown))


def note_line(file_name: str, figure: str) -> str:
    """The line that is kept in the notes."""
    date = QLocale(current_language().name).toString(QDate.currentDate(), QLocale.FormatType.ShortFormat)
    return tr("{date}, {file}: {figure}", date=date, file=file_name, figure=figure)
