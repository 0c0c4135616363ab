"""Texts that are there without any file."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, StorageFailed
from engine.library.library import Library
from engine.text.import_events import ImportEvent
from engine.text.importing import import_texts
from engine.text.sources import find_texts


def is_sample(title: str) -> bool:
    """Whether a sample has this title, in any case."""
    return _known_title(title) is not None


def sample_text(title: str) -> str:
    """The text of a sample, by its title in any case. Raises `BadInput` for an unknown one."""
    known = _known_title(title)
    if known is None:
        titles = ", ".join(_SAMPLES)
        raise BadInput("There is no sample text called {name}. There is: {known}.", name=title, known=titles)
    return _SAMPLES[known]()


def import_sample(
    title: str,
    library: Library,
    *,
    cleaning: CleaningConfig | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ImportEvent]:
    """Import a sample as a corpus of its title; events and errors as `import_texts`."""
    text, name = sample_text(title), _known_title(title)
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


def _known_title(title: str) -> str | None:
    return next((known for known in _SAMPLES if known.casefold() == title.casefold()), None)


def _python_manual() -> str:
    """The topics of `help()` in alphabetical order, separated by blank lines."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise BadInput("This Python came without its manual. Choose a text of your own.") from error
    return "\n".join(topics[name].strip("\n") + "\n" for name in sorted(topics))


_SAMPLES = {"Python manual": _python_manual}
