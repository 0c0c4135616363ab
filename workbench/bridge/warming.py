"""What makes the first training step slow, done beforehand and without holding up the window."""

import ctypes
import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

# What runs while they are loaded does not need the interpreter: libtorch_python makes its objects when it is imported.
_LIBRARIES = ("libgomp.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so", "libtorch_python.so")
_RTLD_NOW, _RTLD_GLOBAL = 2, 0x100  # dlfcn.h of Linux


def warm() -> int:
    """Load torch, the optimizers' modules and the training code, and take one step of the smallest model.

    Returns the number of threads with which torch computes by itself.
    """
    _preload()
    import torch

    from engine.config.configuration import from_tables
    from engine.training import runs  # noqa: F401
    from engine.training.trainer import Trainer

    tables = {
        "model": {"hidden_size": 8, "embedding_size": 4},
        "training": {"steps": 1, "batch_size": 2, "window_size": 4, "num_threads": 1},
    }
    ids = torch.arange(40) % 5
    Trainer(from_tables(tables), ids.numpy(), 5, torch.device("cpu"), torch.float32).step()
    return torch.get_num_threads()


def _preload() -> None:
    """Load torch's libraries by a call that leaves the interpreter to others, which its own import does not.

    The import alone stalls the window for 200 to 290 ms while the system links libtorch_cpu; so the longest stall is
    25 ms.
    """
    spec = importlib.util.find_spec("torch")
    if not sys.platform.startswith("linux") or spec is None or spec.origin is None:
        return
    with suppress(OSError, AttributeError):
        load = ctypes.CDLL(None).dlopen
        load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
        for name in _LIBRARIES:
            path = Path(spec.origin).parent / "lib" / name
            if path.exists():
                load(os.fsencode(path), _RTLD_NOW | (_RTLD_GLOBAL if name.startswith("libgomp") else 0))
