"""Tensors and their description in one safetensors file: checkpoints and exported models.

The format is that of safetensors (github.com/huggingface/safetensors: 8 bytes with the length of a JSON header,
the header, the data without gaps), written and read here without copying the data. The values of its
`__metadata__` are JSON texts; among them stand the SHA-256 of every tensor's data (`sha256_data`) and of the header
itself, taken with this digest's own place filled with zeros (`sha256_header`).

Nothing is allocated for data before everything the header says has been checked, and no value is looked at here:
bounds and finiteness are the business of whoever knows what the tensors mean.
"""

import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

from engine.errors import BadInput, DamagedFile
from engine.library.files import Bytes, atomic_writer, open_regular, read_into
from engine.library.strict_json import NotStrictJson, format_json, parse_json
from engine.library.versions import VERSION_FIELDS, is_newer_but_readable

_FORMAT_NAME: Final = "textloom"
_MAX_HEADER_BYTES: Final = 32 * 2**20
_MAX_TENSORS: Final = 100_000
_MAX_NAME_LENGTH: Final = 500
_MAX_DIMENSIONS: Final = 8
DTYPE_SIZES: Final[Mapping[str, int]] = {
    **{"BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2},
    **{"U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8},
}

Expected = Mapping[str, tuple[str, tuple[int, ...]]]
"""Names, dtypes and shapes that a caller computed from a configuration."""

_METADATA = "__metadata__"
_RESERVED = frozenset({"format", "sha256_data", "sha256_header", *VERSION_FIELDS})
_NO_DIGEST = "0" * 64
_CHUNK_BYTES = 2**22


@dataclass(frozen=True)
class RawTensor:
    """The little-endian bytes of a tensor, `dtype` named as in safetensors: "F32", "BF16", "I64", "U8", ...

    What was read has data of its own that may be written to (`torch.frombuffer` takes it without a copy).
    """

    dtype: str
    shape: tuple[int, ...]
    data: Bytes


@dataclass(frozen=True)
class TensorSpec:
    """What the header says about one tensor: its data lie in `start` to `stop` (bytes) behind the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int
    sha256: str


@dataclass(frozen=True)
class TensorFile:
    """The validated header of a file. `metadata` is what `write_tensors` was given."""

    metadata: dict[str, object]
    tensors: dict[str, TensorSpec]
    data_start: int
    size: int
    is_newer: bool  # written by a newer version that this one can still read


def write_tensors(path: Path, tensors: Mapping[str, RawTensor], metadata: Mapping[str, object]) -> None:
    """Write `path` atomically. `metadata` maps names to JSON values and comes back from `read_metadata`.

    Raises `StorageFailed`, `BadInput` for metadata of more than 32 MB, and `ValueError` for what is not a tensor file:
    a dtype that is not known, a shape that its bytes do not fill, a name of the format itself.
    """
    header, names = _format_header(tensors, metadata)
    with atomic_writer(path) as writer:
        writer.write(len(header).to_bytes(8, "little"))
        writer.write(header)
        for name in names:
            writer.write(_flat(tensors[name].data))


def read_metadata(path: Path) -> TensorFile:
    """The header of a file, all of it checked, none of the data read.

    Raises `DamagedFile` (also for a file of another program), `NewerFormat` or `StorageFailed`.
    """
    with open_regular(path) as file:
        return _read_header(file, path)


def read_tensors(path: Path, expected: Expected | None = None, *, prefix: str = "") -> dict[str, RawTensor]:
    """The tensors whose names begin with `prefix`, names whole, in the order of the file.

    With `expected` their names, dtypes and shapes must be exactly these. The file is read plainly (no memory map),
    every tensor against its checksum. Raises as `read_metadata`, and `BadInput` when the memory does not suffice.
    """
    with open_regular(path) as file:
        header = _read_header(file, path)
        chosen = {name: spec for name, spec in header.tensors.items() if name.startswith(prefix)}
        if expected is not None:
            _check_expected(path, chosen, expected)
        _check_memory(path, sum(spec.stop - spec.start for spec in chosen.values()))
        with _memory_errors(path):
            return {name: _read_tensor(file, path, header, name) for name in chosen}


def check_tensors(path: Path) -> TensorFile:
    """Check a whole file, checksums included, in 4 MB of memory. Raises as `read_metadata`."""
    with open_regular(path) as file:
        header = _read_header(file, path)
        buffer = memoryview(bytearray(_CHUNK_BYTES))
        for name, spec in header.tensors.items():
            digest = hashlib.sha256()
            file.seek(header.data_start + spec.start)
            for position in range(spec.start, spec.stop, _CHUNK_BYTES):
                chunk = buffer[: min(_CHUNK_BYTES, spec.stop - position)]
                digest.update(chunk[: read_into(file, chunk, path)])
            _check_digest(path, name, spec, digest.hexdigest())
        return header


def _format_header(tensors: Mapping[str, RawTensor], metadata: Mapping[str, object]) -> tuple[bytes, list[str]]:
    if not _RESERVED.isdisjoint(metadata) or _METADATA in tensors:
        raise ValueError(f"reserved names: {sorted(_RESERVED & set(metadata))}")
    names = sorted(tensors, key=lambda name: (-DTYPE_SIZES[tensors[name].dtype], name))  # keeps all data aligned
    header: dict[str, object] = {}
    digests: dict[str, str] = {}
    start = 0
    for name in names:
        tensor, data = tensors[name], _flat(tensors[name].data)
        if data.nbytes != math.prod(tensor.shape) * DTYPE_SIZES[tensor.dtype]:
            raise ValueError(f"{name}: {data.nbytes} bytes do not fill {tensor.dtype} {tensor.shape}")
        digests[name] = hashlib.sha256(data).hexdigest()
        header[name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [start, start + data.nbytes],
        }
        start += data.nbytes
    entries = {"format": _FORMAT_NAME, **VERSION_FIELDS, **metadata, "sha256_data": digests}
    texts = {name: format_json(value) for name, value in entries.items()}
    texts["sha256_header"] = format_json(_NO_DIGEST)
    encoded = format_json({_METADATA: texts, **header}).encode("utf-8")
    encoded += b" " * (-len(encoded) % 8)
    if len(encoded) > _MAX_HEADER_BYTES:
        raise BadInput(
            "The description of a model has {size} bytes, more than the {bound} that its file can hold. "
            "Use a smaller vocabulary.",
            size=len(encoded),
            bound=_MAX_HEADER_BYTES,
        )
    digest = hashlib.sha256(encoded).hexdigest()
    return encoded.replace(_digest_entry(_NO_DIGEST), _digest_entry(digest)), names


def _flat(data: Bytes) -> memoryview:
    view = memoryview(data)
    return view.cast("B") if view.nbytes else memoryview(b"")  # an empty view cannot be cast


def _digest_entry(digest: str) -> bytes:
    return b'"sha256_header": "\\"%b\\""' % digest.encode("ascii")


def _read_header(file: FileIO, path: Path) -> TensorFile:
    size = os.fstat(file.fileno()).st_size
    prefix = bytearray(8)
    if read_into(file, memoryview(prefix), path) < 8:
        raise _foreign(path)
    header_size = int.from_bytes(prefix, "little")
    if not 2 <= header_size <= min(_MAX_HEADER_BYTES, size - 8):
        raise _foreign(path)
    encoded = bytearray(header_size)
    if read_into(file, memoryview(encoded), path) < header_size:
        raise _damaged(path, "it is too short")
    header = _parsed(path, encoded)
    if not isinstance(header, dict):
        raise _damaged(path, "its header is no JSON object")
    entries = _entries(path, header.pop(_METADATA, None))
    is_newer = is_newer_but_readable(entries, path)
    _check_header_digest(path, bytes(encoded), entries.pop("sha256_header", None))
    specs = _specs(path, header, entries.pop("sha256_data", None), size - 8 - header_size)
    metadata = {name: value for name, value in entries.items() if name not in _RESERVED}
    return TensorFile(metadata, specs, 8 + header_size, size, is_newer)


def _entries(path: Path, metadata: object) -> dict[str, object]:
    if not isinstance(metadata, dict) or metadata.get("format") != format_json(_FORMAT_NAME):
        raise _foreign(path)
    if not all(isinstance(text, str) for text in metadata.values()):
        raise _damaged(path, "its metadata are not texts")
    return {name: _parsed(path, text) for name, text in metadata.items()}


def _check_header_digest(path: Path, encoded: bytes, digest: object) -> None:
    if isinstance(digest, str) and len(digest) == 64 and digest.isascii():
        blank = encoded.replace(_digest_entry(digest), _digest_entry(_NO_DIGEST))
        if hashlib.sha256(blank).hexdigest() == digest:
            return
    raise _damaged(path, "its header does not match its checksum")


def _specs(path: Path, header: dict[str, object], digests: object, data_size: int) -> dict[str, TensorSpec]:
    if not isinstance(digests, dict) or digests.keys() != header.keys() or len(header) > _MAX_TENSORS:
        raise _damaged(path, "its list of tensors does not match its checksums")
    specs = {name: _spec(path, name, entry, digests[name]) for name, entry in header.items()}
    position = 0
    for spec in sorted(specs.values(), key=lambda spec: (spec.start, spec.stop)):
        if spec.start != position:
            raise _damaged(path, "its tensors overlap or leave gaps")
        position = spec.stop
    if position != data_size:
        raise _damaged(path, "its size does not match its tensors")
    return specs


def _spec(path: Path, name: str, entry: object, digest: object) -> TensorSpec:
    if (
        not isinstance(entry, dict)
        or entry.keys() != {"dtype", "shape", "data_offsets"}
        or len(name) > _MAX_NAME_LENGTH
    ):
        raise _damaged(path, "it describes a tensor wrongly")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPE_SIZES or not isinstance(digest, str):
        raise _damaged(path, "it has a tensor of an unknown kind")
    if not _is_sizes(shape, _MAX_DIMENSIONS) or not _is_sizes(offsets, 2) or len(offsets) != 2:
        raise _damaged(path, "it describes a tensor wrongly")
    start, stop = offsets
    if stop - start != math.prod(shape) * DTYPE_SIZES[dtype]:
        raise _damaged(path, "a tensor's shape does not match its size")
    return TensorSpec(dtype, tuple(shape), start, stop, digest)


def _is_sizes(value: object, max_length: int) -> bool:
    if not isinstance(value, list) or len(value) > max_length:
        return False
    return all(type(size) is int and 0 <= size < 2**62 for size in value)


def _check_expected(path: Path, chosen: Mapping[str, TensorSpec], expected: Expected) -> None:
    for name in [*(expected.keys() - chosen.keys()), *(chosen.keys() - expected.keys())]:
        reason = "is missing" if name in expected else "has no place in this model"
        raise DamagedFile(
            "{path} does not fit its own description: the tensor {name} {reason}.",
            path=str(path),
            name=name,
            reason=reason,
        )
    for name, spec in chosen.items():
        if (spec.dtype, spec.shape) != expected[name]:
            raise DamagedFile(
                "{path} does not fit its own description: the tensor {name} is {found}, not {expected}.",
                path=str(path),
                name=name,
                found=f"{spec.dtype} {list(spec.shape)}",
                expected=f"{expected[name][0]} {list(expected[name][1])}",
            )


def _read_tensor(file: FileIO, path: Path, header: TensorFile, name: str) -> RawTensor:
    spec = header.tensors[name]
    data = memoryview(bytearray(spec.stop - spec.start))
    file.seek(header.data_start + spec.start)
    if read_into(file, data, path) < len(data):
        raise _damaged(path, "it became shorter while it was read")
    _check_digest(path, name, spec, hashlib.sha256(data).hexdigest())
    return RawTensor(spec.dtype, spec.shape, data)


def _check_digest(path: Path, name: str, spec: TensorSpec, digest: str) -> None:
    if digest != spec.sha256:
        raise DamagedFile(
            "{path} is damaged: the tensor {name} does not match its checksum.", path=str(path), name=name
        )


def _check_memory(path: Path, needed: int) -> None:
    available = _available_memory()
    if available is not None and needed > available:
        raise _too_large(path, needed)


def _available_memory() -> int | None:
    """Bytes that Linux could give without swapping; None where this is not cheaply known."""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


@contextmanager
def _memory_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise _too_large(path, path.stat().st_size) from None


def _too_large(path: Path, needed: int) -> BadInput:
    return BadInput(
        "{path} needs {megabytes} MB of memory, more than is free. Close other programs and try again.",
        path=str(path),
        megabytes=math.ceil(needed / 1e6),
    )


def _parsed(path: Path, data: bytearray | str) -> object:
    try:
        return parse_json(data)
    except NotStrictJson as error:
        raise _damaged(path, f"its header is not as it was written ({error})") from None


def _foreign(path: Path) -> DamagedFile:
    return DamagedFile(
        "{path} is damaged, or not a model file of Textloom. Choose a file that Textloom has saved.", path=str(path)
    )


def _damaged(path: Path, reason: str) -> DamagedFile:
    return DamagedFile("{path} is damaged: {reason}.", path=str(path), reason=reason)
