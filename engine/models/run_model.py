"""The model of a run, read from its folder, without torch: its best state, its last one, or that of a milestone."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.config.configuration import from_tables
from engine.config.corpus import CleaningConfig
from engine.config.options import build
from engine.errors import BadInput, DamagedFile, Message
from engine.library.runs import Checkpoint, Pointer, RunFolder
from engine.library.tensors import Expected
from engine.models.build import parameter_shapes
from engine.models.model_file import LoadedModel
from engine.text.tokenizers import tokenizer_from_json

PREFIX = "model/"


def read_run_model(
    folder: RunFolder, step: int | None = None, pointer: Pointer = "best"
) -> tuple[LoadedModel, tuple[Message, ...]]:
    """The weights with the best validation, and what had to be left out because it was damaged.

    Before the first validation, those of the latest checkpoint. step: those of this milestone or checkpoint instead;
    pointer: "latest" for the last saved state. Raises BadInput if nothing (or nothing of this step) has been saved,
    DamagedFile or StorageFailed.
    """
    model = _without_weights(folder)
    shapes = parameter_shapes(model.configuration.model, model.tokenizer.vocabulary_size)
    expected: Expected = {f"{PREFIX}{name}": ("F32", shape) for name, shape in shapes.items()}
    if step is None:
        checkpoint = folder.read_checkpoint(pointer, lambda _header: expected, prefix=PREFIX)
    else:
        checkpoint = folder.read_step(step, lambda _header: expected, prefix=PREFIX)
    if checkpoint is None:
        raise _nothing_saved(folder, step)
    is_best = step is None and pointer == "best"
    filled = _filled(model, folder, _arrays(checkpoint, shapes), checkpoint.step, has_figures=is_best)
    return filled, checkpoint.problems


def live_run_model(folder: RunFolder, step: int, arrays: Mapping[str, NDArray[np.float32]]) -> LoadedModel:
    """A run that trains, as it is now: with these weights, by their names. Raises as `read_run_model`."""
    return _filled(_without_weights(folder), folder, arrays, step, has_figures=False)


def _without_weights(folder: RunFolder) -> LoadedModel:
    info = folder.read_info()
    return LoadedModel(
        configuration=from_tables(_table(info, "configuration")),
        tokenizer=tokenizer_from_json(folder.read_tokenizer()),
        cleaning=build(CleaningConfig, "corpus", _table(_table(info, "corpus"), "cleaning")),
        title=str(info.get("title", folder.id)),
        counts=_figures(info),
        arrays={},
    )


def _arrays(checkpoint: Checkpoint, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[np.float32]]:
    return {
        name: np.frombuffer(checkpoint.tensors[f"{PREFIX}{name}"].data, "<f4").reshape(shape)
        for name, shape in shapes.items()
    }  # fmt: skip


def _filled(
    model: LoadedModel, folder: RunFolder, arrays: Mapping[str, NDArray[np.float32]], step: int, *, has_figures: bool
) -> LoadedModel:
    """The model with its weights. has_figures: whether the figures of the run's best state are those of these."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise DamagedFile(
                "The weights {name} of the run {run} are not all finite numbers.", name=name, run=folder.id
            )
    kept = {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}
    return replace(model, arrays=kept, counts={"step": step, **(model.counts if has_figures else {})})


def _nothing_saved(folder: RunFolder, step: int | None) -> BadInput:
    if step is None:
        return BadInput(
            "The run {run} has saved nothing yet. Let it train on with: textloom resume {run}.", run=folder.id
        )
    steps = sorted({*folder.milestone_steps(), *folder.checkpoint_steps()})
    if not steps:
        return BadInput("The run {run} keeps no weights of step {step}, nor of any other.", run=folder.id, step=step)
    return BadInput(
        "The run {run} keeps no weights of step {step}. It keeps those of the steps {steps}.",
        run=folder.id, step=step, steps=", ".join(map(str, steps)),
    )  # fmt: skip


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise DamagedFile("The run's record (run.json) holds an odd value for {name}.", name=name)
    return table


def _figures(info: Mapping[str, object]) -> dict[str, int | float]:
    best = _table(info, "best")
    return {
        name: value
        for name, value in best.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }  # fmt: skip
