"""Writing in the window: the first word after the page is opened, and the interface while text streams in.

    python tests/benchmarks/writing_window.py TEXT [--seconds 20] [--hidden 512] [--layers 3] [--characters 100000]
        [--colour author]

Prints JSON. The window is the real one over a library of its own, with one run of the given size trained for a few
steps; without a screen it is drawn offscreen. `first_word_seconds`: from the moment when the page Write is opened, with
that run chosen and the caret at the end of a document, until the first letter that the model wrote stands in the
editor; the button is pressed at once. `worst_stall_ms`: ticks of a timer of 10 ms while the model writes at full speed,
plain sampling, at the end of a document of 100,000 characters.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QTextCursor

from engine.config.configuration import from_tables, to_tables
from engine.control import RunControl
from engine.library.document import Document, Origin, Span
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from engine.training.request import Request
from engine.training.runs import create_run
from workbench.app.window import make_application, make_program, prepare_process
from workbench.viewmodels.settings import Settings
from workbench.views.write.page import WritePage

LEARNED = 50_000  # characters that the run is trained on: what it writes is nonsense anyway
PASSAGE = 400  # characters that person and model each wrote in turn


class Ticks:
    """How late a timer of 10 ms comes, in seconds."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._on_timer_ticked)
        self._timer.start()

    def _on_timer_ticked(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._last - 0.010))
        self._last = now

    def stop(self) -> dict[str, float]:
        """p99 and worst, in milliseconds."""
        self._timer.stop()
        late = sorted(self.late)
        return {
            "worst_stall_ms": 1000 * late[-1], "p99_stall_ms": 1000 * late[int(0.99 * (len(late) - 1))],
            "ticks": len(late),
        }  # fmt: skip


def wait_until(condition: Callable[[], bool], seconds: float, every_ms: int = 2) -> float:
    """Let the window live until the condition holds; how long that took. Raises TimeoutError."""
    began = time.perf_counter()
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(every_ms)

    def look() -> None:
        if condition() or time.perf_counter() - began > seconds:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    if not condition():
        raise TimeoutError(f"nothing within {seconds} seconds")
    return time.perf_counter() - began


def live_for(seconds: float) -> None:
    """Let the window live for a while, without looking."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def trained(library: Library, corpus: str, layers: int, hidden: int) -> str:
    """A run of this size, after a few steps."""
    tables = to_tables(
        from_tables(
            {
                "model": {"cell": "lstm", "num_layers": layers, "hidden_size": hidden, "embedding_size": 64},
                "training": {"steps": 5, "window_size": 16, "batch_size": 4, "sample_every_seconds": 0},
            }
        )
    )
    preparing = create_run(library, Request(corpus, tables, "test", title="Large"), RunControl())
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            session = end.value
            break
    assert list(session.run())[-1].outcome == "completed"
    return str(session.folder.id)


def write_document(library: Library, text: str, run: str) -> None:
    """A document in which person and model wrote in turn, so that there are passages of both."""
    spans = [
        Span(start, min(start + PASSAGE, len(text)), "model" if start // PASSAGE % 2 else "person")
        for start in range(0, len(text), PASSAGE)
    ]
    folder = library.new_writing("Long")
    with folder.lock():
        folder.write(Document(title="Long", text=text, spans=tuple(spans), origin=Origin(run=run, title="Large")))


class Bench:
    """The window with a long document, opened last, and a run that is chosen for it."""

    def __init__(self, folder: Path, text: Path, options: argparse.Namespace) -> None:
        library = Library.open(folder / "library")
        source = text.read_text(encoding="utf-8", errors="replace").replace("\r", "")
        (folder / "part.txt").write_text(source[:LEARNED], encoding="utf-8")
        *_, imported = import_texts(find_texts([folder / "part.txt"]), library)
        self.run = trained(library, imported.corpus, options.layers, options.hidden)
        while len(source) < options.characters:
            source += source
        write_document(library, source[: options.characters], self.run)
        prepare_process()
        settings = Settings(folder / "window.ini")
        settings.set("write/model", f"run:{self.run}")
        settings.set("write/document", library.list_writings()[0].id)
        settings.set("write/colour", options.colour)
        self.program = make_program(make_application(), library, settings)
        self.window = self.program.window
        self.window.resize(1280, 800)
        self.window.show()
        self.program.door.background.start()
        wait_until(lambda: self.program.door.background.is_ready, 120)
        live_for(2.0)

    @property
    def page(self) -> WritePage:
        """The page Write."""
        page = self.window.page("write")
        assert isinstance(page, WritePage)
        return page

    def length(self) -> int:
        """Of the text."""
        return len(self.page.model.document.document.text)

    def first_word(self) -> float:
        """Open the page and press the button as soon as the document is there."""
        began = time.perf_counter()
        self.window.workbench.navigator.show_page("write")
        wait_until(lambda: self.length() > 0, 20)
        page = self.page
        page.editor.moveCursor(QTextCursor.MoveOperation.End)
        before = self.length()
        page.model.run_primary()
        wait_until(lambda: self.length() > before and bool(self.written(before).strip()), 60)
        seconds = time.perf_counter() - began
        page.model.stop()
        return seconds

    def written(self, before: int) -> str:
        """What the model wrote behind a place."""
        return self.page.model.document.document.text[before:]

    def streaming(self, seconds: float) -> dict[str, Any]:
        """Ticks while the model writes; begun again whenever it ends."""
        page = self.page
        page.model.controls.set("num_words", 400)
        live_for(3.0)  # what was written before is saved
        before, until = self.length(), time.perf_counter() + seconds
        began = time.perf_counter()
        ticks = Ticks()
        while time.perf_counter() < until:
            page.model.run_primary()
            wait_until(lambda: not page.model.writer.is_busy or time.perf_counter() > until, seconds + 60, every_ms=50)
        page.model.stop()
        result: dict[str, Any] = ticks.stop()
        result["characters_per_second"] = (self.length() - before) / (time.perf_counter() - began)
        result["characters_at_first"] = before
        return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("text", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--characters", type=int, default=100_000)
    parser.add_argument("--colour", default="author", help="none, author, surprise, entropy or copied")
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), options.text, options)
        result = {
            "platform": bench.program.application.platformName(), "first_word_seconds": bench.first_word(),
            **bench.streaming(options.seconds),
        }  # fmt: skip
        bench.program.close()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
