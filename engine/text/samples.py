"""Texts that are there without any file."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput
from engine.library.library import Library
from engine.text.import_events import ImportEvent
from engine.text.importing import import_texts
from engine.text.sources import find_texts


@dataclass(frozen=True, kw_only=True)
class SampleText:
    """A built-in text: its title, one sentence on what it is, and the function that gives it."""

    title: str
    description: str
    read: Callable[[], str]


def sample_text(title: str) -> str:
    """The text of a sample, by its title in any case. Raises `BadInput` for an unknown one."""
    return _sample(title).read()


def import_sample(
    title: str,
    library: Library,
    *,
    cleaning: CleaningConfig | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ImportEvent]:
    """Import a sample as a corpus of its title; events and errors as `import_texts`."""
    sample = _sample(title)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{sample.title}.txt"
        path.write_text(sample.read(), encoding="utf-8", newline="")
        yield from import_texts(
            find_texts([path]), library, name=sample.title, cleaning=cleaning, is_cancelled=is_cancelled
        )


def is_sample(title: str) -> bool:
    """Whether a sample has this title, in any case."""
    return _sample_or_none(title) is not None


def _sample(title: str) -> SampleText:
    sample = _sample_or_none(title)
    if sample is None:
        known = ", ".join(SAMPLES)
        raise BadInput("There is no sample text called {name}. There is: {known}.", name=title, known=known)
    return sample


def _sample_or_none(title: str) -> SampleText | None:
    return next((sample for name, sample in SAMPLES.items() if name.casefold() == title.casefold()), None)


def _python_manual() -> str:
    """The topics of `help()` in alphabetical order, separated by blank lines."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise BadInput("This Python came without its manual. Choose a text of your own.") from error
    return "\n".join(topics[name].strip("\n") + "\n" for name in sorted(topics))


SAMPLES: Final[Mapping[str, SampleText]] = MappingProxyType(
    {
        "Python manual": SampleText(
            title="Python manual",
            description="The reference of the Python language: dry, and very regular.",
            read=_python_manual,
        )
    }
)
