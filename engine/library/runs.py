"""The folder of one run: its description, what it measured and wrote, and the checkpoints it can go on from."""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from engine.errors import DamagedFile, Message, StorageFailed, message
from engine.library.entries import read_info, write_info
from engine.library.files import make_folder, read_json_object, read_text, write_json, write_text
from engine.library.labels import LABEL_NAME, Label, read_label, write_label
from engine.library.locks import folder_lock
from engine.library.tensors import (
    Expected,
    RawTensor,
    TensorFile,
    check_tensors,
    read_metadata,
    read_tensors,
    write_tensors,
)

RUN_DESCRIPTION: Final = "run.json"
_NUM_KEPT_CHECKPOINTS: Final = 3
_NUM_KEPT_MILESTONES: Final = 12
MAX_MILESTONES_BYTES: Final = 500_000_000
MAX_TOKENIZER_BYTES: Final = 128 * 2**20

Pointer = Literal["latest", "best"]
POINTERS: Final[tuple[Pointer, ...]] = ("latest", "best")

_CHECKPOINT_NAME = re.compile(r"(0|[1-9][0-9]{0,14})\.safetensors")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read. `problems` tells of newer ones that were damaged and left out."""

    step: int
    path: Path
    metadata: dict[str, object]
    tensors: dict[str, RawTensor]
    problems: tuple[Message, ...] = ()


class RunFolder:
    """Paths of a run, and the operations on its checkpoints. Whoever writes anything but its label holds `lock()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        self.info_path = path / RUN_DESCRIPTION
        self.label_path = path / LABEL_NAME
        self.tokenizer_path = path / "tokenizer.json"
        self.metrics_path = path / "metrics.jsonl"
        self.samples_path = path / "samples.jsonl"
        self.checkpoints_path = path / "checkpoints"
        self.milestones_path = path / "milestones"

    def lock(self) -> AbstractContextManager[None]:
        """Hold the run for writing. Raises `StorageFailed` when it is in use."""
        return folder_lock(self.path)

    def read_info(self) -> dict[str, object]:
        """The content of run.json. Raises `DamagedFile`, `NewerFormat` or `StorageFailed`."""
        return read_info(self.info_path)

    def write_info(self, info: Mapping[str, object]) -> None:
        """Replace run.json. Raises `StorageFailed`, or `NewerFormat` when a newer version wrote the present one."""
        write_info(self.info_path, info)

    def read_label(self) -> Label:
        """What the person says about it; empty when there is nothing or it is damaged."""
        return read_label(self.path)

    def write_label(self, label: Label) -> None:
        """Replace what the person says about it, whoever holds the lock.

        Raises `BadInput` for what is too long, `NewerFormat` or `StorageFailed`.
        """
        write_label(self.path, label)

    def read_tokenizer(self) -> dict[str, object]:
        """The description of the run's tokenizer, vocabulary included. Raises `DamagedFile` or `StorageFailed`."""
        return read_json_object(self.tokenizer_path, max_bytes=MAX_TOKENIZER_BYTES)

    def write_tokenizer(self, description: Mapping[str, object]) -> None:
        """Keep the tokenizer with the run, which then needs its corpus for training only. Raises `StorageFailed`."""
        write_json(self.tokenizer_path, description, indent=None)

    def checkpoint_path(self, step: int) -> Path:
        """Where the checkpoint of a step lies, or would lie."""
        return self.checkpoints_path / f"{step}.safetensors"

    def milestone_path(self, step: int) -> Path:
        """Where the milestone of a step lies, or would lie."""
        return self.milestones_path / f"{step}.safetensors"

    def checkpoint_steps(self) -> list[int]:
        """The steps with a checkpoint, ascending; empty before the first one."""
        return _steps(self.checkpoints_path)

    def milestone_steps(self) -> list[int]:
        """The steps with a milestone, ascending."""
        return _steps(self.milestones_path)

    def pointed_step(self, pointer: Pointer) -> int | None:
        """The step that `latest` or `best` names; None when it names nothing that is there."""
        with contextlib.suppress(DamagedFile):
            step = _step(read_text(self.path / pointer, max_bytes=100).strip())
            if step is not None and self.checkpoint_path(step).is_file():
                return step
        return None

    def point(self, pointer: Pointer, step: int) -> None:
        """Let `latest` or `best` name the checkpoint of a step."""
        write_text(self.path / pointer, f"{self.checkpoint_path(step).name}\n")

    def write_checkpoint(
        self, step: int, tensors: Mapping[str, RawTensor], metadata: Mapping[str, object], *, is_best: bool = False
    ) -> Path:
        """Write a checkpoint, read it back, let `latest` (and `best`) name it, then remove those no longer needed.

        The last three and the best stay. Raises `StorageFailed`; whatever was there before can be read then.
        """
        path = self.checkpoint_path(step)
        _write_checked(path, tensors, metadata)
        self.point("latest", step)
        if is_best:
            self.point("best", step)
        steps = self.checkpoint_steps()
        kept = {*[other for other in steps if other <= step][-_NUM_KEPT_CHECKPOINTS:], self.pointed_step("best")}
        for other in set(steps) - kept:
            _remove(self.checkpoint_path(other))
        return path

    def write_milestone(self, step: int, tensors: Mapping[str, RawTensor], metadata: Mapping[str, object]) -> bool:
        """Keep the weights of a step for good; whether it was done.

        At most 12 and 500 MB in all: the earliest make room, but never the very first one, from which a run is looked
        at from its beginning. What would not fit beside that is not kept.
        """
        steps = self.milestone_steps()
        first = steps[0] if steps and steps[0] < step else None
        room = MAX_MILESTONES_BYTES - (_num_bytes(self.milestone_path(first)) if first is not None else 0)
        if sum(memoryview(tensor.data).nbytes for tensor in tensors.values()) > room:
            return False
        _write_checked(self.milestone_path(step), tensors, metadata)
        num_kept = 1 if first is not None else 0
        for other in reversed(self.milestone_steps()):
            room -= _num_bytes(self.milestone_path(other)) if other != first else 0
            num_kept += other != first
            if other not in (step, first) and (num_kept > _NUM_KEPT_MILESTONES or room < 0):
                _remove(self.milestone_path(other))
        return True

    def read_checkpoint(
        self,
        pointer: Pointer = "latest",
        expected: Callable[[TensorFile], Expected | None] | None = None,
        *,
        prefix: str = "",
    ) -> Checkpoint | None:
        """The latest or best checkpoint, or, when it is damaged, the one before it; None when the run has none.

        `expected` sees a checkpoint's header before its data are read: it returns the names, dtypes and shapes that
        follow from the metadata, or raises `DamagedFile` itself. See `read_tensors` for it and `prefix`.
        Raises `DamagedFile` when none can be read, `NewerFormat`, or `BadInput` when the memory does not suffice.
        """
        problems: list[Message] = []
        for step in self._candidates(pointer):
            path = self.checkpoint_path(step)
            try:
                header = read_metadata(path)
                shapes = expected(header) if expected is not None else None
                tensors = read_tensors(path, shapes, prefix=prefix)
            except (DamagedFile, StorageFailed) as error:
                problems.append(error.message)
                continue
            if problems:
                problems.append(
                    message("The checkpoint of step {step} of {run} is used instead.", step=step, run=self.id)
                )
            return Checkpoint(step, path, header.metadata, tensors, tuple(problems))
        if not problems:
            return None
        raise DamagedFile(
            "None of the {count} checkpoints of the run {run} can be read. The first says: {reason}",
            count=len(problems),
            run=self.id,
            reason=problems[0].text,
        )

    def read_step(
        self, step: int, expected: Callable[[TensorFile], Expected | None] | None = None, *, prefix: str = ""
    ) -> Checkpoint | None:
        """The milestone of a step, or its checkpoint; None when nothing was kept of it.

        See `read_checkpoint` for the arguments. Raises `DamagedFile`, `NewerFormat`, `StorageFailed`, or `BadInput`
        when the memory does not suffice.
        """
        for path in (self.milestone_path(step), self.checkpoint_path(step)):
            if path.is_file():
                header = read_metadata(path)
                shapes = expected(header) if expected is not None else None
                return Checkpoint(step, path, header.metadata, read_tensors(path, shapes, prefix=prefix))
        return None

    def _candidates(self, pointer: Pointer) -> Iterator[int]:
        """The pointed step first, then earlier ones from the newest on, then later ones that nothing points to."""
        steps = self.checkpoint_steps()
        first = self.pointed_step(pointer)
        if first is None:
            first = self.pointed_step("latest")
        if first is None:
            yield from reversed(steps)
            return
        yield from (step for step in reversed(steps) if step <= first)
        yield from (step for step in reversed(steps) if step > first)


def is_milestone(step: int) -> bool:
    """Whether a step is one of the doubling numbers of steps at which weights are kept: 1, 2, 4, 8, ..."""
    return step > 0 and step & (step - 1) == 0


def _steps(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    return sorted(step for path in folder.iterdir() if (step := _step(path.name)) is not None)


def _step(name: str) -> int | None:
    match = _CHECKPOINT_NAME.fullmatch(name)
    return int(match[1]) if match else None


def _write_checked(path: Path, tensors: Mapping[str, RawTensor], metadata: Mapping[str, object]) -> None:
    make_folder(path.parent)
    write_tensors(path, tensors, metadata)
    try:
        check_tensors(path)
    except DamagedFile as error:
        _remove(path)
        raise StorageFailed(
            "The disk did not keep what was written to {path}. Check the disk.", path=str(path)
        ) from error


def _num_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # on Windows somebody may be reading it: it goes with the next one
        path.unlink()
