"""What of a text stands in a corpus, by an index that is built on a thread of its own when it is first asked for."""

import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from engine.config.configuration import from_tables
from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, Cancelled
from engine.library.corpora import CorpusFolder
from engine.library.library import Library
from workbench.bridge.protocols.asking import CopiedPassage, CopyReport, CopyRequest, IndexProgress
from workbench.bridge.writers import IsCancelled

if TYPE_CHECKING:
    from engine.analysis.copying import CopyIndex

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 2.0  # an index for which nobody has waited for so long is not built on


class CopyIndexes:
    """The index that was used last. May be used from any thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._building: _Building | None = None

    def find(self, request: CopyRequest, is_cancelled: IsCancelled) -> Generator[IndexProgress, None, CopyReport]:
        """Wait for the index, then look. Raises TextloomError and Cancelled."""
        from engine.analysis.copying import find_copied

        corpus, config = self._source(request)
        index = yield from self._index(corpus, config, is_cancelled)
        found = find_copied(request.text, index, unit="words" if config and config.tokens == "word" else "characters")
        passages = tuple(
            CopiedPassage(
                start=passage.start, stop=passage.stop, corpus_start=passage.corpus_start,
                corpus_stop=passage.corpus_stop, text_before=passage.text_before, text_after=passage.text_after,
            )
            for passage in found.passages
        )  # fmt: skip
        return CopyReport(
            passages=passages, longest=found.longest, copied_share=found.copied_share,
            shortest_certain=found.shortest_certain, is_complete=found.is_complete,
            corpus=corpus.id, corpus_title=_title(corpus),
        )  # fmt: skip

    def let_go(self, corpus_id: str) -> None:
        """Hold no index of this corpus, whose files could not be moved on Windows as long as they are mapped."""
        with self._lock:
            if self._building is not None and self._building.corpus.id == corpus_id and self._building.give_up():
                self._building = None

    def close(self) -> None:
        """End the thread that builds."""
        with self._lock:
            building, self._building = self._building, None
        if building is not None:
            building.end()

    def _source(self, request: CopyRequest) -> tuple[CorpusFolder, CorpusConfig | None]:
        """The corpus, and how a run reads it where it is that of a run."""
        corpus_id, config = request.corpus, None
        if request.run:
            info = self._library.run(request.run).read_info()
            of_run, tables = info.get("corpus"), info.get("configuration")
            corpus_id = str(of_run.get("id", "")) if isinstance(of_run, dict) else ""
            config = from_tables(tables if isinstance(tables, dict) else {}).corpus
        corpus = self._library.corpus(corpus_id) if corpus_id else None
        if corpus is None or not corpus.path.is_dir():
            raise BadInput("The text from which this model learned is no longer there, so nothing can be compared.")
        return corpus, config

    def _index(
        self, corpus: CorpusFolder, config: CorpusConfig | None, is_cancelled: IsCancelled
    ) -> "Generator[IndexProgress, None, CopyIndex]":
        while (building := self._joined(corpus, config)) is None:
            if is_cancelled():
                raise Cancelled
            yield IndexProgress(0.0)
            time.sleep(LOOK_SECONDS)
        try:
            while not building.wait(LOOK_SECONDS):
                if is_cancelled():
                    raise Cancelled
                yield building.progress
        finally:
            building.leave()
        return building.result()

    def _joined(self, corpus: CorpusFolder, config: CorpusConfig | None) -> "_Building | None":
        """That of this corpus, to be left again; None as long as somebody waits for that of another one."""
        with self._lock:
            if self._building is not None:
                if self._building.is_good_for(corpus, config) and self._building.join():
                    return self._building
                if not self._building.give_up():
                    return None
            self._building = _Building(corpus, config, is_read_only=self._library.is_read_only)
            self._building.join()
            return self._building


class _Building:
    """One index on its way, or built."""

    def __init__(self, corpus: CorpusFolder, config: CorpusConfig | None, *, is_read_only: bool) -> None:
        self.corpus = corpus
        self.progress = IndexProgress(0.0)
        self._config = config
        self._is_unwanted = False
        self._is_read_only = is_read_only
        self._num_waiting = 0
        self._left_at = time.monotonic()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._index: CopyIndex | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._build, name="copy index", daemon=True)
        self._thread.start()

    def is_good_for(self, corpus: CorpusFolder, config: CorpusConfig | None) -> bool:
        """Whether it is, or will be, that of this corpus."""
        return (corpus.path, config) == (self.corpus.path, self._config) and self._error is None

    def join(self) -> bool:
        """Wait for it, until `leave`; whether it was not given up yet."""
        with self._lock:
            self._num_waiting += not self._is_unwanted
            return not self._is_unwanted

    def leave(self) -> None:
        """Somebody who had joined does not wait any more."""
        with self._lock:
            self._num_waiting -= 1
            self._left_at = time.monotonic()

    def give_up(self, patience_seconds: float = 0.0) -> bool:
        """Let it go unless somebody waits for it, or did so not long ago; whether nobody wants it any more."""
        with self._lock:
            is_left = not self._num_waiting and time.monotonic() - self._left_at >= patience_seconds
            self._is_unwanted = self._is_unwanted or is_left
            return self._is_unwanted

    def wait(self, seconds: float) -> bool:
        """Wait for it, so long at most; whether it is over."""
        return self._is_over.wait(seconds)

    def result(self) -> "CopyIndex":
        """The index, once it is over. Raises what went wrong."""
        if self._error is not None:
            raise self._error
        assert self._index is not None
        return self._index

    def end(self) -> None:
        """Give up, whoever waits."""
        self._is_unwanted = True
        self._thread.join()

    def _build(self) -> None:
        from engine.analysis.copying import CopyIndex

        steps = CopyIndex.build(self.corpus, self._config, is_read_only=self._is_read_only)
        try:
            while not self.give_up(PATIENCE_SECONDS):
                step = next(steps)
                self.progress = IndexProgress(step.share, step.remaining_seconds)
            steps.close()
            self._error = Cancelled()
        except StopIteration as end:
            self._index = end.value
        except Exception as error:  # told to everybody who waits for it
            self._error = error
        self._is_over.set()


def _title(corpus: CorpusFolder) -> str:
    return str(corpus.read_info().get("title", ""))
