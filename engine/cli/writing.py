"""The commands that use a trained model: sample, evaluate, export."""

import argparse
import os
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from engine.cli.output import Output
from engine.cli.place import LibraryPlace
from engine.config.options import build
from engine.config.sampling import SamplingConfig
from engine.errors import BadInput
from engine.models.model_file import SUFFIX, LoadedModel, read_model, write_model
from engine.models.run_model import read_run_model
from engine.sampling.generate import Sample, Writer

MOST_SAMPLES = 10_000

T = TypeVar("T")


def load(name: str, place: LibraryPlace, output: Output) -> LoadedModel:
    """The model of a .textloom file or of a run. Raises BadInput if there is neither."""
    path = Path(name)
    if name.endswith(SUFFIX) or path.name != name:
        return read_model(path)
    try:
        library = place.existing()
        entry = library.find("runs", name)
    except BadInput:
        if os.path.isfile(name):  # noqa: PTH113, which raises for a name that is too long
            return read_model(path)
        raise
    model, problems = read_run_model(library.run(entry.id))
    for problem in problems:
        output.note(problem)
    return model


def sample(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Write with a model, as its recipe says where the command says nothing."""
    chosen = {
        name: value
        for name in ("prompt", "length", "temperature", "seed", "stop")
        if (value := getattr(arguments, name)) is not None
    }
    checked = build(SamplingConfig, "sampling", chosen)
    if arguments.count < 1:
        raise BadInput("--count is {count}, but must be at least 1.", count=arguments.count)
    if arguments.count > MOST_SAMPLES:
        raise BadInput("--count is {count}, but must be at most {most}.", count=arguments.count, most=MOST_SAMPLES)
    model = load(arguments.model, place, output)
    settings = replace(model.configuration.sampling, **{name: getattr(checked, name) for name in chosen})
    writer = Writer.from_model(model)
    if arguments.count == 1:
        _stream(writer, settings, output)
        return 0
    for index, written in enumerate(writer.write_many(settings, arguments.count)):
        if index == 0:
            _tell_replaced(written, output)
        output.record({"text": written.text, "seed": written.seed})
        if not output.is_json:
            output.note(f"{chr(10) if index else ''}--- sample {index + 1}, seed {written.seed}")
        output.text(written.text, end="")
    output.end_line()
    return 0


def _stream(writer: Writer, settings: SamplingConfig, output: Output) -> None:
    output.text(settings.prompt, end="")
    pieces = writer.write(settings)
    while True:
        try:
            output.text(next(pieces), end="")
        except StopIteration as end:
            written: Sample = end.value
            break
    output.end_line()
    _tell_replaced(written, output)
    output.record({"text": written.text, "seed": written.seed})


def _tell_replaced(written: Sample, output: Output) -> None:
    if written.replaced:
        output.note(
            f"The model does not know {', '.join(repr(piece) for piece in written.replaced[:20])} in the prompt; "
            "it read something near instead."
        )


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
