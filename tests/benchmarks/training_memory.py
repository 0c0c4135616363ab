"""How much more memory training takes on a large text than on a small one. Prints one JSON object (Linux only).

    python tests/benchmarks/training_memory.py LARGE_TEXT [--steps 300]

Both runs train the same model by the command `train`, in processes of their own; what counts is anonymous memory, which
the system cannot give back by dropping pages of a file. `import_speed.py --keep FILE` writes a text of 1 GB.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.txt"
        with arguments.text.open("rb") as file:
            small.write_bytes(file.read(1_000_000).decode("utf-8", "ignore").encode("utf-8"))
        library = Path(folder) / "library"
        for text in (small, arguments.text):
            run([*command(library), "import", str(text), "--name", text.stem])
        texts = (small, arguments.text)
        peaks = {text.stem: peak_while_training(library, text.stem, arguments.steps) for text in texts}
    small_mb, large_mb = peaks[small.stem], peaks[arguments.text.stem]
    result = {
        "text_mb": round(arguments.text.stat().st_size / 1e6),
        "anonymous_mb_small_text": small_mb,
        "anonymous_mb_large_text": large_mb,
        "difference_mb": round(large_mb - small_mb, 1),
    }
    print(json.dumps(result))


def command(library: Path) -> list[str]:
    return [sys.executable, "-m", "engine", "--library", str(library)]


def run(arguments: list[str]) -> None:
    subprocess.run(arguments, check=True, capture_output=True)


def peak_while_training(library: Path, corpus: str, steps: int) -> float:
    """Largest anonymous memory in MB while `train` runs, its preparation included; looked at every 20 ms."""
    arguments = ["train", corpus, "--preset", "quick", "--steps", str(steps), "--set", "training.stop_after=0"]
    # A validation part of the same size for both, and short: its streams are read, not kept.
    arguments += ["--set", "corpus.valid_share=0.001", "--set", "training.validate_every_steps=1000000"]
    process = subprocess.Popen([*command(library), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status = Path(f"/proc/{process.pid}/status")
    peak = 0.0
    while process.poll() is None:
        for line in status.read_text().splitlines():
            if line.startswith("RssAnon:"):
                peak = max(peak, int(line.split()[1]) / 1000)
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"train ended with {process.returncode}")
    return round(peak, 1)


if __name__ == "__main__":
    main()
