"""Writing a file completely or not at all; reading it with bounds."""

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from io import FileIO
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DamagedFile, StorageFailed
from engine.library import files
from engine.library.files import (
    BinaryWriter,
    atomic_writer,
    read_bytes,
    read_json,
    read_text,
    replace,
    sweep_temporaries,
    write_bytes,
    write_json,
    write_text,
)

ON_DISK = settings(deadline=None)  # a busy disk is no failure

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="the call exists on POSIX only")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def start_python(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run_python(script: str, *arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@ON_DISK
@given(st.lists(st.binary(max_size=200)))
def test_what_is_written_in_pieces_is_read_back_whole(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]):
    path = tmp_path_factory.mktemp("pieces") / "data.bin"
    with atomic_writer(path) as writer:
        assert [writer.write(piece) for piece in pieces] == [len(piece) for piece in pieces]
    assert path.read_bytes() == b"".join(pieces)
    assert names_in(path.parent) == ["data.bin"]


def test_an_exception_in_the_block_leaves_the_earlier_file_and_no_temporary(tmp_path: Path):
    path = tmp_path / "data.bin"
    write_bytes(path, b"earlier")
    with pytest.raises(KeyboardInterrupt), atomic_writer(path) as writer:  # noqa: PT012
        writer.write(b"later")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"earlier"
    assert names_in(tmp_path) == ["data.bin"]


def test_an_error_of_the_caller_s_own_passes_through_unchanged(tmp_path: Path):
    with pytest.raises(FileNotFoundError), atomic_writer(tmp_path / "data.bin"):
        (tmp_path / "source that is not there").read_bytes()
    assert names_in(tmp_path) == []


def test_a_text_keeps_its_newlines(tmp_path: Path):
    write_text(tmp_path / "text", "a\r\nb\nc\rd\u2028")
    assert read_text(tmp_path / "text", max_bytes=100) == "a\r\nb\nc\rd\u2028"


def test_the_file_is_synced_before_the_rename_and_the_folder_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_fsync(descriptor)

    def recorded_replace(source: Path, target: Path) -> None:
        calls.append("replace")
        assert source.read_bytes() == b"data"
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    write_bytes(tmp_path / "data", b"data")
    assert calls == ["file", "replace", "folder"][: 2 if sys.platform == "win32" else 3]


def test_a_failed_fsync_is_told_and_never_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []

    def failing(descriptor: int) -> None:
        calls.append(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    write_bytes(tmp_path / "data", b"earlier")
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StorageFailed, match="The disk reported a fault at data"):
        write_bytes(tmp_path / "data", b"later")
    assert len(calls) == 1
    assert (tmp_path / "data").read_bytes() == b"earlier"


def test_a_file_that_is_shorter_than_what_was_written_never_replaces_the_earlier_one(tmp_path: Path):
    write_bytes(tmp_path / "data", b"earlier")
    with pytest.raises(StorageFailed), atomic_writer(tmp_path / "data") as writer:  # noqa: PT012
        writer.write(b"later")
        writer.size += 1
    assert (tmp_path / "data").read_bytes() == b"earlier"


def test_a_failed_write_that_the_caller_swallows_still_fails_the_file(tmp_path: Path):
    write_bytes(tmp_path / "data", b"earlier")
    with pytest.raises(StorageFailed, match="The disk is full"), atomic_writer(tmp_path / "data") as writer:
        writer._failure = OSError(errno.ENOSPC, "No space left on device")
    assert (tmp_path / "data").read_bytes() == b"earlier"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_device_is_told_with_its_folder_and_a_remedy():
    with FileIO("/dev/full", "wb") as file:
        writer = BinaryWriter(cast(FileIO, file), Path("/dev/full"))
        with pytest.raises(StorageFailed) as caught:
            writer.write(b"x")
    assert str(caught.value) == ("The disk is full: full could not be written in /dev. Free some space and try again.")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permissions"),
        (errno.EIO, "fault"),
        (errno.ENOENT, "not there"),
        (errno.EFBIG, "larger"),
        (errno.EMFILE, "too many"),
    ],
)
def test_every_refusal_of_the_disk_names_file_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, part: str
):
    def refusing(*_arguments: object) -> int:
        raise OSError(number, os.strerror(number).lower())

    monkeypatch.setattr(files.os, "open", refusing)
    with pytest.raises(StorageFailed) as caught:
        write_bytes(tmp_path / "run.json", b"x")
    sentence = str(caught.value)
    assert "run.json" in sentence
    assert str(tmp_path) in sentence
    assert part in sentence
    assert sentence.endswith((".", "?"))


FULL_DISK = """
import os, subprocess, sys
from pathlib import Path
from engine.errors import StorageFailed
from engine.library.files import write_bytes
from engine.library.json_lines import LineWriter, read_lines
folder = Path(sys.argv[1])
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], capture_output=True).returncode:
    sys.exit(77)
write_bytes(folder / "data", b"earlier" * 1000)
with LineWriter(folder / "metrics.jsonl") as lines:
    try:
        for step in range(100_000):
            lines.append({"step": step})
    except StorageFailed as error:
        print(error)
    found = read_lines(folder / "metrics.jsonl")
    assert found.end == (folder / "metrics.jsonl").stat().st_size and not found.num_torn
    assert [value["step"] for value in found.values] == list(range(step)), step
    for size in (1, 10_000, 3_000_000):
        try:
            write_bytes(folder / "data", bytes(size))
        except StorageFailed as error:
            print(error)
        else:
            raise SystemExit("the disk was not full")
    assert (folder / "data").read_bytes() == b"earlier" * 1000
    assert sorted(os.listdir(folder)) == ["data", "metrics.jsonl"]
    (folder / "data").unlink()
    lines.append({"step": step})
found = read_lines(folder / "metrics.jsonl")
assert [value["step"] for value in found.values] == list(range(step + 1))
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare to mount a small disk")
def test_on_a_really_full_disk_files_and_lines_stay_whole_and_go_on_when_there_is_room(tmp_path: Path):
    result = run_python(FULL_DISK, tmp_path, before=("unshare", "--user", "--map-root-user", "--mount"))
    if result.returncode == 77 or "unshare" in result.stderr:
        pytest.skip("this machine lets nobody mount a small disk")
    assert result.returncode == 0, result.stderr
    sentences = result.stdout.splitlines()
    assert len(sentences) == 4
    assert all(sentence.startswith("The disk is full: ") and str(tmp_path) in sentence for sentence in sentences)


@POSIX_ONLY
def test_a_file_size_limit_in_the_middle_of_a_write_leaves_the_earlier_file(tmp_path: Path):
    write_bytes(tmp_path / "data", b"earlier")
    result = run_python(
        """
        import resource, sys
        from pathlib import Path
        from engine.errors import StorageFailed
        from engine.library.files import atomic_writer
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
        try:
            with atomic_writer(Path(sys.argv[1])) as writer:
                for _ in range(10):
                    writer.write(bytes(1_000_000))
        except StorageFailed as error:
            print(error)
        """,
        tmp_path / "data",
    )
    assert "larger than this disk or account allows" in result.stdout
    assert (tmp_path / "data").read_bytes() == b"earlier"
    assert names_in(tmp_path) == ["data"]


@POSIX_ONLY
def test_a_writer_killed_in_the_middle_leaves_the_earlier_file_and_a_temporary_that_is_swept(tmp_path: Path):
    write_bytes(tmp_path / "data", b"earlier")
    with start_python(
        """
        import sys
        from pathlib import Path
        from engine.library.files import atomic_writer
        with atomic_writer(Path(sys.argv[1])) as writer:
            writer.write(b"later" * 1_000_000)
            print("half", flush=True)
            sys.stdin.read()
        """,
        tmp_path / "data",
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "half\n"
        assert len(names_in(tmp_path)) == 2
        assert sweep_temporaries(tmp_path) == []  # its writer lives
        child.send_signal(signal.SIGKILL)
    assert (tmp_path / "data").read_bytes() == b"earlier"
    assert len(sweep_temporaries(tmp_path)) == 1
    assert names_in(tmp_path) == ["data"]


@POSIX_ONLY
@pytest.mark.parametrize("num_saves", [1, 2, 7, 20])
def test_a_program_killed_while_it_saves_again_and_again_leaves_one_of_its_states(tmp_path: Path, num_saves: int):
    path = tmp_path / "state.json"
    with start_python(
        """
        import sys
        from pathlib import Path
        from engine.library.files import write_json
        for number in range(10**9):
            write_json(Path(sys.argv[1]), {"number": number, "data": [number] * 5_000})
            print(number, flush=True)
        """,
        path,
    ) as child:
        assert child.stdout is not None
        acknowledged = -1
        for _ in range(num_saves):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, child.stdout.read().split("\n")[:-1])])
    state = read_json(path)
    assert isinstance(state, dict)
    assert state["data"] == [state["number"]] * 5_000
    assert state["number"] >= acknowledged


def test_a_replace_that_windows_refuses_for_a_moment_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    refusals = iter([5, 32, 33])
    real_replace = os.replace
    pauses: list[float] = []

    def flaky(source: Path, target: Path) -> None:
        number = next(refusals, None)
        if number is not None:
            error = PermissionError(errno.EACCES, "in use")
            error.winerror = number  # type: ignore[attr-defined, unused-ignore]
            raise error
        real_replace(source, target)

    monkeypatch.setattr(os, "replace", flaky)
    monkeypatch.setattr(files.time, "sleep", pauses.append)
    write_bytes(tmp_path / "a", b"a")
    assert (tmp_path / "a").read_bytes() == b"a"
    assert pauses == sorted(pauses)
    assert len(pauses) == 3


def test_a_replace_that_is_refused_for_good_ends_after_two_and_a_half_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clock = [0.0]
    error = PermissionError(errno.EACCES, "in use")
    error.winerror = 32  # type: ignore[attr-defined, unused-ignore]

    def refusing(_source: Path, _target: Path) -> None:
        raise error

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(os, "replace", refusing)
    monkeypatch.setattr(files.time, "sleep", sleep)
    monkeypatch.setattr(files.time, "monotonic", lambda: clock[0])
    with pytest.raises(StorageFailed, match="held by another program"):
        write_bytes(tmp_path / "a", b"a")
    assert 1.0 < clock[0] <= 2.5
    assert names_in(tmp_path) == []


def test_another_error_of_replace_is_told_at_once(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "a", tmp_path / "b")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path):
    (tmp_path / "data").mkdir()
    with pytest.raises(StorageFailed, match="data"):
        write_bytes(tmp_path / "data", b"x")
    assert names_in(tmp_path) == ["data"]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: st.lists(children) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), children),
    max_leaves=20,
)


@ON_DISK
@given(JSON_VALUES)
def test_any_json_value_is_read_back_equal(tmp_path_factory: pytest.TempPathFactory, value: object):
    path = tmp_path_factory.mktemp("json") / "value.json"
    write_json(path, value)
    found = read_json(path)
    assert found == value
    assert repr(found) == repr(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": 1} x',
        b'{"a": 1, "a": 1}',
        b'{"b": {"a": 1, "a": 2}}',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"9" * 5000,
        b"0." + b"1" * 5000,
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'"\\udc00\\ud800"',
        b"[" * 100 + b"]" * 100,
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b"[" + b"0," * 2_000_001 + b"0]",
        b"[" + b"[]," * 1_500_000 + b"0]",
        b"'a'",
        b'"\x01"',
        b"{1: 2}",
        b"[1,]",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_json_that_no_writer_of_ours_makes_is_refused(tmp_path: Path, data: bytes):
    (tmp_path / "value.json").write_bytes(data)
    with pytest.raises(DamagedFile, match=r"value\.json"):
        read_json(tmp_path / "value.json")


def test_an_escaped_pair_of_surrogates_is_one_character(tmp_path: Path):
    (tmp_path / "value.json").write_bytes(b'"\\ud83d\\ude00"')
    assert read_json(tmp_path / "value.json") == "\N{GRINNING FACE}"


@ON_DISK
@given(st.binary(max_size=60))
def test_any_bytes_are_json_as_python_reads_it_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    path = tmp_path_factory.mktemp("bytes") / "value.json"
    path.write_bytes(data)
    try:
        value = read_json(path)
    except DamagedFile:
        return
    assert value == json.loads(data)


def test_a_file_is_measured_before_it_is_read(tmp_path: Path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DamagedFile, match="more than the"):
        read_json(path)
    (tmp_path / "small").write_bytes(b"x" * 11)
    with pytest.raises(DamagedFile, match="11 bytes, more than the 10"):
        read_bytes(tmp_path / "small", max_bytes=10)


@POSIX_ONLY
def test_a_fifo_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(DamagedFile, match="not a regular file"):
        read_json(tmp_path / "fifo")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path):
    with pytest.raises(DamagedFile, match="is missing"):
        read_json(tmp_path / "none.json")
    with pytest.raises(DamagedFile, match="not a"):
        read_json(tmp_path)


@POSIX_ONLY
def test_a_new_file_has_the_permissions_of_the_person_s_other_files(tmp_path: Path):
    write_bytes(tmp_path / "ours", b"")
    (tmp_path / "theirs").write_bytes(b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode
