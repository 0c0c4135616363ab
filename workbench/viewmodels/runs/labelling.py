"""Tags and notes of the selected run, written a moment after the last key."""

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.viewmodels.runs.deeds import RunDeeds
from workbench.viewmodels.runs.runs_page import RunsViewModel

WAIT_MILLISECONDS = 800


class Labelling(QObject):
    """Keeps what is being typed until it is written, also when another run is selected meanwhile.

    changed: the notes of a run have another line than those typed here.
    """

    changed = Signal()

    def __init__(self, page: RunsViewModel, deeds: RunDeeds) -> None:
        super().__init__(page)
        self._page, self._deeds = page, deeds
        self._run_id = ""
        self._typed: dict[str, object] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MILLISECONDS)
        self._timer.timeout.connect(self.write_now)

    @property
    def tags(self) -> str:
        """The tags of the selected run as one line."""
        return ", ".join(self._page.one.entry.tags) if self._page.one is not None else ""

    @property
    def notes(self) -> str:
        """The notes of the selected run."""
        return self._page.one.entry.notes if self._page.one is not None else ""

    def type_tags(self, line: str) -> None:
        """The line of tags was changed; they are separated by commas."""
        self._type("tags", tags_of(line))

    def type_notes(self, notes: str) -> None:
        """The notes were changed."""
        self._type("notes", notes)

    def add_note(self, run_id: str, line: str) -> None:
        """Put a line at the end of the notes of a run."""
        self.write_now()
        row = self._page.table.row(run_id)
        if row is not None:
            notes = row.entry.notes.rstrip()
            self._deeds.write_label(run_id, notes=f"{notes}\n{line}" if notes else line)
            self.changed.emit()

    def write_now(self) -> None:
        """Write what was typed."""
        self._timer.stop()
        typed, self._typed = self._typed, {}
        if typed:  # what is refused stays on the screen, so that it can be mended
            self._deeds.write_label(self._run_id, **typed)

    def _type(self, name: str, value: object) -> None:
        if self._page.one is None:
            return
        if self._run_id != self._page.one.entry.id:
            self.write_now()
            self._run_id = self._page.one.entry.id
        self._typed[name] = value
        self._timer.start()


def tags_of(line: str) -> tuple[str, ...]:
    """The tags of a line, each once."""
    return tuple(dict.fromkeys(tag for part in line.split(",") if (tag := " ".join(part.split()))))
