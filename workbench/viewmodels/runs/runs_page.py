"""The Runs page: all runs, which of them are selected, and what can be done with those."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.runs import LastFigures, RunEntry
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.recipes.labels import recipe_title
from workbench.viewmodels.runs.filters import Filter
from workbench.viewmodels.runs.last_figures import LastFiguresReader
from workbench.viewmodels.runs.rows import RunRow, row_of
from workbench.viewmodels.runs.table_model import RunTableModel
from workbench.viewmodels.workbench import Workbench
from workbench.words import plural, tr

LIVE_MILLISECONDS = 1000
TABLE_KEY = "runs/columns"
Primary = Literal["", "train", "write", "go_on"]


class RunsViewModel(QObject):
    """What the page shows. It is empty before the first `refresh`.

    selection_changed: others are selected; selected_renewed: the same ones have other figures; runs_changed: there
    are more or fewer runs, or groups; selection_wanted: these ids shall be selected in the table.
    """

    selection_changed = Signal()
    selected_renewed = Signal()
    runs_changed = Signal()
    selection_wanted = Signal(object)

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self.units = Units.shared(workbench)
        self.table = RunTableModel(self.units, _preset_names(workbench), self)
        self._last = LastFiguresReader(workbench.door.runs, self)
        self._selected: list[str] = []
        self._shown: list[RunRow] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LIVE_MILLISECONDS)
        self._rows: dict[str, tuple[RunEntry, LastFigures | None, RunRow]] = {}
        self._connect()

    def _connect(self) -> None:
        self._timer.timeout.connect(self._on_timer_ticked)
        self._last.changed.connect(self._on_figures_read)
        self.workbench.runs.changed.connect(self.refresh)
        self.workbench.queue.changed.connect(self.refresh)
        self.workbench.navigator.runs_wanted.connect(self.show_runs)
        self.units.changed.connect(self.selected_renewed)

    # Which runs

    @property
    def has_runs(self) -> bool:
        """Whether there is anything to list."""
        return self.table.num_all > 0

    @property
    def selected(self) -> list[RunRow]:
        """The selected runs as they are now, in the order of the table."""
        return self._shown

    @property
    def one(self) -> RunRow | None:
        """The selected run, if it is one."""
        return self._shown[0] if len(self._shown) == 1 else None

    def select(self, run_ids: Sequence[str]) -> None:
        """These are selected now."""
        if list(run_ids) != self._selected:
            self._selected = list(run_ids)
            self._shown = self._selected_rows()
            self.selection_changed.emit()

    def show_runs(self, run_ids: Sequence[str]) -> None:
        """Select runs from elsewhere, whatever is filtered."""
        if any(self.table.place_of(run_id) < 0 for run_id in run_ids):
            self.table.set_filter(Filter())
            self.runs_changed.emit()
        self.selection_wanted.emit(list(run_ids))

    def groups(self) -> list[str]:
        """Names of all groups, the newest first."""
        return list(dict.fromkeys(entry.group for entry in self.workbench.runs.entries() if entry.group))

    def show_group(self, group: str) -> None:
        """List the runs of a group only, and select them all."""
        self.table.set_filter(Filter(group=group))
        self.runs_changed.emit()
        self.selection_wanted.emit([row.entry.id for row in self.table.rows()])

    def set_filter(self, wanted: Filter) -> None:
        """List these only."""
        self.table.set_filter(wanted)
        self.runs_changed.emit()

    def figures_of(self, run_id: str) -> LastFigures | None:
        """What a run reported last, once that was read."""
        return self._last.figures(run_id)

    # What is said and offered

    def sentence(self) -> str:
        """How many runs there are, and what their losses are told in."""
        num_all, num_shown = self.table.num_all, self.table.rowCount()
        if not num_all:
            return ""
        unit = self.units.name
        if not self.table.filter.is_open:
            return tr(
                "{shown} of {all} runs. Losses in {unit}: lower is better.", shown=num_shown, all=num_all, unit=unit
            )
        runs = plural("{count} run", "{count} runs", num_all)
        return tr("{runs}. Losses in {unit}: lower is better.", runs=runs, unit=unit)

    def primary(self) -> Primary:
        """What the filled button does."""
        row = self.one
        if row is None:
            return "" if self._shown else "train"
        if row.is_live or row.entry.problem is not None:
            return ""
        if row.state in ("interrupted", "failed") and self.can_go_on(row):
            return "go_on"
        return "write" if row.has_best else ""

    def can_go_on(self, row: RunRow) -> bool:
        """Whether a run was cut short, and saved something to go on from."""
        is_cut_short = not row.is_live and (row.state == "interrupted" or row.entry.outcome in ("stopped", "failed"))
        if not is_cut_short or row.entry.problem is not None or self.workbench.door.is_read_only:
            return False
        waits = any(request.resume_run == row.entry.id for request in self.workbench.queue.waiting)
        return not waits and self.has_saved(row)

    def has_saved(self, row: RunRow) -> bool:
        """Whether there is a state to go on from or to write with."""
        return bool(self.workbench.door.writing.with_saved_state([row.entry.id]))

    # Keeping up

    def set_visible(self, is_visible: bool) -> None:
        """Follow what trains while the page is seen."""
        if is_visible:
            self._timer.start()
            self._on_timer_ticked()
        else:
            self._timer.stop()

    def refresh(self) -> None:
        """Show the runs as they are."""
        entries = self.workbench.runs.entries()
        before = self.table.num_all, self.groups()
        self.table.set_rows([self._row(entry) for entry in entries])
        self._read_last(entries)
        self._renew_selected()
        if before != (self.table.num_all, self.groups()):
            self.runs_changed.emit()

    def _row(self, entry: RunEntry) -> RunRow:
        run, last = self.workbench.queue.current, self.figures_of(entry.id)
        if run is not None and run.run_id == entry.id and run.is_running:
            return row_of(entry, last, run)
        kept = self._rows.get(entry.id)
        if kept is None or kept[0] is not entry or kept[1] is not last:
            kept = (entry, last, row_of(entry, last, None))
            self._rows[entry.id] = kept
        return kept[2]

    def _read_last(self, entries: Sequence[RunEntry]) -> None:
        run = self.workbench.queue.current
        ours = run.run_id if run is not None and run.is_running else ""
        self._last.read([entry for entry in entries if entry.id != ours])

    def _renew_selected(self) -> None:
        before, self._shown = self._shown, self._selected_rows()
        if [row.entry.id for row in before] != [row.entry.id for row in self._shown]:
            self._selected = [row.entry.id for row in self._shown]
            self.selection_changed.emit()
        elif not all(old.is_as(new) for old, new in zip(before, self._shown, strict=True)):
            self.selected_renewed.emit()

    def _selected_rows(self) -> list[RunRow]:
        found = (self.table.row(run_id) for run_id in self._selected)
        return [row for row in found if row is not None]

    def _on_figures_read(self) -> None:
        self.table.set_rows([self._row(entry) for entry in self.workbench.runs.entries()])
        self._renew_selected()

    def _on_timer_ticked(self) -> None:
        if any(row.is_live for row in self.table.all_rows()):
            self.refresh()


def _preset_names(workbench: Workbench) -> dict[str, str]:
    """Names of the presets by their id, which is what a run remembers of its recipe, and of the demo's own."""
    try:
        names = {entry.id: recipe_title(entry) for entry in workbench.door.recipes.entries() if entry.is_preset}
    except TextloomError:
        names = {}
    return {"demo": tr("Demo"), **names}
