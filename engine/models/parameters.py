"""The weights of a model as named arrays, going out and coming in checked."""

from collections.abc import Mapping

import numpy
import torch
from numpy.typing import NDArray

from engine.errors import DamagedFile
from engine.models.build import parameter_shapes
from engine.models.language_model import LanguageModel


def parameter_arrays(model: LanguageModel) -> dict[str, NDArray[numpy.float32]]:
    """Copies of all parameters as float32 arrays, by name, in the order of `parameter_shapes`."""
    return {
        name: parameter.detach().to("cpu", torch.float32, copy=True).numpy()
        for name, parameter in model.named_parameters()
    }


def load_parameters(model: LanguageModel, arrays: Mapping[str, NDArray[numpy.float32]]) -> None:
    """Copy `arrays` into the model, all or nothing.

    Raises:
        DamagedFile: a name is missing or unknown, a shape differs from the configuration's, the numbers are not
            float32, or one is infinite or not a number.
    """
    expected = parameter_shapes(model.config, model.vocabulary_size)
    for name in expected.keys() - arrays.keys():
        raise DamagedFile("The model file lacks the weights {name}; use another copy of it.", name=name)
    for name in arrays.keys() - expected.keys():
        raise DamagedFile("The model file holds unknown weights {name}; use another copy of it.", name=name)
    for name, shape in expected.items():
        _check(name, arrays[name], shape)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(numpy.array(arrays[name])))


def _check(name: str, array: NDArray[numpy.float32], shape: tuple[int, ...]) -> None:
    if array.dtype != numpy.float32 or array.shape != shape:
        raise DamagedFile(
            "The weights {name} are {found} of {dtype} where float32 numbers of {shape} are needed; "
            "use another copy of the model file.",
            name=name,
            found="x".join(map(str, array.shape)),
            dtype=str(array.dtype),
            shape="x".join(map(str, shape)),
        )
    if not numpy.isfinite(array).all():
        raise DamagedFile("The weights {name} hold a value that is not a finite number; use an earlier one.", name=name)
