"""How many processor cores NumPy's products take: those that nobody else needs.

A product of few microseconds that two threads share ends when the slower one has its part; where the system gives that
thread's core to somebody else, it ends milliseconds later. Measured on two cores, 2048 x 1024: one thread 108 us, two
threads 56 us alone but 8 ms (median) beside a program that computes.
"""

import os
import threading

MOST_THREADS = 4  # more share a matrix-vector product no faster

_lock = threading.Lock()
_now = 0


def fit_products(*, is_training: bool) -> None:
    """Let products have one core beside a run that trains, else all but the one of the window. Loads NumPy."""
    global _now
    wished = 1 if is_training else max(1, min(MOST_THREADS, (os.cpu_count() or 1) - 1))
    with _lock:
        if wished == _now:
            return
        import numpy  # noqa: F401, whose library is limited
        from threadpoolctl import ThreadpoolController

        # By the name of NumPy's own copy: on some machines torch brings another one.
        ThreadpoolController().select(prefix="libscipy_openblas").limit(limits=wished)
        _now = wished
