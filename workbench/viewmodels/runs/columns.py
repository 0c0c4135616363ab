"""The columns of the table of runs: what each shows, and what it is sorted by."""

import math
from collections.abc import Callable, Mapping
from typing import Literal

from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.runs.rows import RunRow, date_text
from workbench.viewmodels.window.status import STATE_ICONS, entry_icon, state_name
from workbench.words import duration, number, percent, tr

ColumnKey = Literal[
    "star", "title", "state", "text", "recipe", "best", "last", "guesses", "duration", "date", "tags", "group", "notes"
]
COLUMN_KEYS: tuple[ColumnKey, ...] = (
    "star", "title", "state", "text", "recipe", "best", "last", "guesses", "duration", "date", "tags", "group", "notes",
)  # fmt: skip
TITLE, STAR = COLUMN_KEYS.index("title"), COLUMN_KEYS.index("star")
NUMBERS: tuple[ColumnKey, ...] = ("best", "last", "guesses", "duration")
HIDDEN_AT_FIRST: tuple[ColumnKey, ...] = ("last", "group", "notes")
# Letters that fit beside each other: about what a column needs, and all that are shown fit into a window 1280 wide.
WIDTHS: Mapping[ColumnKey, int] = {
    "star": 5, "title": 27, "state": 20, "text": 20, "recipe": 12, "best": 10, "last": 10, "guesses": 11,
    "duration": 13, "date": 14, "tags": 12, "group": 20, "notes": 24,
}  # fmt: skip
NOTHING = "–"
SortKey = float | str | None


class CellWords:
    """Writes the cells of the table."""

    def __init__(self, units: Units, recipes: Mapping[str, str]) -> None:
        """recipes: names of presets by their id."""
        self._units, self._recipes = units, recipes
        self._texts = self._writers()
        self._keys = self._sorters()

    def text(self, row: RunRow, column: ColumnKey) -> str:
        """What a cell shows."""
        return self._texts[column](row)

    def key(self, row: RunRow, column: ColumnKey) -> SortKey:
        """What a cell is sorted by; None goes last, whatever the order."""
        return self._keys[column](row)

    def haystack(self, row: RunRow) -> str:
        """All that a search looks through."""
        entry = row.entry
        return "\n".join(
            (entry.title, entry.corpus_title, *entry.tags, entry.notes, entry.group, self.recipe(row))
        ).casefold()

    def loss(self, row: RunRow, loss: float) -> str:
        """A loss in the chosen unit."""
        return NOTHING if math.isnan(loss) else self._units.text(loss, row.factor)[0]

    def recipe(self, row: RunRow) -> str:
        """The name of the recipe."""
        return self._recipes.get(row.entry.recipe, row.entry.recipe)

    def _writers(self) -> Mapping[ColumnKey, Callable[[RunRow], str]]:
        return {
            "star": lambda row: "",  # noqa: ARG005, drawn
            "title": lambda row: row.entry.title,
            "state": state_text,
            "text": lambda row: row.entry.corpus_title,
            "recipe": self.recipe,
            "best": lambda row: self.loss(row, row.best_loss),
            "last": lambda row: self.loss(row, row.last_loss),
            "guesses": lambda row: NOTHING if math.isnan(row.accuracy) else number(100 * row.accuracy),
            "duration": lambda row: duration(row.seconds) if row.seconds else NOTHING,
            "date": lambda row: date_text(row.entry.created),
            "tags": lambda row: ", ".join(row.entry.tags),
            "group": lambda row: row.entry.group,
            "notes": lambda row: " ".join(row.entry.notes.split()),
        }

    def _sorters(self) -> Mapping[ColumnKey, Callable[[RunRow], SortKey]]:
        return {
            "star": lambda row: 0.0 if row.entry.is_starred else 1.0,
            "title": lambda row: row.entry.title.casefold(),
            "state": lambda row: state_name(row.state).casefold(),
            "text": lambda row: row.entry.corpus_title.casefold() or None,
            "recipe": lambda row: self.recipe(row).casefold() or None,
            "best": lambda row: self._loss_key(row, row.best_loss),
            "last": lambda row: self._loss_key(row, row.last_loss),
            "guesses": lambda row: None if math.isnan(row.accuracy) else row.accuracy,
            "duration": lambda row: row.seconds or None,
            "date": lambda row: row.entry.created or None,
            "tags": lambda row: ", ".join(row.entry.tags).casefold() or None,
            "group": lambda row: row.entry.group.casefold() or None,
            "notes": lambda row: row.entry.notes.casefold() or None,
        }

    def _loss_key(self, row: RunRow, loss: float) -> SortKey:
        return None if math.isnan(loss) else self._units.convert(loss, row.factor)


def column_titles() -> dict[ColumnKey, str]:
    """What stands above the columns."""
    return {
        "star": tr("Star"), "title": tr("Title"), "state": tr("State"), "text": tr("Text"), "recipe": tr("Recipe"),
        "best": tr("Best"), "last": tr("Last"), "guesses": tr("Guesses"), "duration": tr("Trained"),
        "date": tr("Made"), "tags": tr("Tags"), "group": tr("Group"), "notes": tr("Notes"),
    }  # fmt: skip


def column_explanations(units: Units) -> dict[ColumnKey, str]:
    """What the columns mean, for a bubble over their titles."""
    unit = units.name
    return {
        "best": tr("The lowest validation loss, {unit}. Lower is better.", unit=unit),
        "last": tr("The last validation loss, {unit}.", unit=unit),
        "guesses": tr("How many of 100 letters or words of the validation text the best state guesses."),
        "duration": tr("How long it trained, without pauses."),
        "group": tr("Runs that were queued together by Vary."),
    }


def state_text(row: RunRow) -> str:
    """The state in words, with how much is done."""
    if row.share is not None and row.state in ("training", "validating", "paused"):
        return tr("{state}, {share}", state=state_name(row.state), share=percent(row.share))
    return state_name(row.state)


def state_icon(row: RunRow) -> str:
    """The drawing of the state."""
    return entry_icon(row.entry) if row.state == row.entry.state else STATE_ICONS[row.state]
