"""The best of a run is one number, wherever it is shown."""

from typing import Any

from pytestqt.qtbot import QtBot

from engine.library.json_lines import read_lines
from engine.library.library import Library
from workbench.app.window import Program
from workbench.bridge.demo import install_demo
from workbench.viewmodels.runs import details
from workbench.viewmodels.train.figures import validation

PATIENCE = 30_000


def test_train_and_runs_show_the_same_best_of_the_demo(programs: Any, qtbot: QtBot) -> None:
    install_demo(Library.open(programs.library_path))
    program: Program = programs.open(size=(1280, 800))
    workbench = program.workbench
    run_id = workbench.runs.entries()[0].id
    workbench.navigator.show_run(run_id)
    train: Any = program.window.page("train")
    qtbot.waitUntil(lambda: train.model.shown is not None and bool(validation(train.model.shown).text.strip("–")),
                    timeout=PATIENCE)  # fmt: skip
    shown = validation(train.model.shown).text
    workbench.navigator.show_runs([run_id])
    runs: Any = program.window.page("runs")
    row = runs.model.table.row(run_id)
    assert details.figures(runs.model, row)[1].text == shown
    assert runs.model.table._words.text(row, "best") == shown


def test_the_demo_says_its_best_once_in_its_record_and_at_its_end(programs: Any) -> None:
    library = Library.open(programs.library_path)
    folder = library.run(install_demo(library))
    best = folder.read_info()["best"]
    events = read_lines(folder.metrics_path).values
    winner = [event for event in events if event.get("is_best") and event["event"] == "ValidationCompleted"][-1]
    assert isinstance(best, dict)
    assert best["loss_nats"] == winner["loss_nats"] == events[-1]["best_valid_loss_nats"]
    assert best["full_loss_nats"] == events[-1]["full_valid_loss_nats"] != winner["loss_nats"]


def test_the_recipe_of_the_demo_has_a_title(programs: Any) -> None:
    install_demo(Library.open(programs.library_path))
    program: Program = programs.open(size=(1280, 800))
    program.workbench.navigator.show_page("runs")
    runs: Any = program.window.page("runs")
    row = runs.model.table.row(program.workbench.runs.entries()[0].id)
    assert runs.model.table._words.recipe(row) == "Demo"
