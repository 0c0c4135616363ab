"""The commands that train: train and resume."""

import argparse
import shlex
import signal
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import Any, assert_never

import torch

from engine.cli.failures import log
from engine.cli.output import Output, duration
from engine.cli.place import LibraryPlace
from engine.cli.process import keep_freed_memory
from engine.cli.settings import split_settings
from engine.cli.texts import find_or_import
from engine.config.configuration import from_tables, merged
from engine.config.options import checked
from engine.config.recipes import Recipe, preset, read_recipe
from engine.config.training import TrainingConfig
from engine.control import RunControl
from engine.errors import Cancelled, InvalidSetting, StorageFailed, TextloomError
from engine.events import (
    CheckpointSaved,
    PlanFixed,
    PreparationProgressed,
    Rewound,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
    SampleWritten,
    SettingChanged,
    StepCompleted,
    ValidationCompleted,
    ValidationStarted,
    WarningIssued,
    as_record,
)
from engine.library.library import Library, default_path
from engine.training.run_record import RunRecord
from engine.training.runs import Durations, Request, create_run, resume_run
from engine.training.session import Session

DURATIONS = ("minutes", "epochs", "steps", "tokens")
EXIT_CODES = {"completed": 0, "stopped_early": 0, "stopped": 0, "failed": 1}


def train(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Train a model on a text of the library, or on a file that is imported on the way."""
    keep_freed_memory()
    recipe = read_recipe(arguments.config) if arguments.config else preset(arguments.preset)
    changes, cleaning = split_settings(arguments.set)
    tables = configured(recipe, changes, arguments)
    num_threads = from_tables(tables).training.num_threads
    library = place.open()
    corpus_id = find_or_import(arguments, cleaning, library, output)
    request = Request(corpus_id, tables, recipe.name, recipe.is_planned, title=arguments.name or "")
    control = RunControl()
    with _threads(num_threads):
        return _drive(create_run(library, request, control), control, library, output)


def configured(
    recipe: Recipe, changes: Mapping[str, Mapping[str, Any]], arguments: argparse.Namespace
) -> dict[str, Any]:
    """The tables of a recipe with what the command line chooses. A duration given there replaces the recipe's."""
    tables = merged(recipe.tables, {})
    chosen = {name: value for name in DURATIONS if (value := getattr(arguments, name, None)) is not None}
    if chosen:
        training = {name: value for name, value in tables.get("training", {}).items() if name not in DURATIONS}
        tables["training"] = {**training, **chosen}
    if arguments.seed is not None:
        tables = merged(tables, {"training": {"seed": arguments.seed}})
    return merged(tables, changes)


def resume(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Go on with a run; a run that is done says so unless a duration is added."""
    keep_freed_memory()
    added = _added(arguments)
    library = place.existing()
    entry = library.find("runs", arguments.run)
    record = RunRecord.from_json(library.run(entry.id).read_info())
    if record.outcome in ("completed", "stopped_early") and not added.is_given:
        output.text(f"The run {entry.title} ({record.id}) is complete. To train longer, add for example --minutes 5.")
        output.record(_complete(record))
        return 0
    control = RunControl()
    with _threads(from_tables(record.configuration).training.num_threads):
        return _drive(resume_run(library, entry.id, added, control), control, library, output)


def _added(arguments: argparse.Namespace) -> Durations:
    """What a resumed run shall train in addition. Raises InvalidSetting for what is no duration."""
    chosen = {name: value for name in DURATIONS if (value := getattr(arguments, name, None)) is not None}
    for name, value in chosen.items():
        checked(TrainingConfig, "training", name, value)
        if not value:
            raise InvalidSetting("{field} is 0, which adds nothing: give more, or leave it out.", field=f"--{name}")
    return Durations(**chosen)


@contextmanager
def _threads(wished: int) -> Iterator[None]:
    """Compute with so many processor cores, 0: as many as there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(wished or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _complete(record: RunRecord) -> dict[str, Any]:
    best = record.best
    ended = RunEnded(
        outcome="completed" if record.outcome == "completed" else "stopped_early",
        reason=record.reason,
        run=record.id,
        step=record.step,
        seconds=record.seconds,
        best_step=best.get("step"),
        best_valid_loss_nats=best.get("loss_nats"),
        best_valid_perplexity=best.get("perplexity"),
        best_valid_bits_per_character=best.get("bits_per_character"),
        best_valid_accuracy=best.get("accuracy"),
        best_test_loss_nats=best.get("test_loss_nats"),
        full_valid_loss_nats=best.get("full_loss_nats"),
        full_valid_bits_per_character=best.get("full_bits_per_character"),
    )
    return as_record(ended)


def _drive(preparing: Generator[RunEvent, None, Session], control: RunControl, library: Library, output: Output) -> int:
    """Drive a session to its end and print its events. The first Ctrl-C ends it and keeps it, a second one aborts."""
    printer = EventPrinter(output, library)
    with _interrupts(control, output):
        session = _prepared(preparing, printer, control)
        try:
            with closing(session.run()) as events:
                for event in events:
                    printer.show(event)
        except KeyboardInterrupt:
            if session.ended is not None and printer.ended is None:
                printer.show(session.ended)
            raise
    assert printer.ended is not None
    if isinstance(session.error, StorageFailed):
        return 2
    if session.error is not None and not isinstance(session.error, TextloomError):
        output.note(log(library, session.error))
    return EXIT_CODES[printer.ended.outcome]


def _prepared(preparing: Generator[RunEvent, None, Session], printer: "EventPrinter", control: RunControl) -> Session:
    """Print what preparation tells, and return its result. Raises Cancelled after Ctrl-C, before there is a run."""
    with closing(preparing):
        while True:
            try:
                printer.show(next(preparing))
            except StopIteration as end:
                session: Session = end.value
                return session
            if control.is_stopping:
                raise Cancelled


@contextmanager
def _interrupts(control: RunControl, output: Output) -> Iterator[None]:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if control.is_stopping:
            raise KeyboardInterrupt
        control.stop()
        with suppress(RuntimeError):  # in the middle of another line
            output.note("Ending the run and keeping its best state. Press Ctrl-C again to leave at once.")

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class EventPrinter:
    """Prints the events of a run, as JSON or in words. `ended` is the last one, once it came."""

    def __init__(self, output: Output, library: Library) -> None:
        self._output = output
        self._library = library
        self._total_steps: int | None = None
        self.ended: RunEnded | None = None

    def show(self, event: RunEvent) -> None:
        """Print one event."""
        self._output.record(as_record(event))
        if isinstance(event, RunEnded):
            self.ended = event
        if not self._output.is_json:
            self._tell(event)

    def _tell(self, event: RunEvent) -> None:
        output = self._output
        match event:
            case RunStarted():
                self._tell_start(event)
            case PreparationProgressed():
                output.status(f"Preparing: {event.part} {event.share:.0%}")
            case PlanFixed():
                self._total_steps = event.total_steps
                predicted = "" if event.seconds is None else f", about {duration(event.seconds)} in all"
                output.note(f"{event.total_steps:,} steps{predicted}")
            case StepCompleted():
                output.status(self._step_line(event))
            case ValidationStarted():
                output.status(f"step {event.step:,}: validating")
            case ValidationCompleted():
                best = " (best)" if event.is_best else ""
                output.note(
                    f"step {event.step:,}, {duration(event.seconds)}: validation {event.loss_nats:.3f} nats, "
                    f"perplexity {event.perplexity:.4g}, guesses {event.accuracy:.0%}{best}"
                )
            case SampleWritten():
                output.note(f"--- what it writes after {duration(event.seconds)}:\n{event.text}\n---")
            case CheckpointSaved():
                pass
            case SettingChanged():
                output.note(f"step {event.step:,}: {event.field} is now {event.new}")
            case Rewound():
                output.note(
                    f"step {event.step:,}: the training went out of control; it went back to step {event.to_step:,} "
                    "at half the learning rate"
                )
            case RunPaused() | RunResumed():
                pass
            case WarningIssued():
                output.note(f"Note: {event.message.text}")
            case RunEnded():
                self._tell_end(event)
            case _:
                assert_never(event)

    def _tell_start(self, event: RunStarted) -> None:
        if event.summary.text:
            self._output.note(event.summary)
        at = f", from step {event.step:,}" if event.step else ""
        self._output.note(
            f"Run {event.run}: {event.num_parameters:,} parameters, {event.num_train_tokens:,} training tokens, "
            f"{event.device}, {event.precision}, {event.num_threads} threads{at}"
        )

    def _step_line(self, event: StepCompleted) -> str:
        total = f" of {self._total_steps:,}" if self._total_steps else ""
        left = "" if event.remaining_seconds is None else f", {duration(event.remaining_seconds)} left"
        return (
            f"step {event.step:,}{total}: loss {event.loss_nats:.3f}, gradient {event.gradient_norm:.2g}, "
            f"{event.tokens_per_second:,.0f} tokens/s{left}"
        )

    def _tell_end(self, event: RunEnded) -> None:
        self._output.note(event.reason)
        if event.best_valid_loss_nats is not None and event.best_valid_accuracy is not None:
            bits = event.best_valid_bits_per_character
            written = "" if bits is None else f", {bits:.3f} bits per character"
            self._output.note(
                f"Best at step {event.best_step:,}: {event.best_valid_loss_nats:.4f} nats per token{written}; "
                f"guesses {event.best_valid_accuracy:.0%} of the next tokens."
            )
        if event.best_test_loss_nats is not None:
            self._output.note(f"On the test text: {event.best_test_loss_nats:.4f} nats per token.")
        advice = []
        if event.best_valid_loss_nats is not None:
            advice.append(f"To write with it: {self._command('sample', event.run)}")
        if event.outcome == "stopped":
            advice.append(f"To go on with it: {self._command('resume', event.run)}")
        self._output.text("\n".join([f"Run {event.run}.", *advice]))

    def _command(self, command: str, run: str) -> str:
        """A command line that works as it stands."""
        is_elsewhere = self._library.path != default_path()
        library = f" --library {shlex.quote(str(self._library.path))}" if is_elsewhere else ""
        return f"textloom {command} {run}{library}"
