"""Options of models: one section for each family of recurrent networks."""

from dataclasses import dataclass

from engine.config.options import option


@dataclass(frozen=True, kw_only=True)
class RecurrentConfig:
    """What all recurrent families share."""

    num_layers: int = option(
        1, minimum=1, maximum=8, label="Layers", unit="layers",
        help="How many recurrent layers stand on top of each other.",
    )  # fmt: skip
    hidden_size: int = option(
        384, minimum=1, maximum=8192, label="Hidden units", unit="units",
        help="How many numbers each layer remembers. More can learn more, and takes longer.",
    )  # fmt: skip
    embedding_size: int = option(
        64, minimum=0, maximum=8192, label="Embedding size", unit="numbers",
        help="How many numbers stand for one token at the input. 0 gives each token an input of its own (one-hot).",
    )  # fmt: skip
    dropout: float = option(
        0.0, minimum=0.0, maximum=0.95, label="Dropout", live=True,
        help="The share of connections between layers that is switched off at random, against learning by heart.",
    )  # fmt: skip
    input_dropout_share: float = option(
        1.0, minimum=0.0, maximum=1.0, label="Dropout at the input",
        help="How much of the dropout also acts on the embedding: 1 all of it, 0 none.",
    )  # fmt: skip
    variational_dropout: bool = option(
        False, label="Variational dropout", help="Switch the same connections off during a whole window.",
    )  # fmt: skip
    tied: bool = option(
        False, label="Tied embeddings",
        help="Use one matrix for the embedding and the output. The embedding must then be as large as a layer.",
    )  # fmt: skip
    residual: bool = option(
        False, label="Residual connections",
        help="Add the input of every layer above the first to its output, which helps deep networks to learn.",
    )  # fmt: skip
    input_init: str = option(
        "xavier", choices=("uniform", "xavier", "orthogonal"), label="Start of the input matrices",
        help="How the matrices that read the input are filled with random numbers before training.",
    )  # fmt: skip
    recurrent_init: str = option(
        "orthogonal", choices=("uniform", "xavier", "orthogonal", "identity"), label="Start of the recurrent matrices",
        help="How the matrices that carry the memory from step to step are filled before training.",
    )  # fmt: skip
    init_range: float = option(
        0.08, minimum=1e-6, maximum=10.0, label="Range of a uniform start",
        help="A uniform start draws numbers between minus and plus this value.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RnnConfig(RecurrentConfig):
    """The simple recurrent network: h_t = f(W_hh h_{t-1} + W_xh x_t + b) (Elman 1990)."""

    cell = "rnn"
    activation: str = option(
        "tanh", choices=("tanh", "sigmoid", "relu"), label="Activation",
        help="The curve that each unit applies to what it receives.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LstmConfig(RecurrentConfig):
    """Long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997, Gers et al. 2000)."""

    cell = "lstm"
    forget_bias: float = option(
        1.0, minimum=-10.0, maximum=10.0, label="Forget-gate bias",
        help="A positive value lets the cell remember for longer at the start of training.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GruConfig(RecurrentConfig):
    """Gated recurrent unit with the reset gate after the product (Cho et al. 2014, as in cuDNN and torch)."""

    cell = "gru"
    update_bias: float = option(
        0.0, minimum=-10.0, maximum=10.0, label="Update-gate bias",
        help="A positive value lets the units remember for longer at the start of training.",
    )  # fmt: skip


ModelConfig = RnnConfig | LstmConfig | GruConfig

CELLS: dict[str, type[RnnConfig] | type[LstmConfig] | type[GruConfig]] = {
    "rnn": RnnConfig,
    "lstm": LstmConfig,
    "gru": GruConfig,
}
