"""The texts that are there without any file, for a first try."""

from importlib import resources
from importlib.util import find_spec

from engine.errors import BadInput

_MANUAL = "Python manual"
_FILES = {"Tales of Sallowmouth": "tales.txt", "The Ferry on Dry Land": "play.txt"}


def sample_titles() -> list[str]:
    """Titles of the samples: tales and a play written for Textloom, and the manual of Python where it is there."""
    return [*_FILES, *([_MANUAL] if find_spec("pydoc_data") is not None else [])]


def known_title(title: str) -> str | None:
    """The title of the sample that is called so, in any case."""
    return next((known for known in (*_FILES, _MANUAL) if known.casefold() == title.casefold()), None)


def is_sample(title: str) -> bool:
    """Whether a sample has this title, in any case."""
    return known_title(title) is not None


def sample_text(title: str) -> str:
    """The text of a sample, by its title in any case. Raises `BadInput` for an unknown one."""
    known = known_title(title)
    if known is None:
        raise BadInput(
            "There is no sample text called {name}. There are: {known}.", name=title, known=", ".join(sample_titles())
        )
    if known == _MANUAL:
        return _python_manual()
    data = (resources.files("resources") / "samples" / _FILES[known]).read_bytes()
    return data.decode("utf-8").replace("\r\n", "\n")  # as a checkout on Windows may have it


def _python_manual() -> str:
    """The topics of `help()` in alphabetical order, separated by blank lines."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise BadInput("This Python came without its manual. Choose a text of your own.") from error
    return "\n".join(topics[name].strip("\n") + "\n" for name in sorted(topics))
