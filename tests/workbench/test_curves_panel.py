"""The curves of a run as a person has them before them: with the mouse, over histories of real events."""

import csv
import dataclasses
import json
import math
import shutil
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import message
from engine.events import (
    PlanFixed,
    RunEnded,
    RunEvent,
    RunStarted,
    SettingChanged,
    StepCompleted,
    ValidationCompleted,
)
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.training import TrainRequest
from workbench.theme.theme import Theme
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.overlay import OverlayPanel
from workbench.views.curves.panel import CurvesPanel
from workbench.views.curves.view_sheet import ViewSheet
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.popover import Popover
from workbench.widgets.tables import TableDialog

REFERENCES = {"uniform": 4.14, "frequency": 3.04, "pair": 2.31, "xz": 1.71}
LN_2 = math.log(2)


def started(step: int = 0) -> RunStarted:
    return RunStarted(
        run="here", title="Here", corpus="c", step=step, num_parameters=10, vocabulary_size=5, num_train_tokens=100,
        num_valid_tokens=10, device="cpu", precision="float32", num_threads=1, summary=message(""),
        references=REFERENCES,
    )  # fmt: skip


def stepped(step: int, loss: float = 2.0, norm: float = 1.5) -> StepCompleted:
    return StepCompleted(
        step=step, epoch=step / 100, tokens=step * 64, seconds=step * 0.1, loss_nats=loss, perplexity=math.exp(loss),
        bits_per_character=loss / LN_2, gradient_norm=norm, clipped_share=float(norm > 1), learning_rate=0.01,
        tokens_per_second=8123.4, remaining_seconds=None, memory_bytes=1,
        gradient_norms={"embedding.weight": norm / 2, "layers.0.weight_hh": norm / 4},
    )  # fmt: skip


def validated(step: int, loss: float) -> ValidationCompleted:
    return ValidationCompleted(
        step=step, epoch=1.0, seconds=step * 0.1, loss_nats=loss, perplexity=math.exp(loss),
        bits_per_character=loss / LN_2, accuracy=0.5, is_best=True,
    )  # fmt: skip


def events(num_steps: int = 200) -> list[RunEvent]:
    """A run that learns: the loss falls from 4, the norm is above 1 at every fourth report."""
    told: list[RunEvent] = [
        started(), PlanFixed(total_steps=400, validate_every_steps=50, at_step=0, seconds=40.0),
    ]  # fmt: skip
    for step in range(1, num_steps + 1):
        loss = 1.2 + 2.8 * math.exp(-step / 40) + 0.05 * math.sin(step)
        told.append(stepped(step, loss, 1.5 if step % 4 == 0 else 0.6))
        if step % 50 == 0:
            told.append(validated(step, loss + 0.1))
    return told


class FakeHandle:
    """Remembers what a run is told."""

    is_running = True

    def __init__(self) -> None:
        self.changes: list[tuple[str, Any]] = []

    def change(self, field: str, value: Any) -> None:
        self.changes.append((field, value))


class FakeTraining:
    """Begins a run that only does what the test tells."""

    def start(self, _: TrainRequest, on_event: Callable[[RunEvent], None], *__: object) -> FakeHandle:
        self.tell = on_event
        self.handle = FakeHandle()
        return self.handle


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture
def workbench(library: Library, tmp_path: Path, theme: Theme) -> Iterator[Workbench]:
    door = EngineDoor(library)
    yield Workbench(door, Settings(tmp_path / "window.ini"))
    door.close(20)
    door.pump.drain(1.0)


@pytest.fixture
def show(workbench: Workbench, qtbot: QtBot) -> Iterator[Callable[..., Any]]:
    """Shows a panel, as large as the Train page gives it in a small window."""
    shown: list[QWidget] = []

    def show_one(kind: type[QWidget] = CurvesPanel, width: int = 480, height: int = 560) -> Any:
        panel = kind(workbench)  # type: ignore[call-arg]
        panel.resize(width, height)
        shown.append(panel)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    yield show_one
    for panel in shown:
        panel.close()
        panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def live(show: Callable[..., CurvesPanel]) -> tuple[CurvesPanel, FakeTraining, ActiveRun]:
    """A run that trains, two hundred steps old."""
    training = FakeTraining()
    run = ActiveRun(TrainRequest(corpus_id="c", tables={"training": {"clip_norm": 1.0}}))
    run.begin(training)  # type: ignore[arg-type]
    for event in events():
        training.tell(event)
    panel = show()
    run.updated.connect(panel.refresh)
    panel.show_run(run.history, run, None)
    settle(panel)
    return panel, training, run


def settle(panel: QWidget) -> None:
    """Draw now what would be drawn a moment later."""
    QApplication.processEvents()
    for plot in panel.findChildren(CurvePlot):
        if plot.isVisible():
            plot._redraw.flush()


def past(panel: CurvesPanel, num_steps: int = 200) -> RunHistory:
    history = RunHistory()
    for event in events(num_steps):
        history.add(event)
    panel.show_run(history, None, None)
    settle(panel)
    return history


def copy_demo(library: Library, run_id: str, **changes: Any) -> None:
    """Put a finished run into the library."""
    folder = library.runs_path / run_id
    with resources.as_file(resources.files("resources") / "demo") as demo:
        shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("__*"))
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    seed = changes.pop("seed", 1)
    info["configuration"]["training"]["seed"] = seed
    (folder / "run.json").write_text(json.dumps({**info, "id": run_id, **changes}), encoding="utf-8")


def sheet_of(qtbot: QtBot, panel: Any) -> ViewSheet:
    qtbot.mouseClick(panel.head.view_button, Qt.MouseButton.LeftButton)
    sheet = panel.head.sheet
    assert sheet is not None
    assert sheet.isVisible()
    return sheet  # type: ignore[no-any-return]


def curve(plot: CurvePlot, key: str) -> Any:
    return plot._contents.curves[key]


def test_reference_values_stand_there_before_the_first_step(show: Callable[..., CurvesPanel]) -> None:
    panel, history = show(), RunHistory()
    history.add(started())
    panel.show_run(history, None, None)
    lines = {line.name: line.value for line in panel.loss._contents.references}
    assert lines["letter frequencies alone"] == pytest.approx(3.04 / LN_2)
    assert panel.loss.curve_keys() == []


def test_training_is_faint_behind_smoothed_and_validation_has_marks(show: Callable[..., CurvesPanel]) -> None:
    panel = show()
    history = past(panel)
    assert panel.loss.curve_keys() == ["raw", "smoothed", "validation"]
    assert curve(panel.loss, "raw").is_faint
    assert curve(panel.loss, "validation").has_marks
    assert panel.loss._legend.entry("smoothed").text() == "training, smoothed 0.6"
    best = panel.loss._contents.best
    assert best is not None
    assert best.y == pytest.approx(history.best_loss / LN_2)
    assert best.text == f"best {history.best_loss / LN_2:.2f}"


def test_one_switch_changes_axis_numbers_and_words(show: Callable[..., CurvesPanel], qtbot: QtBot) -> None:
    panel = show()
    history = past(panel)
    last = history.validation["loss"][-1]
    for unit, title, value in (
        ("nats", "Loss in nats", last), ("perplexity", "Perplexity", math.exp(last)),
        ("bits", "Bits per character", last / LN_2),
    ):  # fmt: skip
        qtbot.mouseClick(panel.head.units.segment(unit), Qt.MouseButton.LeftButton)
        settle(panel)
        contents = panel.loss._contents
        assert panel.head.title.text() == title
        assert contents.y_axis.name == title
        assert curve(panel.loss, "validation").latest[1] == pytest.approx(value)
        assert contents.best.text.startswith(f"best {value:.2f}")
        assert f"{value:.2f}" in panel.loss.accessibleDescription()
    frequencies = next(line for line in contents.references if line.name.startswith("letter"))
    assert frequencies.value == pytest.approx(3.04 / LN_2)


def test_the_units_explain_themselves(show: Callable[..., CurvesPanel], qtbot: QtBot) -> None:
    panel = show()
    past(panel)
    qtbot.mouseClick(panel.head.units.segment("perplexity"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.head.title, Qt.MouseButton.LeftButton)
    popover = panel.findChild(Popover)
    assert popover is not None
    assert popover.accessibleName() == "Perplexity"
    assert "equally likely" in popover.accessibleDescription()


def test_a_drag_of_the_threshold_reaches_the_run_when_it_is_let_go_and_undo_takes_it_back(
    live: tuple[CurvesPanel, FakeTraining, ActiveRun], workbench: Workbench, qtbot: QtBot
) -> None:
    panel, training, _ = live
    said: list[tuple[str, Callable[[], None]]] = []
    workbench.notices.toast_wanted.connect(lambda words, _, undo: said.append((words, undo)))
    plot = panel.instrument.plot
    grip = plot._canvas.grip
    assert panel.instrument.sentence.text() == "25 % of the steps clipped lately."
    qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(8, grip.height() // 2))
    for share in (0.5, 1.0):
        move_grip(grip, round(20 * share))
    assert training.handle.changes == []
    assert panel.instrument.sentence.text().endswith("of the newest norms lie above.")
    qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton)
    [(field, value)] = training.handle.changes
    assert field == "training.clip_norm"
    assert 0.05 < value < 1.0
    assert plot._contents.threshold.value == value
    assert said[0][0] == f"Gradients are clipped at {value:g} from the next step on."
    said[0][1]()
    assert training.handle.changes[-1] == ("training.clip_norm", 1.0)
    assert plot._contents.threshold.value == 1.0


def move_grip(grip: QWidget, distance: int) -> None:
    """Move the mouse while its button is down."""
    at = QPointF(8, grip.height() / 2 + distance)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(grip.mapToGlobal(at)), Qt.MouseButton.NoButton, left,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(grip, event)


def test_a_change_of_the_run_moves_the_threshold_and_leaves_a_mark(
    live: tuple[CurvesPanel, FakeTraining, ActiveRun], qtbot: QtBot
) -> None:
    panel, training, _ = live
    training.tell(SettingChanged(step=200, field="training.clip_norm", old=1.0, new=0.4))
    qtbot.waitUntil(lambda: panel.instrument.plot._contents.threshold.value == 0.4)
    assert [mark.text for mark in panel.loss._contents.marks] == ["Clip the gradient norm at: 1 became 0.4."]


def test_a_run_that_is_over_has_a_line_without_a_grip(
    live: tuple[CurvesPanel, FakeTraining, ActiveRun], qtbot: QtBot
) -> None:
    panel, training, run = live
    training.tell(
        RunEnded(
            outcome="completed", reason=message(""), run="here", step=200, seconds=20.0, best_step=200,
            best_valid_loss_nats=1.0, best_valid_perplexity=1.0, best_valid_bits_per_character=1.0,
            best_valid_accuracy=0.5,
        )
    )  # fmt: skip
    contents = panel.instrument.plot._contents
    qtbot.waitUntil(lambda: contents.threshold is None)
    assert [(line.name, line.value) for line in contents.references] == [("clipping threshold", 1.0)]
    assert not run.is_running


def test_only_the_tab_that_is_seen_is_brought_up_to_date(
    live: tuple[CurvesPanel, FakeTraining, ActiveRun], qtbot: QtBot, workbench: Workbench
) -> None:
    panel, _, _ = live
    speed = panel.instrument.plots["speed"]
    assert speed.curve_keys() == []
    tabs = panel.instrument.tabs
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(3).center())
    assert speed.curve_keys() == ["speed"]
    assert panel.instrument.sentence.text() == "8,120 tokens per second lately."
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    settle(panel)
    assert [c.name for c in panel.instrument.plot._contents.visible_curves()] == ["Embedding", "Layer 1, memory"]
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(2).center())
    assert panel.instrument.sentence.text() == "0.01 now, as planned."
    assert workbench.settings.text("curves/tab") == "rate"


def test_a_resumed_run_draws_its_new_numbers_in_place_of_those_it_lost(show: Callable[..., CurvesPanel]) -> None:
    panel = show()
    history = past(panel, 100)
    history.add(started(step=60))
    for step in range(61, 101):
        history.add(stepped(step, loss=0.5))
    panel.refresh()
    raw = curve(panel.loss, "raw")
    assert len(raw.y) == 100
    assert raw.y[-1] == pytest.approx(0.5 / LN_2)
    assert curve(panel.loss, "smoothed").y[-1] == pytest.approx(0.5 / LN_2, rel=1e-3)
    assert [mark.text for mark in panel.loss._contents.marks] == ["The run went on here."]


def test_the_view_sheet_changes_axis_smoothing_and_what_is_shown(
    show: Callable[..., CurvesPanel], qtbot: QtBot, workbench: Workbench
) -> None:
    panel = show(height=700)
    past(panel)
    sheet = sheet_of(qtbot, panel)
    assert sheet.axis.current == "time"
    qtbot.mouseClick(sheet.axis.segment("step"), Qt.MouseButton.LeftButton)
    assert panel.loss._contents.x_axis.name == "Step"
    assert curve(panel.loss, "raw").x[-1] == 200
    qtbot.mouseClick(sheet.log_loss, Qt.MouseButton.LeftButton)
    assert panel.loss._contents.y_axis.is_log
    qtbot.mouseClick(sheet.parts["raw"], Qt.MouseButton.LeftButton)
    assert not panel.loss.is_curve_visible("raw")
    qtbot.mouseClick(sheet.parts["references"], Qt.MouseButton.LeftButton)
    assert panel.loss._contents.references == []
    sheet.smoothing.slider.setValue(90)
    settle(panel)
    assert panel.loss._legend.entry("smoothed").text() == "training, smoothed 0.9"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert workbench.settings.texts("curves/hidden") == ["raw", "references"]


def test_what_is_hidden_in_the_legend_stays_hidden(show: Callable[..., CurvesPanel], qtbot: QtBot) -> None:
    panel = show()
    past(panel)
    qtbot.mouseClick(panel.loss._legend.entry("validation"), Qt.MouseButton.LeftButton)
    assert not panel.loss.is_curve_visible("validation")
    assert panel.loss._contents.best is None
    past(panel)
    assert not panel.loss.is_curve_visible("validation")
    assert not sheet_of(qtbot, panel).parts["validation"].isChecked()


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_a_plot_is_saved_and_can_be_read_back(
    show: Callable[..., CurvesPanel], qtbot: QtBot, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show(height=700)
    history = past(panel)
    path = tmp_path / f"plot.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    sheet = sheet_of(qtbot, panel)
    qtbot.mouseClick(sheet.kinds[kind], Qt.MouseButton.LeftButton)  # type: ignore[index]
    if kind == "png":
        assert QImage(str(path)).width() >= 2 * panel.loss.width()
    elif kind == "svg":
        assert QSvgRenderer(str(path)).isValid()
        assert "letter frequencies alone" in path.read_text(encoding="utf-8")
    else:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert float(rows[-1]["validation"]) == pytest.approx(history.validation["loss"][-1] / LN_2)
        assert len(rows) == 200


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(
    show: Callable[..., CurvesPanel], qtbot: QtBot, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show(height=700)
    past(panel)
    failures: list[str] = []
    workbench.notices.failure_happened.connect(lambda failure: failures.append(failure.message.text))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/nowhere/plot.csv", ""))
    qtbot.mouseClick(sheet_of(qtbot, panel).kinds["csv"], Qt.MouseButton.LeftButton)
    assert failures == ["/nowhere/plot.csv could not be written: No such file or directory."]


def test_every_plot_can_be_read_as_a_table(
    show: Callable[..., CurvesPanel], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show(height=700)
    past(panel)
    shown: list[list[str]] = []

    def read(dialog: TableDialog) -> int:
        model = dialog.table.model()
        shown.append([model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())])
        return 0

    monkeypatch.setattr(TableDialog, "exec", read)
    for place in range(2):
        sheet = sheet_of(qtbot, panel)
        qtbot.mouseClick(sheet.plot.segment(str(place)), Qt.MouseButton.LeftButton)
        qtbot.mouseClick(sheet.table, Qt.MouseButton.LeftButton)
    assert shown == [
        ["Time", "training, as reported", "training, smoothed 0.6", "validation"],
        ["Time", "gradient norm"],
    ]


def test_a_right_click_opens_the_sheet_for_that_plot(show: Callable[..., CurvesPanel]) -> None:
    panel = show(height=700)
    past(panel)
    panel.instrument.plot.menu_requested.emit(QPoint(10, 10))
    assert panel.head.sheet is not None
    assert panel.head.sheet.plot.current == "1"


def test_the_loss_is_at_least_240_pixels_high_where_a_small_window_leaves_560(
    show: Callable[..., CurvesPanel], workbench: Workbench
) -> None:
    panel = show(width=384)
    past(panel)
    assert panel.loss._canvas.height() >= 240
    assert panel.instrument.plot._canvas.height() >= 96
    splitter = panel.findChild(QSplitter)
    assert splitter is not None
    splitter.moveSplitter(300, 1)
    assert not workbench.settings.data("curves/splitter").isEmpty()


def test_where_text_is_large_the_instrument_folds_for_the_loss_and_a_tab_opens_it(
    show: Callable[..., CurvesPanel], workbench: Workbench, theme: Theme, qtbot: QtBot
) -> None:
    theme.set_text_scale(1.5)
    panel = show(width=350, height=418)  # what a window of 1024x700 leaves
    past(panel)
    instrument = panel.instrument
    assert instrument.is_folded
    assert not instrument.plot.isVisible()
    assert panel.loss._canvas.height() >= 240
    assert [name for name, _ in panel._plots()] == ["Loss"]
    qtbot.mouseClick(instrument.tabs, Qt.MouseButton.LeftButton, pos=instrument.tabs.tabRect(1).center())
    qtbot.waitUntil(lambda: instrument.plot.isVisible() and instrument.plot._canvas.height() >= 96)
    settle(panel)
    assert instrument.tab == "matrices"
    assert [c.name for c in instrument.plot._contents.visible_curves()] == ["Embedding", "Layer 1, memory"]
    assert instrument.fold_button.accessibleName() == "Fold the instrument"
    again = show(width=350, height=418)
    assert not again.instrument.is_folded  # it is remembered
    qtbot.mouseClick(instrument.fold_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.loss._canvas.height() >= 240)
    assert instrument.fold_button.accessibleName() == "Open the instrument"


def test_where_there_is_room_the_instrument_stands_open_and_has_nothing_to_fold(
    show: Callable[..., CurvesPanel], workbench: Workbench, qtbot: QtBot
) -> None:
    panel = show(width=380, height=477)  # what a window of 1024x700 leaves
    past(panel)
    assert panel.loss._canvas.height() >= 240
    assert panel.instrument.plot._canvas.height() >= 96
    assert not panel.instrument.fold_button.isVisible()
    panel.resize(380, 330)
    qtbot.waitUntil(lambda: panel.instrument.is_folded)
    panel.resize(380, 600)
    qtbot.waitUntil(lambda: panel.instrument.plot.isVisible())


def test_an_earlier_run_is_pinned_behind_the_curves_and_taken_away_again(
    library: Library, workbench: Workbench, show: Callable[..., CurvesPanel], qtbot: QtBot
) -> None:
    copy_demo(library, "before", title="Before")
    workbench.runs.refresh()
    panel = show()
    past(panel)
    qtbot.mouseClick(panel.pin_button, Qt.MouseButton.LeftButton)
    assert panel.pin_sheet is not None
    box = panel.pin_sheet.boxes["before"]
    assert "bits per character" in box.accessibleDescription()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.loss.curve_keys() == ["pinned before", "raw", "smoothed", "validation"])
    settle(panel)
    assert panel.loss._legend.entry("pinned before").text() == "Before"
    assert workbench.settings.texts("curves/pinned") == ["before"]
    library.trash(library.run("before").path)
    workbench.runs.refresh()
    assert panel.loss.curve_keys() == ["raw", "smoothed", "validation"]


def test_the_run_that_a_leg_began_with_is_pinned_by_itself(
    library: Library, workbench: Workbench, show: Callable[..., CurvesPanel], qtbot: QtBot
) -> None:
    copy_demo(library, "first", title="First leg")
    copy_demo(library, "second", title="Second leg", parent={"run": "first", "step": 100})
    workbench.runs.refresh()
    panel, history = show(), RunHistory()
    for event in events():
        history.add(event)
    entry = workbench.runs.entry("second")
    assert entry is not None
    panel.show_run(history, None, entry)
    qtbot.waitUntil(lambda: "pinned first" in panel.loss.curve_keys())
    panel.show_run(RunHistory(), None, dataclasses.replace(entry, id="other", parent={}))
    assert panel.loss.curve_keys() == []


def test_several_runs_stand_over_each_other_and_seeds_as_mean_and_range(
    library: Library, workbench: Workbench, show: Callable[..., OverlayPanel], qtbot: QtBot
) -> None:
    for seed in (1, 2):
        copy_demo(library, f"seed-{seed}", title=f"Seed {seed}", seed=seed)
        workbench.door.runs.write_label(f"seed-{seed}", group="g")
    copy_demo(library, "alone", title="Alone")
    workbench.runs.refresh()
    panel = show(OverlayPanel)
    panel.show_runs(["alone", "seed-1", "seed-2"])
    qtbot.waitUntil(lambda: len(panel.plot.curve_keys()) == 3)
    settle(panel)
    assert panel.plot.curve_keys() == ["alone", "alone training", "mean seed-1 seed-2"]
    assert list(panel.plot._contents.bands) == ["mean seed-1 seed-2"]
    assert panel.plot._legend.entry("mean seed-1 seed-2").text() == "Seed 1, mean of 2"
    qtbot.mouseClick(panel.plot._legend.entry("alone"), Qt.MouseButton.LeftButton)
    assert not panel.plot.is_curve_visible("alone training")
    panel.show_runs([])
    assert panel.plot.curve_keys() == []


def test_the_plots_are_drawn_in_dark_colours_too(show: Callable[..., CurvesPanel], theme: Theme) -> None:
    panel = show()
    past(panel)
    theme.set_choice("dark")
    settle(panel)
    image = panel.loss._canvas.grab().toImage()
    assert image.size() == panel.loss._canvas.size() * image.devicePixelRatio()
    assert image.pixelColor(2, image.height() - 3).lightness() < 80
    assert panel.minimumSizeHint().expandedTo(QSize(1, 1)).width() <= 480
