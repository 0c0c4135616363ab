"""The texts and runs of the library, kept true while other programs change them."""

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.runs import RunEntry, Runs
from workbench.bridge.protocols.texts import CorpusEntry, Texts

__all__ = ["CorpusEntry", "RunEntry", "RunShelf", "TextShelf", "Watch"]

LOOK_AGAIN_MILLISECONDS = 1500


class RunShelf(QObject):
    """All runs. `changed` follows whenever a folder changed, also by a command in a terminal.

    The first look reads a thousand files in a large library: it may be taken on a thread, by `list_later`; until it is
    done there are no runs, and `listed` tells that there are.
    """

    changed = Signal()
    listed = Signal()

    def __init__(self, runs: Runs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self.is_listed = False

    def list_later(self) -> None:
        """Look at the folders for the first time, on a thread."""
        if not self.is_listed:
            self._runs.refresh_later(self._on_first_look_taken)

    def list_now(self) -> None:
        """Look at the folders for the first time, or wait for the look that is being taken."""
        if not self.is_listed:
            self._runs.finish_refresh()
            _refreshed(self._runs)
            self._on_first_look_taken()

    def refresh(self) -> None:
        """Look at the folders again."""
        if self.is_listed and _refreshed(self._runs):
            self.changed.emit()

    def entries(self) -> list[RunEntry]:
        """All runs, newest first."""
        return self._runs.entries()

    def entry(self, run_id: str) -> RunEntry | None:
        """One run."""
        return self._runs.entry(run_id)

    def _on_first_look_taken(self) -> None:
        if not self.is_listed:
            self.is_listed = True
            self.changed.emit()
            self.listed.emit()


class TextShelf(QObject):
    """All corpora."""

    changed = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts

    def refresh(self) -> None:
        """Look at the folders again."""
        if _refreshed(self._texts):
            self.changed.emit()

    def entries(self) -> list[CorpusEntry]:
        """All corpora, newest first."""
        return self._texts.entries()

    def entry(self, corpus_id: str) -> CorpusEntry | None:
        """One corpus."""
        return self._texts.entry(corpus_id)


class Watch(QObject):
    """Looks at the shelves again every moment."""

    def __init__(self, texts: TextShelf, runs: RunShelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts, self._runs = texts, runs
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN_MILLISECONDS)
        self._timer.timeout.connect(self._on_timer_ticked)
        self._timer.start()

    def _on_timer_ticked(self) -> None:
        self._texts.refresh()
        self._runs.refresh()


def _refreshed(shelf: Runs | Texts) -> bool:
    try:
        return shelf.refresh()
    except TextloomError:  # the disk is away for a moment: what was seen last stays
        return False
