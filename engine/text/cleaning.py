"""Declared changes of a text, as a chain of steps over pieces of any size: the result is the same for all cuts."""

from engine.config.corpus import CleaningConfig
from engine.text.changes import ChangeLog, LineCounter, Position
from engine.text.gutenberg import GutenbergBook
from engine.text.normalising import Form, NormalForm
from engine.text.steps import FewBlankLines, LowerCase, NoControlCharacters, Step, UnifiedNewlines

_FORMS: dict[str, Form] = {"nfc": "NFC", "nfkc": "NFKC"}


class Cleaner:
    """Cleans one source file. Give it the pieces in order, then `finish`; changes are added to `log`.

    Folding rare characters needs the counts of the whole corpus and is done afterwards (`engine.text.folding`).
    """

    def __init__(self, config: CleaningConfig, source: str, log: ChangeLog) -> None:
        self._steps = _steps(config, source, log)

    def feed(self, text: str) -> str:
        """The cleaned text that is certain now; the rest follows with later pieces."""
        for step in self._steps:
            text = step.feed(text)
        return text

    def finish(self) -> str:
        """The cleaned end of the text."""
        text = ""
        for step in self._steps:
            text = step.feed(text) + step.finish()
        return text


def clean(text: str, config: CleaningConfig, log: ChangeLog | None = None) -> str:
    """A whole text cleaned at once: for prompts and for texts to evaluate, where the tokenizer folds what is rare."""
    cleaner = Cleaner(config, "", ChangeLog() if log is None else log)
    return cleaner.feed(text) + cleaner.finish()


def _steps(config: CleaningConfig, source: str, log: ChangeLog) -> list[Step]:
    """In this order no step undoes an earlier one, so that cleaning a clean text changes nothing."""

    counter = LineCounter()

    def position() -> Position:
        return Position(source, log, counter)

    steps: list[Step] = []
    if config.newlines == "unify":
        steps.append(UnifiedNewlines(position()))
    if config.gutenberg:
        steps.append(GutenbergBook(position()))
    if config.control_characters == "remove":
        steps.append(NoControlCharacters(position()))
    form = _FORMS.get(config.unicode_form)
    if form is not None:
        steps.append(NormalForm(position(), form))
    if config.lower_case:
        steps.append(LowerCase(position()))
        if form is not None:  # some capitals have no composed form while their small letters have
            steps.append(NormalForm(position(), form))
    if config.blank_lines:
        steps.append(FewBlankLines(position(), config.blank_lines))
    return steps
