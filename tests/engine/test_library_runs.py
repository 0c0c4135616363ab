"""The folder of a run: checkpoints that can always be gone on from."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.errors import DamagedFile, NewerFormat, StorageFailed
from engine.library import runs
from engine.library.files import write_json
from engine.library.runs import RunFolder, is_milestone
from engine.library.tensors import Expected, RawTensor, TensorFile, read_metadata


def tensors_of(step: int) -> dict[str, RawTensor]:
    return {
        "model/weight": RawTensor("I64", (1,), step.to_bytes(8, "little")),
        "optimizer/weight": RawTensor("U8", (3,), b"abc"),
    }


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "a-run-abcd")


def write(run: RunFolder, *steps: int, best: int | None = None) -> None:
    for step in steps:
        run.write_checkpoint(step, tensors_of(step), {"numbers": {"step": step}}, is_best=step == best)


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def read_step(run: RunFolder, pointer: runs.Pointer = "latest") -> int:
    found = run.read_checkpoint(pointer)
    assert found is not None
    assert found.metadata == {"numbers": {"step": found.step}}
    assert bytes(found.tensors["model/weight"].data) == found.step.to_bytes(8, "little")
    return found.step


def test_the_last_three_checkpoints_and_the_best_are_kept(run: RunFolder):
    write(run, 100, 200, 300, 400, 500, 600, best=200)
    assert run.checkpoint_steps() == [200, 400, 500, 600]
    assert (run.pointed_step("latest"), run.pointed_step("best")) == (600, 200)
    assert (run.path / "latest").read_text() == "600.safetensors\n"
    assert (read_step(run), read_step(run, "best")) == (600, 200)


def test_a_run_without_a_checkpoint_has_none_to_go_on_from(run: RunFolder):
    assert run.read_checkpoint() is None
    assert run.read_checkpoint("best") is None
    assert run.checkpoint_steps() == []


def test_the_one_before_is_used_when_the_latest_is_damaged_and_that_is_said(run: RunFolder):
    write(run, 100, 200, 300)
    damage(run.checkpoint_path(300))
    found = run.read_checkpoint()
    assert found is not None
    assert found.step == 200
    assert "300.safetensors is damaged" in found.problems[0].text
    assert found.problems[1].text == "The checkpoint of step 200 of a-run-abcd is used instead."


def test_it_is_said_when_no_checkpoint_can_be_read(run: RunFolder):
    write(run, 100, 200)
    damage(run.checkpoint_path(100))
    damage(run.checkpoint_path(200))
    with pytest.raises(DamagedFile, match="None of the 2 checkpoints"):
        run.read_checkpoint()


@pytest.mark.parametrize(
    "content", ["", "../../secret.safetensors", "007.safetensors", "999.safetensors\n", "x" * 1000]
)
def test_a_pointer_that_names_no_checkpoint_is_passed_over(run: RunFolder, content: str):
    write(run, 100, 200)
    (run.path / "latest").write_text(content)
    assert run.pointed_step("latest") is None
    assert read_step(run) == 200


def test_a_run_that_goes_on_from_an_earlier_step_drops_the_later_ones(run: RunFolder):
    write(run, 100, 200, 300)
    run.point("latest", 200)
    assert read_step(run) == 200
    write(run, 250)
    assert run.checkpoint_steps() == [100, 200, 250]


def test_a_caller_sees_the_header_first_and_may_refuse_it(run: RunFolder):
    write(run, 100, 200)

    def shapes(header: TensorFile) -> Expected:
        numbers = header.metadata["numbers"]
        assert isinstance(numbers, Mapping)
        return {"model/weight": ("I64" if numbers["step"] == 100 else "F32", (1,))}

    found = run.read_checkpoint(expected=shapes, prefix="model/")
    assert found is not None
    assert found.step == 100
    assert list(found.tensors) == ["model/weight"]


def test_an_old_checkpoint_goes_only_after_the_new_one_was_read_back(run: RunFolder, monkeypatch: pytest.MonkeyPatch):
    write(run, 100, 200, 300)

    def damaging(path: Path, tensors: Mapping[str, RawTensor], metadata: Mapping[str, object]) -> None:
        real_write(path, tensors, metadata)
        damage(path)

    real_write = runs.write_tensors
    monkeypatch.setattr(runs, "write_tensors", damaging)
    with pytest.raises(StorageFailed, match="did not keep"):
        write(run, 400)
    assert run.checkpoint_steps() == [100, 200, 300]
    assert read_step(run) == 300


@pytest.mark.parametrize("fails_at", ["write_tensors", "write_text"])
def test_a_full_disk_leaves_the_checkpoints_before_it(run: RunFolder, monkeypatch: pytest.MonkeyPatch, fails_at: str):
    write(run, 100, 200, 300)

    def full(*_arguments: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(runs, fails_at, full)
    with pytest.raises(StorageFailed):
        write(run, 400)
    assert run.checkpoint_steps()[:3] == [100, 200, 300]
    assert read_step(run) == 300


def test_milestones_stand_at_doubling_steps():
    assert [step for step in range(70) if is_milestone(step)] == [1, 2, 4, 8, 16, 32, 64]


def test_of_many_milestones_the_first_and_the_last_eleven_are_kept(run: RunFolder):
    for step in (2**power for power in range(15)):
        assert run.write_milestone(step, tensors_of(step), {"step": step})
    assert run.milestone_steps() == [1, *(2**power for power in range(4, 15))]
    assert read_metadata(run.milestones_path / "16.safetensors").metadata == {"step": 16}


def test_milestones_take_no_more_than_their_space(run: RunFolder, monkeypatch: pytest.MonkeyPatch):
    run.write_milestone(1, tensors_of(1), {})
    size = (run.milestones_path / "1.safetensors").stat().st_size
    monkeypatch.setattr(runs, "MAX_MILESTONES_BYTES", int(3.5 * size))
    for step in (2, 4, 8, 16):
        run.write_milestone(step, tensors_of(step), {})
    assert run.milestone_steps() == [1, 8, 16]
    too_large = {"w": RawTensor("U8", (3 * size,), bytes(3 * size))}
    assert not run.write_milestone(32, too_large, {})
    assert run.milestone_steps() == [1, 8, 16]


def test_a_milestone_that_leaves_no_room_for_the_first_is_not_kept(run: RunFolder, monkeypatch: pytest.MonkeyPatch):
    run.write_milestone(1, tensors_of(1), {})
    monkeypatch.setattr(runs, "MAX_MILESTONES_BYTES", (run.milestones_path / "1.safetensors").stat().st_size + 7)
    assert not run.write_milestone(2, tensors_of(2), {})
    assert run.write_milestone(1, tensors_of(1), {}), "the first itself is written again when a run begins anew"
    assert run.milestone_steps() == [1]


def test_a_description_keeps_its_first_time_and_is_not_overwritten_for_a_newer_version(run: RunFolder):
    run.path.mkdir()
    run.write_info({"title": "A run", "created": "2026-01-01T00:00:00Z"})
    info = run.read_info()
    assert info == {"title": "A run", "created": "2026-01-01T00:00:00Z", "format_version": 1, "min_reader": 1}
    write_json(run.info_path, {**info, "format_version": 2})
    assert run.read_info()["title"] == "A run"
    with pytest.raises(NewerFormat, match="can only be read"):
        run.write_info(info)
    write_json(run.info_path, {**info, "format_version": 2, "min_reader": 2})
    with pytest.raises(NewerFormat, match="Install"):
        run.read_info()


def test_the_tokenizer_is_kept_with_the_run(run: RunFolder):
    run.path.mkdir()
    run.write_tokenizer({"kind": "word", "vocabulary": ["\N{SNOWMAN}", "b"]})
    assert run.read_tokenizer() == {"kind": "word", "vocabulary": ["\N{SNOWMAN}", "b"]}


SAVER = """
import sys
from pathlib import Path
from engine.library.runs import RunFolder
from engine.library.tensors import RawTensor
run = RunFolder(Path(sys.argv[1]))
with run.lock():
    for step in range(1, 10**9):
        tensors = {"model/weight": RawTensor("I64", (1,), step.to_bytes(8, "little"))}
        run.write_checkpoint(step, tensors, {"numbers": {"step": step}}, is_best=step % 5 == 0)
        print(step, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("num_saves", [1, 3, 10, 30])
def test_a_run_killed_while_it_saves_goes_on_from_its_last_finished_checkpoint(tmp_path: Path, num_saves: int):
    run = RunFolder(tmp_path / "a-run-abcd")
    run.path.mkdir()
    command = [sys.executable, "-c", SAVER, str(run.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(num_saves):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        last = max([num_saves, *map(int, child.stdout.read().split("\n")[:-1])])
    assert read_step(run) >= last
    with run.lock():
        write(run, last + 2)
    assert read_step(run) == last + 2
