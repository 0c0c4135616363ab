"""One writer per folder."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.errors import StorageFailed
from engine.library.locks import folder_lock, is_locked

HOLDER = """
import sys
from pathlib import Path
from engine.library.locks import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_locked_exactly_while_it_is_held(tmp_path: Path):
    assert not is_locked(tmp_path)
    with folder_lock(tmp_path):
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    with folder_lock(tmp_path):
        pass


def test_a_second_holder_in_the_same_program_is_refused(tmp_path: Path):
    with folder_lock(tmp_path):
        with pytest.raises(StorageFailed, match="is in use by another program"), folder_lock(tmp_path):
            pass
        assert is_locked(tmp_path)


def test_a_lock_taken_in_one_thread_holds_against_another(tmp_path: Path):
    refused: list[StorageFailed] = []

    def take() -> None:
        try:
            with folder_lock(tmp_path):
                pass
        except StorageFailed as error:
            refused.append(error)

    with folder_lock(tmp_path):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert len(refused) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_lock_is_freed_by_the_death_of_its_holder(tmp_path: Path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert is_locked(tmp_path)
        with pytest.raises(StorageFailed, match="in use"), folder_lock(tmp_path):
            pass
        child.send_signal(signal.SIGKILL)
    with folder_lock(tmp_path):
        assert is_locked(tmp_path)


def test_many_probes_never_keep_a_holder_out(tmp_path: Path):
    stop = threading.Event()

    def probe() -> None:
        while not stop.is_set():
            is_locked(tmp_path)

    prober = threading.Thread(target=probe)
    prober.start()
    try:
        for _ in range(50):
            with folder_lock(tmp_path):
                pass
    finally:
        stop.set()
        prober.join()


def test_of_many_threads_one_at_a_time_holds_a_folder(tmp_path: Path):
    num_holders = [0]
    most = [0]

    def work() -> None:
        for _ in range(20):
            try:
                with folder_lock(tmp_path):
                    num_holders[0] += 1
                    most[0] = max(most[0], num_holders[0])
                    num_holders[0] -= 1
            except StorageFailed:
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    assert not is_locked(tmp_path / "gone")
    with pytest.raises(StorageFailed, match="gone"), folder_lock(tmp_path / "gone"):
        pass
