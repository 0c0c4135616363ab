"""One text of a corpus on its way to the disk: encoded, hashed and counted as it is written.

Counting takes about as long as all the rest and hardly holds the interpreter's lock, so a thread beside it counts one
piece while the next is read.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

from engine.library.files import BinaryWriter, atomic_writer
from engine.text.counting import Census


@contextlib.contextmanager
def part_writer(path: Path) -> Iterator["PartWriter"]:
    """Write a text of a corpus: the file appears, and its counts are final, when the block ends well."""
    with (
        atomic_writer(path) as file,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="counting") as counter,
    ):
        writer = PartWriter(path, file, counter)
        yield writer
        writer.finish()


class PartWriter:
    """One text: its file, its census and, once finished, its SHA-256."""

    def __init__(self, path: Path, file: BinaryWriter, counter: Executor) -> None:
        self.path = path
        self.census = Census()
        self.sha256 = ""
        self._digest = hashlib.sha256()
        self._file = file
        self._counter = counter
        self._counting: Future[None] | None = None
        self._end = ""
        self._is_joint_due = False

    def begin_source(self) -> None:
        """What follows comes from another file: a blank line is put in front of it."""
        self._is_joint_due = True

    def write(self, text: str) -> None:
        """Append text. Raises `StorageFailed`."""
        if not text:
            return
        if self._is_joint_due:
            self._is_joint_due = False
            if self._end:
                self._append("\n" * (2 - len(self._end) + len(self._end.rstrip("\n"))))
        self._append(text)

    def finish(self) -> None:
        """Nothing more follows."""
        self._wait()
        self.census.finish()
        self.sha256 = self._digest.hexdigest()

    def _append(self, text: str) -> None:
        if text:
            data = text.encode("utf-8")
            self._digest.update(data)
            self._file.write(data)
            self._wait()
            self._counting = self._counter.submit(self.census.feed, text, data)
            self._end = (self._end + text[-2:])[-2:]

    def _wait(self) -> None:
        if self._counting is not None:
            self._counting.result()
