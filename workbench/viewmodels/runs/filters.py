"""Which runs the table shows: those that hold the words that are searched for, in the chosen state and group."""

from dataclasses import dataclass
from typing import Literal

from workbench.bridge.protocols.runs import RunState
from workbench.viewmodels.runs.rows import LIVE_STATES, RunRow
from workbench.words import tr

StateChoice = Literal["all", "live", "finished", "interrupted", "failed", "starred"]
_STATES: dict[StateChoice, tuple[RunState, ...]] = {
    "live": LIVE_STATES,
    "finished": ("finished", "stopped_early"),
    "interrupted": ("interrupted",),
    "failed": ("failed", "damaged"),
}


@dataclass(frozen=True)
class Filter:
    """words: all of them must occur; group: empty for all."""

    words: str = ""
    state: StateChoice = "all"
    group: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it lets everything through."""
        return self == Filter()

    def fits(self, row: RunRow, haystack: str) -> bool:
        """Whether a run is shown. haystack: all that a search looks through, folded."""
        if self.group and row.entry.group != self.group:
            return False
        if self.state == "starred" and not row.entry.is_starred:
            return False
        states = _STATES.get(self.state)
        if states is not None and row.state not in states:
            return False
        return all(word in haystack for word in self.words.casefold().split())


def state_choices() -> list[tuple[StateChoice, str]]:
    """What can be chosen, with its words."""
    return [
        ("all", tr("All states")), ("live", tr("Training")), ("finished", tr("Finished")),
        ("interrupted", tr("Interrupted")), ("failed", tr("Failed or damaged")), ("starred", tr("Starred")),
    ]  # fmt: skip
