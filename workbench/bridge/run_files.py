"""What is read from the files of a run beside its description: its newest figures, and its curves as a table."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.errors import StorageFailed
from engine.event_records import event_from_record
from engine.events import StepCompleted, ValidationCompleted
from engine.library.files import storage_failed, write_text
from engine.library.json_lines import parse_line, read_lines
from engine.library.runs import RunFolder
from workbench.bridge.protocols.runs import LastFigures

_SPANS: Final = (2**16, 2**20)  # bytes from the end: reports between two validations may take many
_STEP, _VALIDATION = b'"StepCompleted"', b'"ValidationCompleted"'
_CSV_HEADERS: Final = (
    "kind", "step", "epoch", "tokens", "seconds", "loss_nats", "perplexity", "bits_per_character", "accuracy",
    "gradient_norm", "clipped_share", "learning_rate", "tokens_per_second", "memory_bytes",
)  # fmt: skip


def last_figures(metrics: Path) -> LastFigures:
    """The newest step and validation that a run reported; only the end of the file is read.

    Raises `StorageFailed` when the file cannot be read; a missing one has no figures.
    """
    step: StepCompleted | None = None
    validation: ValidationCompleted | None = None
    for span in _SPANS:
        lines, is_whole = _last_lines(metrics, span)
        step, validation = _newest(lines)
        if is_whole or (step is not None and validation is not None):
            break
    return LastFigures(
        step=max(step.step if step else 0, validation.step if validation else 0),
        seconds=max(step.seconds if step else 0.0, validation.seconds if validation else 0.0),
        remaining_seconds=step.remaining_seconds if step else None,
        loss_nats=validation.loss_nats if validation else None,
        bits_per_character=validation.bits_per_character if validation else None,
        accuracy=validation.accuracy if validation else None,
    )


def write_metrics_table(folder: RunFolder, path: Path) -> None:
    """Write the reports and validations of a run as a CSV file. Raises `DamagedFile` or `StorageFailed`."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_CSV_HEADERS)
    table.writerows(_rows(folder))
    write_text(path, text.getvalue())


def _rows(folder: RunFolder) -> Iterator[list[object]]:
    for record in read_lines(folder.metrics_path).values:
        event = event_from_record(record)
        if isinstance(event, StepCompleted | ValidationCompleted):
            kind = "training" if isinstance(event, StepCompleted) else "validation"
            yield [kind, *(_cell(getattr(event, name, None)) for name in _CSV_HEADERS[1:])]


def _cell(value: Any) -> object:
    return "" if value is None else value


def _newest(lines: list[bytes]) -> tuple[StepCompleted | None, ValidationCompleted | None]:
    step: StepCompleted | None = None
    validation: ValidationCompleted | None = None
    for line in reversed(lines):
        wanted = (_STEP in line and step is None) or (_VALIDATION in line and validation is None)
        record = parse_line(line) if wanted else None
        event = event_from_record(record) if record is not None else None
        if isinstance(event, StepCompleted):
            step = step or event
        elif isinstance(event, ValidationCompleted):
            validation = validation or event
        if step is not None and validation is not None:
            break
    return step, validation


def _last_lines(path: Path, span: int) -> tuple[list[bytes], bool]:
    """The last whole lines of a file, and whether they are all of them."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = max(0, size - span)
            file.seek(start)
            lines = file.read(span).split(b"\n")[:-1]
    except FileNotFoundError:
        return [], True
    except OSError as error:
        failed: StorageFailed = storage_failed(error, path)
        raise failed from error
    return lines[1:] if start else lines, start == 0
