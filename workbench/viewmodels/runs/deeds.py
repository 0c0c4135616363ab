"""What can be done with the selected runs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject

from engine.errors import Message, TextloomError
from engine.events import RunEvent, SettingChanged
from workbench.bridge.protocols.runs import RunEntry
from workbench.viewmodels.recipes.declarations import Tables
from workbench.viewmodels.runs.runs_page import RunsViewModel
from workbench.viewmodels.train.requests import go_on_request
from workbench.words import plural, told, tr

Deed = Literal[
    "open", "write", "go_on", "vary", "duplicate", "duplicate_start", "group", "rename", "star", "try", "export",
    "metrics", "trash",
]  # fmt: skip


class RunDeeds(QObject):
    """Acts on what is selected on the page, and says what came of it."""

    def __init__(self, page: RunsViewModel) -> None:
        super().__init__(page)
        self._page = page
        self._workbench = page.workbench

    # What is possible

    def can(self, deed: Deed) -> bool:
        """Whether this can be done with what is selected."""
        rows = self._page.selected
        row = self._page.one
        is_usable = row is not None and row.entry.problem is None
        match deed:
            case "trash" | "star":
                return bool(rows) and not self._is_read_only
            case "rename":
                return row is not None and not self._is_read_only
            case "group":
                return row is not None and bool(row.entry.group)
            case "write" | "export" | "try":
                return is_usable and row is not None and row.has_best
            case "go_on":
                return is_usable and row is not None and self._page.can_go_on(row)
            case "vary":
                return is_usable and not self._is_read_only
            case _:
                return is_usable

    @property
    def _is_read_only(self) -> bool:
        return self._workbench.door.is_read_only

    # To other pages

    def open(self, run_id: str = "") -> None:
        """Show a run on its page; without an id the selected one."""
        row = self._page.table.row(run_id) if run_id else self._page.one
        if row is not None and row.entry.problem is None:
            self._workbench.navigator.show_run(row.entry.id)

    def begin_draft(self) -> None:
        """Begin a new run, or go where there are texts to train on."""
        if self._workbench.texts.entries():
            self._workbench.navigator.train_on("")
        else:
            self._workbench.navigator.show_page("texts")

    def show_group(self) -> None:
        """List and select the runs that were queued together with the selected one."""
        if self._page.one is not None and self._page.one.entry.group:
            self._page.show_group(self._page.one.entry.group)

    def write_with(self) -> None:
        """Write with the best state."""
        if self._page.one is not None:
            self._workbench.navigator.write_with(self._page.one.entry.id)

    def go_on(self) -> None:
        """Train on where the run was saved last: now, or after what waits."""
        row, queue = self._page.one, self._workbench.queue
        if row is None or not self._page.can_go_on(row):
            return
        if queue.is_busy:
            queue.add(go_on_request(row.entry))
            self._workbench.notices.say(tr("{title} waits for its turn in the queue.", title=row.entry.title))
        else:
            self._workbench.navigator.show_run(row.entry.id)  # first, so that its page hears it begin
            queue.start(go_on_request(row.entry))

    def duplicate(self) -> None:
        """A draft with the settings as they were at the end, after all that was changed meanwhile."""
        if self._page.one is not None:
            self._draft(self._page.one.entry, self._page.one.entry.configuration)

    def duplicate_start(self) -> None:
        """A draft with the settings as they were at the start."""
        row = self._page.one
        if row is None:
            return
        entry, changes = row.entry, list[SettingChanged]()

        def hear(event: RunEvent) -> None:
            if isinstance(event, SettingChanged):
                changes.append(event)

        def finish(_: object) -> None:
            self._draft(entry, settings_at_start(entry.configuration, changes))

        self._attempt(
            lambda: self._workbench.door.runs.read_history(entry.id, hear, finish, self._workbench.notices.fail)
        )

    def _draft(self, entry: RunEntry, tables: Mapping[str, Any]) -> None:
        self._workbench.navigator.train_with(entry.corpus_id, tables, tr("As in {title}", title=entry.title))

    # Labels

    def rename(self, run_id: str, title: str) -> None:
        """Give a run another title, with a way back."""
        row = self._page.table.row(run_id)
        if row is None or not self._write_label(run_id, title=title):
            return
        old = row.entry.title
        self._workbench.notices.say(
            tr("It is called {title} now.", title=title),
            tr("Undo"),
            lambda: self._undo_label(run_id, title=old),
        )

    def star(self, run_id: str = "") -> None:
        """Give a star or take it away; of several the first decides."""
        chosen = self._page.table.row(run_id) if run_id else None
        rows = [chosen] if chosen is not None else self._page.selected
        if rows:
            is_starred = not rows[0].entry.is_starred
            for row in rows:
                if not self._write_label(row.entry.id, is_starred=is_starred):
                    return

    def write_label(self, run_id: str, **changes: Any) -> bool:
        """Change tags or notes; whether it was done."""
        return self._write_label(run_id, **changes)

    def _undo_label(self, run_id: str, **changes: Any) -> None:
        self._write_label(run_id, **changes)

    def _write_label(self, run_id: str, **changes: Any) -> bool:
        is_done = self._attempt(lambda: self._workbench.door.runs.write_label(run_id, **changes))
        self._workbench.runs.refresh()
        return is_done

    # Files

    def export_name(self, suffix: str) -> str:
        """A file name from the title of the selected run."""
        title = self._page.one.entry.title if self._page.one is not None else ""
        letters = "".join(sign if sign.isalnum() or sign in " -_," else "-" for sign in title).strip(" -")
        return f"{letters[:80] or 'run'}{suffix}"

    def export_model(self, path: Path) -> None:
        """Write the best model to a file."""
        row, notices = self._page.one, self._workbench.notices
        if row is not None:
            self._workbench.door.runs.export_model(
                row.entry.id,
                path,
                lambda written: notices.say(
                    tr("The model is in {name}. A model can repeat passages of its text.", name=written.name)
                ),
                notices.fail,
            )

    def export_metrics(self, path: Path) -> None:
        """Write the curves to a CSV file."""
        row, notices = self._page.one, self._workbench.notices
        if row is not None:
            self._workbench.door.runs.export_metrics(
                row.entry.id,
                path,
                lambda written: notices.say(tr("The figures are in {name}.", name=written.name)),
                notices.fail,
            )

    # The trash

    def trash(self) -> None:
        """Move the selected runs to the trash, with a way back. One that trains stays, and it is said what to do."""
        refusal: Message | None = None
        places: list[Path] = []
        busy: list[str] = []
        titles: list[str] = []
        for row in list(self._page.selected):
            if row.is_live and row.entry.problem is None:
                busy.append(row.entry.title)
                continue
            try:
                places.append(self._workbench.door.runs.trash(row.entry.id))
                titles.append(row.entry.title)
            except TextloomError as error:
                refusal = error.message
        self._workbench.runs.refresh()
        self._tell_trashed(places, titles, busy, told(refusal) if refusal is not None else "")

    def _tell_trashed(self, places: Sequence[Path], titles: Sequence[str], busy: Sequence[str], refusal: str) -> None:
        notices = self._workbench.notices
        if refusal:
            notices.say(refusal)
        elif busy and not places:
            notices.say(tr("{title} still trains. Finish it first, then move it to the trash.", title=busy[0]))
        if places:
            undo: Callable[[], None] = lambda: self._restore(places)  # noqa: E731
            notices.say(_trashed_sentence(titles, busy), tr("Undo"), undo)

    def _restore(self, places: Sequence[Path]) -> None:
        for place in places:
            if not self._attempt(lambda place=place: self._workbench.door.runs.restore(place)):  # type: ignore[misc]
                break
        self._workbench.runs.refresh()

    def _attempt(self, deed: Callable[[], object]) -> bool:
        return self._workbench.notices.attempt(lambda: (deed(), None)[1])


def settings_at_start(configuration: Mapping[str, Any], changes: Sequence[SettingChanged]) -> Tables:
    """The settings before all that was changed while the run trained."""
    tables: Tables = {name: dict(table) for name, table in configuration.items() if isinstance(table, Mapping)}
    for change in reversed(changes):
        section, _, name = change.field.partition(".")
        if name in tables.get(section, {}):
            tables[section][name] = change.old
    return tables


def _trashed_sentence(titles: Sequence[str], busy: Sequence[str]) -> str:
    if busy:
        return tr("{count} are in the trash. {title} still trains: finish it first.", count=len(titles), title=busy[0])
    if len(titles) == 1:
        return tr("{title} is in the trash.", title=titles[0])
    return plural("{count} run is in the trash.", "{count} runs are in the trash.", len(titles))
