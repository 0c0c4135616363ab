"""NumPy's products leave the processor to who needs it more."""

import os

import pytest

from engine.control import RunControl
from workbench.bridge import product_threads
from workbench.bridge.live import LiveRuns


def blas_threads() -> set[int]:
    from threadpoolctl import threadpool_info

    return {pool["num_threads"] for pool in threadpool_info() if pool["internal_api"] == "openblas"}


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core cannot be shared")
def test_beside_a_training_run_a_product_has_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    live = LiveRuns()
    live.fit_products()
    assert blas_threads() == {product_threads.MOST_THREADS}
    with live.training("a run", RunControl()):
        assert blas_threads() == {1}
    assert blas_threads() == {product_threads.MOST_THREADS}


def test_the_window_keeps_a_core_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    LiveRuns().fit_products()
    assert blas_threads() == {1}
