"""Files of JSON lines: nothing whole is lost, nothing torn or changed is taken for whole."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DamagedFile
from engine.library.json_lines import LineWriter, cut_torn_tail, format_line, parse_line, read_lines

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.dictionaries(
    TEXTS.filter(lambda key: key != "crc"),
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    min_size=1,
)

ON_DISK = settings(deadline=None)  # a busy disk is no failure
STEPS = [{"step": step, "loss_nats": 1 / (step + 1)} for step in range(50)]


def write_steps(path: Path) -> None:
    with LineWriter(path) as lines:
        for value in STEPS:
            lines.append(value)
        lines.sync()


@ON_DISK
@given(st.lists(VALUES, max_size=5))
def test_what_is_appended_is_read_back(tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, object]]):
    path = tmp_path_factory.mktemp("lines") / "metrics.jsonl"
    for value in values:
        with LineWriter(path) as lines:
            lines.append(value)
    found = read_lines(path)
    assert found.values == values
    assert (found.num_torn, found.num_damaged) == (0, 0)


@given(VALUES)
def test_every_line_is_json_that_any_program_reads(value: dict[str, object]):
    line = format_line(value)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    plain = json.loads(line)
    assert len(plain.pop("crc")) == 8
    assert plain == value


def test_a_value_that_uses_the_name_of_the_checksum_is_refused():
    with pytest.raises(ValueError, match="crc"):
        format_line({"crc": 1})
    with pytest.raises(ValueError, match="entry"):
        format_line({})


@given(VALUES, st.data())
def test_no_single_changed_bit_of_a_line_goes_unnoticed(value: dict[str, object], data: st.DataObject):
    line = bytearray(format_line(value)[:-1])
    position = data.draw(st.integers(0, len(line) - 1))
    line[position] ^= 1 << data.draw(st.integers(0, 7))
    assert parse_line(bytes(line)) is None


def test_a_file_cut_at_any_byte_keeps_all_whole_lines_and_says_that_one_is_torn(tmp_path: Path):
    path = tmp_path / "metrics.jsonl"
    lines = [format_line(value) for value in STEPS[:4]]
    data = b"".join(lines)
    ends = [sum(map(len, lines[:count])) for count in range(5)]
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        num_whole = sum(end <= size for end in ends) - 1
        found = read_lines(path)
        assert found.values == STEPS[:num_whole]
        assert found.end == ends[num_whole]
        assert found.num_torn == (size not in ends)
        assert found.num_damaged == 0
        with LineWriter(path) as writer:
            assert writer.size == ends[num_whole]
            writer.append({"step": "next"})
        assert read_lines(path).values == [*STEPS[:num_whole], {"step": "next"}]


def test_a_changed_line_hides_no_other_one(tmp_path: Path):
    path = tmp_path / "metrics.jsonl"
    write_steps(path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"step": 7,', b'"step": 8,'))
    found = read_lines(path)
    assert found.values == STEPS[:7] + STEPS[8:]
    assert (found.num_torn, found.num_damaged) == (0, 1)


def test_zeros_that_a_power_cut_left_at_the_end_are_cut_off(tmp_path: Path):
    path = tmp_path / "metrics.jsonl"
    write_steps(path)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(bytes(200_000))
    assert read_lines(path).num_torn == 1
    assert cut_torn_tail(path) == 200_000
    assert path.stat().st_size == size
    assert cut_torn_tail(path) == 0


def test_reading_goes_on_where_it_ended_while_the_file_grows(tmp_path: Path):
    path = tmp_path / "metrics.jsonl"
    with LineWriter(path) as lines:
        lines.append(STEPS[0])
        first = read_lines(path)
        half = format_line(STEPS[1])
        with path.open("ab") as file:
            file.write(half[:9])
        second = read_lines(path, start=first.end)
        assert (second.values, second.end, second.num_torn) == ([], first.end, 1)
        with path.open("ab") as file:
            file.write(half[9:])
        third = read_lines(path, start=second.end)
    assert (first.values, third.values) == ([STEPS[0]], [STEPS[1]])
    assert third.end == path.stat().st_size


def test_a_missing_file_has_no_lines_and_a_folder_is_refused(tmp_path: Path):
    assert read_lines(tmp_path / "none.jsonl").values == []
    with pytest.raises(DamagedFile):
        read_lines(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("num_lines", [1, 10, 1000])
def test_a_killed_writer_loses_no_line_that_it_had_finished(tmp_path: Path, num_lines: int):
    path = tmp_path / "metrics.jsonl"
    script = (
        "import sys\nfrom pathlib import Path\nfrom engine.library.json_lines import LineWriter\n"
        "with LineWriter(Path(sys.argv[1])) as lines:\n"
        "    for step in range(10**9):\n"
        "        lines.append({'step': step, 'text': 'x' * 3000})\n"
        "        print(step, flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(num_lines):
            last = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
    found = read_lines(path)
    assert found.num_damaged == 0
    assert [value["step"] for value in found.values] == list(range(len(found.values)))
    assert len(found.values) > last
