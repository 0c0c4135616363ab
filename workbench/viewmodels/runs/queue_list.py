"""What trains and what waits, as a list and in words."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from workbench.bridge.protocols.runs import RunEntry
from workbench.bridge.protocols.training import TrainRequest
from workbench.viewmodels.recipes.declarations import complete
from workbench.viewmodels.runs.columns import NOTHING
from workbench.viewmodels.runs.rows import number_of
from workbench.viewmodels.runs.variation import base_seconds
from workbench.viewmodels.window.status import STATE_ICONS, state_text
from workbench.viewmodels.workbench import Workbench
from workbench.words import plural, rough_duration, tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SHAPE = (("model", "cell"), ("model", "num_layers"), ("model", "hidden_size"), ("training", "batch_size"),
          ("training", "window_size"))  # fmt: skip


class QueueListModel(QAbstractListModel):
    """The requests that wait, in their order; a row says what it is and about how long it takes."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._shown: list[TrainRequest] = []
        self.refresh()

    def refresh(self) -> None:
        """Show what waits now."""
        waiting = self._workbench.queue.waiting
        if len(waiting) == len(self._shown) and all(a is b for a, b in zip(waiting, self._shown, strict=True)):
            return
        self.beginResetModel()
        self._shown = list(waiting)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        request = self._shown[index.row()]
        title = request_title(self._workbench, request)
        seconds = expected_seconds(request, self._workbench.runs.entries())
        if seconds is None:
            return title
        return tr("{title}, {time}", title=title, time=rough_duration(seconds))


class QueueViewModel(QObject):
    """changed: what trains, what waits or whether it is held; updated: figures of the run that trains."""

    changed = Signal()
    updated = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._queue = workbench, workbench.queue
        self.list = QueueListModel(workbench, self)
        self._queue.changed.connect(self._on_queue_changed)
        self._queue.updated.connect(self.updated)

    @property
    def is_shown(self) -> bool:
        """Whether something trains or waits."""
        return self._queue.is_busy or bool(self._queue.waiting)

    @property
    def has_waiting(self) -> bool:
        """Whether something waits."""
        return bool(self._queue.waiting)

    @property
    def is_held(self) -> bool:
        """Whether nothing that waits begins by itself."""
        return self._queue.is_held

    @property
    def restored_sentence(self) -> str:
        """What is said when something waits from last time; empty else."""
        if not self._queue.is_restored or not self._queue.waiting:
            return ""
        return plural(
            "{count} run waits from last time.", "{count} runs wait from last time.", len(self._queue.waiting)
        )

    @property
    def summary(self) -> str:
        """What waits, and about how long it takes."""
        count = len(self._queue.waiting)
        if not count:
            return tr("Nothing waits behind it.")
        entries = self._workbench.runs.entries()
        times = [expected_seconds(request, entries) for request in self._queue.waiting]
        known = [time for time in times if time is not None]
        words = plural("{count} waits", "{count} wait", count)
        if not known:
            return tr("{what}.", what=words)
        if len(known) < count:
            return tr("{what}, {time} or more.", what=words, time=rough_duration(sum(known)))
        return tr("{what}, {time}.", what=words, time=rough_duration(sum(known)))

    # What trains

    @property
    def current_title(self) -> str:
        """What trains now; empty when nothing does."""
        run = self._queue.current
        if run is None or run.is_over:
            return ""
        started = run.history.started
        return started.title if started is not None else request_title(self._workbench, run.request)

    @property
    def current_state(self) -> tuple[str, str]:
        """Drawing and words of what it does."""
        run = self._queue.current
        return (STATE_ICONS[run.state], state_text(run)) if run is not None and not run.is_over else ("", "")

    @property
    def current_share(self) -> float | None:
        """How much of it is done."""
        run = self._queue.current
        return run.history.share_done if run is not None else None

    def show_current(self) -> None:
        """Go to the page of what trains."""
        run = self._queue.current
        if run is not None and run.run_id:
            self._workbench.navigator.show_run(run.run_id)
        else:
            self._workbench.navigator.show_page("train")

    # The order

    def move(self, index: int, to: int) -> int:
        """Give one that waits another place; returns where it stands now."""
        count = len(self._queue.waiting)
        if not 0 <= index < count:
            return index
        to = min(max(to, 0), count - 1)
        self._queue.move(index, to)
        return to

    def remove(self, index: int) -> None:
        """Take one out that waits, with a way back."""
        if not 0 <= index < len(self._queue.waiting):
            return
        request = self._queue.remove(index)
        title = request_title(self._workbench, request)
        self._workbench.notices.say(
            tr("{title} waits no longer.", title=title), tr("Undo"), lambda: self._put_back(index, request)
        )

    def hold(self, is_held: bool) -> None:
        """Let what waits go on waiting, or not."""
        self._queue.hold(is_held)

    def _put_back(self, index: int, request: TrainRequest) -> None:
        self._queue.insert(min(index, len(self._queue.waiting)), request)

    def _on_queue_changed(self) -> None:
        self.list.refresh()
        self.changed.emit()


def request_title(workbench: Workbench, request: TrainRequest) -> str:
    """What a request will be called."""
    if request.resume_run:
        entry = workbench.runs.entry(request.resume_run)
        title = entry.title if entry is not None else request.title
        return tr("Go on: {title}", title=title or NOTHING)
    if request.title:
        return request.title
    corpus = workbench.texts.entry(request.corpus_id)
    return corpus.title if corpus is not None else tr("A run on a text that is gone")


def expected_seconds(request: TrainRequest, entries: Sequence[RunEntry]) -> float | None:
    """About how long a request takes: its minutes, or its steps at the speed of a run of the same shape."""
    if request.resume_run:
        entry = next((entry for entry in entries if entry.id == request.resume_run), None)
        return 60 * request.added_minutes or (_seconds_left(entry) if entry is not None else None)
    training = request.tables.get("training", {})
    minutes, steps = number_of(training, "minutes"), number_of(training, "steps")
    if minutes > 0:
        return 60 * minutes
    if not steps > 0:
        return None
    shape = _shape(request.tables)
    alike = (entry for entry in entries if entry.step and entry.seconds and _shape(entry.configuration) == shape)
    entry = next(alike, None)
    return None if entry is None else steps * entry.seconds / entry.step


def _seconds_left(entry: RunEntry) -> float | None:
    whole = base_seconds(entry) if entry.configuration else None
    return None if whole is None else max(0.0, whole - entry.seconds)


def _shape(tables: Any) -> tuple[object, ...]:
    whole = complete(tables)
    return tuple(whole[section].get(name) for section, name in _SHAPE)
