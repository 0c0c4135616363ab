"""The best model of a run, read from its folder, without torch."""

from collections.abc import Mapping

import numpy as np

from engine.config.configuration import from_tables
from engine.config.corpus import CleaningConfig
from engine.config.options import build
from engine.errors import BadInput, DamagedFile, Message
from engine.library.runs import RunFolder
from engine.library.tensors import Expected
from engine.models.build import parameter_shapes
from engine.models.model_file import LoadedModel
from engine.text.tokenizers import tokenizer_from_json

PREFIX = "model/"


def read_run_model(folder: RunFolder) -> tuple[LoadedModel, tuple[Message, ...]]:
    """The weights with the best validation, and what had to be left out because it was damaged.

    Before the first validation, those of the latest checkpoint. Raises BadInput if nothing has been saved yet,
    DamagedFile or StorageFailed.
    """
    info = folder.read_info()
    configuration = from_tables(_table(info, "configuration"))
    tokenizer = tokenizer_from_json(folder.read_tokenizer())
    shapes = parameter_shapes(configuration.model, tokenizer.vocabulary_size)
    expected: Expected = {f"{PREFIX}{name}": ("F32", shape) for name, shape in shapes.items()}
    checkpoint = folder.read_checkpoint("best", lambda _header: expected, prefix=PREFIX)
    if checkpoint is None:
        raise BadInput(
            "The run {run} has saved nothing yet. Let it train on with: textloom resume {run}.", run=folder.id
        )
    arrays = {}
    for name, shape in shapes.items():
        array = np.frombuffer(checkpoint.tensors[f"{PREFIX}{name}"].data, "<f4").reshape(shape)
        if not np.isfinite(array).all():
            raise DamagedFile(
                "The weights {name} of the run {run} are not all finite numbers.", name=name, run=folder.id
            )
        arrays[name] = array.astype(np.float32, copy=False)
    model = LoadedModel(
        configuration=configuration,
        tokenizer=tokenizer,
        cleaning=build(CleaningConfig, "corpus", _table(_table(info, "corpus"), "cleaning")),
        title=str(info.get("title", folder.id)),
        counts=_counts(info, checkpoint.step),
        arrays=arrays,
    )
    return model, checkpoint.problems


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise DamagedFile("The run's record (run.json) holds an odd value for {name}.", name=name)
    return table


def _counts(info: Mapping[str, object], step: int) -> dict[str, int | float]:
    best = _table(info, "best")
    counts: dict[str, int | float] = {"step": step}
    for name, value in best.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            counts[name] = value
    return counts
