"""Varying a run: values that are checked, budgets that are equal, and a dialog that queues a group."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.library.library import Library
from workbench import words
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.runs import RunEntry
from workbench.theme.theme import Theme
from workbench.viewmodels.recipes.declarations import Declared, declared_for
from workbench.viewmodels.runs.variation import Variation, read_values, split_values
from workbench.viewmodels.runs.varying import Varying
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.runs.vary_dialog import VaryDialog


def base(**training: Any) -> RunEntry:
    """A run as its folder tells it, planned by minutes for 1,000 steps and stopped after 500."""
    tables = {
        "model": {"cell": "lstm", "hidden_size": 64, "embedding_size": 16, "dropout": 0.1},
        "training": {"minutes": 5.0, "seed": 7, "batch_size": 8, "window_size": 16, **training},
    }
    return RunEntry(
        id="base", path=Path("base"), title="Base", corpus_id="tales", configuration=tables, vocabulary_size=60,
        recipe="quick", plan={"total_steps": 1000}, step=500, seconds=60.0, outcome="stopped",
    )  # fmt: skip


def setting(path: str) -> Declared:
    return declared_for(base().configuration)[path]


@pytest.fixture
def workbench(tmp_path: Path, qapp: object) -> Iterator[Workbench]:
    door = EngineDoor(Library.open(tmp_path / "library"))
    made = Workbench(door, Settings(tmp_path / "window.ini"))
    made.queue.hold(True)
    yield made
    door.close(10)


@pytest.fixture
def dialog(workbench: Workbench, theme: Theme, qtbot: QtBot) -> Iterator[VaryDialog]:
    shown = VaryDialog(Varying(workbench, base()))
    shown.show()
    yield shown
    shown.close()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.parametrize(
    ("line", "decimal", "parts"),
    [
        ("0, 0.2,0.4", ".", ["0", "0.2", "0.4"]),
        ("0; 0,2; 0,4", ",", ["0", "0,2", "0,4"]),
        ("0 0,2 0,4", ",", ["0", "0,2", "0,4"]),
        ("0, 0,2, 0,4", ",", ["0", "0,2", "0,4"]),
        ("64, 128", ",", ["64", "128"]),
        (" , ,", ".", []),
    ],
)
def test_a_list_of_values_is_read_as_the_language_writes_numbers(line: str, decimal: str, parts: list[str]) -> None:
    assert split_values(line, decimal) == parts


def test_each_value_is_kept_once_and_in_its_own_type() -> None:
    assert read_values(base(), setting("model.dropout"), "0, 0.2, 0.20").values == (0.0, 0.2)
    assert read_values(base(), setting("model.hidden_size"), "64, 128").values == (64, 128)
    assert read_values(base(), setting("model.cell"), "LSTM, gru, simple rnn").values == ("lstm", "gru", "rnn")
    assert read_values(base(), setting("model.variational_dropout"), "on, off").values == (True, False)


@pytest.mark.parametrize(
    ("path", "line", "mended"),
    [
        ("model.hidden_size", "64, 10000000, 32", "64, 8192, 32"),
        ("model.hidden_size", "12.5", "12"),
        ("model.cell", "lstn", "LSTM"),
        ("model.variational_dropout", "maybe", "on"),
        ("model.dropout", "lots", ""),
        ("model.tied", "on", ""),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_the_nearest_that_can(path: str, line: str, mended: str) -> None:
    read = read_values(base(), setting(path), line)
    assert read.problem.endswith(".")
    assert read.mended == mended


def test_a_run_planned_by_minutes_gives_its_number_of_steps_to_all() -> None:
    variation = Variation(base(), setting("model.dropout"), (0.0, 0.2), 2)
    requests = variation.requests("group")
    assert [request.title for request in requests] == [
        "Base, Dropout 0, seed 7", "Base, Dropout 0, seed 8", "Base, Dropout 0.2, seed 7", "Base, Dropout 0.2, seed 8",
    ]  # fmt: skip
    assert {request.tables["training"]["steps"] for request in requests} == {1000}
    assert {request.tables["training"]["minutes"] for request in requests} == {0.0}
    assert {request.group for request in requests} == {"group"}
    assert [request.tables["training"]["seed"] for request in requests] == [7, 8, 7, 8]
    assert [request.tables["model"]["dropout"] for request in requests] == [0.0, 0.0, 0.2, 0.2]


def test_a_run_planned_by_epochs_keeps_its_budget() -> None:
    variation = Variation(base(minutes=0.0, epochs=3.0), setting("model.dropout"), (0.2,), 1)
    (request,) = variation.requests("group")
    assert request.tables["training"]["epochs"] == 3.0
    assert "steps" not in request.tables["training"]
    assert request.title == "Base, Dropout 0.2"


def test_another_kind_of_cell_takes_its_own_settings() -> None:
    (request,) = Variation(base(), setting("model.cell"), ("gru",), 1).requests("group")
    assert request.tables["model"]["cell"] == "gru"
    assert "forget_bias" not in request.tables["model"]


def test_the_prediction_counts_the_whole_budget_and_the_size_of_the_model(workbench: Workbench) -> None:
    training = workbench.door.training
    assert Variation(base(), setting("model.dropout"), (0.0, 0.2), 2).seconds(training) == pytest.approx(480.0)
    small = Variation(base(), setting("model.hidden_size"), (64,), 1).seconds(training)
    large = Variation(base(), setting("model.hidden_size"), (128,), 1).seconds(training)
    assert small == pytest.approx(120.0)
    assert large is not None
    assert 2.2 * 120 < large < 4.5 * 120


def test_groups_have_names_of_their_own() -> None:
    variation = Variation(base(), setting("model.dropout"), (0.0,), 1)
    assert variation.group([]) == "Base: Dropout"
    assert variation.group(["Base: Dropout"]) == "Base: Dropout 2"


def test_the_dialog_finds_a_setting_checks_its_values_and_queues_the_group(
    dialog: VaryDialog, workbench: Workbench, qtbot: QtBot
) -> None:
    assert dialog.summary.text() == "One run, about 2 minutes."
    qtbot.keyClicks(dialog.search, "dropout")
    assert dialog.list.currentItem().text() == "Dropout: 0.1"
    assert "This run has 0.1." in dialog.help.text()
    assert not dialog.button.isEnabled()
    qtbot.keyClicks(dialog.values, "0, 7")
    assert "at most" in dialog.problem.text()
    assert not dialog.button.isEnabled()
    qtbot.mouseClick(dialog.mend_button, Qt.MouseButton.LeftButton)
    assert dialog.problem.text() == ""
    dialog.values.setText("0, 0.2")
    dialog.seeds.setValue(3)
    assert dialog.summary.text() == "6 runs, about 12 minutes in all."
    assert "1,000 steps" in dialog.budget.text()
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert len(workbench.queue.waiting) == 6
    assert {request.group for request in workbench.queue.waiting} == {"Base: Dropout"}
    assert not dialog.isVisible()


def test_without_a_setting_only_the_seeds_differ(dialog: VaryDialog, workbench: Workbench, qtbot: QtBot) -> None:
    dialog.seeds.setValue(3)
    assert dialog.button.text() == "Queue 3 runs"
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert [request.tables["training"]["seed"] for request in workbench.queue.waiting] == [7, 8, 9]
    assert {request.group for request in workbench.queue.waiting} == {"Base: Seeds"}


def test_cancel_queues_nothing(dialog: VaryDialog, workbench: Workbench, qtbot: QtBot) -> None:
    cancel = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert workbench.queue.waiting == []


def test_values_are_typed_with_decimal_commas_where_the_language_has_them() -> None:
    words.use_language(words.Language("xx", {}, ".", ","))
    assert read_values(base(), setting("model.dropout"), "0,1 0,25").values == (0.1, 0.25)
    assert read_values(base(), setting("model.dropout"), "0,1 7").mended == "0,1; 0,95"
