"""Sampling speed against the plain loop with nn.LSTM or nn.GRU, all sides in turn in one run; prints one JSON object.

    python tests/benchmarks/sampling_speed.py [--seconds 12] [--shapes lstm-3x512,lstm-3x1150-words]

Ours is what `textloom sample` does: step, temperature, draw, decoding, stop string, pieces. The plain loop is an
embedding, nn.LSTM with one token, an output layer, softmax, multinomial; it decodes nothing. Models of words are
counted in words, the others in characters. Each side is timed by its best turn, because other programs only ever make a
turn slower; the median is given, too. The bandwidth is that of NumPy's matrix-vector product over the model's own
matrices, in the order in which a step reads them.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

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
from engine.text.tokenizers import Tokenizer, build_tokenizer

SECTIONS = {"lstm": LstmConfig, "gru": GruConfig, "rnn": RnnConfig}
PLAIN = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
NUM_CANDIDATES = 64
PAUSE_SECONDS = 0.1  # the threads of torch and of NumPy wait for more work in loops that would slow the next side
CHARACTERS = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LETTERS = "etaoinshrdlu"
SETTINGS = SamplingConfig(prompt="First Citizen", length=100, temperature=0.8, stop="never to be found")


@dataclass
class Shape:
    cell: str
    num_layers: int
    hidden_size: int
    num_words: int = 0

    @property
    def config(self) -> ModelConfig:
        return SECTIONS[self.cell](
            num_layers=self.num_layers, hidden_size=self.hidden_size, embedding_size=400 if self.num_words else 64
        )

    @property
    def unit(self) -> str:
        return "words" if self.num_words else "characters"

    @cached_property
    def tokenizer(self) -> Tokenizer:
        if self.num_words:
            words = map("".join, product(LETTERS, repeat=4))
            return build_tokenizer(" ".join(islice(words, self.num_words - 2)), CorpusConfig(tokens="word"))
        return build_tokenizer(CHARACTERS, CorpusConfig())


SHAPES = {
    "lstm-3x512": Shape("lstm", 3, 512),
    "gru-3x512": Shape("gru", 3, 512),
    "rnn-3x512": Shape("rnn", 3, 512),
    "lstm-2x128": Shape("lstm", 2, 128),
    "lstm-3x1150-words": Shape("lstm", 3, 1150, num_words=10_000),
    "lstm-1x384": Shape("lstm", 1, 384),
}
DEFAULT_SHAPES = "lstm-3x512,gru-3x512,lstm-2x128,lstm-3x1150-words"


def make_writer(shape: Shape) -> Writer:
    random = np.random.default_rng(1)
    arrays = {
        name: random.uniform(-0.08, 0.08, size=size).astype(np.float32)
        for name, size in parameter_shapes(shape.config, shape.tokenizer.vocabulary_size).items()
    }
    return Writer(Stepper.from_arrays(shape.config, arrays), shape.tokenizer)


def our_turn(writer: Writer) -> Callable[[], int]:
    """Writes a text; returns its number of tokens."""
    prompt = writer.read_prompt(SETTINGS.prompt)

    def turn() -> int:
        return writer.write_whole(SETTINGS, prompt=prompt).num_tokens

    return turn


def our_turn_with_candidates(writer: Writer, length: int) -> Callable[[], int]:
    settings = SamplingConfig(prompt="", length=length, temperature=0.8)

    def turn() -> int:
        return sum(sample.num_tokens for sample in writer.write_many(settings, NUM_CANDIDATES))

    return turn


def plain_turn(shape: Shape) -> Callable[[], int]:
    embedding_size, vocabulary_size = shape.config.embedding_size, shape.tokenizer.vocabulary_size
    embedding = nn.Embedding(vocabulary_size, embedding_size)
    layers = PLAIN[shape.cell](embedding_size, shape.hidden_size, shape.num_layers)
    output = nn.Linear(shape.hidden_size, vocabulary_size)
    num_tokens = max(10, 40 * 2**18 // sum(p.numel() for p in layers.parameters()))

    @torch.no_grad()
    def turn() -> int:
        state, token = None, torch.zeros(1, 1, dtype=torch.long)
        for _ in range(num_tokens):
            hidden, state = layers(embedding(token), state)
            token = torch.multinomial(torch.softmax(output(hidden[0]) / 0.8, dim=-1), 1)
        return num_tokens

    return turn


def bandwidth_turn(shape: Shape) -> Callable[[], int]:
    """Reads all matrices of a step once, repeatedly; returns the number of bytes."""
    sizes = parameter_shapes(shape.config, shape.tokenizer.vocabulary_size)
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
        "candidates": our_turn_with_candidates(writer, 4 if shape.num_words else 20),
        "bandwidth": bandwidth_turn(shape),
    }
    found = rates(sides, seconds)
    best, middle = ({name: pick(values) for name, values in found.items()} for pick in (max, statistics.median))
    config, size, unit = shape.config, shape.tokenizer.vocabulary_size, shape.unit
    step_bytes = 4 * (num_parameters(config, size) - size * config.embedding_size)
    return {
        f"{unit}_per_second": round(best["ours"]),
        f"plain_{unit}_per_second": round(best["plain"], 1),
        "ratio": round(best["ours"] / best["plain"], 1),
        f"median_{unit}_per_second": round(middle["ours"]),
        "median_ratio": round(middle["ours"] / middle["plain"], 1),
        f"{unit}_per_second_of_{NUM_CANDIDATES}_samples_together": round(best["candidates"]),
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
