"""The foot of the rail: what trains now, in a few words that are always true."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from workbench.bridge.protocols.runs import RunEntry, RunState
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.workbench import Workbench
from workbench.words import duration, file_size, percent, plural, tr

STATE_ICONS: dict[RunState, str] = {
    "waiting": "waiting", "preparing": "preparing", "training": "training", "validating": "validating",
    "pausing": "paused", "paused": "paused", "stopping": "stopping", "finished": "finished",
    "stopped_early": "stopped-early", "interrupted": "interrupted", "failed": "failed", "damaged": "error",
}  # fmt: skip


def entry_icon(entry: RunEntry) -> str:
    """The drawing of a run's state; a full disk has its own, as free room is all that is needed to go on."""
    return "disk-full" if entry.state == "failed" and entry.is_disk_full else STATE_ICONS[entry.state]


@dataclass(frozen=True)
class Status:
    """What the foot shows. share: of the run that is done, None without a bar."""

    icon: str
    text: str
    share: float | None
    details: str


class StatusLine(QObject):
    """Follows the queue."""

    changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._queue = workbench.queue
        self._queue.changed.connect(self.changed)
        self._queue.updated.connect(self.changed)
        workbench.runs.changed.connect(self.changed)
        workbench.door.background.when_ready(self.changed.emit)

    def status(self) -> Status:
        """What is running now."""
        run = self._queue.current
        num_waiting = len(self._queue.waiting)
        if run is None or run.is_over:
            if self._trains_elsewhere():
                return Status("training", tr("A command trains"), None, self._loading())
            if num_waiting:
                return Status("waiting", plural("{count} waits", "{count} wait", num_waiting), None, self._loading())
            return Status("train", tr("Nothing is training"), None, self._loading())
        return Status(STATE_ICONS[run.state], state_text(run), run.history.share_done, _details(run))

    def show_current(self) -> None:
        """Go to what the foot tells of."""
        run = self._queue.current
        run_id = self._trains_elsewhere() if run is None or run.is_over else run.run_id
        if run_id:
            self._workbench.navigator.show_run(run_id)
        else:
            self._workbench.navigator.show_page("train")

    def _trains_elsewhere(self) -> str:
        """The newest run that another process trains."""
        return next((entry.id for entry in self._workbench.runs.entries() if entry.state == "training"), "")

    def _loading(self) -> str:
        if self._workbench.door.background.is_ready:
            return tr("Ready to train.")
        return tr("Still loading the part that trains. You can use everything else meanwhile.")


def state_text(run: ActiveRun) -> str:
    """The state of a run in a few words, with how far it is."""
    share, left = run.history.share_done, run.history.last_step.remaining_seconds if run.history.last_step else None
    if run.state == "training" and share is not None:
        if left is None:
            return tr("Training {share}", share=percent(share))
        return tr("Training {share}, {left}", share=percent(share), left=duration(left))
    if run.state == "paused" and share is not None:
        return tr("Paused at {share}", share=percent(share))
    return state_name(run.state)


def state_name(state: RunState) -> str:
    """The name of a state."""
    names: dict[RunState, str] = {
        "waiting": tr("Waiting"), "preparing": tr("Preparing"), "training": tr("Training"),
        "validating": tr("Validating"), "pausing": tr("Pausing"), "paused": tr("Paused"),
        "stopping": tr("Stopping"), "finished": tr("Finished"),
        "stopped_early": tr("Stopped early"), "interrupted": tr("Interrupted"), "failed": tr("Failed"),
        "damaged": tr("Damaged"),
    }  # fmt: skip
    return names[state]


def _details(run: ActiveRun) -> str:
    started, step = run.history.started, run.history.last_step
    if started is None:
        return tr("Preparing the run.")
    memory = file_size(step.memory_bytes) if step else tr("not measured yet")
    return tr(
        "{title}. Device: {device}. Precision: {precision}. Memory: {memory}.",
        title=started.title, device=started.device, precision=started.precision, memory=memory,
    )  # fmt: skip
