"""A model to keep or to give away: NAME.textloom, a safetensors file that holds all that is needed to write with it.

The tensors are the weights in float32 under the names of `engine.models.build`. The metadata are JSON: `kind` (always
"model"), `title`, `configuration` (the tables of `engine.config`), `tokenizer`, `cleaning` (the `corpus` settings with
which the text was imported) and `counts` (numbers about the training). Version, least reader and checksums are those
of `engine.library.tensors`. Such a file may come from a stranger: nothing is allocated for weights before everything
that describes them has been checked. Neither reading nor writing loads torch.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.config.configuration import Configuration, from_tables, to_tables
from engine.config.corpus import CleaningConfig
from engine.config.options import build
from engine.errors import BadInput, DamagedFile, NewerFormat
from engine.library.tensors import RawTensor, read_metadata, read_tensors, write_tensors
from engine.models.build import parameter_shapes
from engine.text.tokenizers import Tokenizer, tokenizer_from_json

SUFFIX = ".textloom"
KIND = "model"
LONGEST_TITLE = 1_000
MOST_COUNTS = 100

Arrays = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """All of a model but its weights. counts: numbers about its training, by name, for people to read."""

    configuration: Configuration
    tokenizer: Tokenizer
    cleaning: CleaningConfig
    title: str = ""
    counts: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LoadedModel(ModelDescription):
    """A model ready to be built. arrays: its weights in float32, each with memory of its own.

    is_newer: a later version of Textloom wrote the file, in a form that this one can still read.
    """

    arrays: dict[str, NDArray[np.float32]]
    is_newer: bool = False


def write_model(path: Path, description: ModelDescription, arrays: Arrays) -> None:
    """Write a model file atomically. Its values are not looked at, but read back they must be finite.

    Raises StorageFailed, and ValueError when names or shapes of `arrays` are not those of the configuration.
    """
    shapes = parameter_shapes(description.configuration.model, description.tokenizer.vocabulary_size)
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise ValueError("the weights are not those of this configuration")
    tensors = {
        name: RawTensor("F32", shape, np.ascontiguousarray(arrays[name], "<f4").data)
        for name, shape in shapes.items()
    }  # fmt: skip
    write_tensors(path, tensors, _metadata(description))


def read_model(path: Path) -> LoadedModel:
    """Read and check a whole model file.

    Raises DamagedFile (also for a file of another kind), NewerFormat, StorageFailed, and BadInput when the memory does
    not suffice.
    """
    header = read_metadata(path)
    description = _description(path, header.metadata)
    shapes = parameter_shapes(description.configuration.model, description.tokenizer.vocabulary_size)
    tensors = read_tensors(path, {name: ("F32", shape) for name, shape in shapes.items()})
    arrays = {name: _array(path, name, tensors[name]) for name in shapes}
    return LoadedModel(
        configuration=description.configuration, tokenizer=description.tokenizer, cleaning=description.cleaning,
        title=description.title, counts=description.counts, arrays=arrays, is_newer=header.is_newer,
    )  # fmt: skip


def read_description(path: Path) -> ModelDescription:
    """What a model file says about its model, checked; its weights are not read. Raises as `read_model`."""
    return _description(path, read_metadata(path).metadata)


def _metadata(description: ModelDescription) -> dict[str, object]:
    return {
        "kind": KIND,
        "title": description.title[:LONGEST_TITLE],
        "configuration": to_tables(description.configuration),
        "tokenizer": description.tokenizer.to_json(),
        "cleaning": {f.name: getattr(description.cleaning, f.name) for f in fields(CleaningConfig)},
        "counts": dict(description.counts),
    }


def _description(path: Path, metadata: Mapping[str, object]) -> ModelDescription:
    if metadata.get("kind") != KIND:
        raise DamagedFile("{path} holds no model. Choose a file that Textloom has exported.", path=str(path))
    try:
        return ModelDescription(
            configuration=from_tables(_table(metadata, "configuration")),
            tokenizer=tokenizer_from_json(metadata.get("tokenizer")),
            cleaning=_cleaning(_table(metadata, "cleaning")),
            title=_title(metadata.get("title")),
            counts=_counts(_table(metadata, "counts")),
        )
    except NewerFormat:
        raise
    except (BadInput, DamagedFile) as error:
        raise DamagedFile("{path} cannot be used. {reason}", path=str(path), reason=str(error)) from error


def _table(metadata: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = metadata.get(name)
    if not isinstance(table, dict):
        raise DamagedFile("Its {name} is missing or damaged.", name=name)
    return table


def _cleaning(table: Mapping[str, object]) -> CleaningConfig:
    return build(CleaningConfig, "corpus", table)


def _title(title: object) -> str:
    if not isinstance(title, str) or len(title) > LONGEST_TITLE:
        raise DamagedFile("Its title is missing or damaged.")
    return title


def _counts(table: Mapping[str, object]) -> dict[str, int | float]:
    counts: dict[str, int | float] = {}
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise DamagedFile("Its counts are damaged.")
        counts[name] = value
    if len(counts) > MOST_COUNTS:
        raise DamagedFile("Its counts are damaged.")
    return counts


def _array(path: Path, name: str, tensor: RawTensor) -> NDArray[np.float32]:
    array = np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).astype(np.float32, copy=False)
    if not np.isfinite(array).all():
        raise DamagedFile(
            "{path} cannot be used: the weights {name} hold a value that is not a finite number.",
            path=str(path), name=name,
        )  # fmt: skip
    return array
