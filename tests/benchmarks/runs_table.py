"""How long the table of 1,000 runs takes to open, to sort and to filter. Prints JSON; milliseconds.

    python tests/benchmarks/runs_table.py [--runs 1000] [--repeats 5]

open_ms: from making the page to its first painting, median and best of several; the folders were read at the start of
the window, which read_ms tells. open_without_runs_ms: the same page in a library without runs. sort_ms: the slowest
column, filter_ms: the slowest of several searches, each with the painting that follows.
"""

import argparse
import copy
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from engine.library.labels import Label  # noqa: E402
from engine.library.library import Library  # noqa: E402
from workbench.app.window import make_application  # noqa: E402
from workbench.bridge.door import EngineDoor  # noqa: E402
from workbench.theme.theme import theme  # noqa: E402
from workbench.viewmodels.runs.columns import COLUMN_KEYS  # noqa: E402
from workbench.viewmodels.runs.filters import Filter  # noqa: E402
from workbench.viewmodels.settings import Settings  # noqa: E402
from workbench.viewmodels.workbench import Workbench  # noqa: E402
from workbench.views.runs.page import RunsPage  # noqa: E402

TITLES = ("Tales", "The ferry", "A play in three acts", "Letters from the north, second edition")
OUTCOMES = ("completed", "completed", "stopped", "stopped_early", "failed")


def main() -> None:
    """Build the library in a temporary folder and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder) / "library")
        build(library, options.runs)
        print(json.dumps(measure(library, Path(folder), options.runs, options.repeats), indent=2))


def build(library: Library, count: int) -> None:
    """Folders of finished runs, made from the one that comes with the program."""
    demo = json.loads((resources.files("resources") / "demo" / "run.json").read_text(encoding="utf-8"))
    luck = random.Random(1)
    for number in range(count):
        folder = library.run(f"run-{number:04d}")
        folder.path.mkdir()
        folder.info_path.write_text(json.dumps(description(demo, folder.id, number, luck)), encoding="utf-8")
        if number % 5 == 0:
            folder.write_label(Label(tags=("small", f"tag {number % 7}"), notes="Better than the one before."))


def description(demo: dict[str, Any], run_id: str, number: int, luck: random.Random) -> dict[str, Any]:
    """What the run.json of one of them says."""
    info = copy.deepcopy(demo)
    worse = luck.uniform(0.9, 1.6)
    info |= {
        "id": run_id,
        "title": f"{luck.choice(TITLES)} {number}",
        "created": f"2026-{luck.randint(1, 12):02d}-{luck.randint(1, 28):02d}T10:{number % 60:02d}:00+00:00",
        "recipe": luck.choice(("auto", "quick", "balanced")),
        "outcome": luck.choice(OUTCOMES),
        "seconds": demo["seconds"] * luck.uniform(0.5, 40),
    }
    info["best"] |= {name: demo["best"][name] * worse for name in ("loss_nats", "bits_per_character")}
    info["best"]["accuracy"] = demo["best"]["accuracy"] / worse
    return info


def measure(library: Library, folder: Path, count: int, repeats: int) -> dict[str, Any]:
    """Times in milliseconds."""
    application = make_application()
    theme().apply()
    door = EngineDoor(library)
    began = time.perf_counter()
    workbench = Workbench(door, Settings(folder / "window.ini"))
    read_ms = 1000 * (time.perf_counter() - began)
    workbench.watch.deleteLater()
    empty = Workbench(EngineDoor(Library.open(folder / "empty")), Settings(folder / "empty.ini"))
    opened_empty = openings(application, empty, repeats)
    opened = openings(application, workbench, repeats)
    page = shown(workbench)
    settle(page)
    sorts = {key: median(application, sorter(page, place), repeats) for place, key in enumerate(COLUMN_KEYS)}
    words = ("t", "ferry", "small", "letters north 7", "nothing at all", "")
    filters = {}
    for word in words:
        filters[word] = statistics.median(searched(application, page, word) for _ in range(repeats))
    door.close()
    return {
        "runs": count,
        "cores": os.cpu_count(),
        "read_ms": round(read_ms, 1),
        "open_ms": round(statistics.median(opened), 1),
        "open_best_ms": round(min(opened), 1),
        "open_without_runs_ms": round(statistics.median(opened_empty), 1),
        "sort_ms": round(max(sorts.values()), 1),
        "filter_ms": round(max(filters.values()), 1),
        "sorts_ms": {key: round(ms, 1) for key, ms in sorts.items()},
        "filters_ms": {word: round(ms, 1) for word, ms in filters.items()},
    }


def openings(application: QApplication, workbench: Workbench, repeats: int) -> list[float]:
    """Milliseconds of several openings; the first one loads modules and icons and is not counted."""
    times = []
    for _ in range(repeats + 1):
        milliseconds, page = timed(application, lambda: shown(workbench))
        times.append(milliseconds)
        page.close()
        page.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return times[1:]


def shown(workbench: Workbench) -> RunsPage:
    """The page as the window shows it for the first time."""
    page = RunsPage(workbench)
    page.resize(1080, 740)
    page.show()
    return page


def settle(page: RunsPage) -> None:
    """Wait until the last figures of all runs have been read, so that no such work falls into what is measured."""
    until = time.monotonic() + 20
    while any(page.model.figures_of(row.entry.id) is None for row in page.model.table.all_rows()):
        QCoreApplication.processEvents()
        assert time.monotonic() < until, "the last figures were not read"


def sorter(page: RunsPage, place: int) -> Callable[[], object]:
    """Sorts by a column, the other way round each time."""
    orders = [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder]

    def sort() -> None:
        orders.reverse()
        page.table.sortByColumn(place, orders[0])

    return sort


def searched(application: QApplication, page: RunsPage, words: str) -> float:
    """Milliseconds of a search, from the whole list; for no words, of the way back to it."""
    page.model.set_filter(Filter("" if words else "play"))
    return timed(application, lambda: page.model.set_filter(Filter(words)))[0]


def median(application: QApplication, deed: Callable[[], object], repeats: int) -> float:
    """The median time of a deed with the painting that follows."""
    return statistics.median(timed(application, deed)[0] for _ in range(repeats))


def timed(application: QApplication, deed: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds until a deed is done and painted, and what it returned."""
    began = time.perf_counter()
    result = deed()
    application.processEvents()
    return 1000 * (time.perf_counter() - began), result


if __name__ == "__main__":
    main()
