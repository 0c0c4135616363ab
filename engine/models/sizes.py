"""How large a model is and how much memory its training needs: arithmetic without torch, quick enough for a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from engine.config.configuration import Configuration, from_tables
from engine.config.model import ModelConfig
from engine.models.build import NUM_GATES, num_parameters, parameter_shapes

# Weights, gradients, two averages of the optimizer, and a snapshot of weights and averages.
NUMBERS_PER_WEIGHT = 7
# Of each gate and token: what enters, the gate itself, its derivative, its gradient.
NUMBERS_PER_GATE = 4
MOST_LOGITS = 8_000_000
PROGRAM_BYTES = 300_000_000
BYTES = 4


@dataclass(frozen=True)
class Matrix:
    """The shape of one parameter and the number of its weights."""

    shape: tuple[int, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class QuickFacts:
    """What a form shows of a configuration: matrices by name, in the order of the model; memory as `training_bytes`."""

    num_parameters: int
    matrices: Mapping[str, Matrix]
    training_bytes: int


def quick_facts(tables: Mapping[str, object], vocabulary_size: int) -> QuickFacts:
    """Facts of the configuration in `tables`, where every setting that is left out has its default.

    Raises InvalidSetting as `from_tables`.
    """
    configuration = from_tables(tables)
    return QuickFacts(
        num_parameters=num_parameters(configuration.model, vocabulary_size),
        matrices=matrices(configuration.model, vocabulary_size),
        training_bytes=training_bytes(configuration, vocabulary_size),
    )


def matrices(model: ModelConfig, vocabulary_size: int) -> dict[str, Matrix]:
    """All parameters of a model, by name."""
    shapes = parameter_shapes(model, vocabulary_size)
    return {name: Matrix(shape, prod(shape)) for name, shape in shapes.items()}


def num_products(model: ModelConfig, vocabulary_size: int) -> int:
    """Weights that each token is multiplied with: all but the biases and an embedding, which is only looked up."""
    shapes = parameter_shapes(model, vocabulary_size)
    looked_up = set() if model.tied else {"embedding.weight"}
    return sum(prod(shape) for name, shape in shapes.items() if len(shape) == 2 and name not in looked_up)


def training_bytes(configuration: Configuration, vocabulary_size: int) -> int:
    """Memory that training needs at its peak, about: the program, the weights and what back-propagation keeps."""
    model, training = configuration.model, configuration.training
    num_tokens = training.batch_size * training.window_size
    per_token = model.num_layers * model.hidden_size * NUM_GATES[model.cell] * NUMBERS_PER_GATE
    per_token += model.embedding_size or vocabulary_size
    logits = 3 * min(num_tokens * vocabulary_size, MOST_LOGITS)
    numbers = NUMBERS_PER_WEIGHT * num_parameters(model, vocabulary_size) + num_tokens * per_token + logits
    return PROGRAM_BYTES + BYTES * numbers
