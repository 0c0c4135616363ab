"""The dialog that varies a run: what is chosen in it, what is wrong with it, and what it will take."""

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.recipes.declarations import Declared, complete, value_of
from workbench.viewmodels.recipes.labels import label_of, value_text
from workbench.viewmodels.runs.variation import (
    MOST_RUNS,
    Values,
    Variation,
    budget_sentence,
    found_settings,
    read_values,
    varied_settings,
)
from workbench.viewmodels.workbench import Workbench
from workbench.words import plural, rough_duration, tr


class Varying(QObject):
    """changed: anything in it."""

    changed = Signal()

    def __init__(self, workbench: Workbench, entry: RunEntry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.entry = entry
        self._settings = varied_settings(entry)
        self._setting: Declared | None = None
        self._line = ""
        self._values = Values()
        self._num_seeds = 1

    # What is chosen

    def found(self, words: str) -> list[tuple[str, str, str]]:
        """(path, name, present value) of the settings that hold these words."""
        tables = complete(self.entry.configuration)
        return [
            (setting.path, label_of(setting), value_text(setting, value_of(tables, setting.path)))
            for setting in found_settings(self._settings, words)
        ]

    def choose(self, path: str) -> None:
        """Vary this setting; an empty path varies only the seeds."""
        self._setting = next((setting for setting in self._settings if setting.path == path), None)
        self.set_line(self._line)

    def set_line(self, line: str) -> None:
        """Give it these values."""
        self._line = line
        self._values = Values() if self._setting is None else read_values(self.entry, self._setting, line)
        self.changed.emit()

    def set_num_seeds(self, count: int) -> None:
        """Train each value so often, each time with another seed."""
        self._num_seeds = count
        self.changed.emit()

    # What is said

    @property
    def setting_name(self) -> str:
        """What the chosen setting is called; empty while none is chosen."""
        return label_of(self._setting) if self._setting is not None else ""

    @property
    def help(self) -> str:
        """What the chosen setting means, and the value that the run has."""
        if self._setting is None:
            return tr("Choose the setting that shall take several values. Without one, only the seeds differ.")
        now = value_text(self._setting, value_of(complete(self.entry.configuration), self._setting.path))
        return tr("{help} This run has {value}.", help=tr(self._setting.option.help), value=now)

    @property
    def placeholder(self) -> str:
        """An example of a list of values."""
        if self._setting is None:
            return ""
        if isinstance(self._setting.default, bool):
            return tr("on, off")
        if self._setting.option.choices:
            return ", ".join(value_text(self._setting, choice) for choice in self._setting.option.choices[:3])
        return tr("Values with commas between them")

    @property
    def problem(self) -> str:
        """What is wrong; empty when the runs can be queued or a value is still missing."""
        if self._values.problem:
            return self._values.problem
        if self._variation.num_runs > MOST_RUNS:
            return tr("That would be {count} runs. Choose fewer values.", count=self._variation.num_runs)
        return ""

    @property
    def mended(self) -> str:
        """The line of values with the first bad one replaced by the nearest that is possible; empty without one."""
        return self._values.mended

    @property
    def budget(self) -> str:
        """What all runs have in common."""
        return budget_sentence(self.entry)

    @property
    def summary(self) -> str:
        """How many runs there will be and how long they take."""
        if not self.can_queue:
            return tr("Type at least one value.") if not self.problem else ""
        count = self._variation.num_runs
        seconds = self._variation.seconds(self._workbench.door.training)
        if seconds is None:
            return plural("{count} run.", "{count} runs.", count)
        time = rough_duration(seconds)
        if count == 1:
            return tr("One run, {time}.", time=time)
        return tr("{count} runs, {time} in all.", count=count, time=time)

    @property
    def button_text(self) -> str:
        """The words on the button."""
        return plural("Queue {count} run", "Queue {count} runs", self._variation.num_runs)

    @property
    def can_queue(self) -> bool:
        """Whether there is something to queue."""
        return not self.problem and (self._setting is None or bool(self._values.values))

    # What it does

    def queue(self) -> None:
        """Let the runs wait for their turn as a group."""
        taken = [entry.group for entry in self._workbench.runs.entries()]
        taken += [request.group for request in self._workbench.queue.waiting]
        group = self._variation.group(taken)
        requests = self._variation.requests(group)
        for request in requests:
            self._workbench.queue.add(request)
        words = plural("{count} run is queued", "{count} runs are queued", len(requests))
        self._workbench.notices.say(tr("{runs} as the group “{group}”.", runs=words, group=group))

    @property
    def _variation(self) -> Variation:
        return Variation(self.entry, self._setting, self._values.values, self._num_seeds)
