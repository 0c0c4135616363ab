"""The models that a person can write with: runs that have saved something, and files of exported models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.runs import RunEntry
from workbench.bridge.protocols.texts import CorpusEntry
from workbench.bridge.protocols.writing import ModelFacts, ModelRef, Origin, Writing
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.shelves import RunShelf, TextShelf
from workbench.words import number, tr

MOST_FILES = 8
CODE_SUFFIXES = (
    ".py .pyi .c .h .cpp .hpp .cc .rs .go .java .kt .swift .js .ts .jsx .tsx .rb .php .pl .lua .sh .sql .css .scss "
    ".html .xml .json .toml .yaml .yml .tex .r .jl .hs .ml .clj .lisp .asm .cs .abc"
).split()


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """A model by which text can be written. detail: what is known of it, in a sentence or two.

    is_training: it is asked as it is now, or, where another program trains it, as it was saved last.
    """

    origin: Origin
    title: str
    detail: str
    is_training: bool = False
    is_of_code: bool = False

    @property
    def ref(self) -> ModelRef:
        """How it is asked."""
        if self.origin.file:
            return ModelRef(file=self.origin.file)
        return ModelRef(run=self.origin.run, is_live=self.is_training)

    @property
    def key(self) -> str:
        """Names it for good."""
        return f"file:{self.origin.file}" if self.origin.file else f"run:{self.origin.run}"


class ModelChoices(QObject):
    """What there is to write with, and what is chosen. changed: the list or a detail of it; failed: of a file."""

    changed = Signal()
    current_changed = Signal()
    failed = Signal(object)  # Failure

    def __init__(
        self,
        writing: Writing,
        runs: RunShelf,
        texts: TextShelf,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._writing, self._runs, self._texts, self._settings = writing, runs, texts, settings
        self._files: dict[str, ModelChoice] = {}
        self._choices: list[ModelChoice] = []
        self._key = settings.text("write/model")
        self._wished = ""  # a run that was asked for before it could be seen
        self._is_prepared = False
        self.refresh()
        runs.changed.connect(self.refresh)
        for path in settings.texts("write/files"):
            self._read_file(Path(path), is_chosen=False)

    @property
    def choices(self) -> list[ModelChoice]:
        """Those that train now, then runs from the newest on, then files."""
        return self._choices

    @property
    def current(self) -> ModelChoice | None:
        """The chosen one; None while there is none at all."""
        found = next((choice for choice in self._choices if choice.key == self._key), None)
        return found or (self._choices[0] if self._choices else None)

    def choose(self, key: str) -> None:
        """Write with another one."""
        before = self.current
        self._key, self._wished = key, ""
        self._settings.set("write/model", key)
        if self.current != before:
            self._tell_current()

    def choose_run(self, run_id: str) -> None:
        """Write with the best state of a run, as soon as it has one."""
        key = f"run:{run_id}"
        self.refresh()
        if any(choice.key == key for choice in self._choices):
            self.choose(key)
        else:
            self._wished = key

    def choose_origin(self, origin: Origin) -> None:
        """Write with what wrote before, where it is still there."""
        key = ModelChoice(origin=origin, title="", detail="").key
        if any(choice.key == key for choice in self._choices):
            self.choose(key)

    def open_file(self, path: Path) -> None:
        """Write with an exported model."""
        self._read_file(path, is_chosen=True)

    def prepare(self) -> None:
        """The chosen model will soon be asked: let it be read, quietly, and whatever is chosen next."""
        self._is_prepared = True
        if self.current is not None:
            self._writing.preload(self.current.ref)

    def refresh(self) -> None:
        """Look at the runs again."""
        entries = [entry for entry in self._runs.entries() if entry.problem is None]
        live = self._writing.live_runs()
        usable = self._writing.with_saved_state([entry.id for entry in entries]) | live
        made = [self._of_run(entry, entry.id in live) for entry in entries if entry.id in usable]
        training = [choice for choice in made if choice.is_training]
        self._become([*training, *(choice for choice in made if not choice.is_training), *self._files.values()])

    def _become(self, choices: list[ModelChoice]) -> None:
        if choices == self._choices:
            return
        before = self.current
        self._choices = choices
        if self._wished and any(choice.key == self._wished for choice in choices):
            self._key, self._wished = self._wished, ""
        self.changed.emit()
        if self.current != before:
            self._tell_current()

    def _tell_current(self) -> None:
        if self._is_prepared:
            self.prepare()
        self.current_changed.emit()

    def _of_run(self, entry: RunEntry, is_live: bool) -> ModelChoice:
        is_training = is_live or entry.state == "training"
        accuracy = entry.best.get("accuracy")
        known = guesses(float(accuracy), entry.tokens) if isinstance(accuracy, int | float) else ""
        source = tr("Learned from {title}.", title=entry.corpus_title) if entry.corpus_title else ""
        now = ""
        if is_live:
            now = tr("It trains right now and writes as it is at this moment.")
        elif is_training:
            now = tr("Another program trains it right now: its last saved state writes.")
        return ModelChoice(
            origin=Origin(run=entry.id, title=entry.title),
            title=_title(entry.title, is_live, is_training),
            detail=" ".join(part for part in (known, now or source) if part),
            is_training=is_training,
            is_of_code=is_code(self._texts.entry(entry.corpus_id)),
        )

    def _read_file(self, path: Path, *, is_chosen: bool) -> None:
        def take(facts: ModelFacts) -> None:
            self._take_file(path, facts, is_chosen)

        def fail(failure: Failure) -> None:
            if is_chosen:
                self.failed.emit(failure)

        self._writing.read_facts(path, take, fail)

    def _take_file(self, path: Path, facts: ModelFacts, is_chosen: bool) -> None:
        known = guesses(facts.accuracy, facts.tokens) if facts.accuracy is not None else ""
        choice = ModelChoice(
            origin=Origin(file=str(path), title=facts.title),
            title=tr("{title} (file {name})", title=facts.title, name=path.name),
            detail=known or tr("{count} weights.", count=facts.num_parameters),
        )
        self._files = {str(path): choice, **{name: c for name, c in self._files.items() if name != str(path)}}
        self._files = dict(list(self._files.items())[:MOST_FILES])
        self._settings.set("write/files", list(self._files))
        self.refresh()
        if is_chosen:
            self.choose(choice.key)


def _title(title: str, is_live: bool, is_training: bool) -> str:
    if is_live:
        return tr("{title} (as it is now)", title=title)
    return tr("{title} (trains right now)", title=title) if is_training else title


def guesses(accuracy: float, tokens: str) -> str:
    """How well a model knows what comes next, in words."""
    count = number(100 * accuracy)
    if tokens == "word":
        return tr("Guesses {count} of 100 words.", count=count)
    if tokens == "byte":
        return tr("Guesses {count} of 100 bytes.", count=count)
    return tr("Guesses {count} of 100 letters.", count=count)


def is_code(corpus: CorpusEntry | None) -> bool:
    """Whether most files of a text are by their names source code."""
    names: Sequence[str] = [] if corpus is None else [str(source.get("name", "")) for source in corpus.sources]
    num_code = sum(Path(name).suffix.lower() in CODE_SUFFIXES for name in names)
    return 2 * num_code > len(names)
