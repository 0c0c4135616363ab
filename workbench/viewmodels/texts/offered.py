"""What a person brings: files, a piece of text or web addresses, and what they said should become of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

How = Literal["", "one", "each"]


class Brought(Protocol):
    """What was dropped, opened or handed over by another program."""

    @property
    def paths(self) -> tuple[Path, ...]: ...
    @property
    def text(self) -> str: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Offered:
    """Something to import. how: one text, one text each, or still open; then the person is asked before it is done."""

    paths: tuple[Path, ...] = ()
    text: str = ""
    addresses: tuple[str, ...] = ()
    how: How = ""
    title: str = ""


def offered_from(brought: Brought) -> Offered:
    """Take what any part of the program offers."""
    if isinstance(brought, Offered):
        return brought
    return Offered(tuple(brought.paths), brought.text, tuple(brought.addresses))
