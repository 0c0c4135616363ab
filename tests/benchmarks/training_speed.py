"""Training speed against the plain PyTorch loop, both sides in turn in one run; prints one JSON object.

    python tests/benchmarks/training_speed.py [--seconds 20] [--shapes lstm-2x512,gru-2x512]

A step is forward, backward, clipping by the global norm, and Adam. The plain loop is nn.LSTM, nn.GRU or nn.RNN with an
embedding and an output layer, in float32. Ours is the engine's model in float32 and in bfloat16; the faster counts.
Each side has processes of its own, in turn: ours with the settings of the program's process, the plain one with none.
Each side is timed by its best step, because other programs only ever make a step slower.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from engine.cli.process import SPIN_COUNT, keep_freed_memory
from engine.config.model import GruConfig, LstmConfig, ModelConfig, RnnConfig
from engine.models.build import num_parameters, parameter_counts
from engine.models.initialisation import initialise
from engine.models.language_model import LanguageModel

SECTIONS = {"lstm": LstmConfig, "gru": GruConfig, "rnn": RnnConfig}
PLAIN = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
ROUNDS = 2
SHARES = {"ours": 2 / 3, "plain": 1 / 3}  # of the time: ours has two precisions


@dataclass(frozen=True)
class Shape:
    cell: str
    num_layers: int
    hidden_size: int
    window_size: int
    batch_size: int
    embedding_size: int = 64
    vocabulary_size: int = 65

    @property
    def config(self) -> ModelConfig:
        return SECTIONS[self.cell](
            num_layers=self.num_layers, hidden_size=self.hidden_size, embedding_size=self.embedding_size
        )

    @property
    def num_tokens(self) -> int:
        return self.window_size * self.batch_size

    @property
    def operations_per_token(self) -> int:
        """Floating-point operations of the products of one token: 2 forward, 4 backward for every matrix weight."""
        counts = parameter_counts(self.config, self.vocabulary_size)
        return 6 * sum(n for name, n in counts.items() if name != "embedding.weight" and not name.endswith("bias"))


SHAPES = {
    "lstm-2x512": Shape("lstm", 2, 512, 128, 64),
    "gru-2x512": Shape("gru", 2, 512, 128, 64),
    "rnn-2x512": Shape("rnn", 2, 512, 128, 64),
    "lstm-2x128": Shape("lstm", 2, 128, 50, 50),
    "lstm-1x384": Shape("lstm", 1, 384, 64, 16),
    "lstm-1x512": Shape("lstm", 1, 512, 64, 32),
    "gru-1x384": Shape("gru", 1, 384, 64, 16),
    "zaremba-medium": Shape("lstm", 2, 650, 35, 20, 650, 10_000),
}


class PlainModel(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embedding = nn.Embedding(shape.vocabulary_size, shape.embedding_size)
        self.layers = PLAIN[shape.cell](shape.embedding_size, shape.hidden_size, shape.num_layers)
        self.output = nn.Linear(shape.hidden_size, shape.vocabulary_size)

    def forward(self, x_TB: torch.Tensor) -> torch.Tensor:
        hidden_TBH, _ = self.layers(self.embedding(x_TB))
        return self.output(hidden_TBH)


def plain_step(shape: Shape, x_TB: torch.Tensor, y_TB: torch.Tensor) -> Callable[[], None]:
    model = PlainModel(shape)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def step() -> None:
        optimizer.zero_grad()
        functional.cross_entropy(model(x_TB).flatten(0, 1), y_TB.flatten()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step


def our_step(shape: Shape, x_TB: torch.Tensor, y_TB: torch.Tensor, dtype: torch.dtype | None) -> Callable[[], None]:
    model = LanguageModel(shape.config, shape.vocabulary_size)
    initialise(model, torch.Generator().manual_seed(1))
    model.compute_dtype = dtype
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        loss, _ = model.loss(x_TB, y_TB)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step


def product_step(dtype: torch.dtype) -> Callable[[], None]:
    square = torch.randn(1024, 1024, generator=torch.Generator().manual_seed(1)).to(dtype)
    result = torch.empty_like(square)

    def step() -> None:
        torch.mm(square, square, out=result)

    return step


def best_seconds(sides: dict[str, Callable[[], None]], seconds: float) -> dict[str, float]:
    """Best time of every side, taken in turn: each runs for at least 50 ms before the next."""
    for step in sides.values():
        step()
    best = dict.fromkeys(sides, float("inf"))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, step in sides.items():
            turn_end = time.perf_counter() + 0.05
            while True:
                start = time.perf_counter()
                step()
                now = time.perf_counter()
                best[name] = min(best[name], now - start)
                if now >= turn_end:
                    break
    return best


def time_side(side: str, shape: Shape, seconds: float) -> dict[str, float]:
    """Best seconds for a step of one side, and beside ours of the products that bound its speed. In this process."""
    generator = torch.Generator().manual_seed(2)
    size = (shape.window_size, shape.batch_size)
    x_TB, y_TB = (torch.randint(shape.vocabulary_size, size, generator=generator) for _ in range(2))
    if side == "plain":
        return best_seconds({"plain": plain_step(shape, x_TB, y_TB)}, seconds)
    keep_freed_memory()
    sides = {
        "float32": our_step(shape, x_TB, y_TB, None),
        "bfloat16": our_step(shape, x_TB, y_TB, torch.bfloat16),
        "product float32": product_step(torch.float32),
        "product bfloat16": product_step(torch.bfloat16),
    }
    return best_seconds(sides, seconds)


def child(side: str, shape: str, seconds: float) -> dict[str, float]:
    """`time_side` in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    if side == "ours":
        environment["GOMP_SPINCOUNT"] = SPIN_COUNT
    arguments = ["--side", side, "--shapes", shape, "--seconds", str(seconds)]
    done = subprocess.run([sys.executable, __file__, *arguments], env=environment, stdout=subprocess.PIPE, check=True)
    best: dict[str, float] = json.loads(done.stdout)
    return best


def measure(name: str, seconds: float) -> dict[str, object]:
    shape = SHAPES[name]
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for side, share in SHARES.items():
            for step, time_taken in child(side, name, seconds * share / ROUNDS).items():
                best[step] = min(best.get(step, time_taken), time_taken)
    precision = min(("float32", "bfloat16"), key=best.__getitem__)
    peak = 2 * 1024**3 / best[f"product {precision}"]
    speed = {side: shape.num_tokens / best[side] for side in ("plain", "float32", "bfloat16")}
    return {
        "tokens_per_second": round(speed[precision]),
        "precision": precision,
        "plain_tokens_per_second": round(speed["plain"]),
        "ratio": round(speed[precision] / speed["plain"], 2),
        "ratio_float32": round(speed["float32"] / speed["plain"], 2),
        "product_peak_gflops": round(peak / 1e9),
        "share_of_peak": round(speed[precision] * shape.operations_per_token / peak, 3),
        "parameters": num_parameters(shape.config, shape.vocabulary_size),
    }


def processor_features() -> list[str]:
    """The vector and matrix extensions that decide the speed, where the system names them."""
    path = Path("/proc/cpuinfo")
    words = set(path.read_text().split()) if path.exists() else set()
    return sorted(words & {"avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_tile", "asimd", "bf16"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=15.0, help="time for each shape")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--side", choices=list(SHARES), help="time one side of the one shape in this process")
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(time_side(arguments.side, SHAPES[arguments.shapes], arguments.seconds)))
        return
    result = {
        "benchmark": "training_speed",
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "processor_features": processor_features(),
        "shapes": {name: measure(name, arguments.seconds) for name in arguments.shapes.split(",")},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
