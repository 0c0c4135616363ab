"""What waits to be trained survives the end of the program: kept in the library with every change."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QObject

from engine.config.configuration import SECTIONS
from engine.errors import TextloomError, message_from_record, message_record
from workbench.bridge.protocols.runs import Runs
from workbench.bridge.protocols.training import TrainRequest
from workbench.viewmodels.notices import Notices
from workbench.viewmodels.training_queue import TrainingQueue

_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "corpus_id": str, "recipe": str, "title": str, "start_from": str, "resume_run": str, "group": str,
    "is_planned": bool, "added_minutes": (int, float),
}  # fmt: skip
_LONGEST_MINUTES = 1e6


class QueueKeeping(QObject):
    """Restores what waited at the start, held until the person says Go on; then writes every change."""

    def __init__(
        self, queue: TrainingQueue, runs: Runs, notices: Notices, *, is_read_only: bool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._queue, self._runs, self._notices = queue, runs, notices
        self._written: list[dict[str, Any]] | None = None
        self._is_failing = False
        if not is_read_only:
            self._restore()
            queue.changed.connect(self._on_queue_changed)

    def _restore(self) -> None:
        try:
            records = self._runs.read_queue()
        except TextloomError:  # what cannot be read now is not overwritten before something waits
            return
        requests = [request for record in records if (request := request_from(record)) is not None]
        self._written = [as_record(request) for request in requests]
        self._queue.restore(requests)

    def _on_queue_changed(self) -> None:
        records = [as_record(request) for request in waiting_requests(self._queue)]
        if records == (self._written or []):
            return
        try:
            self._runs.write_queue(records)
        except TextloomError as error:
            if not self._is_failing:  # said once, not at every change
                self._notices.fail_with(error)
            self._is_failing = True
        else:
            self._written, self._is_failing = records, False


def waiting_requests(queue: TrainingQueue) -> list[TrainRequest]:
    """What would be lost with the window: what waits, and what has begun but has no folder yet."""
    run = queue.current
    is_preparing = run is not None and not run.is_over and not run.run_id
    return [run.request, *queue.waiting] if run is not None and is_preparing else list(queue.waiting)


def as_record(request: TrainRequest) -> dict[str, Any]:
    """A request as plain values for JSON."""
    record: dict[str, Any] = {name: getattr(request, name) for name in _PLAIN}
    record["tables"] = {
        name: dict(table) if isinstance(table, Mapping) else table for name, table in request.tables.items()
    }
    if request.explanation is not None:
        record |= message_record("explanation", request.explanation)
    return record


def request_from(record: Mapping[str, Any]) -> TrainRequest | None:
    """The request of a record; None when it is none that could be trained."""
    known = {field.name for field in fields(TrainRequest)}
    values = {name: value for name, value in record.items() if name in known and name in _PLAIN}
    if any(not _is_of(value, _PLAIN[name]) for name, value in values.items()):
        return None
    tables = record.get("tables", {})
    if not isinstance(tables, dict) or any(not isinstance(tables.get(name, {}), dict) for name in SECTIONS):
        return None
    if not 0 <= values.get("added_minutes", 0) <= _LONGEST_MINUTES:
        return None
    request = TrainRequest(**values, tables=tables)
    if not request.corpus_id and not request.resume_run:
        return None
    return replace(request, explanation=message_from_record(record, "explanation"))


def _is_of(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
