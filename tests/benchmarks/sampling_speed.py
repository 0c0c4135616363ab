"""Sampling speed against the plain loop with nn.LSTM or nn.GRU, all sides in turn in one run; prints one JSON object.

    python tests/benchmarks/sampling_speed.py [--seconds 12] [--shapes lstm-3x512,gru-3x512]

Ours is what `textloom sample` does: step, temperature, draw, decoding, stop string, pieces. The plain loop is an
embedding, nn.LSTM with one token, an output layer, softmax, multinomial; it decodes nothing. Each side is timed by its
best turn, because other programs only ever make a turn slower; the median is given, too. The bandwidth is that of
NumPy's matrix-vector product over the model's own matrices, in the order in which a step reads them.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from engine.config.corpus import CorpusConfig
from engine.config.model import GruConfig, LstmConfig, ModelConfig, RnnConfig
from engine.config.sampling import SamplingConfig
from engine.device import processor_features, processor_name
from engine.models.build import num_parameters, parameter_shapes
from engine.sampling.generate import Writer
from engine.sampling.stepper import Stepper
from engine.text.tokenizers import build_tokenizer

SECTIONS = {"lstm": LstmConfig, "gru": GruConfig, "rnn": RnnConfig}
PLAIN = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
EMBEDDING_SIZE = 64
NUM_CANDIDATES = 64
PAUSE_SECONDS = 0.1  # the threads of torch and of NumPy wait for more work in loops that would slow the next side
CHARACTERS = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SETTINGS = SamplingConfig(prompt="First Citizen", length=100, temperature=0.8, stop="never to be found")


@dataclass(frozen=True)
class Shape:
    cell: str
    num_layers: int
    hidden_size: int

    @property
    def config(self) -> ModelConfig:
        return SECTIONS[self.cell](
            num_layers=self.num_layers, hidden_size=self.hidden_size, embedding_size=EMBEDDING_SIZE
        )


SHAPES = {
    "lstm-3x512": Shape("lstm", 3, 512),
    "gru-3x512": Shape("gru", 3, 512),
    "rnn-3x512": Shape("rnn", 3, 512),
    "lstm-2x128": Shape("lstm", 2, 128),
    "lstm-1x384": Shape("lstm", 1, 384),
}
DEFAULT_SHAPES = "lstm-3x512,gru-3x512,lstm-2x128"


def make_writer(shape: Shape) -> Writer:
    random = np.random.default_rng(1)
    tokenizer = build_tokenizer(CHARACTERS, CorpusConfig())
    arrays = {
        name: random.uniform(-0.08, 0.08, size=size).astype(np.float32)
        for name, size in parameter_shapes(shape.config, tokenizer.vocabulary_size).items()
    }
    return Writer(Stepper.from_arrays(shape.config, arrays), tokenizer)


def our_turn(writer: Writer) -> Callable[[], int]:
    """Writes a text; returns its number of characters."""
    prompt = writer.read_prompt(SETTINGS.prompt)

    def turn() -> int:
        return sum(map(len, writer.write(SETTINGS, prompt=prompt)))

    return turn


def our_turn_with_candidates(writer: Writer) -> Callable[[], int]:
    settings = SamplingConfig(prompt="", length=20, temperature=0.8)

    def turn() -> int:
        return sum(len(sample.completion) for sample in writer.write_many(settings, NUM_CANDIDATES))

    return turn


def plain_turn(shape: Shape) -> Callable[[], int]:
    embedding = nn.Embedding(len(CHARACTERS), EMBEDDING_SIZE)
    layers = PLAIN[shape.cell](EMBEDDING_SIZE, shape.hidden_size, shape.num_layers)
    output = nn.Linear(shape.hidden_size, len(CHARACTERS))
    num_characters = max(10, 40 * 2**18 // sum(p.numel() for p in layers.parameters()))

    @torch.no_grad()
    def turn() -> int:
        state, token = None, torch.zeros(1, 1, dtype=torch.long)
        for _ in range(num_characters):
            hidden, state = layers(embedding(token), state)
            token = torch.multinomial(torch.softmax(output(hidden[0]) / 0.8, dim=-1), 1)
        return num_characters

    return turn


def bandwidth_turn(shape: Shape) -> Callable[[], int]:
    """Reads all matrices of a step once, repeatedly; returns the number of bytes."""
    sizes = parameter_shapes(shape.config, len(CHARACTERS))
    products = []
    for size in (size for name, size in sizes.items() if len(size) == 2 and "embedding" not in name):
        weight = np.random.default_rng(1).random(size, np.float32)
        products.append((weight, np.ones(size[1], np.float32), np.empty(size[0], np.float32)))
    num_bytes = sum(weight.nbytes for weight, _, _ in products)

    def turn() -> int:
        for _ in range(20):
            for weight, x, out in products:
                np.dot(weight, x, out=out)
        return 20 * num_bytes

    return turn


def rates(sides: dict[str, Callable[[], int]], seconds: float) -> dict[str, list[float]]:
    """What each side makes per second in each of its turns, the sides taken in turn."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for turn in sides.values():
        turn()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not all(found.values()):
        for name, turn in sides.items():
            time.sleep(PAUSE_SECONDS)
            start = time.perf_counter()
            amount = turn()
            found[name].append(amount / (time.perf_counter() - start))
    return found


def measure(shape: Shape, seconds: float) -> dict[str, object]:
    writer = make_writer(shape)
    sides = {
        "ours": our_turn(writer),
        "plain": plain_turn(shape),
        "candidates": our_turn_with_candidates(writer),
        "bandwidth": bandwidth_turn(shape),
    }
    found = rates(sides, seconds)
    best, middle = ({name: pick(values) for name, values in found.items()} for pick in (max, statistics.median))
    config = shape.config
    step_bytes = 4 * (num_parameters(config, len(CHARACTERS)) - len(CHARACTERS) * EMBEDDING_SIZE)
    return {
        "characters_per_second": round(best["ours"]),
        "plain_characters_per_second": round(best["plain"], 1),
        "ratio": round(best["ours"] / best["plain"], 1),
        "median_characters_per_second": round(middle["ours"]),
        "median_ratio": round(middle["ours"] / middle["plain"], 1),
        f"characters_per_second_of_{NUM_CANDIDATES}_samples_together": round(best["candidates"]),
        "ratio_of_many_to_one": round(best["candidates"] / best["ours"], 1),
        "matrix_vector_gb_per_second": round(best["bandwidth"] / 1e9, 1),
        "share_of_bandwidth": round(best["ours"] * step_bytes / best["bandwidth"], 2),
        "megabytes_of_weights": round(step_bytes / 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=12.0, help="time for each shape")
    parser.add_argument("--shapes", default=DEFAULT_SHAPES, help=", ".join(SHAPES))
    arguments = parser.parse_args()
    result = {
        "benchmark": "sampling_speed",
        "torch": torch.__version__,
        "numpy": np.__version__,
        "threads": torch.get_num_threads(),
        "processor": processor_name(),
        "processor_features": processor_features(),
        "shapes": {name: measure(SHAPES[name], arguments.seconds) for name in arguments.shapes.split(",")},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
