"""How soon the window stands, and how long it stalls while torch loads behind it. Prints JSON.

    python tests/benchmarks/window_start.py [--runs 5]

Each run is a process of its own; the first one warms the caches of the system and is not counted. Without a screen it
measures offscreen; under a display, in a real window. bare_qt_seconds: the same for an empty window of Qt alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]

WINDOW = """
import sys, time
from pathlib import Path
began, folder = float(sys.argv[1]), Path(sys.argv[2])
from workbench.app.main import is_command
assert not is_command([])
from PySide6.QtCore import QTimer, Qt
from engine.library.library import Library
from workbench.app.window import make_application, make_program, prepare_process, speak
from workbench.viewmodels.settings import Settings
prepare_process()
application = make_application()
settings = Settings(folder / "window.ini")
speak(application, settings)
program = make_program(application, Library.open(folder / "library"), settings)
seconds, ticks = [], []

def usable():
    seconds.append(time.time() - began)
    assert "torch" not in sys.modules
    program.door.background.start()
    program.door.background.when_ready(lambda: QTimer.singleShot(500, application.quit))
    ticks.append(time.perf_counter())

timer = QTimer(application)
timer.setTimerType(Qt.TimerType.PreciseTimer)
timer.setInterval(5)
timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
program.window.show()
# Timers of zero run once all that was posted is done: layout and the first painting.
QTimer.singleShot(0, lambda: (program.window.repaint(), usable(), timer.start()))
application.exec()
program.close()
stalls = sorted(after - before for before, after in zip(ticks, ticks[1:]))
print(f"{seconds[0]} {stalls[-1]}")
"""

BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QLabel
from PySide6.QtCore import QTimer
application = QApplication([])
window = QLabel("Textloom")
window.show()
QTimer.singleShot(0, lambda: (window.repaint(), application.quit()))
application.exec()
print(f"{time.time() - float(sys.argv[1])} 0")
"""


def measured(code: str, folder: Path) -> tuple[float, float]:
    """Seconds until the window stands, and the longest stall afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(time.time()), str(folder)],
        capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    first, second = done.stdout.split()
    return float(first), float(second)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        ours = [measured(WINDOW, Path(folder)) for _ in range(runs + 1)][1:]
        bare = [measured(BARE, Path(folder))[0] for _ in range(runs + 1)][1:]
    print(json.dumps({
        "platform": os.environ.get("QT_QPA_PLATFORM", "xcb"),
        "runs": runs,
        "window_seconds": {"median": statistics.median(s for s, _ in ours), "worst": max(s for s, _ in ours)},
        "bare_qt_seconds": statistics.median(bare),
        "ratio_to_bare_qt": statistics.median(s for s, _ in ours) / statistics.median(bare),
        "worst_stall_milliseconds_while_torch_loads": {
            "median": 1000 * statistics.median(stall for _, stall in ours), "worst": 1000 * max(s for _, s in ours),
        },
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
