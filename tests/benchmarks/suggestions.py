"""Suggestions after each keystroke of a sentence, by a character model of the size 2x512; prints one JSON object.

    python tests/benchmarks/suggestions.py [--seconds 30] [--run FOLDER] [--count 5]

The model is that of the run that comes with Textloom, or of another run with an LSTM of up to 2x512, made exactly as
large as 2x512 with units that do nothing: so its words and their probabilities are those of a trained model, and its
cost is that of the large one. Each turn types the sentence after a text of 2,000 characters that has been read, with a
new suggester. A keystroke is timed by its best turn, because other programs only ever make a turn slower; typing back
(which is remembered) and the first reading are given beside it.
"""

import argparse
import json
import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np

from engine.config.model import LstmConfig
from engine.device import processor_features, processor_name
from engine.library.runs import RunFolder
from engine.models.build import parameter_shapes
from engine.models.run_model import read_run_model
from engine.sampling.matrices import Floats
from engine.sampling.scoring import score_text
from engine.sampling.stepper import Stepper
from engine.sampling.suggestions import Suggester

NUM_LAYERS, HIDDEN_SIZE = 2, 512
BEFORE = "The old woman went down to the harbour and looked at the boats for a long time. " * 25
SENTENCE = "In the morning the fisherman's daughter had not said a word, and the sea was quiet again."


class CountedStepper(Stepper):
    """Counts what it is asked."""

    num_products = num_beginnings = 0

    def step(self, token_ids, state):
        self.num_products += 1
        self.num_beginnings += np.size(token_ids)
        return super().step(token_ids, state)


def widened(
    config: LstmConfig, arrays: Mapping[str, Floats], vocabulary_size: int
) -> tuple[LstmConfig, dict[str, Floats]]:
    """The same model with more units and layers, all their weights 0: a residual layer of zeros adds nothing."""
    wide = replace(
        config, num_layers=NUM_LAYERS, hidden_size=HIDDEN_SIZE,
        residual=config.residual or config.num_layers < NUM_LAYERS,
    )  # fmt: skip
    result = {name: np.zeros(shape, np.float32) for name, shape in parameter_shapes(wide, vocabulary_size).items()}
    for name, array in arrays.items():
        gates = 4 if name.startswith("layers") else 1
        blocks = result[name].reshape(gates, -1, *result[name].shape[1:])
        own = array.reshape(gates, -1, *array.shape[1:])
        blocks[(slice(None), *(slice(0, size) for size in own.shape[1:]))] = own
    return wide, result


def make_suggester_parts(folder: Path) -> tuple[CountedStepper, object, object]:
    model, _ = read_run_model(RunFolder(folder))
    config, size = model.configuration.model, model.tokenizer.vocabulary_size
    if not isinstance(config, LstmConfig) or config.tied or config.num_layers > NUM_LAYERS:
        raise SystemExit("The run must be of an LSTM of up to two layers, not tied.")
    stepper = CountedStepper.from_arrays(*widened(config, model.arrays, size))
    narrow = Stepper.from_arrays(config, model.arrays)
    scores = [[s.probability for s in score_text(p, model.tokenizer, SENTENCE)] for p in (stepper, narrow)]
    np.testing.assert_allclose(*scores, rtol=1e-3)
    return stepper, model.tokenizer, model.cleaning


def measure(folder: Path, seconds: float, count: int) -> dict[str, object]:
    stepper, tokenizer, cleaning = make_suggester_parts(folder)
    typed = [BEFORE + SENTENCE[:length] for length in range(len(SENTENCE) + 1)]
    forward: list[list[float]] = [[] for _ in typed]
    back, first = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not first:
        suggester = Suggester(stepper, tokenizer, cleaning)
        start = time.perf_counter()
        suggester.suggest(BEFORE[:-1], count)
        first.append(time.perf_counter() - start)
        stepper.num_products = stepper.num_beginnings = 0
        for place, text in enumerate(typed):
            start = time.perf_counter()
            suggester.suggest(text, count)
            forward[place].append(time.perf_counter() - start)
        start = time.perf_counter()
        suggester.suggest(typed[-2], count)
        back.append(time.perf_counter() - start)
    best = [1000 * min(times) for times in forward]
    return {
        "milliseconds_per_keystroke_median": round(statistics.median(best), 1),
        "milliseconds_per_keystroke_mean": round(statistics.mean(best), 1),
        "milliseconds_per_keystroke_worst": round(max(best), 1),
        "milliseconds_of_all_turns_median": round(1000 * statistics.median([t for times in forward for t in times]), 1),
        "milliseconds_after_deleting": round(1000 * min(back), 2),
        "milliseconds_of_the_first_reading": round(1000 * min(first), 1),
        "characters_before": len(BEFORE),
        "products_per_keystroke": round(stepper.num_products / len(typed), 1),
        "beginnings_per_keystroke": round(stepper.num_beginnings / len(typed), 1),
        "turns": len(first),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--count", type=int, default=5, help="how many words")
    with resources.as_file(resources.files("resources") / "demo") as demo:
        parser.add_argument("--run", type=Path, default=demo, help="folder of a run")
        arguments = parser.parse_args()
        found = measure(arguments.run, arguments.seconds, arguments.count)
    result = {
        "benchmark": "suggestions",
        "model": f"LSTM {NUM_LAYERS}x{HIDDEN_SIZE}, characters",
        "count": arguments.count,
        "numpy": np.__version__,
        "processor": processor_name(),
        "processor_features": processor_features(),
        **found,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
