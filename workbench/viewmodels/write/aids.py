"""What helps a person who writes: colours, other tokens, suggestions, and a passage written again."""

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.writing import CopiedPassage
from workbench.viewmodels.workbench import Workbench
from workbench.viewmodels.write.alternatives import OtherTokens
from workbench.viewmodels.write.colouring import Colouring
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.rewriting import part_to_rewrite
from workbench.viewmodels.write.suggesting import Suggesting
from workbench.viewmodels.write.writer import ModelWriter


class WritingAids(QObject):
    """All that the editor offers beside the text. changed: what can be done may be other."""

    changed = Signal()

    def __init__(
        self,
        workbench: Workbench,
        documents: Documents,
        models: ModelChoices,
        writer: ModelWriter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        writing = workbench.door.writing
        self._workbench, self._documents, self._models, self._writer = workbench, documents, models, writer
        self.colouring = Colouring(writing, documents, models, writer, workbench.settings, self)
        self.others = OtherTokens(writing, documents, models, writer.stop, self)
        self.suggesting = Suggesting(writing, documents, models, writer, workbench.settings, self)
        writer.changed.connect(self.changed)
        models.current_changed.connect(self.changed)
        documents.opened.connect(self._on_document_opened)
        self._on_document_opened()

    @property
    def can_ask(self) -> bool:
        """Whether there is a model that answers now."""
        return self._models.current is not None and not self._writer.is_busy

    @property
    def is_writing(self) -> bool:
        """Whether the model writes now."""
        return self._writer.is_busy

    def can_rewrite(self, start: int, stop: int) -> bool:
        """Whether the model can write again what is marked, or what stands at the caret (twice its position)."""
        return self.can_ask and self._part(start, stop) is not None

    def rewrite(self, start: int, stop: int) -> None:
        """Let the model write it again, in one step that can be taken back."""
        part, model = self._part(start, stop), self._models.current
        if part is not None and model is not None and self.can_ask:
            self._writer.continue_text(self._documents.current, part[0], model, part[1] - part[0])

    def text_of(self, passage: CopiedPassage) -> str:
        """What a copied passage says."""
        return self._documents.current.document.text[passage.start : passage.stop]

    def show_in_text(self, corpus_id: str, start_byte: int) -> None:
        """Go to a place of a text of the library."""
        self._workbench.navigator.show_passage(corpus_id, start_byte)

    def _part(self, start: int, stop: int) -> tuple[int, int] | None:
        document = self._documents.current
        return part_to_rewrite(document, document.place_at(start), document.place_at(stop))

    def _on_document_opened(self) -> None:
        self._documents.current.changed.connect(self.changed)
        self.changed.emit()
