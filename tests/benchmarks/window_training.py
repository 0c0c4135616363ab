"""Training in the window: first point and sample, the interface's ticks, speed against a command, pause and finish.

    python tests/benchmarks/window_training.py TEXT [--seconds 30] [--pairs 3] [--memory-minutes 0]

Prints JSON. The window is the real one over a library of its own; without a screen it is drawn offscreen. Ticks are
those of a timer of 10 ms while LSTM 2x128 trains and all plots of the Train page are on show with 100,000 points each;
how late one comes is how long the interface stood still. The command trains the same configuration in a process of its
own; command and window take turns, so that other programs disturb both alike. interface_thread_share is the processor
time of the interface's thread as a share of one core while that run trains with its page on show.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer

from engine.errors import message
from engine.events import RunStarted, StepCompleted
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sources import find_texts
from workbench.app.window import Program, make_application, make_program, prepare_process
from workbench.bridge.protocols.training import TrainRequest
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.settings import Settings
from workbench.views.train.page import TrainPage

ROOT = Path(__file__).parents[2]
SMALL = {"cell": "lstm", "num_layers": 2, "hidden_size": 128, "embedding_size": 64}
LARGE = {"cell": "lstm", "num_layers": 2, "hidden_size": 512, "embedding_size": 64}
NUM_POINTS = 100_000


def tables(model: dict[str, Any], steps: int, **training: Any) -> dict[str, Any]:
    """A configuration of so many steps, without samples and with few validations."""
    plain = {"steps": steps, "window_size": 64, "batch_size": 32, "sample_every_seconds": 0, "validate_every_steps": 0}
    return {"model": dict(model), "training": {**plain, **training}}


def wait_until(condition: Callable[[], bool], seconds: float, every_ms: int = 2) -> float:
    """Let the window live until the condition holds; how long that took. Raises TimeoutError.

    every_ms: how often to look. A look takes the interpreter away from the training, so that a speed wants few.
    """
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
        return {"p99_ms": 1000 * late[int(0.99 * (len(late) - 1))], "worst_ms": 1000 * late[-1], "ticks": len(late)}


def long_history() -> RunHistory:
    """A run with 100,000 points behind it."""
    history = RunHistory()
    history.add(
        RunStarted(
            run="", title="", corpus="", step=0, num_parameters=1, vocabulary_size=65, num_train_tokens=1,
            num_valid_tokens=1, device="cpu", precision="float32", num_threads=1, summary=message(""),
            references={"uniform": 4.2, "frequency": 3.3, "pair": 2.5},
        )
    )  # fmt: skip
    norms = {f"layers.{layer}.{name}": 0.1 for layer in range(2) for name in ("weight_ih", "weight_hh")}
    for step in range(1, NUM_POINTS + 1):
        loss = 1.4 + 2.8 / (1 + step / 500) + 0.05 * ((step * 7919) % 100 / 100 - 0.5)
        history.add(
            StepCompleted(
                step=step, epoch=step / 500, tokens=step * 2048, seconds=step * 0.05, loss_nats=loss, perplexity=4.0,
                bits_per_character=loss * 1.4427, gradient_norm=0.3 + (step * 31 % 97) / 97, clipped_share=0.1,
                learning_rate=0.01, tokens_per_second=20_000, remaining_seconds=1.0, memory_bytes=1,
                gradient_norms=norms,
            )
        )  # fmt: skip
    history.started = None
    return history


class Bench:
    """The window with one text in its library."""

    def __init__(self, folder: Path, text: Path) -> None:
        self.folder = folder
        library = Library.open(folder / "library")
        *_, imported = import_texts(find_texts([text]), library)
        self.corpus = imported.corpus
        prepare_process()
        application = make_application()
        self.program: Program = make_program(application, library, Settings(folder / "window.ini"))
        self.window = self.program.window
        self.window.resize(1280, 800)
        self.window.show()
        self.program.door.background.start()
        wait_until(lambda: self.program.door.background.is_ready, 120)
        self.program.workbench.texts.refresh()
        self.window.workbench.navigator.show_page("train")

    def start(self, request: TrainRequest, history: RunHistory | None = None) -> ActiveRun:
        """Train, with the run's page on show."""
        run = self.program.workbench.queue.start(request, history)
        assert run is not None
        run.started.connect(self.window.workbench.navigator.show_run)
        return run

    def is_on_show(self, run: ActiveRun) -> bool:
        """Whether the page with the plots of this run can be seen."""
        page = self.window.page("train")
        assert isinstance(page, TrainPage)
        shown = page.model.shown
        return shown is not None and shown.run is run and page.run_view.curves.isVisible()

    def finish(self, run: ActiveRun) -> float:
        """Press Finish; seconds until its thread has nothing more to do."""
        run.finish()
        return wait_until(lambda: run.is_over, 60)

    def latencies(self) -> dict[str, float]:
        """Start until the first point and the first sample, with the recipe auto and its estimate made before."""
        request = TrainRequest(corpus_id=self.corpus, tables={"training": {"minutes": 5}}, is_planned=True)
        found: list[Any] = []
        self.program.door.training.estimate(request, lambda _: None, found.append, found.append)
        wait_until(lambda: bool(found), 60)
        run = self.start(TrainRequest(corpus_id=self.corpus, tables=found[0].tables, explanation=found[0].explanation))
        first_point = wait_until(lambda: len(run.history.training) > 0, 60)
        first_sample = first_point + wait_until(lambda: bool(run.history.samples), 60)
        self.finish(run)
        return {"first_point_seconds": first_point, "first_sample_seconds": first_sample}

    def pause_and_finish(self) -> dict[str, float]:
        """Pause and Finish of a large model, five times each; the worst."""
        pauses, finishes = [], []
        for _ in range(5):
            run = self.start(TrainRequest(corpus_id=self.corpus, tables=tables(LARGE, 10_000, validate_every_steps=15)))
            wait_until(lambda run=run: run.history.step >= 5, 120)
            run.pause()
            pauses.append(wait_until(lambda run=run: run.state == "paused", 60))
            run.resume()
            step = run.history.step
            wait_until(lambda run=run, step=step: run.history.step > step, 60)
            finishes.append(self.finish(run))
        return {"pause_seconds": max(pauses), "finish_seconds": max(finishes)}

    def ticks(self, seconds: float) -> dict[str, Any]:
        """Ticks and speed while a small model trains behind 100,000 points."""
        request = TrainRequest(corpus_id=self.corpus, tables=tables(SMALL, 1_000_000))
        run = self.start(request, long_history())
        wait_until(lambda: run.history.started is not None, 60)
        wait_until(lambda: self.is_on_show(run), 60)
        until = time.perf_counter() + 3
        wait_until(lambda: time.perf_counter() > until, 60)
        assert self.is_on_show(run)
        assert len(run.history.training) > NUM_POINTS
        ticks = Ticks()
        until = time.perf_counter() + seconds
        wait_until(lambda: time.perf_counter() > until, seconds + 60)
        result = ticks.stop()
        self.finish(run)
        return result

    def window_speed(self, steps: int) -> tuple[float, float]:
        """Tokens per second of a run in the window, its page on show, and the share of the interface's thread."""
        run = self.start(TrainRequest(corpus_id=self.corpus, tables=tables(SMALL, steps)))
        wait_until(lambda: self.is_on_show(run), 60)
        began, spent = time.perf_counter(), time.thread_time()
        wait_until(lambda: not run.is_running, 600, every_ms=500)
        share = (time.thread_time() - spent) / (time.perf_counter() - began)
        wait_until(lambda: run.is_over, 60)
        return _speed(self.program.door.library.run(run.run_id).metrics_path), share

    def memory_growth(self, minutes: float) -> float:
        """Growth of the process' own memory in MB over so many minutes of training, after the first one."""
        run = self.start(TrainRequest(corpus_id=self.corpus, tables=tables(SMALL, 10_000_000)))
        until = time.perf_counter() + 60
        wait_until(lambda: time.perf_counter() > until, 120)
        before = psutil.Process().memory_full_info().uss
        until = time.perf_counter() + 60 * minutes
        wait_until(lambda: time.perf_counter() > until, 60 * minutes + 60, every_ms=500)
        after = psutil.Process().memory_full_info().uss
        self.finish(run)
        return (after - before) / 1e6


def command_speed(folder: Path, text: Path, steps: int) -> float:
    """Tokens per second of the same run by a command."""
    settings = [f"--set=model.{name}={value}" for name, value in SMALL.items()]
    chosen = tables(SMALL, steps)["training"]
    settings += [f"--set=training.{name}={value}" for name, value in chosen.items() if name != "steps"]
    subprocess.run(
        [sys.executable, "-m", "engine", "train", str(text), f"--library={folder}", f"--steps={steps}",
         "--preset=quick", "--set=model.dropout=0", "--set=training.warmup_steps=0", *settings],
        check=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
    runs = sorted((folder / "runs").iterdir(), key=lambda path: path.stat().st_mtime)
    return _speed(runs[-1] / "metrics.jsonl")


def _speed(metrics: Path) -> float:
    """The median speed of the second half of a run."""
    records = [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
    speeds = [record["tokens_per_second"] for record in records if record["event"] == "StepCompleted"]
    return statistics.median(speeds[len(speeds) // 2 :])


def compared(bench: Bench, text: Path, steps: int, num_pairs: int) -> dict[str, Any]:
    """Window and command in turn, so many times: speeds, the median of each, and of their ratios."""
    commands, windows, shares = [], [], []
    for _ in range(num_pairs):
        commands.append(command_speed(bench.folder / "command", text, steps))
        speed, share = bench.window_speed(steps)
        windows.append(speed)
        shares.append(share)
    command, window = statistics.median(commands), statistics.median(windows)
    return {
        "command_tokens_per_second": {"median": command, "all": commands},
        "window_tokens_per_second": {"median": window, "all": windows},
        "window_to_command": {
            "of_medians": window / command,
            "median_of_pairs": statistics.median(w / c for w, c in zip(windows, commands, strict=True)),
        },
        "interface_thread_share": {"median": statistics.median(shares), "all": shares},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("text", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--pairs", type=int, default=3, help="how often command and window are compared")
    parser.add_argument("--memory-minutes", type=float, default=0.0)
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), options.text)
        result: dict[str, Any] = {"platform": bench.program.application.platformName(), **bench.latencies()}
        if options.pairs:
            result |= compared(bench, options.text, options.steps, options.pairs)
        result["interface_ticks_while_training"] = bench.ticks(options.seconds)
        result |= bench.pause_and_finish()
        if options.memory_minutes:
            growth = bench.memory_growth(options.memory_minutes)
            result["memory_growth"] = {"minutes": options.memory_minutes, "megabytes": growth}
        bench.program.close()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
