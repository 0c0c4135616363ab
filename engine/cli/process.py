"""Settings of the whole process, made before torch computes."""

import ctypes
import os
import sys
from contextlib import suppress

SPIN_COUNT = "5000"
BUSY_CORES = 0.3  # of others: from there on products do not share their work between cores
LOOK_SECONDS = 0.1

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h of glibc
_LARGEST_INT = 2**31 - 1


def spin_briefly() -> None:
    """Threads that wait for each other shall spin only briefly before they sleep. Call this before torch is loaded.

    Beside two busy programs on two cores a training step of an LSTM with 384 units took 400 ms with OpenMP's default,
    80 to 140 ms so; alone 19 ms, as with the default (always sleeping: 41 ms).
    """
    os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)


def share_products() -> None:
    """Where others compute, let NumPy's products have one core each. Call this before NumPy is loaded.

    A product of microseconds that two threads share ends when the slower one has its part: 2048 x 1024 took 56 us with
    two threads on two idle cores, 108 us with one, and beside a busy program 8 ms with two, 136 us with one.
    """
    if "numpy" in sys.modules:
        return
    import psutil

    if psutil.cpu_percent(interval=LOOK_SECONDS) / 100 * (os.cpu_count() or 1) > BUSY_CORES:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def keep_freed_memory() -> None:
    """Let the allocator keep what is freed for the next step; does nothing where there is no glibc.

    Left to itself, glibc gives every buffer of more than 32 MB back to the system and faults it in again at each step:
    a training step of an LSTM with two layers of 512 units, 128 tokens and 64 streams took 548 ms, so it takes 457 ms.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # AttributeError: musl, which has no mallopt
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, _LARGEST_INT)
