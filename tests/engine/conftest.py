"""What the engine's tests share. They run as on a machine without Qt."""

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from engine.control import RunControl
    from engine.library.library import Library
    from engine.training.session import Session

for name in ("PySide6", "pyqtgraph"):
    sys.modules[name] = None  # type: ignore[assignment]

BOTTLES = "".join(f"{n} bottles of beer on the wall, {n} bottles of beer.\n" for n in range(99, 0, -1))


@pytest.fixture
def library(tmp_path: Path) -> "Library":
    from engine.library.library import Library

    return Library.open(tmp_path / "library")


@pytest.fixture
def imported(library: "Library", tmp_path: Path) -> Callable[[str], str]:
    """Imports a text; gives the corpus' id."""

    def import_text(text: str) -> str:
        from engine.text.importing import import_texts
        from engine.text.sources import find_texts

        path = tmp_path / "bottles.txt"
        path.write_text(text, encoding="utf-8", newline="")
        *_, event = import_texts(find_texts([path]), library)
        return event.corpus  # type: ignore[union-attr]

    return import_text


@pytest.fixture
def corpus(imported: Callable[[str], str]) -> str:
    return imported(BOTTLES)


def finished(steps: Generator[Any, None, Any]) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture
def new_run(library: "Library", request: pytest.FixtureRequest) -> Callable[..., "Session"]:
    """A session of a small, quick run: `new_run(control, corpus_id=..., model={...}, training={...})`."""

    def create(control: "RunControl | None" = None, *, corpus_id: str = "", **sections: dict[str, Any]) -> "Session":
        from engine.config.configuration import from_tables, to_tables
        from engine.control import RunControl
        from engine.training.runs import Request, create_run

        model = {"cell": "lstm", "hidden_size": 12, "embedding_size": 5, **sections.get("model", {})}
        training = {
            "batch_size": 4, "window_size": 11, "validate_every_steps": 7, "report_every_steps": 1,
            "sample_every_seconds": 0, "precision": "float32", "learning_rate": 0.01, "sample_length": 20,
            **sections.get("training", {}),
        }  # fmt: skip
        if not any(duration in training for duration in ("steps", "epochs", "tokens", "minutes")):
            training["steps"] = 20
        tables = to_tables(
            from_tables({"model": model, "training": training, "corpus": sections.get("corpus_config", {})})
        )
        corpus_id = corpus_id or request.getfixturevalue("corpus")
        session: Session = finished(create_run(library, Request(corpus_id, tables, "test"), control or RunControl()))
        return session

    return create


@pytest.fixture
def resumed_run(library: "Library") -> Callable[..., "Session"]:
    """A session that goes on with a run: `resumed_run(run_id, control, steps=5)`."""

    def resume(run_id: str, control: "RunControl | None" = None, **added: Any) -> "Session":
        from engine.control import RunControl
        from engine.training.runs import Durations, resume_run

        session: Session = finished(resume_run(library, run_id, Durations(**added), control or RunControl()))
        return session

    return resume
