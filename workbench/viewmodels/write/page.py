"""The page on which a person writes with a model: what it says, and what its buttons do."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import Message, TextloomError
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.writing import prompt_before
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.aids import WritingAids
from workbench.viewmodels.write.branches import Branches
from workbench.viewmodels.write.candidates import CandidateTable
from workbench.viewmodels.write.controls import WritingControls
from workbench.viewmodels.write.document import OpenDocument
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.export import TextExport
from workbench.viewmodels.write.gap import GapFilling
from workbench.viewmodels.write.look import TextLook
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.settings_column import SettingsColumn
from workbench.viewmodels.write.writer import ModelWriter
from workbench.words import plural, told, tr

MOST_REPLACED = 8  # of what the model does not know, so many are named


class WritePageModel(QObject):
    """Everything on the page but its widgets.

    changed: sentence, primary action or empty state; document_opened: show another one; caret_wanted: put the caret
    at a position of the editor; notice_changed: of either kind; candidates_wanted: show the candidates (true) or the
    settings.
    """

    changed = Signal()
    document_opened = Signal()
    caret_wanted = Signal(int)
    notice_changed = Signal()
    candidates_wanted = Signal(bool)

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        writing = workbench.door.writing
        self.models = ModelChoices(writing, workbench.runs, workbench.texts, workbench.settings, self)
        self.look = TextLook(workbench.settings, self.models, self)
        self.controls = WritingControls(workbench.settings, self, models=self.models)
        self.documents = Documents(writing, workbench.notices, workbench.settings, self)
        self.writer = ModelWriter(writing, self.controls, self)
        self.candidates = CandidateTable(
            writing, self.models, self.documents, self.writer, workbench.settings, self
        )
        self.gap = GapFilling(writing, self.documents, self.models, self.writer, self.controls, self)
        self.export = TextExport(writing, self.documents, workbench.notices, self)
        self.aids = WritingAids(workbench, self.documents, self.models, self.writer, self)
        self.branches = Branches(self.documents, self.writer.stop, workbench.notices, self)
        self.column = SettingsColumn(workbench, self.models, self.controls, self._prompt_to_ask, self)
        self._caret = 0
        self._replaced: tuple[str, ...] = ()
        self._notes: tuple[Message, ...] = ()
        self._failure: Failure | None = None
        self._connect()
        workbench.savers.append(self.leave)
        self._on_document_opened()
        self.documents.open_last()

    def _connect(self) -> None:
        self.models.changed.connect(self.changed)
        self.models.current_changed.connect(self.changed)
        self.models.failed.connect(self._on_failure_happened)
        self.controls.changed.connect(self._on_control_changed)
        self.documents.opened.connect(self._on_document_opened)
        self.documents.failed.connect(self._on_failure_happened)
        self.writer.changed.connect(self.changed)
        self.writer.changed.connect(self.column.picture.refresh)
        self.writer.ended.connect(self._on_writing_ended)
        self.writer.remarked.connect(self._on_writer_remarked)
        self.writer.failed.connect(self._on_failure_happened)
        self.candidates.emptied.connect(self._on_candidates_emptied)
        self.export.failed.connect(self._on_failure_happened)
        self.branches.caret_wanted.connect(self.caret_wanted)
        self.branches.failed.connect(self._on_failure_happened)
        navigator = self._workbench.navigator
        navigator.writer_wanted.connect(self.models.choose_run)
        navigator.model_file_wanted.connect(self.open_model_file)

    @property
    def document(self) -> OpenDocument:
        """The open document."""
        return self.documents.current

    @property
    def has_models(self) -> bool:
        """Whether there is anything to write with."""
        return bool(self.models.choices)

    @property
    def state(self) -> str:
        """How things stand, in one sentence."""
        model = self.models.current
        title = model.origin.title if model else ""
        if self.writer.state == "reading":
            return tr("{title} reads your text.", title=title)
        if self.writer.state == "writing":
            return tr("{title} writes. Esc stops it.", title=title)
        count = self.document.num_words
        if not count:
            return tr("Begin with a few words, or let the model begin.") if model else tr("Begin with a few words.")
        if self.document.is_saved:
            return plural("{count} word, saved", "{count} words, saved", count)
        return plural("{count} word", "{count} words", count)

    @property
    def invitation(self) -> str:
        """What an empty sheet says."""
        return tr("Write something, or let the model begin.") if self.has_models else tr("Write something.")

    @property
    def notice(self) -> str:
        """What the model did not know in the text it read, and what was damaged; empty when all is well."""
        sentences = [told(note) for note in self._notes]
        if self._replaced:
            names = " ".join(self._replaced[:MOST_REPLACED])
            sentences.append(tr("The model does not know {names}; it read something near instead.", names=names))
        return " ".join(sentences)

    @property
    def failure(self) -> str:
        """Why something ended, in a sentence with a next step; empty when nothing did."""
        return sentence_of(self._failure) if self._failure is not None else ""

    def place_caret(self, unit: int) -> None:
        """The caret stands here, where the model goes on."""
        if not self.writer.is_busy:
            self._caret = unit
            self.column.picture.refresh()

    def run_primary(self) -> None:
        """Continue the text, or stop while the model writes."""
        if self.writer.is_busy:
            self.stop()
            return
        self.dismiss_failure()
        model = self.models.current
        if model is not None:
            self.writer.continue_text(self.document, self.document.place_at(self._caret), model)

    def offer_candidates(self) -> None:
        """Have several continuations written, to choose from."""
        if self.writer.is_busy:
            return
        self.dismiss_failure()
        model = self.models.current
        if model is not None:
            self.writer.offer_candidates(self.document, self.document.place_at(self._caret), model)
            self.candidates_wanted.emit(True)

    def stop(self) -> None:
        """End the writing; what there is stays."""
        self.writer.stop()

    def undo(self) -> None:
        """Take back what was done last."""
        self.writer.stop()
        self.document.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.writer.stop()
        self.document.redo()

    def use_candidate(self, index: int) -> None:
        """Take a candidate into the text."""
        place = self.document.place_at(self._caret)
        try:
            end = self.document.use_candidate(index, place)
        except TextloomError as error:
            self._on_failure_happened(Failure(error.message))
        else:
            self.caret_wanted.emit(self.document.unit_at(end))

    def begin_document(self) -> None:
        """Begin a new text."""
        self.writer.stop()
        self.documents.begin()

    def open_document(self, writing_id: str) -> None:
        """Open another text."""
        self.writer.stop()
        self.documents.open(writing_id)

    def trash_document(self) -> None:
        """Throw the text away, with a way back."""
        self.writer.stop()
        self.documents.trash()

    def rename_document(self, title: str) -> None:
        """Give the text another title."""
        if title.strip():
            self.document.rename(" ".join(title.split()))

    def open_model_file(self, path: object) -> None:
        """Write with an exported model."""
        if isinstance(path, Path):
            self.models.open_file(path)

    def train_model(self) -> None:
        """Go where models are trained."""
        self._workbench.navigator.show_page("train")

    def install_demo(self) -> None:
        """Put the model that comes with Textloom into the library and write with it."""
        self._workbench.door.writing.install_demo(self._on_demo_installed, self._on_failure_happened)

    def leave(self) -> bool:
        """The page is left or closed: save the text; whether it is on the disk."""
        self.document.save_now()
        return self.document.is_saved

    def dismiss_failure(self) -> None:
        """The person has read it."""
        if self._failure is not None:
            self._failure = None
            self.notice_changed.emit()

    def _on_demo_installed(self, run_id: str) -> None:
        self._workbench.texts.refresh()
        self._workbench.runs.refresh()
        self.models.choose_run(run_id)

    def _on_control_changed(self, name: str, _: object) -> None:
        for changed, setting in self.controls.to_remember(name).items():
            self.document.set_setting(changed, setting)

    def _prompt_to_ask(self) -> str | None:
        """What stands before the caret; None while the model writes."""
        if self.writer.is_busy:
            return None
        document = self.document
        return prompt_before(document.document.text, document.place_at(self._caret))

    def _on_document_opened(self) -> None:
        document = self.document
        document.changed.connect(self.column.picture.refresh)
        document.changed.connect(self.changed)
        document.saved.connect(self._on_document_saved)
        self.controls.load(dict(document.document.settings))
        self.models.choose_origin(document.document.origin)
        self._replaced, self._notes = (), ()
        self.document_opened.emit()
        self.candidates_wanted.emit(False)
        self.notice_changed.emit()
        self.changed.emit()

    def _on_document_saved(self) -> None:
        if self._failure is not None and self._failure.remark is not None:  # that it is tried again
            self.dismiss_failure()
        self.changed.emit()

    def _on_candidates_emptied(self) -> None:
        self.candidates_wanted.emit(False)

    def _on_writing_ended(self, place: int) -> None:
        if place >= 0:
            self._caret = self.document.unit_at(place)
            self.caret_wanted.emit(self._caret)

    def _on_writer_remarked(self, replaced: tuple[str, ...], notes: tuple[Message, ...]) -> None:
        self._replaced, self._notes = replaced, notes
        self.notice_changed.emit()

    def _on_failure_happened(self, failure: Failure) -> None:
        self._failure = failure
        self.notice_changed.emit()
