"""Where what a person brings becomes a text: looked at, asked about when something is in doubt, imported, undone."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.config.corpus import CleaningConfig
from engine.errors import TextloomError
from engine.import_events import CorpusImported, ImportEvent, ImportPreview, ImportProgressed, ProblemFound
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.texts import Looked
from workbench.viewmodels.texts.drop_offer import MODEL_SUFFIX, address_sentence
from workbench.viewmodels.texts.import_offer import ImportOffer, looked_sentence, title_of_pasted
from workbench.viewmodels.texts.import_outcome import done_sentence, remember_files
from workbench.viewmodels.texts.offered import Offered
from workbench.viewmodels.workbench import Workbench
from workbench.words import duration, plural, told, tr

State = Literal["idle", "looking", "offer", "importing"]


class ImportDesk(QObject):
    """One import at a time.

    changed: state or offer; progressed: `progress` is new; imported: ids of the texts that came of it.
    """

    changed = Signal()
    progressed = Signal()
    imported = Signal(object)

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._texts = workbench.door.texts
        self._job: Job | None = None
        self._preview_job: Job | None = None
        self._offered = Offered()
        self._sample = ""
        self._new: list[str] = []
        self._num_left_out = 0
        self.state: State = "idle"
        self.offer: ImportOffer | None = None
        self.is_asking = False  # the offer waits for the person, or did so before its import began
        self.complaint = ""  # why nothing came of the last attempt
        self.can_try_again = False
        self.progress: tuple[str, float | None, str] = ("", None, "")  # sentence, share, time that remains
        self.began_at = 0.0

    # What is brought

    def bring(self, offered: Offered) -> None:
        """Look at what was brought. Where it was said what shall become of it and nothing is in doubt, import it."""
        if self.state == "importing":
            self._workbench.notices.say(tr("A text is being imported. Bring the next one when it is done."))
            return
        self._forget()
        self._offered, self._sample = offered, ""
        if offered.paths and offered.paths[0].suffix.lower() == MODEL_SUFFIX:
            self._set_state("idle")
            self._workbench.navigator.write_with_file(offered.paths[0])
        elif offered.paths or offered.text.strip():
            self._look()
        elif offered.addresses:
            self._complain(address_sentence())

    def bring_sample(self, title: str) -> None:
        """Import a text that comes with Textloom."""
        if self.state == "importing":
            return
        self._forget()
        self._offered, self._sample = Offered(), title
        self._begin("importing", tr("Importing {name}", name=title))
        self._job = self._texts.import_sample(
            title, self._on_import_told, self._on_import_done, self._on_job_failed, self._on_job_cancelled
        )

    def try_again(self) -> None:
        """Do what failed once more."""
        if self.offer is not None:
            self.start()
        elif self._sample:
            self.bring_sample(self._sample)
        else:
            self.bring(self._offered)

    def dismiss(self) -> None:
        """Put the complaint away."""
        self.complaint = ""
        self.changed.emit()

    # What is arranged

    def arrange(self, change: Callable[[ImportOffer], object]) -> None:
        """Change the offer; what depends on it is worked out again."""
        if self.offer is None:
            return
        change(self.offer)
        if not self.offer.files:
            self.give_up()
            return
        self.changed.emit()
        self._preview_job = self._texts.preview(
            self.offer.files, self.offer.cleaning, self._on_preview_done, self._on_preview_failed
        )

    def set_cleaning(self, cleaning: CleaningConfig) -> None:
        """Clean in another way."""
        self.arrange(lambda offer: setattr(offer, "cleaning", cleaning))

    def leave_out_gutenberg(self) -> None:
        """Drop the header and licence of Project Gutenberg."""
        if self.offer is not None:
            self.set_cleaning(replace(self.offer.cleaning, gutenberg=True))

    def start(self) -> None:
        """Import what is offered."""
        offer = self.offer
        if offer is None or self.state == "importing" or not offer.can_import:
            return
        self._begin("importing", offer.headline())
        self._job = self._texts.import_files(
            offer.files,
            self._on_import_told,
            self._on_import_done,
            self._on_job_failed,
            self._on_job_cancelled,
            title="" if offer.is_one_each else offer.given_title,
            cleaning=offer.cleaning,
            is_one_each=offer.is_one_each,
        )

    def cancel(self) -> None:
        """End what is going on. A text that was being made leaves nothing behind."""
        if self._job is not None and self.state in ("looking", "importing"):
            self._job.cancel()
        else:
            self.give_up()

    def give_up(self) -> None:
        """Import nothing after all."""
        self._forget()
        self._set_state("idle")

    # What happens

    def _look(self) -> None:
        self._begin("looking", tr("Looking at your files"))
        self._job = self._texts.look(
            self._offered.paths, self._offered.text, self._on_look_told, self._on_look_done, self._on_job_failed,
            self._on_job_cancelled,
        )  # fmt: skip

    def _begin(self, state: State, sentence: str) -> None:
        self._new, self._num_left_out = [], 0
        self.complaint, self.can_try_again = "", False
        self.progress = (sentence, None, "")
        self.began_at = time.monotonic()
        self._set_state(state)
        self.progressed.emit()

    def _on_look_told(self, num_files: int) -> None:
        self.progress = (looked_sentence(num_files), None, "")
        self.progressed.emit()

    def _on_look_done(self, looked: Looked) -> None:
        self._job = None
        title = self._offered.title or title_of_pasted(self._offered.text)
        self.offer = ImportOffer.of(looked, title, is_one_each=self._offered.how == "each")
        if self._offered.how and not self.offer.has_doubt:
            self.start()
        elif not self.offer.can_import and self.offer.refused:
            self._complain(told(self.offer.refused[0].reason))
            self.offer = None
        else:
            self._ask()

    def _ask(self) -> None:
        self.is_asking = True
        self._set_state("offer")

    def _on_preview_done(self, preview: ImportPreview) -> None:
        if self.offer is not None and preview.num_files == len(self.offer.files):
            self.offer.preview = preview
            self.changed.emit()

    def _on_preview_failed(self, failure: Failure) -> None:
        self._tell(failure)

    def _on_import_told(self, event: ImportEvent) -> None:
        match event:
            case ImportProgressed():
                share = event.done_bytes / event.total_bytes if event.total_bytes else None
                left = event.remaining_seconds
                sentence = tr("Measuring what simple models make of it") if event.stage == "measuring" else ""
                remaining = "" if left is None else tr("{time} left", time=duration(left))
                self.progress = (sentence or self.progress[0], None if sentence else share, remaining)
                self.progressed.emit()
            case ProblemFound():
                self._num_left_out += event.problem.is_refused
            case CorpusImported():
                if event.is_new:
                    self._new.append(event.corpus)

    def _on_import_done(self, ids: list[str]) -> None:
        if not self._sample:
            remember_files(self._workbench.settings, self._offered.paths)
        self._workbench.texts.refresh()
        new = list(self._new)
        self._forget()
        self._set_state("idle")
        self.imported.emit(ids)
        entries = [self._workbench.texts.entry(corpus) for corpus in new]
        undo = (tr("Undo"), lambda: self._undo(new)) if new else ("", None)
        self._workbench.notices.say(done_sentence(entries, self._num_left_out), *undo)

    def _on_job_cancelled(self) -> None:
        if self.is_asking:
            self._job = None
            self._ask()
        else:
            self.give_up()
        self._tell_cancelled(list(self._new))

    def _tell_cancelled(self, new: list[str]) -> None:
        """Of several texts those that were done before stay, unless the person takes them back."""
        if not new:
            self._workbench.notices.say(tr("Cancelled. Nothing was changed."))
            return
        self._workbench.texts.refresh()
        sentence = plural(
            "Cancelled. {count} text was imported before.", "Cancelled. {count} texts were imported before.", len(new)
        )
        self._workbench.notices.say(sentence, tr("Undo"), lambda: self._undo(new))

    def _on_job_failed(self, failure: Failure) -> None:
        self._job = None
        self._tell(failure)
        self.can_try_again = self.state == "importing"
        self._ask() if self.offer is not None else self._set_state("idle")

    def _tell(self, failure: Failure) -> None:
        if failure.is_expected:
            self._complain(told(failure.message))
        else:
            self._workbench.notices.fail(failure)

    def _complain(self, sentence: str) -> None:
        self.complaint = sentence
        self.changed.emit()
        if self.state == "looking":
            self._set_state("idle")

    def _undo(self, corpora: list[str]) -> None:
        for corpus in corpora:
            try:
                self._texts.trash(corpus)
            except TextloomError as error:
                self._workbench.notices.fail_with(error)
        self._workbench.texts.refresh()

    def _forget(self) -> None:
        for job in (self._job, self._preview_job):
            if job is not None:
                job.drop()
        self._job, self.offer, self.is_asking = None, None, False
        self.complaint, self.can_try_again = "", False

    def _set_state(self, state: State) -> None:
        self.state = state
        self.changed.emit()
