"""Ctrl-C: the first one keeps, a second one leaves at once; an import that is cancelled leaves nothing."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="another signal there")

WAIT_SECONDS = 120


def events_until(process: Any, name: str) -> list[dict[str, Any]]:
    """The events that a process prints up to the first one of this name."""
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] == name:
            return events
    raise AssertionError(process.stderr.read())


def test_the_first_ctrl_c_keeps_the_run(
    start: Callable[..., Any], command: Callable[..., Any], place: Path, recipe: Path, empty: Path
) -> None:
    process = start(
        "train", place / "bottles of beer.txt", "--config", recipe, "--steps", 1_000_000, "--json", "--library", empty
    )
    events_until(process, "StepCompleted")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0
    assert err == "Ending the run and keeping its best state. Press Ctrl-C again to leave at once.\n"
    ended = json.loads(out.splitlines()[-1])
    assert (ended["event"], ended["outcome"]) == ("RunEnded", "stopped")
    assert ended["best_valid_loss_nats"] > 0
    assert command("sample", ended["run"], "--length", 5, "--library", empty).code == 0
    resumed = command("resume", ended["run"], "--steps", 3, "--json", "--library", empty).records
    assert resumed[-1]["step"] == ended["step"] + 3


def test_a_second_ctrl_c_leaves_at_once(start: Callable[..., Any], place: Path, recipe: Path, empty: Path) -> None:
    # Steps and a checkpoint that take some time keep the run busy after the first Ctrl-C.
    process = start(
        "train", place / "bottles of beer.txt", "--config", recipe, "--set", "model.hidden_size=1024",
        "--set", "training.batch_size=64", "--steps", 1_000_000, "--json", "--library", empty,
    )  # fmt: skip
    events_until(process, "StepCompleted")
    process.send_signal(signal.SIGINT)
    assert "again" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 130, (out, err)
    assert err == "Stopped.\n"
    assert json.loads(out.splitlines()[-1])["event"] == "RunEnded"
    (run,) = (empty / "runs").iterdir()
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["outcome"] == "stopped"


def test_ctrl_c_during_an_import_leaves_nothing(start: Callable[..., Any], tmp_path: Path, empty: Path) -> None:
    with (tmp_path / "long.txt").open("w", encoding="utf-8") as file:
        for number in range(600_000):
            file.write(f"Line {number} of a text that takes its time.\n")
    process = start("import", tmp_path / "long.txt", "--library", empty)
    corpora = empty / "corpora"
    while not (corpora.is_dir() and any(corpora.iterdir())):  # until it has begun to write
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, out) == (130, "")
    assert err == "Cancelling.\nStopped.\n"
    assert not list(corpora.iterdir())


def test_ctrl_c_before_there_is_a_run_leaves_none(
    command: Callable[..., Any], place: Path, recipe: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.cli import training

    original = training.create_run

    def pressed(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return (yield from original(*arguments))

    monkeypatch.setattr(training, "create_run", pressed)
    result = command("train", place / "bottles of beer.txt", "--config", recipe, "--library", empty)
    assert result.code == 130
    assert result.err.endswith("Stopped.\n")
    assert not list((empty / "runs").iterdir())


def test_ctrl_c_ends_a_sample(
    command: Callable[..., Any], run_id: str, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.sampling.generate import Writer

    def pressed(*_arguments: Any) -> Any:
        yield "some"
        raise KeyboardInterrupt

    monkeypatch.setattr(Writer, "write", pressed)
    result = command("sample", run_id, "--library", library)
    assert (result.code, result.out, result.err) == (130, "some", "Stopped.\n")
