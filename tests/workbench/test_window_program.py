"""The program around the pages: one window per library, hooks for what nobody foresaw, commands before Qt."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.cli import parser
from workbench.app.main import COMMANDS, is_command
from workbench.app.reporting import LOG_NAME, Reporting
from workbench.app.single_instance import SingleInstance
from workbench.bridge.protocols.jobs import Failure


@pytest.mark.parametrize(
    "arguments",
    [["train", "a.txt"], ["--library", "there", "list"], ["--library=there", "list"], ["--json", "list"], ["--help"]],
)
def test_a_command_goes_to_the_engine(arguments: list[str]) -> None:
    assert is_command(arguments)


def test_the_program_knows_every_command_of_the_engine() -> None:
    assert COMMANDS == parser.COMMANDS


@pytest.mark.parametrize("arguments", [[], ["a.txt"], ["./train"], ["--library", "train"], ["--library", "x", "a.txt"]])
def test_everything_else_opens_the_window(arguments: list[str]) -> None:
    assert not is_command(arguments)


def test_a_command_runs_without_loading_qt() -> None:
    code = (
        "import sys; from workbench.app.main import main\n"
        "try: main(['presets'])\nexcept SystemExit as end: assert not end.code\n"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "auto" in done.stdout


SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from workbench.app.single_instance import SingleInstance
application = QCoreApplication([])
print(SingleInstance(Path(sys.argv[1])).hand_over([Path(path) for path in sys.argv[2:]]))
"""


def started_again(library: Path, *files: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SECOND, str(library), *files]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


@pytest.fixture
def first(tmp_path: Path, qapp: object) -> Iterator[SingleInstance]:
    instance = SingleInstance(tmp_path)
    instance.listen()
    yield instance
    instance.close()


def test_a_second_start_hands_its_files_over(first: SingleInstance, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(first.called, timeout=20_000) as heard:
        second = started_again(tmp_path, "/texts/a.txt", "/texts/b.txt")
    assert heard.args == [[Path("/texts/a.txt"), Path("/texts/b.txt")]]
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=10_000)
    assert second.communicate()[0].strip() == "True"


def test_a_window_over_another_library_is_left_alone(first: SingleInstance, tmp_path: Path) -> None:
    second = started_again(tmp_path / "another")
    assert second.communicate(timeout=20)[0].strip() == "False"


BUSY = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from workbench.app import single_instance
single_instance._ANSWER_MILLISECONDS = 300
application = QCoreApplication([])
instance = single_instance.SingleInstance(Path(sys.argv[1]))
print(instance.hand_over([]))
instance.listen()
instance.close()
"""


def test_a_first_window_that_is_busy_is_still_the_one_that_later_starts_find(
    first: SingleInstance, tmp_path: Path, qtbot: QtBot
) -> None:
    # It does nothing while this process waits for the second one, which gives up and opens a window of its own.
    second = subprocess.run(
        [sys.executable, "-c", BUSY, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (second.stdout.strip(), second.stderr) == ("False", "")
    with qtbot.waitSignal(first.called, timeout=20_000) as heard:
        third = started_again(tmp_path, "/texts/a.txt")
        qtbot.waitUntil(lambda: third.poll() is not None, timeout=20_000)
    assert third.communicate()[0].strip() == "True"
    assert heard.args is not None


@pytest.fixture
def told(tmp_path: Path) -> Iterator[list[Failure]]:
    failures: list[Failure] = []
    reporting = Reporting(tmp_path, failures.append)
    yield failures
    reporting.close()


def test_an_exception_on_any_thread_is_told_and_logged(told: list[Failure], tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("something odd")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "RuntimeError" in told[0].message.text
    assert "something odd" in (tmp_path / LOG_NAME).read_text(encoding="utf-8")


def test_what_cannot_be_logged_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    failures: list[Failure] = []
    reporting = Reporting(tmp_path / "logs", failures.append)
    sys.excepthook(ValueError, ValueError("odd"), None)
    reporting.close()
    assert len(failures) == 1
