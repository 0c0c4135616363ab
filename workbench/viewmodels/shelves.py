"""The texts and runs of the library, kept true while other programs change them."""

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import TextloomError
from workbench.bridge.protocols.runs import RunEntry, Runs
from workbench.bridge.protocols.texts import CorpusEntry, Texts

__all__ = ["CorpusEntry", "RunEntry", "RunShelf", "TextShelf", "Watch"]

LOOK_AGAIN_MILLISECONDS = 1500


class RunShelf(QObject):
    """All runs. `changed` follows whenever a folder changed, also by a command in a terminal."""

    changed = Signal()

    def __init__(self, runs: Runs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs

    def refresh(self) -> None:
        """Look at the folders again."""
        if _refreshed(self._runs):
            self.changed.emit()

    def entries(self) -> list[RunEntry]:
        """All runs, newest first."""
        return self._runs.entries()

    def entry(self, run_id: str) -> RunEntry | None:
        """One run."""
        return self._runs.entry(run_id)


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
