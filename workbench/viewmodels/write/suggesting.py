"""The words that could come next while a person writes."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure, Job
from workbench.bridge.protocols.writing import Source, Suggestion, SuggestRequest, Writing, prompt_before
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.write.documents import Documents
from workbench.viewmodels.write.models import ModelChoices
from workbench.viewmodels.write.next_picture import share_words
from workbench.viewmodels.write.positions import num_units
from workbench.viewmodels.write.writer import ModelWriter

KEY = "write/suggestions"
PATIENCE_MILLISECONDS = 120  # after a letter
COUNT = 5
LEAST_PROBABILITY = 0.01  # of a word that is suggested unasked


class Suggesting(QObject):
    """Asks after each letter that is typed. changed: `words` are others; taken: one was put in, up to this position."""

    changed = Signal()
    taken = Signal(int)

    def __init__(
        self,
        writing: Writing,
        documents: Documents,
        models: ModelChoices,
        writer: ModelWriter,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._writing, self._documents, self._models, self._writer = writing, documents, models, writer
        self._settings = settings
        self._job: Job | None = None
        self._unit = 0
        self._is_dismissed = False  # until the next word
        self._least = LEAST_PROBABILITY
        self._suggestions: tuple[Suggestion, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ended)
        writer.changed.connect(self.clear)
        documents.opened.connect(self.clear)
        models.current_changed.connect(self.clear)

    @property
    def is_on(self) -> bool:
        """Whether words are suggested while one types."""
        return self._settings.flag(KEY, True)

    def set_on(self, is_on: bool) -> None:
        """Suggest words, or not, also next time."""
        self._settings.set(KEY, is_on)
        self.clear()

    @property
    def words(self) -> list[tuple[str, str]]:
        """Each word and its probability, the likeliest first; empty without suggestions."""
        return [(suggestion.word, share_words(suggestion.probability)) for suggestion in self._suggestions]

    @property
    def unit(self) -> int:
        """The position for which they are."""
        return self._unit

    def take_typing(self, unit: int, letters: str) -> None:
        """The person typed; the caret stands here now."""
        if letters and not letters[-1].isalnum():
            self._is_dismissed = False
        fitting = self._fitting(unit, letters)
        self._drop()
        if self.is_on and not self._is_dismissed:
            self._unit, self._least = unit, LEAST_PROBABILITY
            self._timer.start()
        self._show(fitting)

    def ask(self, unit: int) -> None:
        """Suggest words at this position now, also when they are off."""
        self.clear()
        self._unit, self._is_dismissed, self._least = unit, False, 0.0
        self._ask()

    def clear(self) -> None:
        """Nothing is suggested."""
        self._drop()
        self._show(())

    def dismiss(self) -> None:
        """Nothing is suggested before the next word begins."""
        self._is_dismissed = True
        self.clear()

    def take(self, index: int) -> None:
        """Put a suggestion in, and suggest what could follow it."""
        document, model = self._documents.current, self._models.current
        suggestion, place = self._suggestions[index], document.place_at(self._unit)
        self.clear()
        if model is None:
            return
        try:
            document.write(place, suggestion.text, "model", source=Source(origin=model.origin))
        except TextloomError:
            return
        self._unit = document.unit_at(place + len(suggestion.text))
        self.taken.emit(self._unit)
        self._ask()

    def _fitting(self, unit: int, letters: str) -> tuple[Suggestion, ...]:
        """Those that begin with what was just typed, without it: they need not be asked for to be right."""
        if unit != self._unit + num_units(letters):
            return ()
        return tuple(
            replace(suggestion, text=suggestion.text[len(letters) :])
            for suggestion in self._suggestions
            if suggestion.text.startswith(letters) and suggestion.text != letters
        )

    def _show(self, suggestions: tuple[Suggestion, ...]) -> None:
        if suggestions != self._suggestions:
            self._suggestions = suggestions
            self.changed.emit()

    def _drop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.drop()
            self._job = None

    def _ask(self) -> None:
        document, model = self._documents.current, self._models.current
        if model is None or self._writer.is_busy:
            return
        prompt = prompt_before(document.document.text, document.place_at(self._unit))
        request = SuggestRequest(model=model.ref, prompt=prompt, count=COUNT)
        self._job = self._writing.suggest(request, self._on_suggestions_came, self._on_failed)

    def _on_timer_ended(self) -> None:
        self._ask()

    def _on_suggestions_came(self, suggestions: tuple[Suggestion, ...]) -> None:
        self._job = None
        self._show(tuple(one for one in suggestions if one.text and one.probability >= self._least))

    def _on_failed(self, _: Failure) -> None:
        """Who wants the model to write is told why it cannot; who only types is left in peace."""
        self.clear()
