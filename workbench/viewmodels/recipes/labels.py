"""What settings, their choices and recipes are called for people."""

from collections.abc import Mapping
from typing import Any

from workbench.bridge.protocols.recipes import RecipeEntry
from workbench.viewmodels.recipes.declarations import Declared
from workbench.words import rough_duration, significant, tr


def label_of(setting: Declared) -> str:
    """The name of a setting."""
    match setting.path:
        case "model.cell":
            return tr("Kind of cell")
        case "training.optimizer":
            return tr("Optimizer")
        case "training.schedule":
            return tr("Learning-rate schedule")
        case _:
            return tr(setting.option.label)


def choice_label(choice: str) -> str:
    """A word that can be chosen, as people write it."""
    return _choice_labels().get(choice) or tr(choice)


def tokens_word(tables: Mapping[str, Any]) -> str:
    """What a model reads, inside a sentence: letters, bytes or words."""
    match tables.get("corpus", {}).get("tokens", "char"):
        case "word":
            return tr("words")
        case "byte":
            return tr("bytes")
        case _:
            return tr("letters")


def model_text(tables: Mapping[str, Any]) -> str:
    """A model in short: LSTM 1x384."""
    model = tables["model"]
    cell = choice_label(str(model["cell"]))
    return tr("{cell} {layers}x{size}", cell=cell, layers=str(model["num_layers"]), size=str(model["hidden_size"]))


def line_text(recipe: str, tables: Mapping[str, Any], seconds: float | None, *, is_open: bool) -> str:
    """A recipe in one line. is_open: `auto` has not chosen a model yet."""
    words = {"recipe": recipe, "tokens": tokens_word(tables)}
    if seconds is None:
        if is_open:
            return tr("{recipe}: a model that fits your text, {tokens}.", **words)
        return tr("{recipe}: {model}, {tokens}.", model=model_text(tables), **words)
    time = rough_duration(seconds)
    if is_open:
        return tr("{recipe}: a model that fits your text, {tokens}, {time}.", time=time, **words)
    return tr("{recipe}: {model}, {tokens}, {time}.", model=model_text(tables), time=time, **words)


def recipe_title(recipe: RecipeEntry) -> str:
    """The name of a recipe; that of a preset in the person's language."""
    return tr(recipe.title) if recipe.is_preset else recipe.title


def recipe_about(recipe: RecipeEntry) -> str:
    """What a recipe is for."""
    return tr(recipe.about) if recipe.is_preset and recipe.about else recipe.about


def value_text(setting: Declared | None, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, int):
        return tr("{value}", value=value)
    if isinstance(value, float):
        return significant(value, 6)
    if isinstance(value, str) and setting is not None and setting.option.choices:
        return choice_label(value)
    return str(value) if value else tr("nothing")


def _choice_labels() -> dict[str, str]:
    return {
        "lstm": "LSTM", "gru": "GRU", "rnn": tr("Simple RNN"),
        "char": tr("Letters"), "byte": tr("Bytes"), "word": tr("Words"),
        "sgd": tr("Plain gradient descent"), "momentum": tr("Momentum"), "adam": "Adam", "adamw": "AdamW",
        "rmsprop": "RMSprop", "adagrad": "Adagrad",
        "constant": tr("Constant"), "step": tr("In steps"), "exponential": tr("Exponential"), "cosine": tr("Cosine"),
        "one-cycle": tr("One cycle"), "plateau": tr("On a plateau"),
        "tanh": "tanh", "sigmoid": tr("Sigmoid"), "relu": "ReLU",
        "uniform": tr("Uniform"), "xavier": "Xavier", "orthogonal": tr("Orthogonal"), "identity": tr("Identity"),
        "epoch": tr("At each epoch"), "window": tr("In each window"), "never": tr("Never"),
        "auto": tr("Automatic"), "cpu": tr("Processor"), "cuda": tr("NVIDIA GPU"), "mps": tr("Apple GPU"),
        "float32": "float32", "bfloat16": "bfloat16",
    }  # fmt: skip
