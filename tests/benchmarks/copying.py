"""How fast copied passages are found: building the index of a corpus, and asking it. Prints one JSON object.

The corpus is made of the texts that are given, over and over, with letters changed each time, up to the size; samples
are pieces of it with letters changed, as a model might write them that has learnt by heart. The other side is a loop
of `str.find` that finds the same passages. The index is built in a process of its own, whose peak memory is told with
what that had before it began.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE_CHARACTERS = 2000
RATES = {"copied": 0.0, "one letter in 100 changed": 0.01, "one letter in 10 changed": 0.1}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="*", type=Path, help="what the corpus is made of")
    parser.add_argument("--megabytes", type=float, default=10.0, help="size of the corpus (10^6 bytes)")
    parser.add_argument("--queries", type=int, default=30, help="samples of each kind")
    parser.add_argument("--naive-characters", type=int, default=100, help="so much of a sample the loop looks for")
    parser.add_argument("--child", type=Path, metavar="CORPUS", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measured_build(arguments.child)))
        return
    if not arguments.texts:
        parser.error("name at least one text")
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(Path(folder) / "corpus", arguments.texts, int(arguments.megabytes * 1e6))
        command = [sys.executable, __file__, "--child", str(corpus)]
        build = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        results = measured_queries(corpus, arguments.queries, arguments.naive_characters)
    print(json.dumps({"build": build, **results}, indent=2))


def write_corpus(folder: Path, texts: list[Path], size: int) -> Path:
    from engine.library.corpora import CorpusFolder

    folder.mkdir()
    corpus = CorpusFolder(folder)
    draw = random.Random(1)
    original = "".join(path.read_text(encoding="utf-8") for path in texts)
    with corpus.text_path.open("wb") as file:
        while file.tell() < size:
            data = changed(original, 0.01, draw).encode()[: size - file.tell()]
            file.write(data.decode(errors="ignore").encode() or b"\n")
    corpus.write_info({"title": "Benchmark", "fingerprint": "benchmark"})
    return folder


def changed(text: str, rate: float, draw: random.Random) -> str:
    letters = list(text)
    for _ in range(int(len(letters) * rate)):
        letters[draw.randrange(len(letters))] = draw.choice(LETTERS)
    return "".join(letters)


def measured_build(folder: Path) -> dict[str, object]:
    from engine.analysis.copying import CopyIndex
    from engine.library.corpora import CorpusFolder

    corpus = CorpusFolder(folder)
    before = peak_memory_bytes()
    began = last = time.perf_counter()
    longest_pause = 0.0
    steps = CopyIndex.build(corpus)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            index = end.value
            break
        longest_pause = max(longest_pause, time.perf_counter() - last)
        last = time.perf_counter()
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    CopyIndex.open(corpus)
    return {
        "seconds": seconds,
        "bytes": corpus.text_path.stat().st_size,
        "longest_time_between_reports_seconds": longest_pause,
        "peak_memory_bytes": peak_memory_bytes(),
        "peak_memory_bytes_before": before,
        "stated_memory_bytes": index.source.building_bytes,
        "index_memory_bytes": index.memory_bytes,
        "index_file_bytes": sum(path.stat().st_size for path in folder.glob("copies-*")),
        "open_again_seconds": time.perf_counter() - began,
        "shortest_certain": index.shortest_certain,
    }


def measured_queries(folder: Path, num_queries: int, naive_characters: int) -> dict[str, object]:
    from engine.analysis.copying import CopyIndex, find_copied
    from engine.library.corpora import CorpusFolder

    corpus = CorpusFolder(folder)
    index = CopyIndex.open(corpus)
    assert index is not None
    text = corpus.text_path.read_text(encoding="utf-8")
    draw = random.Random(2)
    results: dict[str, object] = {}
    for name, rate in RATES.items():
        milliseconds = []
        for _ in range(num_queries):
            start = draw.randrange(max(len(text) - SAMPLE_CHARACTERS, 1))
            sample = changed(text[start : start + SAMPLE_CHARACTERS], rate, draw)
            began = time.perf_counter()
            report = find_copied(sample, index)
            milliseconds.append(1000 * (time.perf_counter() - began))
        few = sample[:naive_characters]
        began = time.perf_counter()
        lengths = longest_passages(text, few)
        naive = 1000 * (time.perf_counter() - began) * len(sample) / max(len(few), 1)
        assert lengths == index.matches(few).lengths.tolist() or index.shortest_certain > 1
        median = statistics.median(milliseconds)
        results[name] = {
            "milliseconds_median": median,
            "milliseconds_worst": max(milliseconds),
            "naive_milliseconds_scaled_from_its_first_characters": naive,
            "times_faster": naive / median,
            "num_passages_of_last": len(report.passages),
            "longest_of_last": report.longest,
        }
    return {"characters": SAMPLE_CHARACTERS, "naive_characters": naive_characters, "queries": results}


def longest_passages(text: str, sample: str) -> list[int]:
    """The longest passage from each character on, by `str.find`; it ends where the one before does, or later."""
    lengths = []
    stop = 0
    for start in range(len(sample)):
        stop = max(stop, start)
        while stop < len(sample) and text.find(sample[start : stop + 1]) >= 0:
            stop += 1
        lengths.append(stop - start)
    return lengths


def peak_memory_bytes() -> int:
    """Of this process, file pages mapped into it among them."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
