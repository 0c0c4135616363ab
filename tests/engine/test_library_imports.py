"""The library opens before Torch is loaded: it loads neither torch nor numpy, and little else."""

import json
import subprocess
import sys

SCRIPT = """
import json, sys
before = set(sys.modules)
import engine.library.verify, engine.library.library, engine.library.json_lines, engine.library.tensors
after = set(sys.modules) - before
from pathlib import Path
from engine.library.library import Library
from engine.library.tensors import RawTensor
library = Library.open(Path(sys.argv[1]))
run = library.new_run("A run")
run.write_info({"title": "A run"})
run.write_checkpoint(1, {"a": RawTensor("F32", (1,), bytes(4))}, {"vocabulary": ["a"]})
assert run.read_checkpoint() is not None
list(engine.library.verify.verify(library))
print(json.dumps([sorted(after), sorted(set(sys.modules) - before)]))
"""
HEAVY = ("torch", "numpy", "platformdirs", "pydantic", "psutil", "asyncio", "multiprocessing", "http")


def test_neither_importing_nor_using_the_library_loads_a_heavy_module(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "library")]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    imported, used = json.loads(result.stdout)
    for names in (imported, used):
        assert not [name for name in names if name.partition(".")[0] in HEAVY]
        ours = {name for name in names if name.startswith("engine")}
        assert ours <= {"engine", "engine.errors", "engine.library"} | {
            name for name in ours if name.startswith("engine.library.")
        }
