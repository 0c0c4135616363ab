"""Imports the texts that are there without any file."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from engine.config.corpus import CleaningConfig
from engine.errors import StorageFailed
from engine.import_events import ImportEvent
from engine.library.library import Library
from engine.text.importing import import_texts
from engine.text.sample_titles import known_title, sample_text
from engine.text.sources import find_texts


def import_sample(
    title: str,
    library: Library,
    *,
    cleaning: CleaningConfig | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ImportEvent]:
    """Import a sample as a corpus of its title; events and errors as `import_texts`."""
    text, name = sample_text(title), known_title(title)
    with ExitStack() as stack:
        try:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))) / f"{name}.txt"
            path.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise StorageFailed(
                "{name} could not be written to the folder for temporary files: {reason}. Make room there.",
                name=str(name), reason=error.strerror or str(error),
            ) from error  # fmt: skip
        yield from import_texts(find_texts([path]), library, name=name, cleaning=cleaning, is_cancelled=is_cancelled)
