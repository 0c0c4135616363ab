"""What the window learns of the folders of runs."""

import json
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import BadInput, NewerFormat
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.runs import LastFigures
from workbench.bridge.run_files import last_figures
from workbench.viewmodels.runs.differences import differences_of
from workbench.viewmodels.runs.evaluating import figure_text
from workbench.viewmodels.runs.rows import row_of

DEMO = resources.files("resources") / "demo"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture
def door(library: Library, qapp: object) -> Iterator[EngineDoor]:
    opened = EngineDoor(library)
    yield opened
    assert opened.close(20)


def put_run(library: Library, run_id: str, **changes: Any) -> None:
    """A finished run with its curves, but without a model."""
    folder = library.run(run_id)
    folder.path.mkdir()
    info = json.loads((DEMO / "run.json").read_text(encoding="utf-8"))
    folder.info_path.write_text(json.dumps({**info, "id": run_id, **changes}), encoding="utf-8")
    folder.metrics_path.write_bytes((DEMO / "metrics.jsonl").read_bytes())


def test_the_last_figures_are_those_of_the_last_step_and_validation(library: Library) -> None:
    put_run(library, "a")
    figures = last_figures(library.run("a").metrics_path)
    assert figures.step == 5000
    assert figures.loss_nats == pytest.approx(1.31, abs=0.05)
    assert figures.accuracy == pytest.approx(0.6, abs=0.02)


def test_a_line_that_is_being_written_and_a_missing_file_do_no_harm(library: Library) -> None:
    put_run(library, "a")
    path = library.run("a").metrics_path
    whole = last_figures(path)
    with path.open("ab") as file:
        file.write(b'{"event": "StepCompleted", "step": 99')
    assert last_figures(path) == whole
    path.unlink()
    assert last_figures(path) == LastFigures()


def test_a_validation_far_before_the_end_is_found(library: Library) -> None:
    put_run(library, "a")
    path = library.run("a").metrics_path
    step = next(line for line in reversed(path.read_bytes().split(b"\n")) if b'"StepCompleted"' in line)
    with path.open("ab") as file:
        file.write((step + b"\n") * 400)
    assert last_figures(path).loss_nats is not None


def test_figures_of_many_runs_come_in_parts_and_unreadable_ones_are_left_out(
    library: Library, door: EngineDoor, qtbot: QtBot
) -> None:
    for number in range(60):
        put_run(library, f"run-{number}")
    library.run("run-7").metrics_path.unlink()
    library.run("run-7").metrics_path.mkdir()
    parts: list[Any] = []
    ended: list[bool] = []
    door.runs.read_last([f"run-{number}" for number in range(60)], parts.append, lambda: ended.append(True))
    qtbot.waitUntil(lambda: bool(ended))
    assert len(parts) == 2
    assert sum(len(part) for part in parts) == 59


def test_an_unfinished_folder_is_preparing_while_it_is_held_and_interrupted_after(
    library: Library, door: EngineDoor
) -> None:
    folder = library.run("begun")
    folder.path.mkdir()
    with folder.lock():
        door.runs.refresh()
        assert [entry.state for entry in door.runs.entries()] == ["preparing"]
    door.runs.refresh()
    (entry,) = door.runs.entries()
    assert entry.state == "interrupted"
    assert entry.problem is not None
    assert entry.problem.text == "begun was never finished."


def test_a_label_is_written_field_by_field_and_too_long_ones_are_refused(library: Library, door: EngineDoor) -> None:
    put_run(library, "a")
    door.runs.refresh()
    door.runs.write_label("a", title="Mine")
    door.runs.write_label("a", tags=("x", "y"), is_starred=True)
    assert door.runs.refresh()
    entry = door.runs.entry("a")
    assert entry is not None
    assert (entry.title, entry.tags, entry.is_starred) == ("Mine", ("x", "y"), True)
    with pytest.raises(BadInput):
        door.runs.write_label("a", title="x" * 500)


def test_a_library_of_a_newer_version_is_only_read(library: Library, tmp_path: Path, qtbot: QtBot) -> None:
    put_run(library, "a")
    description = library.path / "library.json"
    newer = json.loads(description.read_text())
    description.write_text(json.dumps({**newer, "format_version": newer["format_version"] + 1}))
    door = EngineDoor(Library.open(library.path))
    door.runs.refresh()
    assert [entry.id for entry in door.runs.entries()] == ["a"]
    with pytest.raises(NewerFormat):
        door.runs.write_label("a", title="Mine")
    with pytest.raises(NewerFormat):
        door.runs.trash("a")
    with pytest.raises(NewerFormat):
        door.runs.write_queue([{"corpus_id": "x"}])
    done: list[Path] = []
    door.runs.export_metrics("a", tmp_path / "a.csv", done.append, pytest.fail)
    qtbot.waitUntil(lambda: bool(done))
    assert door.close(20)


def test_a_model_that_is_not_there_cannot_be_exported(
    library: Library, door: EngineDoor, tmp_path: Path, qtbot: QtBot
) -> None:
    put_run(library, "a")
    failures: list[Any] = []
    door.runs.export_model("a", tmp_path / "a.textloom", lambda path: pytest.fail(str(path)), failures.append)
    qtbot.waitUntil(lambda: bool(failures), timeout=20_000)
    assert failures[0].is_expected
    assert not (tmp_path / "a.textloom").exists()


def test_a_trashed_run_comes_back(library: Library, door: EngineDoor) -> None:
    put_run(library, "a")
    place = door.runs.trash("a")
    assert door.runs.refresh() or door.runs.entries() == []
    door.runs.restore(place)
    door.runs.refresh()
    assert [entry.id for entry in door.runs.entries()] == ["a"]


def test_odd_values_in_a_description_leave_a_row_without_figures(library: Library, door: EngineDoor) -> None:
    put_run(library, "a", best={"loss_nats": "low", "step": None}, seconds="long", plan=[], machine=7)
    door.runs.refresh()
    (entry,) = door.runs.entries()
    row = row_of(entry, None, None)
    assert not row.has_best
    assert row.seconds == 0


def test_runs_on_different_texts_and_with_different_cells_differ_in_just_that(
    library: Library, door: EngineDoor
) -> None:
    demo = json.loads((DEMO / "run.json").read_text(encoding="utf-8"))
    gru = {**demo["configuration"], "model": {"cell": "gru", "hidden_size": 192}}
    put_run(library, "a", title="A", created="2026-01-01T00:00:00+00:00")
    put_run(
        library, "b", title="A", created="2026-01-02T00:00:00+00:00", configuration=gru,
        corpus={**demo["corpus"], "id": "other", "title": "Other"},
    )  # fmt: skip
    door.runs.refresh()
    found = differences_of(door.runs.entries())
    names = [row[0] for row in found.rows]
    assert names[0] == "Text"
    assert "Kind of cell" in names
    assert "Seed" not in names
    assert len(set(found.headers)) == 3
    of_lstm_alone = next(row for row in found.rows if row[0] == "Forget-gate bias")
    assert of_lstm_alone[1] == "–"


def test_damaged_runs_are_compared_with_nothing(library: Library, door: EngineDoor) -> None:
    put_run(library, "a")
    shutil.copytree(library.run("a").path, library.runs_path / "b")
    library.run("b").info_path.write_text("{")
    door.runs.refresh()
    assert differences_of(door.runs.entries()).sentence == "There is nothing to compare."


@pytest.mark.parametrize(
    ("record", "tokens", "figure"),
    [
        ({"perplexity": 3.561, "bits_per_character": 1.832, "unknown_share": 0.0}, "char",
         "1.83 bits per character, perplexity 3.56"),
        ({"perplexity": 88.1, "bits_per_character": None, "unknown_share": 0.08}, "word",
         "perplexity 88.1 per word; 8 % of it is unknown to the model"),
        ({"perplexity": None, "bits_per_character": None, "unknown_share": 0.0}, "char",
         "so badly predicted that there is no number for it"),
    ],
)  # fmt: skip
def test_a_trial_is_told_in_one_sentence(record: dict[str, Any], tokens: str, figure: str) -> None:
    assert figure_text(record, tokens) == figure
