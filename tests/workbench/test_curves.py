"""The curves of runs: units, smoothing, best, threshold, pins, means over seeds; looked at, exported, remembered."""

import csv
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import message
from engine.events import PlanFixed, RunEnded, RunEvent, RunStarted, SettingChanged, StepCompleted, ValidationCompleted
from engine.library.library import Library
from workbench.bridge.door import EngineDoor
from workbench.bridge.protocols.runs import HistoryPlace, RunEntry
from workbench.bridge.protocols.training import TrainRequest
from workbench.theme.theme import Theme
from workbench.viewmodels.active_run import ActiveRun
from workbench.viewmodels.curves.losses import loss_picture
from workbench.viewmodels.curves.options import CurveOptions
from workbench.viewmodels.curves.overlay import mean_of, seed_groups
from workbench.viewmodels.curves.pins import Pinned
from workbench.viewmodels.curves.run_curves import RunCurves
from workbench.viewmodels.curves.smoothing import Smoothed
from workbench.viewmodels.curves.units import Units
from workbench.viewmodels.run_history import RunHistory
from workbench.viewmodels.settings import Settings
from workbench.viewmodels.workbench import Workbench
from workbench.views.curves.overlay import OverlayPanel
from workbench.views.curves.panel import CurvesPanel
from workbench.widgets.plots.curve_plot import CurvePlot
from workbench.widgets.tables import TableDialog, TableView

PATIENCE = 5_000
BITS = 1 / math.log(2)
NAMES = ("embedding.weight", "layers.0.weight_hh", "output.bias")


def run_events(seed: int = 1, steps: int = 60, run: str = "river", seconds: float | None = 60.0) -> list[RunEvent]:
    """A whole run: reports at every step, validations at every fifth."""
    chance = random.Random(seed)
    events: list[RunEvent] = [
        RunStarted(
            run=run, title=run.title(), corpus="corpus", step=0, num_parameters=100, vocabulary_size=30,
            num_train_tokens=9000, num_valid_tokens=1000, device="cpu", precision="float32", num_threads=1,
            summary=message("LSTM"), references={"uniform": 3.4, "frequency": 2.8, "xz": 1.9},
        ),
        PlanFixed(total_steps=steps, validate_every_steps=5, at_step=0, seconds=seconds),
    ]  # fmt: skip
    best = math.inf
    for step in range(1, steps + 1):
        loss = 1.2 + 2.2 * math.exp(-step / 15) + chance.uniform(-0.1, 0.1)
        events.append(
            StepCompleted(
                step=step, epoch=step / 20, tokens=100 * step, seconds=0.5 * step, loss_nats=loss,
                perplexity=math.exp(loss), bits_per_character=loss * BITS, gradient_norm=chance.uniform(0.2, 3.0),
                clipped_share=0.5, learning_rate=0.01, tokens_per_second=200.0, remaining_seconds=1.0,
                memory_bytes=10**8, gradient_norms={name: chance.uniform(0.01, 1.0) for name in NAMES},
            )
        )  # fmt: skip
        if step % 5 == 0:
            valid = loss + chance.uniform(0.0, 0.3)
            events.append(
                ValidationCompleted(
                    step=step, epoch=step / 20, seconds=0.5 * step, loss_nats=valid, perplexity=math.exp(valid),
                    bits_per_character=valid * BITS, accuracy=0.4, is_best=valid < best,
                )
            )  # fmt: skip
            best = min(best, valid)
    return events


def ended(run: str, step: int) -> RunEnded:
    return RunEnded(
        outcome="completed", reason=message("Done."), run=run, step=step, seconds=0.5 * step, best_step=step,
        best_valid_loss_nats=1.3, best_valid_perplexity=3.7, best_valid_bits_per_character=1.9, best_valid_accuracy=0.4,
    )  # fmt: skip


def history_of(events: list[RunEvent]) -> RunHistory:
    history = RunHistory()
    for event in events:
        history.add(event)
    return history


def entry_of(run: str, seed: int = 0, group: str = "", tokens: str = "char", **model: Any) -> RunEntry:
    configuration = {
        "corpus": {"tokens": tokens}, "model": {"hidden_size": 8, **model},
        "training": {"seed": seed, "clip_norm": 1.0},
    }  # fmt: skip
    return RunEntry(
        id=run, path=Path(run), title=run.title(), state="finished", outcome="completed", corpus_id="corpus",
        configuration=configuration, best={"loss_nats": 1.3, "bits_per_character": 1.9}, group=group,
        created="2026-11-20T10:00:00Z", step=60,
    )  # fmt: skip


class Shelf:
    """Runs that lie in no folder: what the shelf and the reader of histories would say."""

    def __init__(self, workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries: dict[str, RunEntry] = {}
        self.events: dict[str, list[RunEvent]] = {}
        monkeypatch.setattr(workbench.runs, "entry", self.entries.get)
        monkeypatch.setattr(workbench.runs, "entries", lambda: list(self.entries.values()))
        monkeypatch.setattr(workbench.door.runs, "read_history", self._read)

    def add(self, entry: RunEntry, events: list[RunEvent]) -> None:
        self.entries[entry.id], self.events[entry.id] = entry, events

    def _read(
        self, run_id: str, tell: Callable[[RunEvent], None], done: Callable[[HistoryPlace], None], *_: object
    ) -> None:
        for event in self.events[run_id]:
            tell(event)
        QTimer.singleShot(0, lambda: done(HistoryPlace()))


class FakeTraining:
    """Trains nothing, and writes down what it is told."""

    def __init__(self) -> None:
        self.changes: list[tuple[str, object]] = []
        self.is_running = True
        self.tell: Callable[[RunEvent], None] = lambda _: None

    def start(self, _: TrainRequest, on_event: Callable[[RunEvent], None], *__: object) -> "FakeTraining":
        self.tell = on_event
        return self

    def change(self, field: str, value: object) -> None:
        self.changes.append((field, value))


@pytest.fixture
def workbench(tmp_path: Path, theme: Theme, qapp: QApplication) -> Iterator[Workbench]:
    door = EngineDoor(Library.open(tmp_path / "library"))
    made = Workbench(door, Settings(tmp_path / "window.ini"))
    yield made
    door.close(10)
    shiboken6.delete(made)


@pytest.fixture
def shelf(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(workbench, monkeypatch)


@pytest.fixture
def toasts(workbench: Workbench) -> list[tuple[str, str, Any]]:
    said: list[tuple[str, str, Any]] = []
    workbench.notices.toast_wanted.connect(lambda *toast: said.append(toast))
    return said


@pytest.fixture
def panel(workbench: Workbench, shelf: Shelf) -> Iterator[CurvesPanel]:
    made = CurvesPanel(workbench)
    made.resize(640, 620)
    made.show()
    yield made
    made.close()
    shiboken6.delete(made)


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def curve(plot: CurvePlot, key: str) -> Any:
    return plot._contents.curves[key]


def headed(plot: CurvePlot, name: str) -> list[str]:
    """The column of the table twin with this name, without gaps."""
    headers, rows = plot.values_table()
    place = headers.index(name)
    return [row[place] for row in rows if row[place]]


# Units and smoothing


@pytest.mark.parametrize(
    ("unit", "expected"), [("nats", 1.5), ("bits", 1.5 / math.log(2)), ("perplexity", math.exp(1.5))]
)
def test_a_loss_of_letters_in_each_unit(workbench: Workbench, unit: Any, expected: float) -> None:
    units = Units(workbench)
    units.set_unit(unit)
    assert units.convert(1.5, math.nan) == pytest.approx(expected)
    assert units.convert(1.5, BITS) == pytest.approx(expected)


def test_tokens_of_several_letters_share_their_bits(workbench: Workbench) -> None:
    units = Units(workbench)
    units.set_tokens("word")
    assert units.unit == "perplexity"  # the default for words
    units.set_unit("bits")
    assert units.convert(6.0, BITS / 5) == pytest.approx(6.0 / math.log(2) / 5)  # five letters a word
    assert units.reference(2.0, BITS / 5, "word") == pytest.approx(2.0 / math.log(2))
    units.set_unit("nats")
    assert units.reference(2.0, BITS / 5, "word") == pytest.approx(10.0)


def smoothed_by_hand(values: list[float], weight: float) -> list[float]:
    """Weighted mean of all that came before, weights w^k: another way to say the same."""
    found = []
    for end in range(1, len(values) + 1):
        weights = [weight ** (end - 1 - place) for place in range(end)]
        found.append(sum(w * v for w, v in zip(weights, values[:end], strict=True)) / sum(weights))
    return found


@pytest.mark.parametrize("weight", [0.0, 0.6, 0.99])
def test_smoothing_is_a_weighted_mean_of_what_came_before(weight: float) -> None:
    chance = random.Random(4)
    values = [chance.uniform(1, 4) for _ in range(80)]
    smoothed = Smoothed(weight)
    for end in (1, 2, 30, 80):  # as a run grows
        smoothed.follow(values[:end])
    assert list(smoothed.values) == pytest.approx(smoothed_by_hand(values, weight))
    other = [*values[:40], *(value + 1 for value in values[40:])]
    assert list(smoothed.follow(other, keep=40)) == pytest.approx(smoothed_by_hand(other, weight))


def test_what_is_no_number_leaves_the_smoothed_curve_where_it_was() -> None:
    smoothed = Smoothed(0.6).follow([math.nan, 2.0, math.nan, 4.0])
    assert math.isnan(smoothed[0])
    assert list(smoothed[1:3]) == [2.0, 2.0]
    assert smoothed[3] == pytest.approx((0.6 * 2.0 + 4.0) / 1.6)


def test_a_run_that_goes_on_is_smoothed_anew_behind_the_cut(workbench: Workbench) -> None:
    events = run_events(steps=40)
    history = history_of(events)
    curves = RunCurves(history, CurveOptions(workbench))
    curves.smoothed()
    before = curves.generation
    started = events[0]
    assert isinstance(started, RunStarted)
    history.add(replace(started, step=20))
    for event in run_events(seed=9, steps=60)[2:]:
        if getattr(event, "step", 0) > 20:
            history.add(event)
    curves.renew()
    assert curves.generation > before
    assert list(curves.smoothed()) == pytest.approx(smoothed_by_hand(list(history.training["loss"]), 0.6))


# Pins and overlays


def test_the_best_and_the_references_are_told_in_the_unit(workbench: Workbench) -> None:
    history = history_of(run_events())
    units, options = Units(workbench), CurveOptions(workbench)
    curves = RunCurves(history, options)
    best = min(history.validation["loss"])
    for unit, value in (("nats", best), ("bits", best / math.log(2)), ("perplexity", math.exp(best))):
        units.set_unit(unit)  # type: ignore[arg-type]
        picture = loss_picture(curves, "char", [], units, options)
        assert picture.best is not None
        assert picture.best[1] == pytest.approx(value)
        assert picture.best[2] == f"best {value:.2f}"
        assert [name for name, _ in picture.references] == [
            "pure guessing", "letter frequencies alone", "file compression (xz)",
        ]  # fmt: skip
    assert [value for _, value in picture.references] == pytest.approx([math.exp(v) for v in (3.4, 2.8, 1.9)])


def test_a_run_of_words_is_not_laid_behind_one_of_letters_but_in_bits(workbench: Workbench) -> None:
    units, options = Units(workbench), CurveOptions(workbench)
    curves = RunCurves(history_of(run_events()), options)
    pinned = [Pinned("words", "Words", "word", history_of(run_events(seed=2)))]
    units.set_unit("nats")
    assert loss_picture(curves, "char", pinned, units, options).curves[0].key != "pinned words"
    units.set_unit("bits")
    assert loss_picture(curves, "char", pinned, units, options).curves[0].key == "pinned words"


def test_a_pinned_run_stands_behind_the_curves_and_is_remembered(
    workbench: Workbench, shelf: Shelf, panel: CurvesPanel, qtbot: QtBot
) -> None:
    for seed, run in enumerate(("river", "brook", "creek")):
        shelf.add(entry_of(run, seed), [*run_events(seed, run=run), ended(run, 60)])
    panel.show_run(history_of(shelf.events["river"]), None, shelf.entries["river"])
    qtbot.mouseClick(panel.pin_button, Qt.MouseButton.LeftButton)
    assert panel.pin_sheet is not None
    assert set(panel.pin_sheet.boxes) == {"brook", "creek"}  # not itself
    panel.pin_sheet.boxes["brook"].click()
    wait_for(qtbot, lambda: "pinned brook" in panel.loss.curve_keys())
    assert workbench.settings.texts("curves/pinned") == ["brook"]
    drawn = curve(panel.loss, "pinned brook")
    losses = history_of(shelf.events["brook"]).validation["loss"]
    assert list(drawn.y) == pytest.approx([loss / math.log(2) for loss in losses])
    panel.pin_sheet.boxes["brook"].click()
    wait_for(qtbot, lambda: "pinned brook" not in panel.loss.curve_keys())


def test_the_run_that_this_one_began_with_is_pinned_by_itself(shelf: Shelf, panel: CurvesPanel, qtbot: QtBot) -> None:
    shelf.add(entry_of("river"), run_events())
    shelf.add(replace(entry_of("longer"), parent={"run": "river", "step": 60}), run_events(seed=5, run="longer"))
    panel.show_run(history_of(shelf.events["longer"]), None, shelf.entries["longer"])
    wait_for(qtbot, lambda: "pinned river" in panel.loss.curve_keys())


def test_the_mean_of_several_curves_is_that_of_lines_between_their_points() -> None:
    chance = random.Random(8)
    curves = []
    for _ in range(4):
        x = sorted(chance.uniform(0, 100) for _ in range(30))
        curves.append((x, [chance.uniform(1, 3) for _ in x]))
    mean = mean_of(curves)
    first, last = max(x[0] for x, _ in curves), min(x[-1] for x, _ in curves)
    assert (mean.x[0], mean.x[-1]) == (first, last)

    def at(x: list[float], y: list[float], place: float) -> float:
        for left in range(len(x) - 1):
            if x[left] <= place <= x[left + 1]:
                return y[left] + (place - x[left]) / (x[left + 1] - x[left]) * (y[left + 1] - y[left])
        raise AssertionError("outside")

    for place, middle, low, high in zip(mean.x, mean.mean, mean.low, mean.high, strict=True):
        row = [at(x, y, place) for x, y in curves]
        assert middle == pytest.approx(fmean(row))
        assert (low, high) == (pytest.approx(min(row)), pytest.approx(max(row)))


def test_curves_that_share_nothing_have_no_mean() -> None:
    assert not mean_of([([1.0, 2.0], [1.0, 1.0]), ([3.0, 4.0], [1.0, 1.0])]).x
    assert not mean_of([([1.0, 2.0], [1.0, 1.0]), ([], [])]).x


def test_only_runs_of_one_group_that_differ_by_their_seed_stand_together() -> None:
    entries = [
        entry_of("a", seed=1, group="g"), entry_of("b", seed=2, group="g"),
        entry_of("c", seed=1, group="g", dropout=0.5),
        entry_of("d", seed=1), entry_of("e", seed=2), entry_of("f", seed=3, group="h"),
    ]  # fmt: skip
    assert [[entry.id for entry in group] for group in seed_groups(entries)] == [["a", "b"], ["c"], ["d"], ["e"], ["f"]]


def test_seeds_are_overlaid_as_their_mean_and_range(workbench: Workbench, shelf: Shelf, qtbot: QtBot) -> None:
    for seed, run in enumerate(("river", "brook", "creek")):
        shelf.add(entry_of(run, seed, group="seeds"), [*run_events(seed, run=run), ended(run, 60)])
    shelf.add(entry_of("lone", 7), [*run_events(7, run="lone"), ended("lone", 60)])
    Units.shared(workbench).set_unit("nats")
    overlay = OverlayPanel(workbench)
    qtbot.addWidget(overlay)
    overlay.resize(640, 400)
    overlay.show()
    overlay.show_runs(["river", "brook", "creek", "lone"])
    wait_for(qtbot, lambda: len(overlay.plot._contents.bands) == 1 and "lone" in overlay.plot.curve_keys())
    key = "mean river brook creek"
    losses = [history_of(shelf.events[run]).validation["loss"] for run in ("river", "brook", "creek")]
    mean, band = curve(overlay.plot, key), overlay.plot._contents.bands[key]
    assert list(mean.y) == pytest.approx([fmean(row) for row in zip(*losses, strict=True)])
    assert list(band.low) == pytest.approx([min(row) for row in zip(*losses, strict=True)])
    assert list(band.high) == pytest.approx([max(row) for row in zip(*losses, strict=True)])
    assert mean.name == "River, mean of 3"


# The panel


def test_the_switch_of_the_unit_changes_axis_numbers_and_words(panel: CurvesPanel, qtbot: QtBot) -> None:
    history = history_of(run_events())
    panel.show_run(history, None, entry_of("river"))
    plot = panel.loss
    losses = list(history.validation["loss"])
    for unit, name, convert in (
        ("nats", "Loss in nats", lambda loss: loss),
        ("perplexity", "Perplexity", math.exp),
        ("bits", "Bits per character", lambda loss: loss / math.log(2)),
    ):
        qtbot.mouseClick(panel.head.units.segment(unit), Qt.MouseButton.LeftButton)
        assert plot._contents.y_axis.name == name
        assert list(curve(plot, "validation").y) == pytest.approx([convert(loss) for loss in losses])
        assert plot._contents.best is not None
        assert plot._contents.best.y == pytest.approx(convert(min(losses)))
        assert plot._contents.best.text == f"best {convert(min(losses)):.2f}"
        assert plot._contents.references[0].value == pytest.approx(convert(3.4))


def live_run(workbench: Workbench) -> tuple[ActiveRun, FakeTraining]:
    training = FakeTraining()
    run = ActiveRun(TrainRequest(corpus_id="corpus", tables={"training": {"clip_norm": 1.0}}), parent=workbench)
    run.begin(training)  # type: ignore[arg-type]
    for event in run_events(steps=30):
        training.tell(event)
    return run, training


def drag(grip: QWidget, distance: int, qtbot: QtBot) -> None:
    """Take hold of the grip, pull it up or down and let go, by the mouse."""
    qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(8, grip.height() // 2))
    start = grip.mapToParent(QPoint(8, grip.height() // 2))
    for share in (0.3, 0.6, 1.0):
        at = grip.mapFromParent(start + QPoint(0, round(share * distance)))
        moved = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(grip.mapToGlobal(at)), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(grip, moved)
    qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton)


def test_a_dragged_threshold_changes_the_run_and_can_be_undone(
    workbench: Workbench, panel: CurvesPanel, toasts: list[Any], qtbot: QtBot
) -> None:
    run, training = live_run(workbench)
    panel.show_run(run.history, run, None)
    plot = panel.instrument.plots["gradient"]
    grip = plot._canvas.grip
    wait_for(qtbot, grip.isVisible)
    qtbot.waitUntil(lambda: plot._contents.threshold is not None and plot._contents.threshold.value == 1.0)
    drag(grip, 12, qtbot)
    assert len(training.changes) == 1
    field, value = training.changes[0]
    assert field == "training.clip_norm"
    assert isinstance(value, float)
    assert 0.1 < value < 1.0  # down is less
    sentence, label, undo = toasts[-1]
    assert f"{value:g}" in sentence
    assert label == "Undo"
    assert plot._contents.threshold is not None
    assert plot._contents.threshold.value == value  # at once, before the run says so
    training.tell(SettingChanged(step=31, field=field, old=1.0, new=value))
    panel.refresh()
    assert plot._contents.threshold.value == value
    undo()
    assert training.changes[-1] == (field, 1.0)
    panel.refresh()
    assert plot._contents.threshold.value == 1.0


def test_a_run_that_is_over_has_a_line_and_no_grip(workbench: Workbench, panel: CurvesPanel, qtbot: QtBot) -> None:
    run, training = live_run(workbench)
    panel.show_run(run.history, run, None)
    plot = panel.instrument.plots["gradient"]
    wait_for(qtbot, plot._canvas.grip.isVisible)
    training.tell(ended("river", 30))
    panel.refresh()
    wait_for(qtbot, lambda: not plot._canvas.grip.isVisible())
    assert [(line.name, line.value) for line in plot._contents.references] == [("clipping threshold", 1.0)]


def test_without_clipping_nothing_is_drawn_and_a_sentence_says_so(panel: CurvesPanel) -> None:
    entry = entry_of("river")
    entry = replace(entry, configuration={**entry.configuration, "training": {"clip_norm": 0.0}})
    panel.show_run(history_of(run_events()), None, entry)
    plot = panel.instrument.plots["gradient"]
    assert plot._contents.threshold is None
    assert plot._contents.references == []
    assert panel.instrument.sentence.text() == "Nothing is clipped."


def test_every_matrix_has_a_curve_with_a_name_in_words(panel: CurvesPanel) -> None:
    panel.show_run(history_of(run_events()), None, entry_of("river"))
    panel.instrument.tabs.setCurrentIndex(1)
    plot = panel.instrument.plots["matrices"]
    names = [drawn.name for drawn in plot._contents.curves.values()]
    assert names == ["Embedding", "Layer 1, memory", "Output, bias"]
    assert plot._contents.y_axis.is_log


def test_another_smoothing_is_drawn_on_every_plot(workbench: Workbench, panel: CurvesPanel, qtbot: QtBot) -> None:
    history = history_of(run_events())
    panel.show_run(history, None, entry_of("river"))
    panel.instrument.tabs.setCurrentIndex(1)
    matrices = panel.instrument.plots["matrices"]
    Units.shared(workbench).set_unit("nats")
    for weight in (0.9, 0.3, 0.95):
        CurveOptions.shared(workbench).set_smoothing(weight)
        expected = smoothed_by_hand(list(history.training["loss"]), weight)
        assert list(curve(panel.loss, "smoothed").y) == pytest.approx(expected)
        for name in NAMES:
            norms = smoothed_by_hand(list(history.matrix_norms[name]["norm"]), weight)
            wait_for(qtbot, lambda name=name, norms=norms: list(curve(matrices, name).y) == pytest.approx(norms))  # type: ignore[misc]


def test_the_plot_follows_a_run_that_grows(workbench: Workbench, panel: CurvesPanel) -> None:
    run, training = live_run(workbench)
    panel.show_run(run.history, run, None)
    assert len(curve(panel.loss, "smoothed").x) == 30
    for event in run_events(seed=3, steps=45)[2:]:
        if getattr(event, "step", 0) > 30:
            training.tell(event)
    panel.refresh()
    assert len(curve(panel.loss, "smoothed").x) == 45
    assert len(curve(panel.loss, "validation").x) == 9


def test_another_run_takes_nothing_of_the_one_before(panel: CurvesPanel) -> None:
    panel.show_run(history_of(run_events()), None, entry_of("river"))
    short = history_of(run_events(seed=2, steps=4, run="brook"))
    panel.show_run(short, None, entry_of("brook"))
    assert len(curve(panel.loss, "smoothed").x) == 4
    assert "validation" not in panel.loss.curve_keys()
    assert panel.loss._contents.best is None


# View, table and files


def sheet_of(panel: CurvesPanel, qtbot: QtBot) -> Any:
    qtbot.mouseClick(panel.head.view_button, Qt.MouseButton.LeftButton)
    assert panel.head.sheet is not None
    return panel.head.sheet


def test_the_view_sheet_acts_at_once_and_is_remembered(
    workbench: Workbench, panel: CurvesPanel, shelf: Shelf, qtbot: QtBot
) -> None:
    history = history_of(run_events())
    panel.show_run(history, None, entry_of("river"))
    assert panel.loss._contents.x_axis.name == "Time"  # a short run
    sheet = sheet_of(panel, qtbot)
    qtbot.mouseClick(sheet.axis.segment("tokens"), Qt.MouseButton.LeftButton)
    assert panel.loss._contents.x_axis.name == "Tokens read"
    assert list(curve(panel.loss, "smoothed").x) == list(history.training["tokens"])
    assert panel.instrument.plot._contents.x_axis.name == "Tokens read"
    sheet.log_x.click()
    sheet.log_loss.click()
    assert panel.loss._contents.x_axis.is_log
    assert panel.loss._contents.y_axis.is_log
    sheet.parts["raw"].click()
    sheet.parts["references"].click()
    assert not panel.loss.is_curve_visible("raw")
    assert panel.loss._contents.references == []
    sheet.smoothing.value_changed.emit(0.25)
    later = CurvesPanel(Workbench(EngineDoor(Library.open(workbench.door.library_path)), workbench.settings))
    qtbot.addWidget(later)
    later.resize(640, 620)
    later.show()
    later.show_run(history, None, entry_of("river"))
    assert later.loss._contents.x_axis.name == "Tokens read"
    assert later.loss._contents.x_axis.is_log
    assert later.loss._contents.y_axis.is_log
    assert not later.loss.is_curve_visible("raw")
    assert curve(later.loss, "smoothed").name == "training, smoothed 0.25"
    assert later.loss._contents.references == []
    assert shelf.entries == {}


def test_a_long_run_is_shown_by_steps(panel: CurvesPanel) -> None:
    panel.show_run(history_of(run_events(seconds=3600.0)), None, entry_of("river"))
    assert panel.loss._contents.x_axis.name == "Step"


def test_the_tab_is_remembered(workbench: Workbench, panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_run(history_of(run_events()), None, entry_of("river"))
    panel.instrument.tabs.setCurrentIndex(3)
    later = CurvesPanel(workbench)
    qtbot.addWidget(later)
    assert later.instrument.tab == "speed"


def test_follow_and_show_all_act_on_the_plot_that_is_chosen(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_run(history_of(run_events()), None, entry_of("river"))
    sheet = sheet_of(panel, qtbot)
    sheet.plot.set_current("1")
    sheet.plot.changed.emit("1")
    sheet.follow.click()
    assert not panel.instrument.plot.is_following()
    assert panel.loss.is_following()
    sheet.follow.click()
    assert panel.instrument.plot.is_following()


def test_the_table_twin_has_the_numbers_of_the_plot(panel: CurvesPanel, workbench: Workbench, qtbot: QtBot) -> None:
    history = history_of(run_events())
    Units.shared(workbench).set_unit("nats")
    panel.show_run(history, None, entry_of("river"))
    assert headed(panel.loss, "validation") == [f"{loss:.2f}" for loss in history.validation["loss"]]
    seen: list[tuple[int, str]] = []
    timer = QTimer()

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, TableDialog):
            timer.stop()
            model = dialog.findChild(TableView).model()
            seen.append((model.rowCount(), model.headerData(0, Qt.Orientation.Horizontal)))
            dialog.reject()

    timer.timeout.connect(look)
    timer.start(10)
    qtbot.mouseClick(sheet_of(panel, qtbot).table, Qt.MouseButton.LeftButton)
    assert seen == [(60, "Time")]


def test_saved_numbers_are_read_back_as_they_were(
    panel: CurvesPanel, workbench: Workbench, tmp_path: Path, toasts: list[Any], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    history = history_of(run_events())
    Units.shared(workbench).set_unit("nats")
    panel.show_run(history, None, entry_of("river"))
    suggested: list[str] = []

    def choose(_: QWidget, __: str, suggestion: str, ___: str) -> tuple[str, str]:
        suggested.append(suggestion)
        return str(tmp_path / suggestion), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    for kind in ("csv", "png", "svg"):
        qtbot.mouseClick(sheet_of(panel, qtbot).kinds[kind], Qt.MouseButton.LeftButton)
    assert suggested == ["loss.csv", "loss.png", "loss.svg"]
    assert [toast[0] for toast in toasts] == [f"Saved as {name}." for name in suggested]
    with (tmp_path / "loss.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["Time"]) for row in rows] == list(history.training["time"])
    assert [float(row["training, as reported"]) for row in rows] == list(history.training["loss"])
    validations = [float(row["validation"]) for row in rows if row["validation"]]
    assert validations == list(history.validation["loss"])
    assert not QImage(str(tmp_path / "loss.png")).isNull()
    assert "<svg" in (tmp_path / "loss.svg").read_text(encoding="utf-8")


def test_a_place_that_refuses_a_file_is_told_in_a_sentence(
    panel: CurvesPanel, workbench: Workbench, tmp_path: Path
) -> None:
    failures: list[Any] = []
    workbench.notices.failure_happened.connect(failures.append)
    panel.show_run(history_of(run_events()), None, entry_of("river"))
    for kind in ("csv", "png", "svg"):
        panel.head.output.write(panel.loss, tmp_path / "missing" / f"loss.{kind}", kind)  # type: ignore[arg-type]
    assert len(failures) == 3
    assert all("could not be written" in failure.message.text for failure in failures)
