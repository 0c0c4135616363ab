"""The trash as a list: what lies in it, what is brought back, and its emptying."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.trash import TrashEntry, TrashKind
from workbench.viewmodels.runs.rows import long_date_text
from workbench.viewmodels.workbench import Workbench
from workbench.words import plural, told, tr


class TrashModel(QObject):
    """Lives as long as the window, so that an emptying goes on when its dialog is closed.

    changed: entries, state or words are others; progressed: `share` of an emptying is new.
    """

    changed = Signal()
    progressed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._trash = workbench.door.trash
        self.entries: list[TrashEntry] = []
        self.is_reading = True
        self.is_emptying = False
        self.share = 0.0
        self.problem = ""  # why the last deed could not be done
        self.outcome = ""  # what came of it
        self._num_doomed = 0

    @property
    def can_change(self) -> bool:
        """Whether something may be brought back or deleted now."""
        return not self._workbench.door.is_read_only and not self.is_emptying and not self.is_reading

    def refresh(self) -> None:
        """Look into the trash; what was said before is forgotten."""
        if not self.is_emptying:
            self.is_reading, self.problem, self.outcome = True, "", ""
            self._read()

    def rows(self) -> list[tuple[str, str, str]]:
        """What it is, its title, and when it was thrown away."""
        return [(kind_word(entry.kind), entry.title, long_date_text(entry.trashed)) for entry in self.entries]

    def question(self) -> str:
        """What is asked before the trash is emptied."""
        return plural(
            "Delete {count} thing in the trash for ever?", "Delete {count} things in the trash for ever?",
            len(self.entries),
        )  # fmt: skip

    def bring_back(self, places: Sequence[int]) -> None:
        """Bring these entries back to where they were."""
        self.problem = self.outcome = ""
        restored: list[TrashEntry] = []
        for entry in [self.entries[place] for place in places]:
            try:
                self._trash.restore(entry.path)
            except TextloomError as error:
                self.problem = told(error.message)
                break
            restored.append(entry)
        self.entries = [entry for entry in self.entries if entry not in restored]
        if restored:
            self.outcome = _brought_back(restored)
            self._tell_others()
        self.changed.emit()

    def empty(self) -> None:
        """Delete all that is listed for ever."""
        if not self.entries or not self.can_change:
            return
        self.problem = self.outcome = ""
        self.is_emptying, self.share, self._num_doomed = True, 0.0, len(self.entries)
        self._trash.delete(self.entries, self._on_delete_told, self._on_delete_done, self._on_delete_failed)
        self.changed.emit()

    def _tell_others(self) -> None:
        self._workbench.texts.refresh()
        self._workbench.runs.refresh()
        self._workbench.brought_back.emit()

    def _read(self) -> None:
        self._trash.read(self._on_read_done, self._on_read_failed)

    def _on_read_done(self, entries: list[TrashEntry]) -> None:
        self.entries, self.is_reading = entries, False
        self.changed.emit()

    def _on_read_failed(self, failure: Failure) -> None:
        self.is_reading, self.problem = False, told(failure.message)
        self.changed.emit()

    def _on_delete_told(self, count: int) -> None:
        self.share = count / self._num_doomed
        self.progressed.emit()

    def _on_delete_done(self) -> None:
        self.is_emptying = False
        self.outcome = tr("The trash is empty.")
        self._read()

    def _on_delete_failed(self, failure: Failure) -> None:
        self.is_emptying, self.problem = False, told(failure.message)
        self._read()


def kind_word(kind: TrashKind) -> str:
    """What something is called, by where it was."""
    words: dict[TrashKind, str] = {
        "corpora": tr("Text"), "runs": tr("Run"), "recipes": tr("Recipe"), "writings": tr("Piece of writing"),
    }  # fmt: skip
    return words[kind]


def _brought_back(entries: Sequence[TrashEntry]) -> str:
    if len(entries) > 1:
        return plural("{count} thing is back.", "{count} things are back.", len(entries))
    title = entries[0].title
    match entries[0].kind:
        case "corpora":
            return tr("“{title}” is back on Texts.", title=title)
        case "runs":
            return tr("“{title}” is back on Runs.", title=title)
        case "recipes":
            return tr("“{title}” is back among your recipes on Train.", title=title)
        case "writings":
            return tr("“{title}” is back on Write.", title=title)
