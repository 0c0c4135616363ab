"""The run that comes with Textloom, and writing without torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.config.sampling import SamplingConfig
from engine.control import RunControl
from engine.library.library import Library
from engine.models.run_model import read_run_model
from engine.sampling.generate import Writer
from engine.training.runs import Durations, resume_run
from workbench.bridge.demo import install_demo, is_untouched
from workbench.bridge.runs import run_entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library.open(tmp_path_factory.mktemp("demo") / "library")
    install_demo(library)
    return library


def test_the_demo_is_a_finished_run_of_a_text_that_is_there(library: Library) -> None:
    run = library.list_runs()[0]
    entry = run_entry(run)
    assert entry.state == "finished"
    corpus = library.corpus(entry.corpus_id).read_info()
    recorded = run.info["corpus"]
    assert isinstance(recorded, dict)
    assert corpus["fingerprint"] == recorded["fingerprint"]
    assert entry.best["accuracy"] > 0.55


def test_the_demo_has_curves_and_eight_samples(library: Library) -> None:
    folder = library.run(library.list_runs()[0].id)
    assert len(folder.samples_path.read_text(encoding="utf-8").splitlines()) == 8
    assert folder.metrics_path.read_text(encoding="utf-8").count("ValidationCompleted") >= 10


def test_the_model_of_the_demo_is_small_and_writes(library: Library) -> None:
    folder = library.run(library.list_runs()[0].id)
    sizes = [path.stat().st_size for path in folder.checkpoints_path.iterdir()]
    assert len(sizes) == 1
    assert sizes[0] < 1_000_000
    model, problems = read_run_model(folder)
    assert problems == ()
    assert len(Writer.from_model(model).write_whole(SamplingConfig(length=100)).completion) == 100


def test_the_demo_comes_once_and_not_into_a_library_in_use(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    assert is_untouched(library)
    run = install_demo(library)
    assert not is_untouched(library)
    assert install_demo(library) == run
    assert len(library.list_runs()) == len(library.list_corpora()) == 1
    library.trash(library.run(run).path)
    library.trash(library.list_corpora()[0].path)
    assert not is_untouched(library)


def test_the_demo_goes_on_training(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    run = install_demo(library)
    preparing = resume_run(library, run, Durations(steps=3), RunControl())
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            session = end.value
            break
    ended = list(session.run())[-1]
    assert ended.outcome == "completed"  # type: ignore[union-attr]


WRITE = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from engine.config.sampling import SamplingConfig
from workbench.bridge.protocols.writing import ModelRef, WriteRequest
from workbench.viewmodels.write.page import WritePageModel

application = QCoreApplication([])
door = EngineDoor(Library.open(Path(sys.argv[1])))
ended = []
def end(result):
    ended.append(result)
    application.quit()
def install(run):
    request = WriteRequest(model=ModelRef(run=run), prompt="The ", settings=SamplingConfig(num_words=5))
    door.writing.write(request, print, end, end, lambda: end(None))
door.writing.install_demo(install, end, is_first_start=True)
QTimer.singleShot(60_000, application.quit)
application.exec()
assert len(ended[0].texts[0].split()) == 5, ended
assert "torch" not in sys.modules
door.close()
"""


def test_writing_loads_no_torch(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path / "library")],
        capture_output=True, text=True, timeout=90, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_page_is_there_without_torch_or_numpy() -> None:
    code = "import sys, workbench.views.write.page; assert not {'torch', 'numpy'} & set(sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
