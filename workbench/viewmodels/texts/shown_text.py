"""The text that the page shows: its words, where validation begins, its runs, and what can be done with it."""

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.texts import CorpusEntry, ValidationStart, WordCounts
from workbench.viewmodels.texts import report
from workbench.viewmodels.window.status import entry_icon
from workbench.viewmodels.workbench import Workbench
from workbench.words import told, tr

CHOSEN_TEXT = "texts/chosen"
_MOST_RUNS = 5


class ShownText(QObject):
    """One text of the library, or none.

    changed: another text, or its folder changed; validation_found, words_counted: an answer came from the background;
    place_wanted: show the line of this byte.
    """

    changed = Signal()
    validation_found = Signal()
    words_counted = Signal()
    runs_changed = Signal()
    place_wanted = Signal(object)

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._texts = workbench.door.texts
        self._jobs: list[Job] = []
        self.entry: CorpusEntry | None = None
        self.validation: ValidationStart | None = None
        self.word_counts: WordCounts | None = None
        self.reading_problem = ""
        workbench.texts.changed.connect(self._on_texts_changed)
        workbench.runs.changed.connect(self.runs_changed)
        workbench.navigator.passage_wanted.connect(self._on_passage_wanted)

    @property
    def id(self) -> str:
        """The id of the text; empty when none is shown."""
        return self.entry.id if self.entry else ""

    @property
    def is_sound(self) -> bool:
        """Whether there is a text that can be read and trained on."""
        return self.entry is not None and self.entry.problem is None

    def show(self, corpus_id: str) -> None:
        """Show another text; an unknown one shows none."""
        for job in self._jobs:
            job.drop()
        self._jobs.clear()
        self.entry = self._workbench.texts.entry(corpus_id) if corpus_id else None
        self.validation, self.word_counts, self.reading_problem = None, None, ""
        if self.entry is not None:
            self._workbench.settings.set(CHOSEN_TEXT, corpus_id)
        if self.is_sound:
            self._jobs.append(self._texts.find_validation(corpus_id, self._on_validation_found, self._on_job_failed))
        self.changed.emit()

    def read(self, start_byte: int, num_bytes: int) -> str:
        """A piece of the text; empty when it cannot be read, and `reading_problem` says why."""
        try:
            return self._texts.read_text(self.id, start_byte, num_bytes)
        except TextloomError as error:
            self.reading_problem = told(error.message)
            return ""

    def count_words(self) -> None:
        """Ask for the most frequent words, once."""
        if self.is_sound and self.word_counts is None:
            self._jobs.append(self._texts.count_words(self.id, self._on_words_counted, self._on_job_failed))

    # What is said about it

    @property
    def title(self) -> str:
        """Its title."""
        return self.entry.title if self.entry else ""

    @property
    def summary(self) -> str:
        """The text in one sentence."""
        return report.summary(self.entry) if self.entry is not None and self.is_sound else ""

    def warnings(self) -> list[tuple[str, str]]:
        """Kind and sentence of what the person should know, the most important first."""
        if self.entry is None:
            return []
        if self.entry.problem is not None:
            return [("danger", told(self.entry.problem))]
        broken = [("danger", self.reading_problem)] if self.reading_problem else []
        return broken + [("care", sentence) for sentence in report.warnings(self.entry)]

    @property
    def changes(self) -> str:
        """What cleaning changed."""
        return report.changes_sentence(self._sound)

    @property
    def sources(self) -> list[tuple[str, str, str]]:
        """Name, kind and size of its files."""
        return report.sources(self._sound)

    @property
    def details_summary(self) -> str:
        """What the closed details say."""
        return report.details_summary(self._sound)

    @property
    def is_code(self) -> bool:
        """Whether it is read letter by letter."""
        return report.is_code(self._sound)

    @property
    def num_bytes(self) -> int:
        """Its size."""
        return int(self._sound.counts.get("bytes", 0))

    @property
    def letters(self) -> list[report.Row]:
        """The most frequent characters as bars."""
        return report.character_rows(self._sound)

    @property
    def rare(self) -> str:
        """Its rare characters."""
        return report.rare_sentence(self._sound)

    @property
    def references(self) -> list[report.Row]:
        """What simple models make of it, as bars."""
        return report.reference_rows(self._sound)

    @property
    def words(self) -> tuple[list[report.Row], str]:
        """The most frequent words as bars, and a remark."""
        counts = self.word_counts
        if counts is None:
            return [], tr("Counting the words of this text.")
        note = tr("Of the first 16 MB.") if counts.is_sampled else ""
        return report.word_rows(counts.words, counts.num_words), note

    @property
    def validation_text(self) -> tuple[str, int | None]:
        """What is kept for validation, and the byte at which it begins where that is in the text."""
        start = self.validation
        if start is None:
            return "", None
        sentence = report.validation_sentence(start.num_characters, is_own_file=start.is_own_file)
        return sentence, None if start.is_own_file else start.start_byte

    def runs(self) -> list[tuple[str, str, str]]:
        """Id, title and icon of the newest runs that were trained on it."""
        known = [run for run in self._workbench.runs.entries() if run.corpus_id == self.id and self.id]
        return [(run.id, run.title, entry_icon(run)) for run in known[:_MOST_RUNS]]

    # What is done with it

    def show_run(self, run_id: str) -> None:
        """Go to a run."""
        self._workbench.navigator.show_run(run_id)

    def train(self) -> None:
        """Go on to a draft with this text."""
        if self.is_sound:
            self._workbench.navigator.train_on(self.id)

    def rename(self, title: str) -> None:
        """Give it another title."""
        corpus_id = self.id
        if self._workbench.notices.attempt(lambda: self._texts.rename(corpus_id, title)):
            self._workbench.texts.refresh()
        self.changed.emit()

    def trash(self) -> None:
        """Move it to the trash, with a way back."""
        if self.entry is None:
            return
        title, corpus_id = self.entry.title, self.id
        try:
            place = self._texts.trash(corpus_id)
        except TextloomError as error:
            self._workbench.notices.fail_with(error)
            return

        def undo() -> None:
            if self._workbench.notices.attempt(lambda: self._texts.restore(place)):
                self._workbench.texts.refresh()
                self._workbench.navigator.show_text(corpus_id)

        self._workbench.texts.refresh()
        self._workbench.notices.say(tr("{title} is in the trash.", title=title), tr("Undo"), undo)

    @property
    def _sound(self) -> CorpusEntry:
        assert self.entry is not None, "there is no text"
        return self.entry

    def _on_validation_found(self, start: ValidationStart) -> None:
        self.validation = start
        self.validation_found.emit()

    def _on_words_counted(self, counts: WordCounts) -> None:
        self.word_counts = counts
        self.words_counted.emit()

    def _on_job_failed(self, failure: Failure) -> None:
        if not failure.is_expected:
            self._workbench.notices.fail(failure)

    def _on_passage_wanted(self, corpus_id: str, start_byte: int) -> None:
        if corpus_id == self.id:
            self.place_wanted.emit(start_byte)

    def _on_texts_changed(self) -> None:
        if self.entry is None:
            return
        fresh = self._workbench.texts.entry(self.id)
        if fresh is not self.entry:
            was_sound = self.entry.problem is None
            self.entry = fresh
            if fresh is None or was_sound != (fresh.problem is None):
                self.show(fresh.id if fresh else "")
            else:
                self.changed.emit()
