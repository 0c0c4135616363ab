"""What goes wrong around the whole window ends in one sentence and a next step, and the window goes on."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.library.files import BinaryWriter
from engine.library.library import Library
from workbench.app.window import Program
from workbench.viewmodels.texts.offered import Offered

PATIENCE = 30_000
ROOT = Path(__file__).parents[2]
TINY = {
    "format": 1,
    "model": {"cell": "lstm", "hidden_size": 8, "embedding_size": 4},
    "training": {
        "batch_size": 4, "window_size": 11, "validate_every_steps": 10, "report_every_steps": 2, "num_threads": 1,
        "precision": "float32", "sample_every_seconds": 0.0, "learning_rate": 0.01, "steps": 1_000_000,
    },
}  # fmt: skip


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def visible_button(widget: QWidget, words: str) -> QPushButton:
    return next(b for b in widget.findChildren(QPushButton) if b.isVisible() and words in b.text())


OPENED = """
import subprocess, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from workbench.app import window
folder = sys.argv[1]
for arguments in (["--bind", folder, folder], ["-o", "remount,ro,bind", folder]):
    if subprocess.run(["mount", *arguments], capture_output=True).returncode:
        sys.exit(77)
QMessageBox.critical = staticmethod(lambda parent, title, text: print(title, text, sep="|"))
application = window.make_application()
def look():
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    if shown:
        print("shown", shown[0].failures.notice.text)
        shown[0].close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(1000)
sys.exit(window.open_window(["--library", str(Path(folder) / "library"), "--settings", sys.argv[2]]))
"""


def opened_on_a_read_only_disk(folder: Path, settings: Path) -> "subprocess.CompletedProcess[str]":
    """Open the window over a library in a folder that is mounted so that nobody can write to it."""
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", OPENED, str(folder), str(settings)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(settings.parent)},
    )  # fmt: skip
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this machine lets nobody mount a disk")
    return done


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare to mount a read-only disk")
def test_a_library_that_cannot_be_made_ends_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    done = opened_on_a_read_only_disk(folder, tmp_path / "window.ini")
    assert done.returncode == 2, done.stderr
    title, _, sentence = done.stdout.strip().partition("|")
    assert title == "Textloom cannot open its library"
    assert str(folder) in sentence
    assert "\n" not in sentence
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare to mount a read-only disk")
def test_a_library_that_became_read_only_opens_to_look_at(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    Library.open(folder / "library")
    done = opened_on_a_read_only_disk(folder, tmp_path / "window.ini")
    assert done.stderr == ""
    assert done.returncode == 0
    told = done.stdout.strip().splitlines()
    assert told[0].startswith("shown")
    assert "Something unexpected" not in told[0]


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While the block runs a file of the library takes 20,000 bytes and no more."""
    write, written = BinaryWriter.write, [0]

    def refuse(self: BinaryWriter, data: bytes) -> int:
        written[0] += len(data)
        if written[0] > 20_000:
            self._file = Full()  # type: ignore[assignment]
        return write(self, data)

    class Full:
        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def __getattr__(self, name: str) -> Any:
            return lambda *_: None

    with monkeypatch.context() as patched:
        patched.setattr(BinaryWriter, "write", refuse)
        yield


def test_a_disk_that_fills_up_during_an_import_leaves_nothing_and_can_be_tried_again(
    program: Program, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letters.txt"
    file.write_text("Dear friend, the ferry goes over at noon. " * 3000, encoding="utf-8")
    page: Any = program.window.page("texts")
    corpora = program.door.library.corpora_path
    with full_disk(monkeypatch):
        program.workbench.navigator.offer_files(Offered((file,), how="one"))
        wait_for(qtbot, page.complaint.isVisible)
    assert "disk is full" in page.complaint.text
    assert [path for path in corpora.iterdir() if not path.name.startswith(".")] == []
    assert program.workbench.texts.entries() == []
    qtbot.mouseClick(visible_button(page.complaint, "Try again"), Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: len(program.workbench.texts.entries()) == 1)
    wait_for(qtbot, lambda: not page.complaint.isVisible())


def test_without_a_text_there_is_no_start_but_a_way_to_the_texts(program: Program, qtbot: QtBot) -> None:
    program.workbench.navigator.train_on("")
    page: Any = program.window.page("train")
    assert page.model.kind == "nothing"
    assert not page.header.primary.isVisible()
    qtbot.mouseClick(visible_button(page, "Go to Texts"), Qt.MouseButton.LeftButton)
    assert program.workbench.navigator.page == "texts"


def test_a_draft_whose_last_text_is_thrown_away_cannot_be_started(
    program: Program, new_text: Any, qtbot: QtBot
) -> None:
    corpus = new_text(program.door.library)
    program.workbench.texts.refresh()
    program.workbench.navigator.train_with(corpus, TINY, "Tiny")
    page: Any = program.window.page("train")
    wait_for(qtbot, lambda: page.model.draft.can_start)
    program.door.texts.trash(corpus)
    program.workbench.texts.refresh()
    assert page.model.kind == "nothing"
    assert not page.header.primary.isVisible()
    assert program.workbench.queue.current is None


def test_a_run_that_trains_is_not_thrown_away(program: Program, new_text: Any, qtbot: QtBot) -> None:
    corpus = new_text(program.door.library)
    program.workbench.texts.refresh()
    program.workbench.navigator.train_with(corpus, TINY, "Tiny")
    page: Any = program.window.page("train")
    wait_for(qtbot, lambda: page.model.draft.can_start)
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    run = program.workbench.queue.current
    assert run is not None
    wait_for(qtbot, lambda: run.history.step > 0)
    program.workbench.navigator.show_runs([run.run_id])
    runs: Any = program.window.page("runs")
    wait_for(qtbot, lambda: [row.entry.id for row in runs.model.selected] == [run.run_id])
    qtbot.keyClick(runs.table, Qt.Key.Key_Delete)
    toast = program.window.toasts.toast
    assert toast is not None
    assert toast.accessibleName() == "Bottles still trains. Finish it first, then move it to the trash."
    step = run.history.step
    wait_for(qtbot, lambda: run.history.step > step)
    assert program.door.library.run(run.run_id).path.is_dir()


def test_a_million_units_are_refused_with_the_nearest_value_and_nothing_freezes(
    program: Program, new_text: Any, qtbot: QtBot
) -> None:
    program.workbench.settings.set("recipes/details_open", True)
    corpus = new_text(program.door.library)
    program.workbench.texts.refresh()
    program.workbench.navigator.train_with(corpus, TINY, "Tiny")
    page: Any = program.window.page("train")
    wait_for(qtbot, lambda: page.model.draft.can_start)
    ticks: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(5)
    wait_for(qtbot, lambda: len(ticks) > 3)
    field: Any = page.draft_panel.details.form.findChild(QWidget, "model.hidden_size") or next(
        widget for widget in page.draft_panel.findChildren(QWidget)
        if getattr(getattr(widget, "field", None), "path", "") == "model.hidden_size"
    )  # fmt: skip
    box = field.editor
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "1000000")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    wait_for(qtbot, page.notice.isVisible)
    assert "8,192" in page.notice.text
    assert not page.header.primary.isEnabled()
    count = len(ticks)
    wait_for(qtbot, lambda: len(ticks) > count + 20)
    timer.stop()
    assert max(later - earlier for earlier, later in pairwise(ticks)) < 1.0
    qtbot.mouseClick(visible_button(page.notice, "8,192"), Qt.MouseButton.LeftButton)
    assert page.model.draft.tables["model"]["hidden_size"] == 8192
    assert not page.notice.isVisible()
