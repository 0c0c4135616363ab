"""What fails in the middle: a full disk, and what nobody foresaw."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def test_an_error_that_nobody_foresaw_is_one_sentence_with_its_details_in_the_log(
    command: Command, place: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.cli import texts

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(texts, "import_texts", fail)
    result = command("import", place / "bottles of beer.txt", "--library", empty)
    assert result.code == 1
    assert result.err == (
        f"Something unexpected happened: ZeroDivisionError. The details are in {empty / 'logs' / 'errors.log'}.\n"
    )
    assert "nobody foresaw this" in (empty / "logs" / "errors.log").read_text(encoding="utf-8")


def test_a_run_that_fails_unforeseen_still_ends_with_its_last_event(
    command: Command, place: Path, recipe: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.training.trainer import Trainer

    def fail(*_arguments: Any) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(Trainer, "step", fail)
    result = command("train", place / "bottles of beer.txt", "--config", recipe, "--json", "--library", empty)
    assert result.code == 1
    assert (result.records[-1]["event"], result.records[-1]["outcome"]) == ("RunEnded", "failed")
    assert result.err == f"The details are in {empty / 'logs' / 'errors.log'}.\n"


def test_a_disk_that_is_full_when_a_run_is_made_keeps_nothing_of_it(
    command: Command, place: Path, recipe: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.errors import StorageFailed
    from engine.library.runs import RunFolder

    def refuse(*_arguments: Any) -> None:
        raise StorageFailed("The disk is full: run.json could not be written.")

    monkeypatch.setattr(RunFolder, "write_info", refuse)
    result = command("train", place / "bottles of beer.txt", "--config", recipe, "--library", empty)
    assert (result.code, result.err.strip()) == (2, "The disk is full: run.json could not be written.")
    assert not list((empty / "runs").iterdir())


LIMITED = """
import resource, sys
from engine.cli.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1))
sys.exit(run(sys.argv[2:]))
"""


def limited(num_bytes: int, *arguments: object) -> Any:
    """The program on a disk that takes no file longer than this."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(num_bytes), *map(str, arguments)], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.skipif(sys.platform == "win32", reason="no limits for one process there")
def test_a_disk_that_takes_no_more_is_told_and_nothing_half_written_stays(tmp_path: Path, empty: Path) -> None:
    (tmp_path / "a.txt").write_text("A text that is too long for this disk.\n" * 5000, encoding="utf-8")
    done = limited(100_000, "import", tmp_path / "a.txt", "--library", empty)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert [path.name for path in empty.rglob("*") if path.is_file()] == ["library.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits for one process there")
def test_a_disk_that_is_full_when_a_run_saves_ends_it_with_exit_code_2(place: Path, recipe: Path, empty: Path) -> None:
    text = place / "bottles of beer.txt"
    done = limited(
        20_000, "train", text, "--config", recipe, "--set", "model.hidden_size=64", "--json", "--library", empty
    )
    assert done.returncode == 2, done.stderr
    ended = json.loads(done.stdout.splitlines()[-1])
    assert (ended["event"], ended["outcome"]) == ("RunEnded", "failed")
    assert "safetensors" in ended["reason"]
    assert not [path for path in empty.rglob("*") if path.name.endswith((".tmp", ".part"))]
    (run,) = (empty / "runs").iterdir()
    assert not list(run.glob("checkpoints/*"))
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["outcome"] == "failed"
