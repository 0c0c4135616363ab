"""What a configuration builds, in whole numbers: names, shapes and counts of the parameters, before any is allocated.

Legend: V vocabulary, E embedding, I input of a layer, H hidden, G gates of the family (1 simple RNN, 3 GRU, 4 LSTM).
"""

from math import prod

from engine.config.model import ModelConfig

NUM_GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def input_size(config: ModelConfig, vocabulary_size: int) -> int:
    """Width of what enters the first layer: E, or V when the characters enter as one-hot vectors."""
    return config.embedding_size or vocabulary_size


def parameter_shapes(config: ModelConfig, vocabulary_size: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all parameters, in the order of the model's `state_dict`.

    `embedding.weight` (V, E) is absent for one-hot input; `output.weight` (V, H) is absent when tied, where
    `embedding.weight` takes its place.
    """
    hidden_size = config.hidden_size
    num_rows = NUM_GATES[config.cell] * hidden_size
    shapes: dict[str, tuple[int, ...]] = {}
    if config.embedding_size:
        shapes["embedding.weight"] = (vocabulary_size, config.embedding_size)
    for index in range(config.num_layers):
        columns = hidden_size if index else input_size(config, vocabulary_size)
        shapes[f"layers.{index}.weight_ih"] = (num_rows, columns)
        shapes[f"layers.{index}.weight_hh"] = (num_rows, hidden_size)
        shapes[f"layers.{index}.bias"] = (num_rows,)
    if not config.tied:
        shapes["output.weight"] = (vocabulary_size, hidden_size)
    shapes["output.bias"] = (vocabulary_size,)
    return shapes


def parameter_counts(config: ModelConfig, vocabulary_size: int) -> dict[str, int]:
    """Number of weights in every parameter, by name."""
    return {name: prod(shape) for name, shape in parameter_shapes(config, vocabulary_size).items()}


def num_parameters(config: ModelConfig, vocabulary_size: int) -> int:
    """Number of trainable weights of the whole model."""
    return sum(parameter_counts(config, vocabulary_size).values())
