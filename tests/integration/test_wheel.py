"""The wheel holds everything: it is built, unpacked outside the checkout, and run there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_the_program_runs_from_its_wheel_outside_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(CHECKOUT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("textloom-*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    code = (
        "import sys, engine; from engine.cli.main import run;"
        f"assert engine.__file__.startswith({str(installed)!r}), engine.__file__;"
        f"library = ['--library', {str(tmp_path / 'library')!r}];"
        "sys.exit(run([*library, 'presets']) or run([*library, 'import', 'The Ferry on Dry Land']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("auto")
    assert "zaremba-medium" in done.stdout
    assert "The Ferry on Dry Land (the-ferry-on-dry-land-" in done.stdout
