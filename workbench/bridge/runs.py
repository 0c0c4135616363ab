"""Runs of the library for the window."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.errors import Cancelled, Message, TextloomError, message_from_record
from engine.event_records import event_from_record
from engine.events import RunEvent
from engine.library.entries import Entry
from engine.library.files import DISK_FULL
from engine.library.json_lines import read_lines
from engine.library.library import Library
from engine.library.locks import is_locked
from engine.library.runs import RunFolder
from workbench.bridge.jobs import ThreadJob, ThreadJobs
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.runs import HistoryPlace, LastFigures, RunEntry, RunState
from workbench.bridge.run_files import last_figures, write_metrics_table
from workbench.bridge.shelf import Shelf

END_STATES: dict[str, RunState] = {
    "completed": "finished", "stopped": "finished", "stopped_early": "stopped_early", "failed": "failed",
}  # fmt: skip
READ_AT_ONCE = 50
LOOK_SECONDS = 60.0


class LibraryRuns:
    """See the protocol `Runs`."""

    def __init__(self, library: Library, jobs: ThreadJobs) -> None:
        self._library = library
        self._jobs = jobs
        self._shelf = Shelf(library.runs_path, ("run.json", "label.json"), run_entry)
        self._looking: ThreadJob | None = None  # takes the first look; the shelf is its own meanwhile

    def refresh_later(self, on_done: Callable[[], None]) -> ThreadJob:
        """Look at the folders on a thread; see the protocol."""

        def work(_: Callable[[], bool]) -> bool:
            return self._look()

        def finish(_: object) -> None:
            self.finish_refresh()
            on_done()

        self._looking = self._jobs.start("runs", work, on_done=finish, on_failed=finish)
        return self._looking

    def finish_refresh(self) -> None:
        """Return when the look that a thread takes is done."""
        if self._looking is not None:
            self._looking.wait(LOOK_SECONDS)
            self._looking = None

    def refresh(self) -> bool:
        """Look at the folders again; whether anything changed."""
        return self._looking is None and self._look()

    def _look(self) -> bool:
        has_changed = self._shelf.refresh()
        for entry in self._shelf.entries():
            if entry.outcome or entry.state == "damaged":
                continue
            # Nothing in the folder tells that a writer came or died: ask its lock.
            state = _open_state(entry, is_held=is_locked(entry.path))
            if state != entry.state:
                self._shelf.replace(entry.id, replace(entry, state=state))
                has_changed = True
        return has_changed

    def entries(self) -> list[RunEntry]:
        """All runs, newest first."""
        return self._shelf.entries() if self._looking is None else []

    def entry(self, run_id: str) -> RunEntry | None:
        """One run, None when it is not there."""
        return self._shelf.entry(run_id) if self._looking is None else None

    def read_history(
        self,
        run_id: str,
        into: Callable[[RunEvent], None],
        on_done: Callable[[HistoryPlace], None],
        on_failed: Callable[[Failure], None],
        start: HistoryPlace = HistoryPlace(),  # noqa: B008
    ) -> ThreadJob:
        """Read what happened in a run on a thread; see the protocol."""
        folder = self._library.run(run_id)

        def work(is_cancelled: Callable[[], bool]) -> HistoryPlace:
            return _read_history(folder, into, start, is_cancelled)

        return self._jobs.start(f"history {run_id}", work, on_done=on_done, on_failed=on_failed, is_exclusive=False)

    def write_label(self, run_id: str, **changes: Any) -> None:
        """Change what the person says about a run. Raises TextloomError."""
        self._library.check_writable()
        change_label(self._library.run(run_id), **changes)
        self._shelf.forget(run_id)

    def trash(self, run_id: str) -> Path:
        """Move a run to the trash; returns its place there. Raises TextloomError when it is in use."""
        return self._library.trash(self._library.run(run_id).path)

    def restore(self, place: Path) -> None:
        """Bring something back from the trash. Raises TextloomError."""
        self._library.restore(place)

    def export_model(
        self, run_id: str, path: Path, on_done: Callable[[Path], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """Write the best model of a run to a .textloom file; an existing file is replaced."""

        def work(_: Callable[[], bool]) -> Path:
            from engine.models.model_file import write_model
            from engine.models.run_model import read_run_model

            model, _problems = read_run_model(self._library.run(run_id))
            write_model(path, model, model.arrays)
            return path

        return self._jobs.start(
            "export", work, on_done=on_done, on_failed=on_failed, is_exclusive=False, needs="numpy"
        )

    def export_metrics(
        self, run_id: str, path: Path, on_done: Callable[[Path], None], on_failed: Callable[[Failure], None]
    ) -> ThreadJob:
        """Write the curves of a run to a CSV file; an existing file is replaced."""

        def work(_: Callable[[], bool]) -> Path:
            write_metrics_table(self._library.run(run_id), path)
            return path

        return self._jobs.start("export", work, on_done=on_done, on_failed=on_failed, is_exclusive=False)

    def read_last(
        self,
        run_ids: Sequence[str],
        on_found: Callable[[Mapping[str, LastFigures]], None],
        on_done: Callable[[], None],
    ) -> ThreadJob:
        """What these runs reported last; see the protocol."""

        def work(is_cancelled: Callable[[], bool]) -> Generator[Mapping[str, LastFigures], None, None]:
            return _read_last(self._library, run_ids, is_cancelled)

        return self._jobs.start(
            "last figures", work, on_event=on_found, on_done=lambda _: on_done(), on_failed=lambda _: on_done(),
            is_exclusive=False,
        )  # fmt: skip

    def evaluate(
        self,
        run_id: str,
        paths: list[Path],
        on_progress: Callable[[float], None],
        on_done: Callable[[Mapping[str, Any]], None],
        on_failed: Callable[[Failure], None],
        on_cancelled: Callable[[], None] | None = None,
    ) -> ThreadJob:
        """How well the best model of a run predicts a text; see the protocol."""

        def work(_: Callable[[], bool]) -> Generator[float, None, Mapping[str, Any]]:
            from engine.evaluation.evaluate import evaluate_text_in_steps
            from engine.models.run_model import read_run_model
            from engine.text.reading import read_text_file

            yield 0.0  # what was cancelled while torch was loading ends here
            model, _problems = read_run_model(self._library.run(run_id))
            texts = [read_text_file(path)[0] for path in paths]
            yield 0.0
            result = yield from evaluate_text_in_steps(model, "\n\n".join(texts))
            return result.as_record()

        return self._jobs.start(
            "evaluate", work, on_event=on_progress, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled,
            needs="torch",
        )  # fmt: skip

    def read_queue(self) -> list[dict[str, object]]:
        """What waited when it was last written. Raises TextloomError."""
        return self._library.read_queue()

    def write_queue(self, records: Sequence[Mapping[str, object]]) -> None:
        """Keep what waits. Raises TextloomError."""
        self._library.write_queue(records)


def _open_state(entry: RunEntry, *, is_held: bool) -> RunState:
    """The state of a run whose end is written nowhere."""
    if not is_held:
        return "interrupted"
    return "training" if entry.problem is None else "preparing"


def change_label(folder: RunFolder, **changes: Any) -> None:
    """Write the label of a run with some of its fields changed. Raises TextloomError."""
    folder.write_label(replace(folder.read_label(), **changes))


def run_entry(entry: Entry) -> RunEntry:
    """A run from what its description says; odd values are left out."""
    info = entry.info
    if entry.problem is not None:
        state: RunState = "preparing" if entry.is_unfinished else "damaged"
        return RunEntry(id=entry.id, path=entry.path, title=entry.title, state=state, problem=entry.problem)
    corpus = _table(info, "corpus")
    outcome = _text(info, "outcome")
    label = entry.label
    return RunEntry(
        id=entry.id,
        path=entry.path,
        title=entry.title,
        created=entry.created,
        state=END_STATES.get(outcome, "interrupted"),
        recipe=_text(info, "recipe"),
        corpus_id=_text(corpus, "id"),
        corpus_title=_text(corpus, "title"),
        configuration=_table(info, "configuration"),
        num_parameters=int(_number(info, "num_parameters")),
        vocabulary_size=int(_number(info, "vocabulary_size")),
        plan=_table(info, "plan"),
        machine=_table(info, "machine"),
        explanation=_message(info, "explanation"),
        outcome=outcome,
        reason=_message(info, "reason"),
        is_disk_full=outcome == "failed" and info.get("reason_template") == DISK_FULL,
        step=int(_number(info, "step")),
        seconds=_number(info, "seconds"),
        best=_table(info, "best"),
        parent=_table(info, "parent"),
        tags=tuple(label.tags),
        notes=label.notes,
        group=label.group,
        is_starred=label.is_starred,
    )


def _read_history(
    folder: RunFolder, into: Callable[[RunEvent], None], start: HistoryPlace, is_cancelled: Callable[[], bool]
) -> HistoryPlace:
    metrics = read_lines(folder.metrics_path, start=start.metrics)
    samples = read_lines(folder.samples_path, start=start.samples)
    for lines in (metrics, samples):
        for record in lines.values:
            if is_cancelled():
                raise Cancelled
            event = event_from_record(record)
            if event is not None:
                into(event)
    return HistoryPlace(metrics.end, samples.end)


def _read_last(
    library: Library, run_ids: Sequence[str], is_cancelled: Callable[[], bool]
) -> Generator[Mapping[str, LastFigures], None, None]:
    for start in range(0, len(run_ids), READ_AT_ONCE):
        found: dict[str, LastFigures] = {}
        for run_id in run_ids[start : start + READ_AT_ONCE]:
            if is_cancelled():
                raise Cancelled
            with suppress(TextloomError):
                found[run_id] = last_figures(library.run(run_id).metrics_path)
        yield found


def _message(info: Mapping[str, Any], name: str) -> Message | None:
    found = message_from_record(info, name)
    return found if found is not None and found.text else None


def _table(info: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = info.get(name)
    return value if isinstance(value, dict) else {}


def _text(info: Mapping[str, Any], name: str) -> str:
    value = info.get(name)
    return value if isinstance(value, str) else ""


def _number(info: Mapping[str, Any], name: str) -> float:
    value = info.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
