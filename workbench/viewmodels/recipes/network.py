"""What a drawing of the network shows, and the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.viewmodels.recipes.labels import choice_label, tokens_word
from workbench.words import plural, significant, tr

# What stands inside a layer, as a hint at how its cell remembers.
GATES: Mapping[str, tuple[str, ...]] = {"rnn": ("f",), "lstm": ("i", "f", "o", "g"), "gru": ("z", "r", "n")}


@dataclass(frozen=True)
class Network:
    """Sizes of what is drawn.

    embedding_size 0: tokens enter as one-hot vectors; is_open: the recipe has not chosen the sizes yet.
    """

    tokens: str = "letters"
    vocabulary_size: int = 0
    embedding_size: int = 0
    cell: str = "lstm"
    cell_name: str = "LSTM"
    activation: str = ""
    num_layers: int = 1
    hidden_size: int = 1
    dropout: float = 0.0
    is_tied: bool = False
    is_residual: bool = False
    is_open: bool = False

    @property
    def gates(self) -> tuple[str, ...]:
        """The signs of the gates of a layer."""
        return GATES.get(self.cell, ())


def network_of(tables: Mapping[str, Any], vocabulary_size: int, *, is_open: bool = False) -> Network:
    """The network of complete tables. is_open: their sizes are only what they would be without the recipe's choice."""
    model = tables["model"]
    return Network(
        tokens=tokens_word(tables), vocabulary_size=vocabulary_size, embedding_size=model["embedding_size"],
        cell=model["cell"], cell_name=choice_label(model["cell"]), activation=model.get("activation", ""),
        num_layers=model["num_layers"], hidden_size=model["hidden_size"], dropout=model["dropout"],
        is_tied=model["tied"], is_residual=model["residual"], is_open=is_open,
    )  # fmt: skip


def described(network: Network) -> str:
    """The drawing in words."""
    if network.is_open:
        return tr(
            "{count} kinds of {tokens} enter an embedding and {cell} units that hear their own last answer. "
            "The recipe chooses how many of them fit your text and this machine.",
            count=network.vocabulary_size, tokens=network.tokens, cell=network.cell_name,
        )  # fmt: skip
    if network.embedding_size:
        entering = tr(
            "{count} kinds of {tokens} enter as {size} numbers each.",
            count=network.vocabulary_size, tokens=network.tokens, size=network.embedding_size,
        )  # fmt: skip
    else:
        entering = tr(
            "{count} kinds of {tokens} enter, each on an input of its own.",
            count=network.vocabulary_size, tokens=network.tokens,
        )  # fmt: skip
    layers = plural(
        "{count} layer of {size} {cell} units that hears its own last answer.",
        "{count} layers of {size} {cell} units, one on top of the other, that hear their own last answers.",
        network.num_layers, size=network.hidden_size, cell=network.cell_name,
    )  # fmt: skip
    leaving = tr("It answers with a probability for each of the {count}.", count=network.vocabulary_size)
    parts = [entering, layers, leaving]
    if network.dropout:
        parts.append(tr("Dropout {share} between the layers.", share=significant(network.dropout)))
    if network.is_tied:
        parts.append(tr("Embedding and output share one matrix."))
    if network.is_residual:
        parts.append(tr("Each layer above the first adds what it received to its answer."))
    return " ".join(parts)


def stage_words(network: Network, stage: str) -> tuple[str, str]:
    """The name and the size that stand beside a part: input, embedding, a layer's number, dots, output."""
    kinds = network.vocabulary_size
    match stage:
        case "input":
            return tr("A text of {tokens}", tokens=network.tokens), plural("{count} kind", "{count} kinds", kinds)
        case "embedding" if network.is_open:
            return tr("Embedding"), ""
        case "embedding" if network.embedding_size:
            return tr("Embedding"), plural("{count} number", "{count} numbers", network.embedding_size)
        case "embedding":
            return tr("One-hot"), plural("{count} input", "{count} inputs", kinds)
        case "output":
            return tr("What comes next"), plural("{count} probability", "{count} probabilities", kinds)
        case "dots":
            return tr("{count} layers", count=network.num_layers), ""
        case _ if network.is_open:
            return network.cell_name, tr("as many as fit")
        case _:
            return network.cell_name, plural("{count} unit", "{count} units", network.hidden_size)
