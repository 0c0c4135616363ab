"""Trains the run that stands in every new library, and puts it into `resources/demo`.

    .venv/bin/python packaging/build_demo_run.py [--check]

It learns our own tales (`resources/samples/tales.txt`) in one thread, about a minute and a half, and keeps what a
finished run has: its description, its curves, eight samples and its best weights, without what the optimizer remembers
of them, so that the model takes less than 1 MB; a run that goes on from there begins with an optimizer that remembers
nothing. With --check nothing is written into the project: it only tells how the run went.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.cli.process import spin_briefly  # noqa: E402

spin_briefly()

import torch  # noqa: E402

from engine.control import RunControl  # noqa: E402
from engine.events import RunEnded, RunEvent, SampleWritten, StepCompleted, ValidationCompleted  # noqa: E402
from engine.import_events import CorpusImported  # noqa: E402
from engine.library.library import Library  # noqa: E402
from engine.library.runs import RunFolder  # noqa: E402
from engine.library.tensors import read_metadata, read_tensors, write_tensors  # noqa: E402
from engine.text.samples import import_sample  # noqa: E402
from engine.training.request import Request  # noqa: E402
from engine.training.runs import create_run  # noqa: E402
from engine.training.session import Session  # noqa: E402

DEMO = ROOT / "resources" / "demo"
CORPUS = "Tales of Sallowmouth"
TITLE = "Tales, trained for you"
MOST_MODEL_BYTES = 1_000_000
SAMPLED_STEPS = (15, 60, 150, 400, 1000, 2000, 3500)  # the eighth is written by the best state at the end
NUM_STEPS = 5000

RECIPE = {
    "format": 1,
    "model": {
        "cell": "lstm", "num_layers": 1, "hidden_size": 192, "embedding_size": 48,
        "dropout": 0.4, "input_dropout_share": 0.2,
    },
    "training": {
        "optimizer": "adamw", "beta2": 0.99, "weight_decay": 0.05, "learning_rate": 0.008, "schedule": "cosine",
        "final_share": 0.02, "warmup_steps": 50, "steps": NUM_STEPS, "batch_size": 8, "window_size": 64,
        "clip_norm": 1.0, "validate_every_steps": 125, "report_every_steps": 25, "sample_every_seconds": 0.0,
        "sample_length": 320, "precision": "float32", "device": "cpu", "num_threads": 1,
    },
}  # fmt: skip


def main() -> int:
    """Train, check the size, copy; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        session = train(Library.open(Path(folder) / "library"))
        made = Path(folder) / "demo"
        size = keep(session.folder, made)
        print(f"{session.folder.id}: the model takes {size:,} bytes")
        if size >= MOST_MODEL_BYTES:
            print(f"That is more than {MOST_MODEL_BYTES:,} bytes: make it smaller.", file=sys.stderr)
            return 1
        if not options.check:
            shutil.rmtree(DEMO, ignore_errors=True)
            shutil.copytree(made, DEMO)
            (DEMO / "__init__.py").touch()
    return 0


def train(library: Library) -> Session:
    """The run, trained to its end."""
    corpus = next(event.corpus for event in import_sample(CORPUS, library) if isinstance(event, CorpusImported))
    control = RunControl()
    preparing = create_run(library, Request(corpus, RECIPE, "demo", title=TITLE), control)
    session = _result(preparing)
    for event in session.run():
        _tell(event)
        if isinstance(event, StepCompleted) and event.step in _report_steps():
            control.sample_now()
    if session.error is not None:
        raise session.error
    return session


def keep(folder: RunFolder, target: Path) -> int:
    """Copy what a finished run has, with one checkpoint; returns its bytes."""
    step = folder.pointed_step("best")
    assert step is not None
    (target / "checkpoints").mkdir(parents=True)
    for path in (folder.tokenizer_path, folder.metrics_path, folder.samples_path, folder.info_path):
        shutil.copy(path, target / path.name)
    info = json.loads(folder.info_path.read_text(encoding="utf-8"))
    info["machine"].pop("device_name", None)
    (target / "run.json").write_text(json.dumps(info, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    best = folder.checkpoint_path(step)
    tensors = {name: tensor for name, tensor in read_tensors(best).items() if not name.startswith("optimizer/")}
    copied = target / "checkpoints" / best.name
    write_tensors(copied, tensors, read_metadata(best).metadata)
    for pointer in ("best", "latest"):
        (target / pointer).write_text(f"{best.name}\n", encoding="utf-8")
    return copied.stat().st_size


def _report_steps() -> set[int]:
    """The reports after which a sample is wished: the first ones at or after the steps that are sampled."""
    every = int(RECIPE["training"]["report_every_steps"])  # type: ignore[index]
    return {-(-step // every) * every for step in SAMPLED_STEPS}


def _result(preparing):  # type: ignore[no-untyped-def]
    while True:
        try:
            next(preparing)
        except StopIteration as end:
            return end.value


def _tell(event: RunEvent) -> None:
    match event:
        case ValidationCompleted():
            print(f"step {event.step}: {event.loss_nats:.3f} nats, {event.accuracy:.1%}", flush=True)
        case SampleWritten():
            print(f"--- step {event.step}\n{event.text}\n---", flush=True)
        case RunEnded():
            print(f"{event.outcome} after {event.seconds:.0f} s: {event.reason}, best {event.best_valid_loss_nats}")
        case _:
            pass


if __name__ == "__main__":
    raise SystemExit(main())
