"""What else could stand at a place of the open text, and to go on with that in a branch."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import Alternatives, AlternativesRequest, Source, Writing
from workbench.viewmodels.notices import sentence_of
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoice, ModelChoices
from workbench.viewmodels.write.next_picture import share_words, token_name
from workbench.words import tr

MOST_TOKENS = 8


@dataclass(frozen=True)
class TokenRow:
    """One token: its probability, that in words, and whether it is what stands there.

    is_named: `name` says what cannot be seen, such as a space.
    """

    index: int
    name: str
    is_named: bool
    probability: float
    share: str
    is_own: bool


class OtherTokens(QObject):
    """Asks about one place at a time.

    came: there is an answer; gone: it holds no longer, as the text is another; chosen: a branch begins with another
    token, and ends at this position of the editor; failed: there is no answer, for this reason.
    """

    came = Signal()
    gone = Signal()
    chosen = Signal(int)
    failed = Signal(str)

    def __init__(
        self,
        writing: Writing,
        documents: Documents,
        models: ModelChoices,
        stop_writing: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._writing, self._documents, self._models = writing, documents, models
        self._stop_writing = stop_writing
        self._job: Job | None = None
        self._found: Alternatives | None = None
        self._model: ModelChoice | None = None
        self._text = ""

    @property
    def place(self) -> tuple[int, int]:
        """The positions of the token in question."""
        document = self._documents.current
        assert self._found is not None
        return document.unit_at(self._found.start), document.unit_at(self._found.stop)

    @property
    def title(self) -> str:
        """Of what the rows are."""
        assert self._found is not None
        return tr("Instead of “{token}”", token=token_name(self._found.text)[0])

    @property
    def sentence(self) -> str:
        """What the model thought of the token that stands there."""
        assert self._found is not None
        share = share_words(self._found.probability)
        if self._found.rank == 1:
            return tr("The model held it for the likeliest: {share}.", share=share)
        return tr("The model gave it {share}; {rank} were likelier.", share=share, rank=self._found.rank - 1)

    @property
    def rows(self) -> list[TokenRow]:
        """The likeliest tokens, the likeliest first, and the one that stands there."""
        found = self._found
        assert found is not None
        rows = [
            _row(index, token.text, token.before, token.is_own)
            for index, token in enumerate(found.tokens)
            if token.put or token.is_own
        ]
        if not any(row.is_own for row in rows):
            rows.append(_row(-1, found.text, found.probability, is_own=True))
        return rows

    def ask(self, unit: int) -> None:
        """Ask about the token at a position."""
        self.drop()
        document, model = self._documents.current, self._models.current
        self._text, self._model = document.document.text, model
        place = document.place_at(unit)
        if model is None or place >= len(self._text):
            return
        request = AlternativesRequest(model=model.ref, text=self._text, place=place, top=MOST_TOKENS)
        self._job = self._writing.ask_alternatives(request, self._on_found, self._on_failed)

    def drop(self) -> None:
        """Nobody waits for an answer any more."""
        if self._job is not None:
            self._job.drop()
            self._job = None

    def choose(self, index: int) -> None:
        """Keep the text as it is, and begin a branch at this place with another token, by the index of its row."""
        document, found, model = self._documents.current, self._found, self._model
        if found is None or model is None or document.document.text is not self._text:
            self.gone.emit()
            return
        self._stop_writing()
        put = found.tokens[index].put
        try:
            document.begin_branch(found.start)
            document.write(found.start, put, "model", joins=True, source=Source(origin=model.origin))
        except TextloomError as error:
            self.failed.emit(sentence_of(Failure(error.message)))
            return
        self.chosen.emit(document.unit_at(found.start + len(put)))

    def _on_found(self, found: Alternatives) -> None:
        self._job = None
        if self._documents.current.document.text is self._text:
            self._found = found
            self.came.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._job = None
        self.failed.emit(sentence_of(failure))


def _row(index: int, text: str, probability: float, is_own: bool) -> TokenRow:
    name, is_named = token_name(text)
    return TokenRow(index, name, is_named, probability, share_words(probability), is_own)
