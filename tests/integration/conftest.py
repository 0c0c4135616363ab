"""The real program on real files: in this process where that suffices, else as a process of its own."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TEXT = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))
RECIPE = """
format = 1
[model]
cell = "lstm"
hidden_size = 16
embedding_size = 8
[training]
steps = 30
learning_rate = 0.02
batch_size = 4
window_size = 16
validate_every_steps = 10
report_every_steps = 5
sample_every_seconds = 0
sample_length = 60
precision = "float32"
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, unless it is asked for: -m slow."""
    if "slow" not in config.option.markexpr:
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes long; asked for by -m slow"))


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object per line."""
        records = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(record, dict) for record in records)
        return records

    @property
    def record(self) -> dict[str, Any]:
        (record,) = self.records
        return record


def command(*arguments: object) -> Result:
    """Run a command in this process."""
    from engine.cli.main import run

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Result(code, out.getvalue(), err.getvalue())


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "OMP_NUM_THREADS": "1"}


def start(*arguments: object, cwd: Path | None = None, **more: Any) -> "subprocess.Popen[str]":
    """Start the program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "engine", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment(), cwd=cwd or ROOT, **more,
    )  # fmt: skip


def program(*arguments: object, **more: Any) -> Result:
    """Run the program as a process of its own."""
    process = start(*arguments, **more)
    out, err = process.communicate(timeout=300)
    return Result(process.returncode, out, err)


@pytest.fixture(scope="session", name="command")
def command_fixture() -> Callable[..., Result]:
    return command


@pytest.fixture(scope="session", name="program")
def program_fixture() -> Callable[..., Result]:
    return program


@pytest.fixture(scope="session", name="start")
def start_fixture() -> Callable[..., Any]:
    return start


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose name has a space and letters of other scripts, with a text and a recipe in it."""
    folder = tmp_path_factory.mktemp("a place") / "Texte für Ольга"
    folder.mkdir()
    (folder / "bottles of beer.txt").write_text(TEXT, encoding="utf-8", newline="")
    (folder / "small.toml").write_text(RECIPE, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def recipe(place: Path) -> Path:
    return place / "small.toml"


@pytest.fixture(scope="session")
def library(place: Path) -> Path:
    """A library with one run in it; tests may add to it."""
    return place / "my library"


@pytest.fixture(scope="session")
def trained(place: Path, library: Path, recipe: Path) -> list[dict[str, Any]]:
    """The events of a run that is complete, on the first nine tenths and validated on the rest."""
    lines = TEXT.splitlines(keepends=True)
    (place / "train.txt").write_text("".join(lines[:89]), encoding="utf-8", newline="")
    (place / "valid.txt").write_text("".join(lines[89:]), encoding="utf-8", newline="")
    result = command(
        "train", place / "train.txt", "--valid", place / "valid.txt", "--config", recipe, "--name", "Bottles",
        "--json", f"--library={library}",
    )  # fmt: skip
    assert result.code == 0, result.err
    return result.records


@pytest.fixture(scope="session")
def run_id(trained: list[dict[str, Any]]) -> str:
    return str(trained[-1]["run"])


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Where a library can be."""
    return tmp_path / "library"
