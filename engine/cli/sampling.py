"""The commands that write: sample, and fill a gap."""

import argparse
from collections.abc import Mapping
from dataclasses import replace

from engine.cli.models import load
from engine.cli.output import Output
from engine.cli.place import LibraryPlace
from engine.cli.texts import STANDARD_INPUT, read_plain
from engine.config.options import OptionValue, build, options_of
from engine.config.sampling import SamplingConfig
from engine.config.texts_of import joined_texts
from engine.errors import BadInput
from engine.models.model_file import LoadedModel
from engine.sampling.gap import fill_gap
from engine.sampling.generate import Sample, Writer
from engine.sampling.mixing import Kind, Mixture, check_same_vocabulary
from engine.sampling.stepper import Stepper

MOST_SAMPLES = 10_000
MOST_STYLE_CHARACTERS = 10_000


def sample(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Write with a model, as its recipe says where the command says nothing."""
    _check_count(arguments.count)
    chosen = _chosen(arguments, output)
    model = load(arguments.model, place, output, step=arguments.step)
    settings = _settings(model, chosen)
    writer = _writer(model, arguments, place, output)
    if arguments.count == 1:
        _stream(writer, settings, output)
        return 0
    for index, written in enumerate(writer.write_many(settings, arguments.count)):
        if index == 0:
            _tell_replaced(written, output)
        output.record(_record(written))
        if not output.is_json:
            output.note(f"{chr(10) if index else ''}--- sample {index + 1}, seed {written.seed}")
        output.text(written.text, end="")
    output.end_line()
    return 0


def fill(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Propose what could stand between two passages, what fits the second one best first."""
    _check_count(arguments.count)
    chosen = _chosen(arguments, output)
    model = load(arguments.model, place, output, step=arguments.step)
    chosen.setdefault("num_words", 5)
    writer = _writer(model, arguments, place, output)
    for found in fill_gap(writer, arguments.before, arguments.after, _settings(model, chosen), arguments.count):
        output.record(
            {"text": found.text, "log_probability_after": found.log_probability_after, "seed": found.seed}
        )
        output.text(f"{found.log_probability_after:9.2f}  {arguments.before}[{found.text}]{arguments.after}")
    return 0


def _check_count(count: int) -> None:
    if count < 1:
        raise BadInput("--count is {count}, but must be at least 1.", count=count)
    if count > MOST_SAMPLES:
        raise BadInput("--count is {count}, but must be at most {most}.", count=count, most=MOST_SAMPLES)


def _chosen(arguments: argparse.Namespace, output: Output) -> dict[str, OptionValue]:
    """The options that the command names, checked. Raises InvalidSetting and BadInput."""
    chosen: dict[str, object] = {}
    for name in options_of(SamplingConfig):
        value = getattr(arguments, name, None)
        if value is not None:
            chosen[name] = joined_texts(value) if isinstance(value, list) else value
    if arguments.style_file is not None:
        chosen["style"] = read_plain(arguments.style_file, output)[-MOST_STYLE_CHARACTERS:]
    if chosen.get("prompt") == str(STANDARD_INPUT):
        chosen["prompt"] = read_plain(STANDARD_INPUT, output)
    checked = build(SamplingConfig, "sampling", chosen)
    return {name: getattr(checked, name) for name in chosen}


def _settings(model: LoadedModel, chosen: Mapping[str, OptionValue]) -> SamplingConfig:
    """As the recipe of the model says where the command says nothing."""
    return replace(model.configuration.sampling, **chosen)  # type: ignore[arg-type]


def _writer(model: LoadedModel, arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> Writer:
    """The model alone, or mixed with the others that the command names."""
    if not arguments.mix:
        return Writer.from_model(model)
    models, names, weights = [model], [arguments.model], [arguments.own_weight]
    for part in arguments.mix:
        name, weight = _part(part)
        models.append(load(name, place, output))
        names.append(name)
        weights.append(weight)
    check_same_vocabulary([other.tokenizer for other in models], names)
    steppers = [Stepper.from_arrays(other.configuration.model, other.arrays) for other in models]
    kind: Kind = arguments.mix_kind
    return Writer(Mixture(steppers, weights, kind), model.tokenizer, model.cleaning)


def _part(part: str) -> tuple[str, float]:
    """Name and weight of a model that is mixed in. Raises BadInput."""
    name, _, weight = part.rpartition("=")
    if not name:
        return part, 1.0
    try:
        return name, float(weight)
    except ValueError:
        raise BadInput("--mix takes MODEL=WEIGHT, for example whales=0.5, not {part}.", part=part) from None


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
    output.record(_record(written))


def _record(written: Sample) -> dict[str, object]:
    return {"text": written.text, "seed": written.seed, "reason": written.reason}


def _tell_replaced(written: Sample, output: Output) -> None:
    if written.replaced:
        output.note(
            f"The model does not know {', '.join(repr(piece) for piece in written.replaced[:20])} in the prompt; "
            "it read something near instead."
        )
