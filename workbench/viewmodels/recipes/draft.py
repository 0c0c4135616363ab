"""A run that is being prepared: a text, a recipe, what the person changed in it, and what the engine predicts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.config.configuration import SECTIONS, merged
from engine.config.options import OptionValue
from engine.errors import TextloomError
from workbench.bridge.protocols.recipes import RecipeEntry
from workbench.bridge.protocols.training import Estimate, TrainRequest
from workbench.viewmodels.recipes.declarations import Tables, complete, different, pruned, value_of
from workbench.viewmodels.recipes.estimator import Estimator
from workbench.viewmodels.recipes.faults import Fault, faults_of
from workbench.viewmodels.recipes.labels import line_text, recipe_title
from workbench.viewmodels.recipes.problems import problem_of, vocabulary_size
from workbench.viewmodels.workbench import Workbench
from workbench.words import rough_duration, told, tr

Sizes = tuple[Mapping[str, tuple[tuple[int, ...], int]], int]
FIRST_RECIPE = "auto"


class Draft(QObject):
    """What Start would train. It begins with the newest text and the recipe `auto`, so that nothing has to be chosen.

    changed: text, recipe or a setting; estimate_changed: the prediction, or that one is being worked out. Both may
    change `problem`, `can_start`, `start_text` and `line`.
    """

    changed = Signal()
    estimate_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._corpus_id = ""
        self._recipe = _first_recipe(workbench)
        self._changes: Tables = {}
        self._last_path = ""
        self._faults: dict[str, Fault] = {}
        self._estimator = Estimator(workbench.door.training, workbench.queue, self)
        self._estimator.changed.connect(self._on_estimator_changed)
        workbench.texts.changed.connect(self._on_texts_changed)
        self._on_texts_changed()

    # What is chosen

    @property
    def corpus_id(self) -> str:
        """The text to train on; empty when there is none."""
        return self._corpus_id

    def set_corpus(self, corpus_id: str) -> None:
        """Train on another text."""
        if corpus_id != self._corpus_id:
            self._corpus_id = corpus_id
            self._settle()

    @property
    def title(self) -> str:
        """What the run will be called: the title of its text; empty when there is no text."""
        corpus = self._workbench.texts.entry(self._corpus_id)
        return corpus.title if corpus else ""

    @property
    def recipe(self) -> RecipeEntry:
        """The recipe as it was chosen, without the person's changes."""
        return self._recipe

    @property
    def recipe_title(self) -> str:
        """The name of the recipe, saying whether it was changed."""
        title = recipe_title(self._recipe)
        return tr("{recipe}, changed", recipe=title) if self.has_changes else title

    def set_recipe(self, recipe: RecipeEntry) -> None:
        """Take a recipe as it is; earlier changes are forgotten."""
        self._recipe, self._changes, self._last_path = recipe, {}, ""
        self._settle()

    def choose_recipe(self, recipe: RecipeEntry) -> None:
        """Take a recipe as it is, with a way back to what was changed in the one before."""
        before, changes = self._recipe, self._changes
        self.set_recipe(recipe)
        if changes:
            words = tr("Your changes to “{recipe}” were put aside.", recipe=recipe_title(before))
            self._workbench.notices.say(words, tr("Undo"), lambda: self._go_back(before, changes))

    def set_recipe_tables(self, tables: Mapping[str, Any], title: str) -> None:
        """Take a whole configuration, such as that of an earlier run."""
        self.set_recipe(RecipeEntry(id=title, title=title, tables=complete(tables), is_preset=False))

    # The settings

    @property
    def tables(self) -> Tables:
        """What is asked for: the recipe with the changes; of a planned one only what `auto` must keep."""
        return merged(_plain(self._recipe.tables), self._changes)

    @property
    def values(self) -> Tables:
        """Every setting that exists now with its value; of a planned recipe with what `auto` chose, once it did."""
        newest = self._estimator.newest
        if self._recipe.is_planned and newest is not None:
            return complete(merged(_plain(newest.tables), self.tables))
        return complete(self.tables)

    @property
    def has_changes(self) -> bool:
        """Whether a setting differs from the recipe."""
        return bool(self._changes)

    @property
    def num_changes(self) -> int:
        """How many settings differ from the recipe."""
        return sum(len(table) for table in self._changes.values())

    def is_changed(self, path: str) -> bool:
        """Whether the person gave this setting another value than the recipe has."""
        return value_of(self._changes, path) is not None

    def set_value(self, field: str, value: OptionValue) -> None:
        """Give a setting, as `section.name`, another value. One that is not possible is kept and told as a fault."""
        self.set_values({field: value})

    def set_values(self, values: Mapping[str, OptionValue]) -> None:
        """Give several settings other values at once."""
        for path, value in values.items():
            section, _, name = path.partition(".")
            self._changes = {**self._changes, section: {**self._changes.get(section, {}), name: value}}
            self._last_path = path
        self._forget_equal()
        self._settle()

    def reset_value(self, field: str) -> None:
        """Give a setting the recipe's value again, or let `auto` choose it."""
        section, _, name = field.partition(".")
        self._changes.get(section, {}).pop(name, None)
        self._forget_equal()
        self._settle()

    def reset_all(self) -> None:
        """Take the recipe as it is, with a way back."""
        self.choose_recipe(self._recipe)

    @property
    def faults(self) -> Mapping[str, Fault]:
        """What is wrong with the settings, by `section.name`."""
        return self._faults

    def mend(self, field: str) -> None:
        """Take the nearest values that are possible for a setting with a fault."""
        fix = dict(self._faults[field].fix) if field in self._faults else {}
        if fix and self._recipe.is_planned and field == "model.embedding_size":
            size = self.values["model"]["hidden_size"]  # auto may not choose another one any more
            fix = {"model.embedding_size": size, "model.hidden_size": size}
        self.set_values(fix)

    # What is predicted

    @property
    def estimate(self) -> Estimate | None:
        """What the engine predicts for exactly this draft; None while it is not known."""
        return self._estimator.current

    @property
    def has_chosen(self) -> bool:
        """Whether every value is known: those of a planned recipe once the engine chose them, perhaps a moment ago."""
        return not self._recipe.is_planned or self._estimator.newest is not None

    @property
    def is_estimating(self) -> bool:
        """Whether a prediction is being worked out."""
        return self._estimator.is_asking

    @property
    def seconds(self) -> float | None:
        """How long the training will take, about; None when nothing says so."""
        if self.estimate is not None and self.estimate.seconds is not None:
            return self.estimate.seconds
        minutes = value_of(self.tables, "training.minutes")
        return 60.0 * minutes if isinstance(minutes, int | float) and minutes > 0 and not self._faults else None

    def sizes(self) -> Sizes | None:
        """Matrices (name to shape and count) and bytes of memory at once; None while a setting is not possible."""
        corpus = self._workbench.texts.entry(self._corpus_id)
        if self._faults or corpus is None:
            return None
        try:
            return self._workbench.door.training.sizes(self.values, self.vocabulary_size)
        except TextloomError:  # what auto chose and what was just pinned do not go together until it chooses anew
            return None

    @property
    def vocabulary_size(self) -> int:
        """Kinds of tokens: what the engine counted, or, before it did, what the report of the text says."""
        corpus = self._workbench.texts.entry(self._corpus_id)
        return vocabulary_size(corpus, self.values["corpus"], self._estimator.newest)

    # What Start does

    def request(self) -> TrainRequest:
        """What Start asks the engine for; what `auto` has chosen already is not chosen again."""
        question = replace(self._question(), title=self.title)
        if self._recipe.is_planned and self.estimate is not None:
            tables, why = self.estimate.tables, self.estimate.explanation
            return replace(question, tables=tables, is_planned=False, explanation=why)
        return question

    @property
    def can_start(self) -> bool:
        """Whether Start would train."""
        return not self.problem

    @property
    def start_text(self) -> str:
        """The words on the button."""
        seconds = self.seconds
        return tr("Start, {time}", time=rough_duration(seconds)) if seconds is not None else tr("Start")

    @property
    def problem(self) -> str:
        """Why Start would not train, in one sentence; empty when it would."""
        return problem_of(self._workbench, self._corpus_id, self._faults, self._estimator.failure)

    @property
    def line(self) -> str:
        """The recipe in one line: what it is, what the model reads, how long it takes."""
        return line_text(self.recipe_title, self.values, self.seconds, is_open=not self.has_chosen)

    @property
    def status(self) -> str:
        """What is known about the choice: that it is being made, why it was made, or why it has to wait."""
        if self._estimator.is_asking:
            return tr("Looking at your text and this machine…")
        if self._estimator.is_held:
            return tr("The time is predicted as soon as nothing else trains.")
        return told(self.estimate.explanation) if self.estimate is not None else ""

    def _question(self) -> TrainRequest:
        recipe = self._recipe
        return TrainRequest(
            corpus_id=self._corpus_id, tables={"format": 1, **self.tables}, is_planned=recipe.is_planned,
            recipe=recipe.id if recipe.is_preset else recipe.title,
        )  # fmt: skip

    def _forget_equal(self) -> None:
        """Of a whole recipe a value that it has anyway is no change; of a planned one it keeps auto from choosing."""
        base = _plain(self._recipe.tables) if self._recipe.is_planned else complete(self._recipe.tables)
        self._changes = different(pruned(self._changes, self.tables), base)

    def _go_back(self, recipe: RecipeEntry, changes: Tables) -> None:
        self._recipe, self._changes = recipe, changes
        self._settle()

    def _settle(self) -> None:
        self._faults = faults_of(self.tables, self.values, self._last_path)
        corpus = self._workbench.texts.entry(self._corpus_id)
        is_possible = corpus is not None and corpus.problem is None and not self._faults
        self._estimator.ask(self._question() if is_possible else None)
        self.changed.emit()

    def _on_estimator_changed(self) -> None:
        self.estimate_changed.emit()

    def _on_texts_changed(self) -> None:
        texts = self._workbench.texts
        if texts.entry(self._corpus_id) is None:
            usable = [entry for entry in texts.entries() if entry.problem is None]
            self._corpus_id = usable[0].id if usable else ""
        self._settle()


def _first_recipe(workbench: Workbench) -> RecipeEntry:
    """The recipe `auto`, which needs no choice."""
    try:
        return next(entry for entry in workbench.door.recipes.entries() if entry.id == FIRST_RECIPE and entry.is_preset)
    except TextloomError:  # the folder of the person's own recipes cannot be read now
        return RecipeEntry(id=FIRST_RECIPE, title="Auto", tables={"training": {"minutes": 5.0}}, is_planned=True)


def _plain(tables: Mapping[str, Any]) -> Tables:
    return {section: dict(table) for section, table in tables.items() if section in SECTIONS}
