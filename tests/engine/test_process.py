"""The settings of the program's process: made where the system has them, left alone where not."""

import ctypes
import os
import subprocess
import sys
from typing import Any

import pytest

from engine.cli.process import keep_freed_memory, share_products, spin_briefly

HOLDS_FREED_MEMORY = """
import ctypes, resource
from engine.cli.process import keep_freed_memory
keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    buffer = libc.malloc(2**26)
    ctypes.memset(buffer, 1, 2**26)
    libc.free(buffer)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
first, second = faults(), faults()
assert second < max(first / 10, 20), (first, second)
"""


class WithoutMallopt:
    """A C library that has no mallopt."""


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="no glibc here")
def test_freed_memory_is_taken_again_without_faulting_it_in() -> None:
    subprocess.run([sys.executable, "-c", HOLDS_FREED_MEMORY], check=True)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_system_without_glibc_is_left_alone(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []

    def library(name: Any) -> WithoutMallopt:
        opened.append(name)
        return WithoutMallopt()

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", library)
    keep_freed_memory()
    assert opened == ([None] if platform == "linux" else [])


def test_what_a_person_chose_for_openmp_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    spin_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == "7"


@pytest.mark.parametrize(("busy_percent", "threads"), [(90.0, "1"), (2.0, None)])
def test_products_share_their_work_between_cores_only_where_nobody_else_computes(
    busy_percent: float, threads: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    monkeypatch.setattr("psutil.cpu_percent", lambda interval: busy_percent)  # noqa: ARG005
    share_products()
    assert os.environ.get("OPENBLAS_NUM_THREADS") == threads


def test_a_number_of_threads_that_a_person_chose_for_products_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    monkeypatch.setattr("psutil.cpu_percent", lambda interval: 90.0)  # noqa: ARG005
    share_products()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
