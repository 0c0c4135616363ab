"""How fast a large plain text is imported, and in how much memory. Prints one JSON object.

The text is made of words with the frequencies of a natural language, always the same for a size. The import runs in a
process of its own, so that its peak memory is that of an import alone; reading the same file is the other side.
"""

import argparse
import hashlib
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

BLOCK_WORDS = 10**6
URN_SIZE = 2**22
NUM_KINDS = 150_000
FEATURES = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "sha_ni")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the text (10^6 bytes)")
    parser.add_argument("--share-non-ascii", type=float, default=0.02, help="share of words with other letters")
    parser.add_argument("--keep", type=Path, help="write the text to this file and stop")
    parser.add_argument("--child", nargs=2, metavar=("TEXT", "LIBRARY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measured_import(Path(arguments.child[0]), Path(arguments.child[1]))))
        return
    if arguments.keep:
        write_text(arguments.keep, arguments.megabytes * 10**6, arguments.share_non_ascii)
        return
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        write_text(text, arguments.megabytes * 10**6, arguments.share_non_ascii)
        read_seconds = hashed_read_seconds(text)
        command = [sys.executable, __file__, "--child", str(text), str(Path(folder) / "library")]
        child = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        size = text.stat().st_size
    print(
        json.dumps(
            {
                "bytes": size,
                "megabytes_per_second": size / child["seconds"] / 1e6,
                "share_of_speed_of_reading_and_sha256": read_seconds / child["seconds"],
                **child,
                "processor": processor(),
            },
            indent=2,
        )
    )


def write_text(path: Path, size: int, share_non_ascii: float) -> None:
    """Words by Zipf's law, 12 to a line, some with accents."""
    rng = np.random.default_rng(1)
    words = made_up_words(rng, share_non_ascii)
    cumulated = np.cumsum(1 / np.arange(1, len(words) + 1))
    urn = words[np.searchsorted(cumulated, np.arange(URN_SIZE) * (cumulated[-1] / URN_SIZE), side="right")]
    with path.open("wb") as file:
        while (room := size - file.tell()) > 0:
            drawn = urn[rng.integers(0, URN_SIZE, BLOCK_WORDS)].tolist()
            lines = (b" ".join(drawn[start : start + 12]) for start in range(0, len(drawn), 12))
            block = b"\n".join(lines) + b"\n"
            file.write(block if len(block) < room else block[: block.rfind(b" ", 0, room - 1)] + b"\n")
            if len(block) >= room:
                break


def made_up_words(rng: np.random.Generator, share_non_ascii: float) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    letters = np.array(list("etaoinshrdlcumwfgypbvk"))
    others = list("äöüéèñçßåø")
    weights = 1 / np.arange(2, len(letters) + 2)
    kinds: dict[bytes, None] = {}
    while len(kinds) < NUM_KINDS:
        length = min(20, 1 + int(rng.gamma(3.0, 0.4 + len(kinds) ** 0.12 / 3)))
        word = "".join(rng.choice(letters, length, p=weights / weights.sum()))
        if rng.random() < share_non_ascii:
            word = word[:1] + others[int(rng.integers(len(others)))] + word[2:]
        kinds.setdefault(word.encode())
    return np.array(list(kinds), object)


def hashed_read_seconds(path: Path) -> float:
    """The least an import does: reads every byte and hashes it."""
    started = time.perf_counter()
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(2**21):
            digest.update(chunk)
    return time.perf_counter() - started


def measured_import(text: Path, library: Path) -> dict[str, object]:
    from engine.import_events import CorpusImported
    from engine.library.library import Library
    from engine.text.importing import import_texts
    from engine.text.sources import find_texts

    started = time.perf_counter()
    stages: dict[str, float] = {}
    last = started
    stage = "reading"
    report: dict[str, object] = {}
    for event in import_texts(find_texts([text]), Library.open(library)):
        now = time.perf_counter()
        stages[stage] = stages.get(stage, 0.0) + now - last
        last = now
        stage = getattr(event, "stage", stage)
        if isinstance(event, CorpusImported):
            report = dict(event.report)
    return {
        "seconds": time.perf_counter() - started,
        "processor_seconds": time.process_time(),
        "seconds_by_stage": stages,
        "peak_memory_megabytes": peak_memory_bytes() / 1e6,
        "is_torch_loaded": "torch" in sys.modules,
        "counts": report["counts"],
        "references": report["references"],
        "leakage": report["leakage"],
    }


def peak_memory_bytes() -> int:
    """Of this process, file pages mapped into it among them."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would tell the parent's peak, which a new process inherits
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def processor() -> dict[str, object]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return {"name": platform.processor(), "features": []}
    values = dict(line.split("\t: ", 1) for line in lines if "\t: " in line)
    flags = next((line for line in lines if line.startswith("flags")), "").split()
    return {"name": values.get("model name", ""), "features": [flag for flag in FEATURES if flag in flags]}


if __name__ == "__main__":
    main()
