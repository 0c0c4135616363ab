"""The trained model that a command names, and the commands that measure and export one."""

import argparse
import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

from engine.cli.output import Output
from engine.cli.place import LibraryPlace
from engine.errors import BadInput
from engine.library.runs import RunFolder
from engine.models.model_file import SUFFIX, LoadedModel, read_model, write_model
from engine.models.run_model import read_run_model

T = TypeVar("T")


def load(name: str, place: LibraryPlace, output: Output, *, step: int | None = None) -> LoadedModel:
    """The model of a .textloom file or of a run, of this step where one is given. Raises BadInput if there is none."""
    folder = run_folder(name, place)
    if folder is None:
        if step is not None:
            raise BadInput("{name} is a file with one model. Leave out --step, or name a run.", name=name)
        return read_model(Path(name))
    model, problems = read_run_model(folder, step)
    for problem in problems:
        output.note(problem)
    return model


def run_folder(name: str, place: LibraryPlace) -> RunFolder | None:
    """The run of this name; None when it is that of a file. Raises BadInput if there is neither."""
    if name.endswith(SUFFIX) or Path(name).name != name:
        return None
    try:
        library = place.existing()
        return library.run(library.find("runs", name).id)
    except BadInput:
        if os.path.isfile(name):  # noqa: PTH113, which raises for a name that is too long
            return None
        raise


def evaluate(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Measure how well a model predicts a text."""
    from engine.cli.texts import read_plain
    from engine.evaluation.evaluate import evaluate_text_in_steps

    model = load(arguments.model, place, output)
    text = read_plain(arguments.text, output)
    result = _watched(evaluate_text_in_steps(model, text), output)
    record = result.as_record()
    output.record(record)
    bits = "" if result.bits_per_character is None else f", {result.bits_per_character:.4f} bits per character"
    output.text(
        f"{result.tokens:,} tokens, {result.characters:,} characters: {_shown(result.loss_nats)} nats per token, "
        f"perplexity {_shown(result.perplexity)}{bits}"
        + (f", {result.unknown_share:.2%} unknown" if result.unknown_share else "")
    )
    return 0


def _watched(steps: Generator[float, None, T], output: Output) -> T:
    """What `steps` returns, with the share done on the status line."""
    while True:
        try:
            output.status(f"Evaluating: {next(steps):.0%}")
        except StopIteration as end:
            output.clear_status()
            result: T = end.value
            return result


def _shown(value: float | None) -> str:
    return "not a number" if value is None else f"{value:.4f}"


def export(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Write the best model of a run to a file."""
    path: Path = arguments.file
    if path.suffix != SUFFIX:
        raise BadInput("The file must be called something{suffix}, not {name}.", suffix=SUFFIX, name=path.name)
    if not path.parent.is_dir():
        raise BadInput("There is no folder {folder} for the file. Choose another one.", folder=str(path.parent))
    if os.path.lexists(path):
        raise BadInput("{path} exists already. Choose another name, or remove it first.", path=str(path))
    model = load(arguments.run, place, output)
    write_model(path, model, model.arrays)
    output.record({"file": str(path), "bytes": path.stat().st_size})
    output.text(f"Written: {path} ({path.stat().st_size:,} bytes). A model can repeat passages of its text.")
    return 0
