"""A person's own titles for runs and texts are what commands list and find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.library.labels import Label
from engine.library.library import Library


def test_a_renamed_run_and_text_are_listed_found_and_trained_by_their_new_titles(
    tmp_path: Path, command: Callable[..., Any], place: Path, recipe: Path
) -> None:
    where = f"--library={tmp_path / 'library'}"
    assert command("train", place / "bottles of beer.txt", "--config", recipe, where).code == 0
    library = Library.open(tmp_path / "library")
    (run,), (corpus,) = library.list_runs(), library.list_corpora()
    library.run(run.id).write_label(Label(title="My first model"))
    library.corpus(corpus.id).write_label(Label(title="Songs"))
    listed = command("list", where)
    assert "My first model (completed" in listed.out
    assert "Songs" in listed.out
    assert "bottles of beer\n" not in listed.out
    records = command("list", "--json", where).records
    assert [record["title"] for record in records] == ["Songs", "My first model"]
    assert "The run My first model (" in command("resume", "my first model", where).out
    assert command("sample", "My first model", "--length", 5, where).code == 0
    assert command("train", "Songs", "--config", recipe, "--steps", 1, where).code == 0
    assert [entry.title for entry in library.list_runs()] == ["Songs", "My first model"]
