"""What a person asks to be trained; known without torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Message


@dataclass(frozen=True)
class Request:
    """A run to be.

    tables: a configuration as plain tables, complete unless `is_planned`; recipe: the name of where it came from;
    is_planned: what the tables leave open is chosen for corpus and machine; explanation: why it was chosen so, where
    that was done before; start_from: the id of a run whose best weights and vocabulary the new run begins with.
    """

    corpus_id: str
    tables: Mapping[str, Any]
    recipe: str
    is_planned: bool = False
    title: str = ""
    explanation: Message | None = None
    start_from: str = ""
