"""What presets reach on a text in the same time, and whether predicted times hold. Prints one JSON object.

    python tests/benchmarks/training_quality.py TEXT --presets quick --minutes 3
    python tests/benchmarks/training_quality.py --auto --minutes 3

Each run is the command `train` in a process of its own, one after another; losses are those of the best state in nats
per token over the last tenth of the text, as one stream with carried state. `--auto` compares the preset auto with the
others on three texts: the first 50 KB and all (1 MB) of TEXT, and 20 MB of source code of the running Python.
"""

import argparse
import json
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.device import processor_features, processor_name

RIVALS = ("auto", "quick", "balanced")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="Tiny Shakespeare, or another text of about 1 MB")
    parser.add_argument("--presets", default="quick", help="names, separated by commas")
    parser.add_argument("--minutes", type=float, help="the same for all; left out, each preset's own")
    parser.add_argument("--auto", action="store_true", help="compare auto with the best of the presets on three texts")
    parser.add_argument("--sizes", default="50KB,1MB,20MB", help="with --auto: which of the three texts")
    parser.add_argument("--set", action="append", default=[], help="passed on to train")
    arguments = parser.parse_args()
    machine = {"processor": processor_name(), "features": processor_features()}
    with tempfile.TemporaryDirectory() as folder:
        if not arguments.auto:
            runs = [
                trained(arguments.text, preset, arguments.minutes, arguments.set, Path(folder))
                for preset in arguments.presets.split(",")
            ]
            print(json.dumps({"machine": machine, "runs": runs}, indent=1))
            return
        result: dict[str, Any] = {"machine": machine, "minutes": arguments.minutes}
        for size, text in texts(arguments.text, Path(folder)).items():
            if size in arguments.sizes.split(","):
                result[size] = compared(text, arguments.minutes, Path(folder))
        print(json.dumps(result, indent=1))


def texts(shakespeare: Path, folder: Path) -> dict[str, Path]:
    """The three texts of the comparison, written into `folder`."""
    whole = shakespeare.read_bytes()
    (folder / "50KB.txt").write_bytes(whole[:50_000])
    code = b""
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py")):
        if "site-packages" not in path.parts and len(code) < 20_000_000:
            code += path.read_bytes().decode("utf-8", "ignore").encode("ascii", "ignore")
    (folder / "20MB.txt").write_bytes(code[:20_000_000])
    return {"50KB": folder / "50KB.txt", "1MB": shakespeare, "20MB": folder / "20MB.txt"}


def compared(text: Path, minutes: float | None, folder: Path) -> dict[str, Any]:
    runs = {preset: trained(text, preset, minutes, [], folder) for preset in RIVALS}
    best = min(runs[preset]["loss_nats"] for preset in RIVALS if preset != "auto")
    return {"auto_minus_best_preset_nats": runs["auto"]["loss_nats"] - best, "runs": runs}


def trained(text: Path, preset: str, minutes: float | None, settings: list[str], folder: Path) -> dict[str, Any]:
    """Train once; the figures of the run."""
    command = [sys.executable, "-m", "engine", "--library", str(folder / "library"), "--json", "train", str(text)]
    command += ["--preset", preset, *[part for setting in settings for part in ("--set", setting)]]
    if minutes:
        command += ["--minutes", str(minutes)]
    before = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - before
    events = [json.loads(line) for line in done.stdout.splitlines()]
    ended = events[-1]
    planned = [event for event in events if event["event"] == "PlanFixed" and event["seconds"]]
    started = next(event for event in events if event["event"] == "RunStarted")
    figures = {
        "preset": preset,
        "summary": started["summary"],
        "parameters": started["num_parameters"],
        "loss_nats": ended["full_valid_loss_nats"],
        "best_step": ended["best_step"],
        "steps": ended["step"],
        "tokens_per_second": [e["tokens_per_second"] for e in events if e["event"] == "StepCompleted"][-1],
        "seconds_of_process": round(seconds, 1),
        "seconds_of_run": round(ended["seconds"], 1),
    }
    if planned:
        figures["predicted_seconds"] = round(planned[-1]["seconds"], 1)
        figures["actual_over_predicted"] = round(ended["seconds"] / planned[-1]["seconds"], 3)
    return figures


if __name__ == "__main__":
    main()
