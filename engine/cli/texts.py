"""The command import, and what other commands need of texts."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self, assert_never

from engine.cli.output import Output, duration
from engine.cli.place import LibraryPlace
from engine.cli.settings import split_settings
from engine.config.configuration import SECTIONS
from engine.config.corpus import CleaningConfig
from engine.config.options import build, options_of, unknown_name
from engine.errors import BadInput
from engine.events import as_record
from engine.import_events import CorpusImported, ImportEvent, ImportProgressed, Problem, ProblemFound
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.reading import read_text_file
from engine.text.sample_titles import is_sample
from engine.text.samples import import_sample
from engine.text.sources import FoundTexts, find_texts, shown

STANDARD_INPUT = Path("-")
LARGEST_INPUT_BYTES = 50_000_000


def import_command(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Read texts into the library and report on them."""
    changes, cleaning = split_settings(arguments.set)
    for section, table in changes.items():
        known = [f"corpus.{name}" for name in options_of(CleaningConfig)]
        raise unknown_name(f"{section}.{next(iter(table))}", known if section in SECTIONS else SECTIONS)
    for imported in _import(arguments.paths, arguments, cleaning, place.open(), output):
        output.record(as_record(imported))
        output.text(describe(imported))
    return 0


def find_or_import(arguments: argparse.Namespace, cleaning: Mapping[str, Any], library: Library, output: Output) -> str:
    """The id of a corpus given by path, id or name; a path is imported on the way.

    Raises BadInput, also if cleaning is chosen for a text that was imported before.
    """
    name: str = arguments.corpus
    if os.path.lexists(name) or is_sample(name):
        *_, imported = _import([name], arguments, cleaning, library, output)
        return imported.corpus
    if Path(name).name != name:
        raise BadInput("{name} does not exist. Check the name, or whether the file was moved.", name=shown(name))
    if cleaning or arguments.valid or arguments.test or arguments.encoding:
        raise BadInput(
            "{name} is not a file, and a text of the library does not change any more: "
            "import the file again to clean or split it in another way.",
            name=name,
        )
    try:
        return library.find("corpora", name).id
    except BadInput as error:
        if Path(name).suffix:
            raise BadInput("{reason} There is no file of this name either.", reason=str(error)) from error
        raise


def _import(
    paths: Sequence[str],
    arguments: argparse.Namespace,
    cleaning: Mapping[str, Any],
    library: Library,
    output: Output,
) -> Iterator[CorpusImported]:
    chosen = build(CleaningConfig, "corpus", cleaning)
    problems = _Problems(output, as_records=arguments.command == "import")
    with _cancelling(output) as is_cancelled, problems:
        for event in _events(paths, arguments, chosen, library, is_cancelled):
            match event:
                case ImportProgressed():
                    problems.tell()
                    output.status(_progress_line(event))
                case ProblemFound():
                    problems.held.append(event.problem)
                case CorpusImported():
                    problems.tell()
                    output.clear_status()
                    yield event
                case _:
                    assert_never(event)


class _Problems:
    """Tells of problems when the import goes on after them. One that ends it is told as its end, not twice."""

    def __init__(self, output: Output, *, as_records: bool) -> None:
        self.held: list[Problem] = []
        self._output = output
        self._as_records = as_records

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, BadInput) or [problem.reason.text for problem in self.held] != [str(error)]:
            self.tell()

    def tell(self) -> None:
        """Tell of those that were held back."""
        for problem in self.held:
            _tell_problem(problem, self._output, as_record=self._as_records)
        self.held.clear()


def _events(
    paths: Sequence[str],
    arguments: argparse.Namespace,
    cleaning: CleaningConfig,
    library: Library,
    is_cancelled: Callable[[], bool],
) -> Iterator[ImportEvent]:
    is_import = arguments.command == "import"
    name = arguments.name if is_import else None
    if len(paths) == 1 and is_sample(paths[0]) and not os.path.lexists(paths[0]):
        options = {"--encoding": arguments.encoding, "--valid": arguments.valid, "--test": arguments.test}
        for option, value in {**options, "--name": name}.items():
            if value is not None:
                raise BadInput("{name} comes with Textloom and takes no {option}.", name=paths[0], option=option)
        return import_sample(paths[0], library, cleaning=cleaning, is_cancelled=is_cancelled)
    return import_texts(
        find_texts(paths),
        library,
        name=name,
        cleaning=cleaning,
        encoding=arguments.encoding,
        valid=_found(arguments.valid),
        test=_found(arguments.test),
        one_each=is_import and arguments.one_each,
        is_cancelled=is_cancelled,
    )


def _found(path: Path | None) -> FoundTexts | None:
    return None if path is None else find_texts([path])


@contextlib.contextmanager
def _cancelling(output: Output) -> Iterator[Callable[[], bool]]:
    """While a text is imported Ctrl-C cancels; yields whether it was pressed."""
    pressed = False

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        with contextlib.suppress(RuntimeError):  # in the middle of another line
            output.note("Cancelling.")

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _progress_line(event: ImportProgressed) -> str:
    left = "" if event.remaining_seconds is None else f", {duration(event.remaining_seconds)} left"
    return f"{event.stage.capitalize()}: {event.done_bytes / max(event.total_bytes, 1):.0%}{left}"


def _tell_problem(problem: Problem, output: Output, *, as_record: bool) -> None:
    if as_record:
        output.record({"event": "ProblemFound", "name": problem.name, "reason": problem.reason.text})
    output.note(f"{'Left out' if problem.is_refused else 'Note'}: {problem.reason.text}")


def describe(imported: CorpusImported) -> str:
    """The report of a corpus in words."""
    report = imported.report
    counts = report["counts"]
    at_least = "at least " if counts["has_more_word_kinds"] else ""
    lines = [
        f"{imported.title} ({imported.corpus}){'' if imported.is_new else ': imported before'}",
        f"  {counts['bytes']:,} bytes, {counts['characters']:,} characters of {counts['character_kinds']:,} kinds "
        f"({report['num_rare_characters']:,} rare), {counts['words']:,} words of {at_least}{counts['word_kinds']:,} "
        f"kinds, {counts['lines']:,} lines",
    ]
    lines += [_change_line(change) for change in report["changes"]] or ["  Nothing changed."]
    references = report["references"]
    if references:
        values = ", ".join(f"{v['name']} {v['bits_per_character']:.3f}" for v in references["values"])
        lines.append(f"  Bits per character of simple models on the validation part: {values}")
    leakage = report["leakage"]
    if leakage:
        lines.append(f"  {leakage['share']:.2%} of the validation passages also stand in the training part.")
    return "\n".join(lines)


def _change_line(change: Mapping[str, Any]) -> str:
    first = change["first"]
    return (
        f"  Changed: {change['kind']}, {change['count']:,} times, first in line {first['line']:,} of {first['source']}"
    )


def read_plain(path: Path, output: Output) -> str:
    """The whole text of one file of any kind that can be imported, or of standard input (UTF-8); nothing cleaned.

    Raises BadInput.
    """
    if path == STANDARD_INPUT:
        return _standard_input()
    text, problems = read_text_file(path)
    for problem in problems:
        _tell_problem(problem, output, as_record=False)
    return text


def _standard_input() -> str:
    content = sys.stdin.buffer.read(LARGEST_INPUT_BYTES + 1)
    if len(content) > LARGEST_INPUT_BYTES:
        raise BadInput("{name} is larger than 50 MB. Give a part of it.", name="Standard input")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("Standard input is not UTF-8 at byte {place}. Convert it first.", place=error.start) from error
