"""Tensor files: what is written is read back, and nothing else is taken for it."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import deserialize

from engine.errors import BadInput, DamagedFile, NewerFormat, TextloomError
from engine.library import tensors
from engine.library.tensors import (
    DTYPE_SIZES,
    RawTensor,
    check_tensors,
    read_metadata,
    read_tensors,
    write_tensors,
)

ON_DISK = settings(deadline=None)  # a busy disk is no failure

METADATA = {"configuration": {"cell": "lstm", "hidden_size": 4}, "vocabulary": ["a", "\N{SNOWMAN}"], "step": 7}
SMALL = {
    "model.weight": RawTensor("F32", (2, 3), bytes(range(24))),
    "model.bias": RawTensor("BF16", (3,), bytes(range(6))),
    "optimizer.step": RawTensor("I64", (), bytes(range(8))),
    "generator": RawTensor("U8", (5,), b"abcde"),
    "empty": RawTensor("F64", (0, 4), b""),
}


@st.composite
def raw_tensors(draw: st.DrawFn) -> RawTensor:
    dtype = draw(st.sampled_from(sorted(DTYPE_SIZES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    size = math.prod(shape) * DTYPE_SIZES[dtype]
    return RawTensor(dtype, shape, draw(st.binary(min_size=size, max_size=size)))


TENSORS = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), raw_tensors(), max_size=6)


def plain(found: dict[str, RawTensor]) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {name: (tensor.dtype, tensor.shape, bytes(tensor.data)) for name, tensor in found.items()}


def shapes(found: dict[str, RawTensor]) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {name: (tensor.dtype, tensor.shape) for name, tensor in found.items()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.safetensors"
    write_tensors(path, SMALL, METADATA)
    return path


def with_header(path: Path, header: bytes) -> None:
    """Put another header into a file, its length with it."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    path.write_bytes(len(header).to_bytes(8, "little") + header + data[8 + size :])


def header_of(path: Path) -> bytes:
    data = path.read_bytes()
    return data[8 : 8 + int.from_bytes(data[:8], "little")]


@ON_DISK
@given(TENSORS)
def test_any_tensors_are_read_back_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, values: dict[str, RawTensor]):
    path = tmp_path_factory.mktemp("tensors") / "model.safetensors"
    write_tensors(path, values, METADATA)
    assert plain(read_tensors(path, shapes(values))) == plain(values)
    header = read_metadata(path)
    assert header.metadata == METADATA
    assert not header.is_newer
    assert check_tensors(path) == header


@ON_DISK
@given(TENSORS)
def test_the_safetensors_library_reads_the_same_tensors(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, RawTensor]
):
    path = tmp_path_factory.mktemp("tensors") / "model.safetensors"
    write_tensors(path, values, METADATA)
    theirs = {
        name: (entry["dtype"], tuple(entry["shape"]), bytes(entry["data"]))
        for name, entry in deserialize(path.read_bytes())
    }
    assert theirs == plain(values)


def test_every_tensor_begins_at_a_multiple_of_its_element_size(small: Path):
    header = read_metadata(small)
    assert header.data_start % 8 == 0
    assert all(spec.start % DTYPE_SIZES[spec.dtype] == 0 for spec in header.tensors.values())


def test_data_may_be_any_contiguous_buffer_and_what_is_read_may_be_written_to(tmp_path: Path):
    matrix = memoryview(bytearray(range(24))).cast("B").cast("i", (2, 3))
    write_tensors(tmp_path / "a", {"m": RawTensor("I32", (2, 3), matrix)}, {})
    found = read_tensors(tmp_path / "a")["m"]
    assert bytes(found.data) == bytes(range(24))
    memoryview(found.data)[0] = 255


def test_a_prefix_reads_only_the_tensors_whose_names_begin_with_it(small: Path):
    wanted = {name: tensor for name, tensor in SMALL.items() if name.startswith("model.")}
    assert plain(read_tensors(small, shapes(wanted), prefix="model.")) == plain(wanted)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model.bias", None),
        ("more", ("F32", (1,))),
        ("model.bias", ("F16", (3,))),
        ("model.bias", ("BF16", (3, 1))),
        ("empty", ("F64", (4, 0))),
    ],
)
def test_tensors_other_than_those_of_the_configuration_are_refused(
    small: Path, name: str, expected: tuple[str, tuple[int, ...]] | None
):
    wanted = {key: value for key, value in {**shapes(SMALL), name: expected}.items() if value is not None}
    with pytest.raises(DamagedFile, match=f"the tensor {name} "):
        read_tensors(small, wanted)


def test_data_that_do_not_fill_their_shape_are_not_written(tmp_path: Path):
    with pytest.raises(ValueError, match="do not fill"):
        write_tensors(tmp_path / "a", {"w": RawTensor("F32", (2,), bytes(7))}, {})
    with pytest.raises(ValueError, match="reserved"):
        write_tensors(tmp_path / "a", {}, {"sha256_data": ""})
    assert not list(tmp_path.iterdir())


def test_every_single_changed_byte_of_a_file_is_noticed(small: Path):
    data = small.read_bytes()
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0x10
        small.write_bytes(changed)
        with pytest.raises((DamagedFile, NewerFormat)):
            check_tensors(small)
        with pytest.raises((DamagedFile, NewerFormat)):
            read_tensors(small, shapes(SMALL))


def test_a_file_cut_or_lengthened_anywhere_is_refused(small: Path):
    data = small.read_bytes()
    for size in range(len(data)):
        small.write_bytes(data[:size])
        with pytest.raises(DamagedFile):
            read_tensors(small)
    small.write_bytes(data + b"\0")
    with pytest.raises(DamagedFile):
        read_tensors(small)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_with_any_bytes_exchanged_is_refused_or_identical(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    path = tmp_path_factory.mktemp("mutated") / "model.safetensors"
    write_tensors(path, SMALL, METADATA)
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, len(content)))
    path.write_bytes(content[:start] + data.draw(st.binary(max_size=20)) + content[stop:])
    try:
        found = read_tensors(path)
        metadata = read_metadata(path).metadata
    except TextloomError:
        return
    assert plain(found) == plain(SMALL)
    assert metadata == METADATA


@ON_DISK
@given(st.binary(max_size=100))
def test_any_other_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    path = tmp_path_factory.mktemp("bytes") / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(DamagedFile):
        read_metadata(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"data_offsets": [', b'"data_offsets": [1'),
        (b'"shape": [2, 3]', b'"shape": [6.0]'),
        (b'"shape": [2, 3]', b'"shape": [true, 6]'),
        (b'"shape": [2, 3]', b'"shape": [-2, -3]'),
        (b'"shape": [2, 3]', b'"shape": [1, 1, 1, 1, 1, 1, 1, 2, 3]'),
        (b'"shape": [2, 3]', b'"shape": [4611686018427387904, 4611686018427387904]'),
        (b'"F32"', b'"F31"'),
        (b'"F32"', b'["F32"]'),
        (b'"shape"', b'"form"'),
        (b'"dtype"', b'"more": 1, "dtype"'),
        (b'"empty": {', b'"generator": {'),
        (b'"format": "', b'"format": "x'),
        (b'"format_version": "1"', b'"format_version": 1'),
        (b'"format_version": "1"', b'"format_version": "true"'),
        (b'"format_version": "1"', b'"format_version": "1.0"'),
        (b'"step": "7"', b'"step": "NaN"'),
        (b'"step": "7"', b'"step": "' + b"[" * 5000 + b'"'),
        (b'"step": "7"', b'"step": "\\"\\ud800\\""'),
        (b'"step": "7"', b'"step": "7", "step": "7"'),
        (b'"step": "7"', b'"step": "8"'),
        (b'"__metadata__"', b'"metadata"'),
    ],
    ids=lambda value: value[:40].decode(),
)
def test_a_header_that_says_something_else_is_refused(small: Path, old: bytes, new: bytes):
    header = header_of(small)
    assert old in header
    with_header(small, header.replace(old, new, 1))
    with pytest.raises(DamagedFile, match=r"small\.safetensors"):
        read_metadata(small)


def signed(header: dict[str, object]) -> bytes:
    """A header with a right checksum of its own, as a hostile writer would make it."""
    metadata = header["__metadata__"]
    assert isinstance(metadata, dict)
    metadata["sha256_header"] = json.dumps("0" * 64)
    blank = json.dumps(header).encode()
    metadata["sha256_header"] = json.dumps(tensors.hashlib.sha256(blank).hexdigest())
    return json.dumps(header).encode()


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("empty", {"dtype": "F64", "shape": [0], "data_offsets": [16, 16]}),
        ("generator", {"dtype": "U8", "shape": [24], "data_offsets": [8, 32]}),
        ("generator", {"dtype": "U8", "shape": [6], "data_offsets": [38, 44]}),
        ("model.weight", {"dtype": "F32", "shape": [10**9, 10**9], "data_offsets": [8, 8 + 4 * 10**18]}),
        ("model.weight", {"dtype": "F32", "shape": [0], "data_offsets": [8, 8]}),
    ],
)
def test_overlaps_gaps_and_impossible_sizes_are_refused_before_anything_is_allocated(
    small: Path, name: str, entry: dict[str, object]
):
    header = json.loads(header_of(small))
    with_header(small, signed(header))
    read_metadata(small)
    with_header(small, signed({**header, name: entry}))
    with pytest.raises(DamagedFile, match=r"overlap or leave gaps|its size does not match"):
        read_tensors(small)


def test_a_file_of_a_newer_version_is_read_when_it_allows_that_and_else_named_as_newer(small: Path):
    header = json.loads(header_of(small))
    header["__metadata__"] |= {"format_version": "9"}
    with_header(small, signed(header))
    assert read_metadata(small).is_newer
    header["__metadata__"] |= {"min_reader": "9"}
    with_header(small, signed(header))
    with pytest.raises(NewerFormat, match="Install the newest version"):
        read_metadata(small)


def test_a_safetensors_file_of_another_program_is_refused(tmp_path: Path):
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  '
    (tmp_path / "other.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(DamagedFile, match="not a model file of Textloom"):
        read_tensors(tmp_path / "other.safetensors")


def test_more_than_the_free_memory_is_refused_in_a_sentence(small: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tensors, "_available_memory", lambda: 10)
    with pytest.raises(BadInput, match="more than is free"):
        read_tensors(small)
    check_tensors(small)


def test_a_description_too_long_for_any_reader_is_not_written(tmp_path: Path):
    with pytest.raises(BadInput, match="smaller vocabulary"):
        write_tensors(tmp_path / "a", {}, {"vocabulary": "x" * (2**25)})
    assert not list(tmp_path.iterdir())


BOMB_READER = """
import resource, sys, time
from pathlib import Path
from engine.errors import TextloomError
from engine.library.tensors import read_tensors
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        read_tensors(path)
    except TextloomError as error:
        print(path.name, type(error).__name__)
"""
MIB = 2**20


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_AS")
def test_bombs_are_refused_in_little_time_and_memory(tmp_path: Path):
    def bomb(name: str, header: bytes, data_size: int = 0) -> None:
        path = tmp_path / name
        path.write_bytes(len(header).to_bytes(8, "little") + header)
        os.truncate(path, 8 + len(header) + data_size)

    small = tmp_path / "zz"
    write_tensors(small, SMALL, METADATA)
    good = json.loads(header_of(small))
    small.unlink()
    bomb("brackets", b"[" * (31 * MIB))
    bomb("lists", b'{"a":[' + b"[]," * (10 * MIB) + b"0]}")
    bomb("keys", b'{"a":0' + b',"a":0' * (5 * MIB) + b"}")
    bomb("string", b'{"' + b"\xf0\x9f\x98\x80" + b"a" * (31 * MIB) + b'":0}')
    inner = {**good["__metadata__"], "vocabulary": "[" + "[]," * (10 * MIB) + "0]"}
    bomb("inner", json.dumps({"__metadata__": inner}).encode())
    large = {"w": {"dtype": "U8", "shape": [2**40], "data_offsets": [0, 2**40]}}
    metadata = {**good["__metadata__"], "sha256_data": json.dumps({"w": "0" * 64})}
    bomb("large", signed({"__metadata__": metadata, **large}), 2**40)
    bomb("length", b"", 2**40)
    result = subprocess.run(
        [sys.executable, "-c", BOMB_READER, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "brackets DamagedFile",
        "inner DamagedFile",
        "keys DamagedFile",
        "large BadInput",
        "length DamagedFile",
        "lists DamagedFile",
        "string DamagedFile",
    ]
