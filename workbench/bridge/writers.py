"""Models that write: kept in memory as long as they are asked for, read again when they have learned more."""

import os
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.config.sampling import SamplingConfig
from engine.errors import BadInput, Message
from engine.library.library import Library
from engine.library.runs import RunFolder
from workbench.bridge.protocols.writing import ModelRead, PieceWritten, WriteRequest, WritingEvent, Written

if TYPE_CHECKING:
    from engine.sampling.generate import ReadPrompt, Writer

MOST_WRITERS = 3
PIECE_SECONDS = 0.025  # what is written in so long reaches the window as one piece
# Tokens that so many words take at the most: writing ends there where no word ends.
TOKENS_PER_WORD = {"char": 12, "byte": 24, "word": 4}
SPARE_TOKENS = 60

Stamp = tuple[int, ...]
Writing = Generator[WritingEvent, None, Written]


class Writers:
    """The models that wrote last. May be used from any thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[Stamp, Writer, str]] = {}

    def write(self, request: WriteRequest, is_cancelled: Callable[[], bool]) -> Writing:
        """Read the model and the prompt, then write; candidates side by side. Raises TextloomError."""
        writer, kind, notes = self._writer(request)
        prompt = writer.read_prompt(request.prompt, is_cancelled)
        seeds = _seeds(request)
        yield ModelRead(seeds=seeds, replaced=prompt.replaced, notes=notes)
        length = request.num_words * TOKENS_PER_WORD.get(kind, 12) + SPARE_TOKENS
        settings = SamplingConfig(
            prompt=request.prompt, length=length, temperature=request.temperature, stop=request.stop
        )
        streams = [
            _Stream(writer, prompt, replace(settings, seed=seed), request.num_words, is_cancelled) for seed in seeds
        ]
        return (yield from _written(streams))

    def _writer(self, request: WriteRequest) -> "tuple[Writer, str, tuple[Message, ...]]":
        key = (request.run, request.file)
        with self._lock:
            stamp = self._stamp(request)
            known = self._known.pop(key, None)
            notes: tuple[Message, ...] = ()
            if known is None or known[0] != stamp:
                writer, kind, notes = self._read(request)
                known = stamp, writer, kind
            self._known[key] = known
            while len(self._known) > MOST_WRITERS:
                del self._known[next(iter(self._known))]
            return known[1], known[2], notes

    def _stamp(self, request: WriteRequest) -> Stamp:
        """Changes when the model does. Raises BadInput when there is none."""
        if request.file:
            stamp = _file_stamp(Path(request.file))
            if stamp is None:
                raise BadInput("{path} is no longer there. Choose another model.", path=request.file)
            return stamp
        folder = self._library.run(request.run)
        if not folder.path.is_dir():
            raise BadInput("The run of this model is no longer there. Choose another model.")
        step = folder.pointed_step("best")
        step = folder.pointed_step("latest") if step is None else step
        if step is None and not folder.checkpoint_steps():
            raise BadInput(
                "This model has saved nothing yet. Let it train for a moment longer, or choose another model."
            )
        return _run_stamp(folder, step)

    def _read(self, request: WriteRequest) -> "tuple[Writer, str, tuple[Message, ...]]":
        from engine.models.model_file import read_model
        from engine.models.run_model import read_run_model
        from engine.sampling.generate import Writer

        notes: tuple[Message, ...] = ()
        if request.file:
            model = read_model(Path(request.file))
        else:
            model, notes = read_run_model(self._library.run(request.run))
        return Writer.from_model(model), model.tokenizer.kind, notes


class WordLimit:
    """Lets text through until so many words have ended, and then no more."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._is_in_word = False

    @property
    def is_reached(self) -> bool:
        """Whether the last word has ended."""
        return self._left <= 0

    def feed(self, text: str) -> str:
        """As much of the text as is wished."""
        for place, sign in enumerate(text):
            if not sign.isspace():
                self._is_in_word = True
            elif self._is_in_word:
                self._is_in_word = False
                self._left -= 1
                if self.is_reached:
                    return text[:place]
        return text


class _Stream:
    """One candidate on its way: what was written, and what of it was not yet told."""

    def __init__(
        self,
        writer: "Writer",
        prompt: "ReadPrompt",
        settings: SamplingConfig,
        num_words: int,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self.limit = WordLimit(num_words)
        self.text = ""
        self.untold = ""
        self.is_over = False
        self._pieces = writer.write(settings, prompt=prompt, is_cancelled=is_cancelled)

    def advance(self) -> None:
        """Write the next piece."""
        piece = next(self._pieces, None)
        shown = "" if piece is None else self.limit.feed(piece)
        self.text += shown
        self.untold += shown
        if piece is None or self.limit.is_reached:
            self._pieces.close()
            self.is_over = True

    def take(self) -> str:
        """What was not yet told."""
        untold, self.untold = self.untold, ""
        return untold


def _seeds(request: WriteRequest) -> tuple[int, ...]:
    from engine.sampling.choice import derived_seed

    return tuple(derived_seed(request.seed, index) for index in range(request.count))


def _written(streams: list[_Stream]) -> Writing:
    told = time.perf_counter()
    while any(not stream.is_over for stream in streams):
        for stream in streams:
            if not stream.is_over:
                stream.advance()
        if time.perf_counter() - told >= PIECE_SECONDS:
            yield from _untold(streams)
            told = time.perf_counter()
    yield from _untold(streams)
    return Written(texts=tuple(stream.text for stream in streams))


def _untold(streams: list[_Stream]) -> Generator[WritingEvent, None, None]:
    for index, stream in enumerate(streams):
        if stream.untold:
            yield PieceWritten(text=stream.take(), index=index)


def _run_stamp(folder: RunFolder, step: int | None) -> Stamp:
    if step is None:
        return (-1,)
    return (step, *(_file_stamp(folder.checkpoint_path(step)) or ()))


def _file_stamp(path: Path) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)
