"""Where the library of a command is."""

from functools import cached_property
from pathlib import Path

from engine.errors import BadInput
from engine.library.library import Library, default_path


class LibraryPlace:
    """The library that a command names, or the person's own; opened when a command needs it, made when it writes."""

    def __init__(self, named: Path | None) -> None:
        self._named = named
        self.is_named = named is not None
        self.opened: Library | None = None

    @cached_property
    def path(self) -> Path:
        """The folder of the library, absolute."""
        return default_path() if self._named is None else self._named.expanduser().resolve()

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing at all."""
        try:
            return not any(self.path.iterdir())
        except FileNotFoundError:
            return True
        except OSError:
            return False

    def open(self, *, repair: bool = False) -> Library:
        """The library, made when it is not there. Raises as `Library.open`."""
        if self.opened is None:
            self.opened = Library.open(self.path, repair=repair)
        return self.opened

    def existing(self, *, repair: bool = False) -> Library:
        """The library, to read it. Raises BadInput when there is none, and as `Library.open`."""
        if self.is_missing:
            if self.is_named:
                raise BadInput("There is no library in {path}. Check the name of the folder.", path=str(self.path))
            raise BadInput('{sentence} Begin with: textloom train "Python manual"', sentence=self.emptiness)
        return self.open(repair=repair)

    @property
    def emptiness(self) -> str:
        """The sentence about a library without anything in it."""
        return f"The library {self.path} is empty."
