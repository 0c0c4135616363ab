"""Who may know whom, where the import contracts cannot say it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VIEWMODELS = sorted((ROOT / "workbench" / "viewmodels").rglob("*.py"))


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", VIEWMODELS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_viewmodel_knows_no_widgets(path: Path) -> None:
    assert not imported_modules(path) & {"PySide6.QtWidgets", "pyqtgraph", "numpy", "torch"}


@pytest.mark.parametrize("room", [ROOT / "workbench", ROOT / "engine"])
def test_the_packages_themselves_hold_no_code(room: Path) -> None:
    assert [path for path in room.rglob("__init__.py") if path.read_text(encoding="utf-8")] == []


def test_the_window_stands_before_torch_numpy_and_the_plots_are_loaded(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from engine.library.library import Library
from workbench.app.window import make_application, make_program
from workbench.viewmodels.settings import Settings
application = make_application()
folder = Path({str(tmp_path)!r})
program = make_program(application, Library.open(folder / "library"), Settings(folder / "window.ini"))
program.window.show()
application.sendPostedEvents()
assert program.window.isVisible()
print(sorted({{"torch", "numpy", "pyqtgraph"}} & set(sys.modules)))
program.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
